"""Finding the agent of this user and host, and starting it where none answers."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import selectors
import signal
import socket
import subprocess
import tempfile
import threading
import time
import weakref
from pathlib import Path
from typing import IO, Any

from hepbatch.errors import HepbatchError
from hepbatch.node_binary import find_bundle, find_node, node_environment

# Version of src/contract; it is part of the socket's name, so that programs of different
# contracts never meet.
CONTRACT = 2
# A longer path is cut off by the system without an error.
SOCKET_PATH_BYTES = 107
START_SECONDS = 20.0
HANDSHAKE_SECONDS = 5.0
# Jupyter's own keys. The agent has no use for them, and it passes its environment on to what it
# starts.
SECRETS = ("JUPYTER_TOKEN", "JPY_API_TOKEN", "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_CLIENT_ID")

# One start at a time in this process; between processes the agent's own lock decides.
_start_lock = threading.Lock()
# Socket files that have passed the handshake: path -> (inode, time of change).
_greeted: dict[str, tuple[int, int]] = {}
_under_way: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[Path]] = (
    weakref.WeakKeyDictionary()
)


def runtime_folder() -> Path:
    """Return where the agent's socket is; the folder may be absent.

    Raises
    ------
    HepbatchError
        `denied`, where somebody else could put a socket there.
    """
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(session) and _is_our_folder(session):
        folder = Path(session) / "hepbatch"
    else:
        folder = Path(_temporary_folder()) / f"hepbatch-{os.getuid()}"
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return folder
    if not folder.is_dir() or folder.is_symlink():
        fault = "is not a folder"
    elif found.st_uid != os.getuid():
        fault = f"belongs to user {found.st_uid}, not to {os.getuid()}"
    elif found.st_mode & 0o077:
        fault = f"has mode 0{found.st_mode & 0o777:o}, others may enter it"
    else:
        return folder
    raise HepbatchError(
        "denied",
        f"{folder} {fault}",
        f"Remove {folder} if it is yours, or set XDG_RUNTIME_DIR to a folder of mode 0700.",
    )


def socket_path() -> Path:
    """Return the path of the agent's socket.

    Raises
    ------
    HepbatchError
        `unsupported`, where it is too long for a socket; `denied` as `runtime_folder`.
    """
    path = runtime_folder() / f"agent-{CONTRACT}.sock"
    length = len(os.fsencode(path))
    if length > SOCKET_PATH_BYTES:
        raise HepbatchError(
            "unsupported",
            f"{path}: {length} bytes are too long for a socket, "
            f"the system takes {SOCKET_PATH_BYTES}",
            "Set XDG_RUNTIME_DIR or TMPDIR to a shorter local folder of yours.",
        )
    return path


def ensure_agent() -> Path:
    """Return the socket of an agent that answers, starting one where there is none.

    Raises
    ------
    HepbatchError
        `unsupported` (no Node, other contract), `timed-out`, `unreachable`, or what the agent
        itself said while it failed to start.
    """
    path = socket_path()
    if _answers(path):
        return path
    with _start_lock:
        # Whoever held the lock before us may have started it.
        if not _answers(path):
            _start(path)
            if not _answers(path):
                raise HepbatchError(
                    "unreachable",
                    f"the agent says that it is ready, but nobody listens on {path}",
                    "Try again; `hepbatch serve` in a terminal shows what keeps it from starting.",
                )
    return path


async def ensure_agent_async() -> Path:
    """Do as `ensure_agent` and leave the event loop free; callers at one time share one look."""
    loop = asyncio.get_running_loop()
    task = _under_way.get(loop)
    if task is None or task.done():
        task = loop.create_task(asyncio.to_thread(ensure_agent))
        _under_way[loop] = task
    # A caller who gives up must not take the start away from the others.
    return await asyncio.shield(task)


def _is_our_folder(path: str) -> bool:
    try:
        found = os.stat(path)
    except OSError:
        return False
    return os.path.isdir(path) and found.st_uid == os.getuid()


def _temporary_folder() -> str:
    """The system's temporary folder as Node names it; Python's own choice could be another one."""
    for name in ("TMPDIR", "TMP", "TEMP"):
        folder = os.environ.get(name)
        if folder:
            return folder.rstrip("/") or "/"
    return "/tmp"


def _answers(path: Path) -> bool:
    """Whether the agent of our contract listens there; it is asked who it is once a socket file."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(HANDSHAKE_SECONDS)
        try:
            line.connect(str(path))
            found = path.stat()
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except OSError as error:
            raise HepbatchError(
                "unreachable", f"{path}: {error}", "Stop the process of the agent, then try again."
            ) from error
        mark = (found.st_ino, found.st_ctime_ns)
        if _greeted.get(str(path)) == mark:
            return True
        if not _shake_hands(line, path):
            return False
        _greeted[str(path)] = mark
        return True


def _shake_hands(line: socket.socket, path: Path) -> bool:
    """Whether it says that it is ours; False if it ended while it was asked."""
    question = http.client.HTTPConnection("localhost", timeout=HANDSHAKE_SECONDS)
    question.sock = line
    try:
        question.request("GET", "/agent", headers={"Connection": "close"})
        info = json.loads(question.getresponse().read())
    except TimeoutError as error:
        raise HepbatchError(
            "timed-out",
            f"the agent on {path} did not say who it is within {HANDSHAKE_SECONDS:g} s",
            "Try again; if it stays so, stop the process of the agent.",
        ) from error
    except (ConnectionError, http.client.HTTPException):
        return False
    except ValueError:
        info = None
    if not isinstance(info, dict) or info.get("name") != "hepbatch":
        raise HepbatchError(
            "unsupported",
            f"what listens on {path} is not the agent of hepbatch",
            f"Stop that process and remove {path}, then try again.",
        )
    if info.get("contract") != CONTRACT:
        raise HepbatchError(
            "unsupported",
            f"the agent on {path} (process {info.get('pid')}) speaks contract "
            f"{info.get('contract')}, this hepbatch speaks {CONTRACT}",
            f"Stop process {info.get('pid')}, then try again.",
        )
    return True


def _start(path: Path) -> None:
    """Start the agent detached, and wait until it listens."""
    # Memory that is no longer needed is given back early: the agent lives long, on nodes that many
    # share. The same in src/cli/start-agent.ts.
    command = [find_node(), "--optimize-for-size", find_bundle(), "serve"]
    environment = {k: v for k, v in node_environment().items() if k not in SECRETS}
    # A file, not a pipe: nobody would read the pipe once the agent runs, and writing to it would
    # then end the agent.
    with tempfile.TemporaryFile() as stderr:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=environment,
                cwd="/",
                # It outlives us, and a Ctrl-C in our terminal is not for it.
                start_new_session=True,
            )
        except OSError as error:
            raise HepbatchError(
                "unsupported",
                f"{command[0]} could not be started: {error}",
                "Set HEPBATCH_NODE to a Node that runs on this machine.",
            ) from error
        assert process.stdout is not None
        try:
            with process.stdout as stdout:
                line = _first_line(stdout, time.monotonic() + START_SECONDS)
            _check_ready(line, path, process, stderr)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
    # Whoever ends as our child stays a zombie until it is waited for.
    threading.Thread(target=process.wait, name="hepbatch-agent-reaper", daemon=True).start()


def _first_line(stdout: IO[bytes], deadline: float) -> bytes | None:
    """The first line; what came of it if the other side closed; None if time ran out."""
    got = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        while b"\n" not in got:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                return None
            piece = os.read(stdout.fileno(), 4096)
            if not piece:
                break
            got += piece
    return got.partition(b"\n")[0]


def _check_ready(
    line: bytes | None, path: Path, process: subprocess.Popen[bytes], stderr: IO[bytes]
) -> None:
    if line is None:
        raise HepbatchError(
            "timed-out",
            f"the agent was not ready after {START_SECONDS:g} s",
            "Try again; `hepbatch serve` in a terminal shows what keeps it from starting.",
        )
    ready = _json_object(line)
    if ready is None or ready.get("ready") is not True:
        # It has closed its output without a word, so it is about to end.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(2)
        stderr.seek(0)
        raise _reported(stderr.read(1_000_000), process.poll())
    if ready.get("socket") != str(path):
        raise HepbatchError(
            "internal",
            f"the agent listens on {ready.get('socket')}, and was looked for on {path}",
            "Set XDG_RUNTIME_DIR to a folder of yours of mode 0700; please report this.",
        )


def _reported(stderr: bytes, status: int | None) -> HepbatchError:
    """What the agent itself said of its failure, or else the last line it printed."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    for line in reversed(lines):
        said = _json_object(line)
        data = said.get("data") if said else None
        if said and isinstance(data, dict) and "code" in said:
            return HepbatchError(
                str(said["code"]), str(said.get("message")), str(data.get("next", ""))
            )
    # A crash of Node names the error in the middle, between the source line and the stack.
    last = next((text for text in map(_readable, lines) if re.match(r"\w*Error\b", text)), None)
    last = last or (_readable(lines[-1]) if lines else f"it ended with status {status}")
    return HepbatchError(
        "unreachable",
        f"the agent did not start: {last}",
        "`hepbatch serve` in a terminal shows what keeps it from starting.",
    )


def _readable(line: bytes) -> str:
    return line.decode("utf-8", "replace").strip()[:500]


def _json_object(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
