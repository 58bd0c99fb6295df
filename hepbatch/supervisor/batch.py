"""What HTCondor and Slurm have in common: jobs with a state, commands that ask and remove."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from .failure import SupervisorError
from .record import host_name, timestamp

#: A job that is in one of these states may still become, or is, a worker.
ALIVE = ("pending", "running", "held")
COMMAND_SECONDS = 60
# Each command starts a process here and a conversation with the scheduler of the site.
AT_ONCE = 4


@dataclasses.dataclass
class Job:
    """A batch job of ours, in the words of the contract."""

    id: str
    state: str
    # The batch system's own word for the state.
    native: str
    # Why it is pending, held or ended, in words; code and subcode where the batch system has them.
    reason: str | None = None
    code: int | None = None
    subcode: int | None = None
    host: str | None = None
    submitted_at: float | None = None
    started_at: float | None = None
    ended_at: float | None = None
    memory_bytes: int | None = None
    #: Name of the worker, or what the names of its workers begin with.
    worker: str | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it may still become, or is, a worker."""
        return self.state in ALIVE

    def to_json(self) -> dict[str, Any]:
        """The job as it travels."""
        times = (self.submitted_at, self.started_at, self.ended_at)
        submitted, started, ended = (time and timestamp(time) for time in times)
        return {
            "id": self.id,
            "state": self.state,
            "native": self.native,
            "reason": self.reason,
            "code": self.code,
            "subcode": self.subcode,
            "host": self.host,
            "submittedAt": submitted,
            "startedAt": started,
            "endedAt": ended,
            "memoryBytes": self.memory_bytes,
            "worker": self.worker,
        }


class BatchSystem(Protocol):
    """A batch system, asked for the jobs of one cluster by their stamp."""

    name: ClassVar[str]
    #: Programs that must be there.
    programs: ClassVar[tuple[str, ...]]

    async def pin(self) -> None:
        """Keep to one queue, where there are several."""

    async def ask(self, known: Sequence[str]) -> list[Job]:
        """Give the jobs in the queue. Raises `unreachable`, `timed-out`, `unsupported`."""

    async def past(self, ids: Sequence[str]) -> list[Job]:
        """What is remembered of jobs that left the queue; it may be less than was asked for."""

    async def remove(self) -> None:
        """Remove all jobs of the cluster. Raises as `ask`."""

    async def left(self) -> list[str]:
        """Give the jobs that are still to go after `remove`. Raises as `ask`."""

    async def explain(self, id: str) -> str:
        """What the batch system itself says of a job that does not start."""


@dataclasses.dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What it said of its failure, shortened."""
        said = self.err.split("\n") + self.out.split("\n")
        lines = [line.strip() for line in said if line.strip()]
        return "; ".join(lines)[-500:] or f"status {self.code}"


class Commands:
    """Runs the programs of a batch system, a few at a time."""

    def __init__(self) -> None:
        self._free: asyncio.Semaphore | None = None

    async def run(self, *argv: str, cwd: str | None = None) -> Done:
        """Run a program to its end. Raises `unsupported` (absent), `timed-out`."""
        self._free = self._free or asyncio.Semaphore(AT_ONCE)
        async with self._free:
            try:
                process = await asyncio.create_subprocess_exec(
                    *argv,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    cwd=cwd,
                )
            except FileNotFoundError as error:
                raise absent(argv[0]) from error
            try:
                out, err = await asyncio.wait_for(process.communicate(), COMMAND_SECONDS)
            except asyncio.TimeoutError as error:
                raise SupervisorError(
                    "timed-out",
                    f"{argv[0]} did not end within {COMMAND_SECONDS} s",
                    "It is tried again; if it stays so, the batch system does not answer.",
                ) from error
            finally:
                with contextlib.suppress(ProcessLookupError):
                    if process.returncode is None:
                        process.kill()
        return Done(process.returncode or 0, _text(out), _text(err))


def absent(program: str) -> SupervisorError:
    """The error where a program of the batch system is not installed."""
    return SupervisorError(
        "unsupported",
        f"{program} is not on the PATH on {host_name()}: {os.environ.get('PATH', '')}",
        "Choose a host where jobs can be submitted, or another backend.",
    )


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
