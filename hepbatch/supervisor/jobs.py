"""The batch jobs of a cluster: those we submitted, joined with what the queue says of them."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from .batch import BatchSystem, Job
from .events import Events
from .failure import SupervisorError
from .htcondor import COMPLETED, HTCondor

KEPT = 500
#: What a later answer may leave out, and stays true.
REMEMBERED = ("worker", "submitted_at", "started_at", "host", "memory_bytes")
#: A job that was just submitted may not be in the answer yet.
GRACE_SECONDS = 10.0


class Jobs:
    """A table of jobs; whoever changes it tells the events."""

    def __init__(self, batch: BatchSystem | None, events: Events) -> None:
        self.batch = batch
        self.rows: dict[str, Job] = {}
        self.asked_at: float | None = None
        #: Why the queue could not be asked, at the last try.
        self.failure: dict[str, Any] | None = None
        self._events = events
        self._fetched: set[str] = set()
        self._newest: dict[str, str] = {}

    def submitted(self, id: str, worker: str) -> None:
        """Remember a job that the batch system has just taken."""
        # The queue may have told of it before its number came back to us.
        known = self.rows.get(id) or Job(id, "pending", "submitted", submitted_at=time.time())
        self._newest[worker] = id
        self._put(dataclasses.replace(known, worker=worker))

    def of_worker(self, worker: str) -> Job | None:
        """The newest job of a worker."""
        return self.rows.get(self._newest.get(worker, ""))

    async def look(self) -> None:
        """Ask the batch system, and keep its words if it does not answer."""
        assert self.batch is not None
        try:
            seen = {job.id: job for job in await self.batch.ask(list(self.rows))}
            gone = self._missing(seen)
            past = {job.id: job for job in await self.batch.past(gone)} if gone else {}
        except SupervisorError as error:
            if self.failure is None:
                self._events.publish("queue", failure=error.to_failure())
            self.failure = error.to_failure()
            return
        if self.failure is not None:
            self._events.publish("queue", failure=None)
        self.failure, self.asked_at = None, time.time()
        for job in seen.values():
            self._put(job)
        for id in gone:
            said = past.get(id)
            # The history may be behind, and still have it as running.
            if said is None or said.is_alive:
                said = Job(id, "unknown", "gone", "it left the queue, and no history tells how")
            self._put(said)

    async def fetch(self) -> None:
        """Get the output of spooled jobs that ended, which stay in the queue until then."""
        if not isinstance(self.batch, HTCondor) or not self.batch.is_spooled:
            return
        for job in self.rows.values():
            if job.native == COMPLETED and job.id not in self._fetched:
                self._fetched.add(job.id)
                try:
                    await self.batch.fetch(job.id)
                except SupervisorError as error:
                    self._events.publish("warning", message=error.message)

    def _missing(self, seen: dict[str, Job]) -> list[str]:
        old = time.time() - GRACE_SECONDS
        alive = [job for job in self.rows.values() if job.is_alive and job.id not in seen]
        return [job.id for job in alive if (job.submitted_at or 0) < old]

    def _put(self, job: Job) -> None:
        known = self.rows.get(job.id)
        if known is not None:
            for name in REMEMBERED:
                if getattr(job, name) is None:
                    setattr(job, name, getattr(known, name))
            if (known.state, job.state) == ("held", "removed"):
                job.reason = f"held ({known.reason}), then removed"
                job.code, job.subcode = known.code, known.subcode
            if not job.is_alive:
                job.ended_at = job.ended_at or time.time()
        self.rows[job.id] = job
        if known is None or (known.state, known.reason) != (job.state, job.reason):
            self._events.publish("job", job=job.to_json())
        ended = [id for id, row in self.rows.items() if not row.is_alive]
        for id in ended[: len(self.rows) - KEPT]:
            del self.rows[id]
