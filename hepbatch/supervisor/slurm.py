"""The jobs of a cluster in Slurm's queue and accounting."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from typing import ClassVar

from .batch import ALIVE, Commands, Done, Job
from .failure import SupervisorError

PENDING = ("PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "RESV_DEL_HOLD")
RUNNING = ("RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "RESIZING", "STAGE_OUT")
HELD = ("REQUEUE_HOLD", "SPECIAL_EXIT")
ENDS = {
    "BOOT_FAIL": "its node did not boot",
    "DEADLINE": "its deadline was over",
    "NODE_FAIL": "its node failed",
    "OUT_OF_MEMORY": "it used more memory than it had asked for",
    "PREEMPTED": "another job took its place",
    "REVOKED": "another cluster of the site started it",
    "TIMEOUT": "its wall time was over",
}
#: Why a job does not start, for the reasons that a user can do something about, or should not.
REASONS = {
    "BadConstraints": "no node can ever satisfy it: change partition or constraints",
    "BeginTime": "it waits for its start time",
    "InvalidAccount": "the account is not valid: it will never start",
    "InvalidQOS": "the quality of service is not valid: it will never start",
    "JobHeldAdmin": "held by an administrator",
    "JobHeldUser": "held by the user",
    "PartitionConfig": "it asks for more than the partition has: it will never start",
    "PartitionTimeLimit": "its wall time is above the limit of the partition: it will never start",
    "Priority": "jobs of higher priority come first",
    "ReqNodeNotAvail": "the nodes it needs are not available",
    "Resources": "it waits for free nodes",
}
FORMAT = "%i|%T|%k|%r|%N|%V|%S|%e"
ACCOUNTING = "JobIDRaw,State,ExitCode,MaxRSS,NodeList,End"


class Slurm:
    """Slurm, and in it the jobs with our stamp."""

    name: ClassVar[str] = "Slurm"
    programs: ClassVar[tuple[str, ...]] = ("sbatch", "squeue", "scancel")

    def __init__(self, id: str, commands: Commands) -> None:
        self._stamp = f"hepbatch:{id}"
        self._job_name = job_name(id)
        self._commands = commands
        self._has_accounting = True

    async def pin(self) -> None:
        """Nothing: the numbers of Slurm's jobs are unique on a site."""

    async def ask(self, known: Sequence[str]) -> list[Job]:
        """Give the jobs in the queue; Slurm shows those that ended for a few minutes more."""
        user, name = f"--user={os.getuid()}", f"--name={self._job_name}"
        said = await self._commands.run(
            "squeue", "--noheader", "--states=all", user, name, f"--format={FORMAT}"
        )
        if said.code != 0:
            raise _unanswered("squeue", said)
        rows = [line.split("|", 7) for line in said.out.splitlines() if line.count("|") >= 7]
        # Some sites write into the comment; the name is ours too.
        return [_job(row) for row in rows if row[2] == self._stamp or row[0] in known]

    async def past(self, ids: Sequence[str]) -> list[Job]:
        """What accounting has of jobs, or else what the controller remembers."""
        if self._has_accounting:
            said = await self._commands.run(
                "sacct",
                "--noheader",
                "--parsable2",
                f"--jobs={','.join(ids)}",
                f"--format={ACCOUNTING}",
            )
            self._has_accounting = "disabled" not in said.err
            if said.code == 0 and said.out.strip():
                return _accounted(said.out)
        shown = [await self._commands.run("scontrol", "-o", "show", "job", id) for id in ids]
        return [_shown(each.out) for each in shown if each.code == 0 and "JobId=" in each.out]

    async def remove(self) -> None:
        """Cancel what is in the queue."""
        user, name = f"--user={os.getuid()}", f"--name={self._job_name}"
        said = await self._commands.run("scancel", "--quiet", user, name)
        if said.code != 0:
            raise _unanswered("scancel", said)

    async def left(self) -> list[str]:
        """What has not ended; Slurm shows what did for minutes more."""
        return [job.id for job in await self.ask([]) if job.is_alive]

    async def explain(self, id: str) -> str:
        """What the controller says of a job."""
        return (await self._commands.run("scontrol", "show", "job", id)).out.strip()


def job_name(id: str) -> str:
    """The name that the jobs of a cluster have."""
    return f"hepbatch-{id}"


def state_of(native: str, reason: str) -> str:
    """Say the state in the words of the contract."""
    if native in HELD or (native in PENDING and reason.startswith("JobHeld")):
        return "held"
    if native in PENDING:
        return "pending"
    if native in RUNNING:
        return "running"
    if native == "COMPLETED":
        return "succeeded"
    if native == "CANCELLED":
        return "removed"
    return "failed" if native in ENDS or native == "FAILED" else "unknown"


def _job(row: list[str]) -> Job:
    id, native, _comment, reason, node, submitted, started, ended = row
    state = state_of(native, reason)
    why = ENDS.get(native)
    if state in ("pending", "held"):
        known = REASONS.get(reason.partition(",")[0])
        why = f"{reason}: {known}" if known else reason if reason != "None" else None
    elif state == "failed" and why is None and reason not in ("", "None"):
        why = reason
    return Job(
        id=id,
        state=state,
        native=native,
        reason=why,
        host=node or None,
        submitted_at=_time(submitted),
        started_at=None if state == "pending" else _time(started),
        ended_at=None if state in ALIVE else _time(ended),
    )


def _accounted(text: str) -> list[Job]:
    jobs: dict[str, Job] = {}
    for line in text.splitlines():
        step, said, status, memory, node, end = line.split("|", 5)
        id = step.partition(".")[0]
        if step == id:
            native = said.split()[0].rstrip("+")
            why = ENDS.get(native) or f"ended with status {status}"
            jobs[id] = Job(id, state_of(native, ""), native, why, host=node, ended_at=_time(end))
        elif id in jobs and memory:
            jobs[id].memory_bytes = max(jobs[id].memory_bytes or 0, _bytes(memory))
    return list(jobs.values())


def _shown(text: str) -> Job:
    said = dict(re.findall(r"(\w+)=(\S*)", text))
    native = said.get("JobState", "")
    why = ENDS.get(native) or f"ended with status {said.get('ExitCode', '?')}"
    if said.get("Reason", "None") != "None":
        why += f" ({said['Reason']})"
    ended = _time(said.get("EndTime", ""))
    return Job(
        said["JobId"], state_of(native, ""), native, why, host=said.get("NodeList"), ended_at=ended
    )


def _time(text: str) -> float | None:
    try:
        return time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%S"))
    except ValueError:
        return None  # N/A, Unknown


def _bytes(text: str) -> int:
    found = re.fullmatch(r"([\d.]+)([KMGT]?)", text)
    return round(float(found[1]) * 1024 ** " KMGT".index(found[2] or " ")) if found else 0


def _unanswered(program: str, said: Done) -> SupervisorError:
    return SupervisorError(
        "unreachable",
        f"{program}: {said.words}",
        "It is asked again; if it stays so, Slurm's controller does not answer.",
    )
