"""Folders of their own for tests that start agents, and the end of every agent started there."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hepbatch import node_binary
from hepbatch.tests.real_agent import wait_until_gone

STAND_IN = Path(__file__).parent / "stand_in_agent.cjs"


def ask_socket(path: Path, target: str = "/agent") -> Any:
    """Ask whoever listens there; None where nobody does. Starts nothing."""
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    try:
        connection.sock.settimeout(5)
        connection.sock.connect(str(path))
        connection.request("GET", target)
        return json.loads(connection.getresponse().read())
    except OSError:
        return None
    finally:
        connection.close()


@contextlib.contextmanager
def own_folders() -> Iterator[Path]:
    """Point hepbatch at empty folders; yields the path that the agent's socket will have."""
    # Not pytest's own folder: the path of a socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="hb"))
    path = folder / "runtime" / "hepbatch" / "agent-2.sock"
    with pytest.MonkeyPatch.context() as patch:
        for name, variable in (
            ("runtime", "XDG_RUNTIME_DIR"),
            ("state", "XDG_STATE_HOME"),
            ("cache", "XDG_CACHE_HOME"),
        ):
            (folder / name).mkdir(mode=0o700)
            patch.setenv(variable, str(folder / name))
        patch.setenv("HEPBATCH_IDLE_MINUTES", "2")
        try:
            yield path
        finally:
            info = ask_socket(path)
            if info is not None:
                end(info["pid"])
            shutil.rmtree(folder, ignore_errors=True)


def end(pid: int, by: signal.Signals = signal.SIGTERM) -> None:
    """End an agent and wait until it is gone."""
    os.kill(pid, by)
    wait_until_gone(pid)


def use_stand_in(patch: pytest.MonkeyPatch) -> None:
    """Start the stand-in where the agent would be started."""
    patch.setattr(node_binary, "BUNDLE", STAND_IN)
