"""Starting the supervisor so that it outlives whoever starts it."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from .failure import SupervisorError

READY_SECONDS = 60.0
ASK_SECONDS = 3.0


def program() -> list[str]:
    """The command that runs us, from a folder or from one file."""
    package = sys.modules[__package__ or ""]
    return [sys.executable, next(iter(package.__path__))]


def start_detached(request: str, id: str) -> dict[str, Any]:
    """Start `serve`, and give its ready line. Raises what it said, or `timed-out`."""
    argv = [*_scope(id), *program(), "serve"]
    with tempfile.TemporaryFile() as errors:
        return _start(argv, request, errors)


def _start(argv: list[str], request: str, errors: IO[bytes]) -> dict[str, Any]:
    process = subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        # A session of its own: neither a hang-up nor a Ctrl-C of ours is for it. Once we end it is
        # nobody's child.
        start_new_session=True,
        cwd="/",
    )
    assert process.stdin is not None and process.stdout is not None
    with contextlib.suppress(BrokenPipeError), process.stdin:
        process.stdin.write(request.encode())
    line = _first_line(process.stdout.fileno(), time.monotonic() + READY_SECONDS)
    try:
        said = json.loads(line or "")
    except ValueError:
        said = None
    if isinstance(said, dict) and said.get("ready") is True:
        return said
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    if isinstance(said, dict) and "code" in said:
        raise SupervisorError(said["code"], said["message"], said["data"]["next"])
    errors.seek(0)
    last = errors.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
    words = "no answer" if line is None else f"it ended with status {process.wait()}: {last}"
    raise SupervisorError(
        "timed-out" if line is None else "internal",
        f"{shlex.join(argv)}: {words}",
        "Run that command in a terminal with the request on its input, and look.",
    )


def _scope(id: str) -> list[str]:
    """A scope of the user's systemd, where that outlives a log-out better than a session does."""
    if not _user_manager_stays():
        return []
    argv = ["systemd-run", "--user", "--scope", "--quiet", "--collect", f"--unit=hepbatch-{id}"]
    return argv if _says([*argv[:4], "true"]) is not None else []


def _user_manager_stays() -> bool:
    """Whether the user's systemd stays after the last log-out, or nothing else does either."""
    if shutil.which("systemd-run") is None:
        return False
    user = pwd.getpwuid(os.getuid()).pw_name
    if Path("/var/lib/systemd/linger", user).exists():
        return True
    said = _says(
        [
            "busctl",
            "get-property",
            "org.freedesktop.login1",
            "/org/freedesktop/login1",
            "org.freedesktop.login1.Manager",
            "KillUserProcesses",
        ]
    )
    return said is not None and said.split()[-1:] == ["true"]


def _says(argv: list[str]) -> str | None:
    """What a program prints; None where it fails, is absent or does not end."""
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=ASK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _first_line(descriptor: int, deadline: float) -> str | None:
    """The first line; what came of it where the other side ended; None where time ran out."""
    got = b""
    while b"\n" not in got:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return None
        piece = os.read(descriptor, 65536)
        if not piece:
            break
        got += piece
    return got.partition(b"\n")[0].decode("utf-8", "replace")
