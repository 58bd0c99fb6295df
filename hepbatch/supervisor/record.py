"""What is on disk of a cluster: its folder, its record, and who the process is that wrote it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import stat
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .failure import SupervisorError
from .request import Request

VERSION = 1
# A longer path is cut off by the system without an error.
SOCKET_PATH_BYTES = 107


def timestamp(seconds: float) -> str:
    """A time as it travels: UTC, with milliseconds."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Places:
    """The paths of one cluster.

    Sockets lie in a folder of the machine, since a shared file system may carry none. It is not
    ``$XDG_RUNTIME_DIR``: that goes with the last session of the user, and the cluster stays.
    """

    def __init__(self, request: Request) -> None:
        self.folder = request.folder
        self.record = request.folder / "record.json"
        self.tls = request.folder / "tls"
        self.logs = request.log_folder
        self.sockets = request.socket_folder or _runtime_folder()
        self.socket = self.sockets / f"{request.id}.sock"
        self.dashboard = self.sockets / f"{request.id}-dashboard.sock"
        # Workers of this machine have their pages and their spilled data here.
        self.local = self.sockets / f"{request.id}-local"

    def make(self) -> None:
        """Make the folders, open to nobody else. Raises `denied`, `unsupported`, `conflict`."""
        length = len(os.fsencode(self.dashboard))
        if length > SOCKET_PATH_BYTES:
            raise SupervisorError(
                "unsupported",
                f"{self.dashboard}: {length} bytes are too long for a socket, "
                f"the system takes {SOCKET_PATH_BYTES}",
                "Set TMPDIR to a shorter local folder of yours.",
            )
        for folder in (self.folder, self.sockets, self.logs):
            with told(folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_private(self.sockets)
        if self.record.exists():
            raise SupervisorError(
                "conflict",
                f"{self.record} is already there",
                "Stop or clean up that cluster first, or choose another id.",
            )

    def remove(self, keep_record: bool = False) -> None:
        """Remove what the cluster had; logs stay, and so does what others put there."""
        shutil.rmtree(self.local, ignore_errors=True)
        shutil.rmtree(self.tls, ignore_errors=True)
        for path in (self.socket, self.dashboard, *([] if keep_record else [self.record])):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
        for folder in (self.logs, self.folder):
            with contextlib.suppress(OSError):  # not empty: it has logs
                folder.rmdir()


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with told(path):
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Write the record."""
    write_private(path, json.dumps(record, indent=2) + "\n")


def read_record(path: Path) -> dict[str, Any]:
    """Read a record. Raises `not-found`, `corrupt`."""
    try:
        record = json.loads(path.read_text())
        if record["version"] != VERSION or not isinstance(record["process"]["pid"], int):
            raise ValueError(f"is of version {record['version']}")
    except FileNotFoundError as error:
        next = "Nothing is left to clean up."
        raise SupervisorError("not-found", f"{path}: there is no record", next) from error
    except (ValueError, KeyError, TypeError) as error:
        next = f"Look at {path.parent} yourself, and remove it."
        raise SupervisorError("corrupt", f"{path}: is no record: {error}", next) from error
    return dict(record)


def this_process() -> dict[str, Any]:
    """Who we are, in a way that no later process can be."""
    return {"pid": os.getpid(), **_marks(os.getpid())}


def is_alive(record: dict[str, Any]) -> bool:
    """Whether the process of a record lives on this host; numbers of processes are given again."""
    process = record["process"]
    try:
        return bool({"pid": process["pid"], **_marks(process["pid"])} == process)
    except OSError:
        return False


def host_name() -> str:
    """The name of this host."""
    return socket.gethostname()


def _marks(pid: int) -> dict[str, Any]:
    # The name of the program, in brackets, may itself have brackets and blanks.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    if fields[0] in "ZX":
        raise ProcessLookupError(pid)
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return {"startTicks": int(fields[19]), "bootId": boot}


def _runtime_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"hepbatch-{os.getuid()}"


def _check_private(folder: Path) -> None:
    found = folder.lstat()
    if stat.S_ISLNK(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise SupervisorError(
            "denied",
            f"{folder}: others could put a socket there "
            f"(owner {found.st_uid}, mode 0{stat.S_IMODE(found.st_mode):o})",
            f"Remove {folder} if it is yours, or set TMPDIR to a folder of yours.",
        )


@contextlib.contextmanager
def told(path: Path) -> Any:
    """Turn what the file system throws into an error that names the path."""
    try:
        yield
    except OSError as error:
        full = error.errno in (28, 122)
        raise SupervisorError(
            "no-space" if full else "denied",
            f"{path}: {error.strerror}",
            "Free space there." if full else "Choose a folder where you may write.",
        ) from error
