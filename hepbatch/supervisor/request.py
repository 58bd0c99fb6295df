"""What a cluster is asked to be: one JSON object, checked field by field before anything starts.

The zod schema of it is ``SupervisorRequest`` in ``src/contract/supervisor.ts``.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .failure import SupervisorError

BACKENDS = ("dask-local", "dask-htcondor", "dask-lxplus", "dask-slurm")
BATCH = BACKENDS[1:]
CONDOR = ("dask-htcondor", "dask-lxplus")
FLAVOURS = (
    "espresso",
    "microcentury",
    "longlunch",
    "workday",
    "tomorrow",
    "testmatch",
    "nextweek",
)
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s?([KMGT]?)(i?)B", re.IGNORECASE)
# These paths stand in job scripts, where nothing can quote a blank for every batch system.
PLAIN_PATH = re.compile(r"/[A-Za-z0-9_./+@=-]*")


@dataclasses.dataclass(frozen=True)
class Adaptive:
    """Bounds between which Dask itself chooses the number of workers."""

    minimum: int
    maximum: int
    # How long a worker is not needed before it is given back.
    idle_seconds: int


@dataclasses.dataclass(frozen=True)
class Options:
    """The form of a new cluster. None: what Dask, the site or the batch system has as default."""

    cores: int = 1
    memory: str | None = None
    disk: str | None = None
    processes: int = 1
    partition: str | None = None
    account: str | None = None
    walltime: str | None = None
    flavour: str | None = None
    image: str | None = None
    runtime: str | None = None
    prologue: tuple[str, ...] = ()
    directives: dict[str, str] = dataclasses.field(default_factory=dict)
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    workers: int = 0
    adaptive: Adaptive | None = None
    # A day: nobody shall find the workers of a forgotten cluster weeks later.
    idle_minutes: float = 1440.0
    lifetime_minutes: float | None = None
    log_folder: str | None = None
    work_folder: str | None = None
    worker_python: str | None = None
    interface: str | None = None
    tls: bool = True
    scheduler_port: tuple[int, int] | None = None
    dashboard_address: str | None = None


@dataclasses.dataclass(frozen=True)
class Request:
    """One cluster."""

    id: str
    name: str
    backend: str
    folder: Path
    socket_folder: Path | None
    options: Options

    @property
    def is_batch(self) -> bool:
        """Whether its workers are jobs of a batch system."""
        return self.backend in BATCH

    @property
    def log_folder(self) -> Path:
        """Where scheduler, workers and jobs write."""
        return Path(self.options.log_folder or self.folder / "logs")

    @property
    def work_folder(self) -> Path:
        """Where the workers of this machine and the jobs of Slurm start."""
        return Path(self.options.work_folder or self.folder)


Check = Callable[[Any], Any]


def bytes_of(size: str) -> int:
    """How many bytes a size such as 4GB or 500MiB has."""
    found = SIZE.fullmatch(size.strip())
    if found is None:
        raise ValueError(f"{size} is no size such as 4GB or 8000MB")
    base = 1024.0 if found[3] else 1000.0
    power = " KMGT".index(found[2].upper() or " ")
    return round(float(found[1]) * math.pow(base, power))


def _integer(least: int, most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"is no whole number from {least} to {most}")
        return int(value)

    return check


def _number(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not value > 0:
        raise ValueError("is no number above 0")
    return float(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")
    return value


def _text(value: Any) -> str:
    # A line break would begin a line of its own in the job script.
    if not isinstance(value, str) or not value or not value.isprintable():
        raise ValueError("is no line of text")
    return value


def _match(pattern: str, what: str) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
            raise ValueError(f"is no {what}")
        return value

    return check


def _size(value: Any) -> str:
    bytes_of(_text(value))
    return str(value)


def _choice(of: Iterable[str]) -> Check:
    choices = tuple(of)

    def check(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"is none of {', '.join(choices)}")
        return str(value)

    return check


def _path(value: Any) -> str:
    if not isinstance(value, str) or PLAIN_PATH.fullmatch(value) is None:
        raise ValueError("is no absolute path without blanks and special characters")
    return value


def _lines(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("is no list of lines")
    lines = [line.strip() for line in map(_prologue_line, value)]
    # HTCondor gets all lines as one, where a comment would hide what follows it.
    return tuple(line for line in lines if line and not line.startswith("#"))


def _prologue_line(value: Any) -> str:
    if not isinstance(value, str) or not all(c == "\t" or c.isprintable() for c in value):
        raise ValueError(f"has an entry that is no line of text: {value!r}")
    return value


def _pairs(names: str, what: str) -> Check:
    def check(value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValueError("is no object")
        for name, text in value.items():
            if re.fullmatch(names, name) is None:
                raise ValueError(f"has {name!r}, which is no {what}")
            if not isinstance(text, str) or (text and not text.isprintable()):
                raise ValueError(f"has no line of text at {name}")
        return dict(value)

    return check


def _ports(value: Any) -> tuple[int, int]:
    port = _integer(1, 65_535)
    first, last = value if isinstance(value, list) and len(value) == 2 else (value, value)
    if port(first) > port(last):
        raise ValueError("is no range of ports")
    return first, last


def _adaptive(value: Any) -> Adaptive:
    if not isinstance(value, dict) or set(value) - {"minimum", "maximum", "idleSeconds"}:
        raise ValueError("is no object with minimum, maximum and idleSeconds")
    return bounds(value.get("minimum"), value.get("maximum"), value.get("idleSeconds"))


def bounds(minimum: Any, maximum: Any, idle_seconds: Any = None) -> Adaptive:
    """Bounds of adaptive scaling. Raises ValueError."""
    least = _integer(0, 10_000)(0 if minimum is None else minimum)
    most = _integer(1, 10_000)(maximum)
    if least > most:
        raise ValueError(f"has a minimum of {least} above its maximum of {most}")
    return Adaptive(least, most, _integer(1, 86_400)(60 if idle_seconds is None else idle_seconds))


# Field of the form -> how it is checked, and the backends that have it.
FIELDS: dict[str, tuple[Check, tuple[str, ...]]] = {
    "cores": (_integer(1, 1024), BACKENDS),
    "memory": (_size, BACKENDS),
    "disk": (_size, CONDOR),
    "processes": (_integer(1, 1024), ("dask-htcondor", "dask-slurm")),
    "partition": (_text, ("dask-slurm",)),
    "account": (_text, ("dask-slurm",)),
    "walltime": (_match(r"(\d+-)?\d{1,3}:\d{2}:\d{2}", "time such as 08:00:00"), ("dask-slurm",)),
    "flavour": (_choice(FLAVOURS), ("dask-lxplus",)),
    "image": (_match(r"[^\s\"]+", "image"), ("dask-lxplus",)),
    "runtime": (_choice(("singularity", "docker", "none")), ("dask-lxplus",)),
    "prologue": (_lines, BATCH),
    "directives": (
        _pairs(r"(--|\+)?[A-Za-z][A-Za-z0-9_.-]*", "name of a directive"),
        BATCH,
    ),
    "environment": (_pairs(r"[A-Za-z_][A-Za-z0-9_]*", "name of a variable"), BACKENDS),
    "workers": (_integer(0, 10_000), BACKENDS),
    "adaptive": (_adaptive, BACKENDS),
    "idleMinutes": (_number, BACKENDS),
    "lifetimeMinutes": (_number, BACKENDS),
    "logFolder": (_path, BACKENDS),
    "workFolder": (_path, BACKENDS),
    "workerPython": (_text, BATCH),
    "interface": (_match(r"[A-Za-z0-9_.:-]+", "network interface"), BATCH),
    "tls": (_boolean, BACKENDS),
    "schedulerPort": (_ports, BACKENDS),
    "dashboardAddress": (_match(r"[A-Za-z0-9_.-]*:\d{1,5}", "address such as :8787"), BACKENDS),
}


def parse_request(text: str | bytes) -> Request:
    """The request that a JSON text holds. Raises `bad-request` with the field and its value."""
    try:
        said = json.loads(text)
    except ValueError as error:
        raise _bad(f"the request is no JSON: {error}") from error
    if not isinstance(said, dict):
        raise _bad("the request is no JSON object")
    unknown = set(said) - {"version", "id", "name", "backend", "folder", "socketFolder", "options"}
    if unknown:
        raise _bad(f"{', '.join(sorted(unknown))}: no such field in a request")
    if said.get("version") != 1:
        raise _bad(f"version: {said.get('version')!r} is not 1")
    backend = _field("backend", _choice(BACKENDS), said.get("backend"))
    socket_folder = said.get("socketFolder")
    return Request(
        id=_field("id", _match(ID.pattern, "id such as c-17"), said.get("id")),
        name=_field("name", _text, said.get("name")),
        backend=backend,
        folder=Path(_field("folder", _path, said.get("folder"))),
        socket_folder=socket_folder and Path(_field("socketFolder", _path, socket_folder)),
        options=_options(backend, said.get("options", {})),
    )


def _options(backend: str, said: Any) -> Options:
    if not isinstance(said, dict):
        raise _bad("options: is no object")
    found: dict[str, Any] = {}
    for name, value in said.items():
        check, backends = FIELDS.get(name, (None, ()))
        if check is None or backend not in backends:
            raise _bad(f"options.{name}: {backend} has no such field")
        if value is not None:
            snake = re.sub(r"[A-Z]", lambda upper: "_" + upper[0].lower(), name)
            found[snake] = _field(f"options.{name}", check, value)
    options = Options(**found)
    _agree(backend, options)
    return options


# What the supervisor itself must say in the script of a job.
OURS = {
    "dask-slurm": ("--comment", "--job-name", "--output", "--error", "--array"),
    "dask-htcondor": ("queue", "executable", "arguments", "my.hepbatchcluster", "batch_name"),
}


def _agree(backend: str, options: Options) -> None:
    """Check what no field can know alone."""
    is_slurm = backend == "dask-slurm"
    for name in options.directives:
        if name.startswith("--") != is_slurm:
            form = "--name" if is_slurm else "name or +Name"
            raise _bad(f"options.directives: {name} is none of {backend}, they are like {form}")
        if name.lower() in OURS["dask-slurm" if is_slurm else "dask-htcondor"]:
            raise _bad(f"options.directives: {name} is set by hepbatch")
    if options.workers and options.adaptive:
        raise _bad("options: both workers and adaptive are given, and only one can hold")
    if options.cores % options.processes:
        raise _bad(
            f"options.processes: {options.processes} processes cannot share "
            f"{options.cores} cores evenly"
        )


def _field(name: str, check: Check, value: Any) -> Any:
    try:
        return check(value)
    except ValueError as error:
        raise _bad(f"{name}: {json.dumps(value)[:100]} {error}") from error


def _bad(message: str) -> SupervisorError:
    return SupervisorError("bad-request", message, "Correct the named field.")
