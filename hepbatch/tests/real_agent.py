"""The real agent in folders of its own, for the tests that ask it."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import hepbatch
from hepbatch.agent_client import ask
from hepbatch.widgets import follow

BUNDLE = Path(hepbatch.__file__).parent / "node" / "main.cjs"


@contextmanager
def real_agent() -> Iterator[Path]:
    """Point hepbatch at empty folders; ends the agent that was started there, and forgets them."""
    if not BUNDLE.exists():
        pytest.fail(f"{BUNDLE} is not there; build it first: npm ci && node bundle.mjs")
    # Not pytest's own folder: the path of a socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="hb"))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("runtime", "state", "cache"):
            (folder / name).mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "runtime"))
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.setenv("HEPBATCH_IDLE_MINUTES", "2")
        try:
            yield folder
        finally:
            # Whoever still follows would start the agent anew.
            follow.stop()
            stop_agent(folder)
            shutil.rmtree(folder, ignore_errors=True)


def agent_pid() -> int:
    """The process that answers."""
    status, info = ask("GET", "/agent")
    assert status == 200
    pid: int = info["pid"]
    return pid


def kill_agent() -> int:
    """Kill the agent as a crash would; returns the process that is gone."""
    pid = agent_pid()
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    return pid


def stop_agent(folder: Path) -> None:
    """End the agent of these folders, if one listens there."""
    if any(folder.glob("runtime/hepbatch/agent-*.sock")):
        pid = agent_pid()
        os.kill(pid, signal.SIGTERM)
        wait_until_gone(pid)


def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process, which may be a child that nobody waits for."""
    for _ in range(200):
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail(f"the agent {pid} does not end")
