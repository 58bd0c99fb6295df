"""The jobs of a cluster in HTCondor's queue and history."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from typing import Any, ClassVar

from .batch import Commands, Job
from .failure import SupervisorError

COMPLETED, REMOVED = "Completed", "Removed"
LEAVING_SECONDS = 30
STATES = {1: "pending", 2: "running", 3: "removed", 5: "held", 6: "running", 7: "held"}
NATIVE = {
    1: "Idle",
    2: "Running",
    3: REMOVED,
    4: COMPLETED,
    5: "Held",
    6: "Transferring",
    7: "Suspended",
}
SPOOLING = 16
SCHEDD_VARIABLE = "_condor_SCHEDD_HOST"
ATTRIBUTES = (
    "ClusterId,ProcId,JobStatus,HoldReason,HoldReasonCode,HoldReasonSubCode,RemoveReason,"
    "LastRejMatchReason,QDate,JobCurrentStartDate,EnteredCurrentStatus,RemoteHost,LastRemoteHost,"
    "ExitCode,ExitBySignal,ExitSignal,ResidentSetSize,NumShadowStarts,AutoClusterId"
)
# Newest first, and nobody shall wait for a history of years.
SCAN_LIMIT = "20000"


class HTCondor:
    """HTCondor, and in it the jobs with our stamp."""

    name: ClassVar[str] = "HTCondor"
    programs: ClassVar[tuple[str, ...]] = ("condor_submit", "condor_q", "condor_rm")

    def __init__(self, id: str, commands: Commands, is_spooled: bool) -> None:
        #: Whether jobs that ended stay in the queue, with their output, until it is fetched.
        self.is_spooled = is_spooled
        self._constraint = f'HepbatchCluster=?="{id}"'
        self._commands = commands

    async def pin(self) -> None:
        """Keep to the schedd of this moment; `myschedd bump` would hide the jobs of before."""
        if SCHEDD_VARIABLE not in os.environ:
            said = await self._commands.run("condor_config_val", "SCHEDD_HOST")
            if said.code == 0 and said.out.strip():
                os.environ[SCHEDD_VARIABLE] = said.out.strip()

    async def ask(self, known: Sequence[str]) -> list[Job]:
        """Give the jobs in the queue."""
        return await self._rows("condor_q", "-constraint", self._constraint)

    async def past(self, ids: Sequence[str]) -> list[Job]:
        """What the history has of jobs."""
        limits = ("-limit", str(len(ids)), "-scanlimit", SCAN_LIMIT)
        return await self._rows("condor_history", *ids, *limits)

    async def remove(self) -> None:
        """Remove what is in the queue; without any job HTCondor calls that an error."""
        said = await self._commands.run("condor_rm", "-constraint", self._constraint)
        if said.code != 0 and await self.ask([]):
            raise _unanswered("condor_rm", said.words)

    async def left(self) -> list[str]:
        """All that is in the queue, where spooled jobs stay, and removed ones while they run.

        One whose node does not answer stays much longer, and cannot come back.
        """
        old = time.time() - LEAVING_SECONDS
        rows = [job for job in await self.ask([]) if job.native != REMOVED or _since(job) > old]
        return [job.id for job in rows]

    async def explain(self, id: str) -> str:
        """What the matchmaker says of a job."""
        return (await self._commands.run("condor_q", "-better-analyze", id)).out.strip()

    async def tail(self, id: str, stream: str, most: int) -> str:
        """The end of what a running job has written, where its files are not here yet."""
        which = ["-stderr"] if stream == "err" else []
        said = await self._commands.run("condor_tail", "-maxbytes", str(most), *which, id)
        if said.code != 0:
            raise _unanswered("condor_tail", said.words)
        return said.out

    async def fetch(self, id: str) -> None:
        """Get the files of a spooled job that ended, and let it leave the queue."""
        said = await self._commands.run("condor_transfer_data", id)
        if said.code != 0:
            raise _unanswered("condor_transfer_data", said.words)
        await self._commands.run("condor_rm", id)

    async def _rows(self, *command: str) -> list[Job]:
        said = await self._commands.run(*command, "-json", "-attributes", ATTRIBUTES)
        if said.code != 0:
            raise _unanswered(command[0], said.words)
        try:
            # No match is no text at all.
            return jobs_of(json.loads(said.out.strip() or "[]"))
        except (ValueError, KeyError, TypeError) as error:
            raise _unanswered(command[0], f"{error}: {said.out[:200]}") from error


def jobs_of(ads: Sequence[dict[str, Any]]) -> list[Job]:
    """Say what the ads of a queue say.

    The matchmaker tells one job why it has no match, and passes over those that are like it, which
    have the same `AutoClusterId`: the reason is theirs, too.
    """
    jobs = [job_of(ad) for ad in ads]
    alike = [
        (ad["AutoClusterId"], job)
        for ad, job in zip(ads, jobs, strict=True)
        if job.native == NATIVE[1] and "AutoClusterId" in ad
    ]
    told = {like: job.reason for like, job in alike if job.reason is not None}
    for like, job in alike:
        job.reason = job.reason or told.get(like)
    return jobs


def job_of(ad: dict[str, Any]) -> Job:
    """Say what an ad of HTCondor says in the words of the contract."""
    status = int(ad["JobStatus"])
    state = STATES.get(status, "unknown")
    reason, code, subcode = None, None, None
    if status == 4:
        has_failed = ad.get("ExitBySignal") is True or _number(ad, "ExitCode") != 0
        state = "failed" if has_failed else "succeeded"
        reason = _end(ad)
    elif status == 5:
        code, subcode = _number(ad, "HoldReasonCode"), _number(ad, "HoldReasonSubCode")
        reason = _string(ad, "HoldReason")
        if code == SPOOLING:
            state, reason = "pending", "its input is being sent"
    elif status == 3:
        reason = _string(ad, "RemoveReason")
    elif status == 1:
        reason = _string(ad, "LastRejMatchReason")
    remote = _string(ad, "RemoteHost") or (
        _string(ad, "LastRemoteHost") if status in (3, 4, 5) else None
    )
    resident = _number(ad, "ResidentSetSize")
    since = _number(ad, "EnteredCurrentStatus")
    return Job(
        id=f"{ad['ClusterId']}.{ad['ProcId']}",
        state=state,
        native=NATIVE.get(status, str(status)),
        reason=reason,
        code=code,
        subcode=subcode,
        host=remote and remote.rpartition("@")[2],
        submitted_at=_number(ad, "QDate"),
        started_at=None if status == 1 else _number(ad, "JobCurrentStartDate"),
        ended_at=since if status in (3, 4) else None,
        memory_bytes=resident and resident * 1024,
    )


def _since(job: Job) -> float:
    return job.ended_at or time.time()


def _end(ad: dict[str, Any]) -> str:
    if ad.get("ExitBySignal") is True:
        return f"ended by signal {_number(ad, 'ExitSignal')}"
    status = _number(ad, "ExitCode") or 0
    # The shell in which a worker runs says so when a signal ended it.
    return f"ended with status {status}" + (f" (signal {status - 128})" if status > 128 else "")


def _number(ad: dict[str, Any], name: str) -> int | None:
    # What HTCondor has not evaluated comes as text.
    value = ad.get(name)
    return int(value) if isinstance(value, (int, float)) else None


def _string(ad: dict[str, Any], name: str) -> str | None:
    value = ad.get(name)
    return value.strip() if isinstance(value, str) and value.strip() else None


def _unanswered(program: str, words: str) -> SupervisorError:
    return SupervisorError(
        "unreachable",
        f"{program}: {words}",
        "It is asked again; check that you have a ticket (klist) and that the schedd is up.",
    )
