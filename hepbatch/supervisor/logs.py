"""The logs of scheduler, workers and batch jobs, also of those that are gone."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from .failure import SupervisorError
from .htcondor import HTCondor
from .jobs import Jobs
from .record import told

SCHEDULER = "scheduler.log"
MOST_BYTES = 1 << 18
FOLLOW_SECONDS = 1.0
#: How far from the end the last lines are looked for.
TAIL_BYTES = 1 << 16
# What LocalCluster's workers, HTCondor's jobs and Slurm's jobs of dask-jobqueue write.
NAMES = re.compile(
    r"(?:worker-(?P<worker>\d+)\.log$"
    r"|worker-(?P<condor>\d+(?:\.\d+)?)\.(?P<a>out|err|log)$"
    r"|hepbatch-[a-z0-9-]+-(?P<slurm>\d+)\.(?P<b>out|err)$)"
)
STREAMS = {"out": "output", "err": "error", "log": "events"}


class Logs:
    """What lies in the log folder; nothing else can be read."""

    def __init__(self, folder: Path, is_local: bool, jobs: Jobs, is_spooled: bool) -> None:
        self._folder = folder
        self._is_local = is_local
        self._jobs = jobs
        self._is_spooled = is_spooled

    def entries(self) -> list[dict[str, Any]]:
        """All logs; `bytes` is null where the file is still on the node that runs the job."""
        with told(self._folder):
            names = sorted(os.listdir(self._folder))
        found = [log for log in map(self._describe, names) if log is not None]
        there = {log["id"] for log in found}
        for job in self._jobs.rows.values() if self._is_spooled else ():
            for ending in ("out", "err") if job.state == "running" else ():
                name = f"worker-{job.id}.{ending}"
                if name not in there:
                    found.append(self._entry(name, "job", job.id, STREAMS[ending], None))
        return found

    async def read(self, id: str, offset: int, most: int) -> dict[str, Any]:
        """A piece of a log; a negative offset counts from its end. Raises `not-found`."""
        entry = next((log for log in self.entries() if log["id"] == id), None)
        if entry is None:
            next_ = "Ask for the list of logs."
            raise SupervisorError("not-found", f"{id}: no such log in {self._folder}", next_)
        if entry["bytes"] is None:
            return await self._read_running(entry, most)
        with told(self._folder / id), open(self._folder / id, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            start = max(0, size + offset) if offset < 0 else min(offset, size)
            file.seek(start)
            data = file.read(max(1, min(most, MOST_BYTES)))
        data = data[: _whole(data)] if start + len(data) < size else data
        text = data.decode("utf-8", "replace")
        return {"id": id, "text": text, "offset": start, "next": start + len(data), "size": size}

    async def follow(self, id: str, offset: int) -> AsyncIterator[dict[str, Any]]:
        """What is in a log from an offset, and what is added to it."""
        piece = await self.read(id, offset, MOST_BYTES)
        yield piece
        while True:
            is_behind = piece["next"] < piece["size"]
            if not is_behind:
                await asyncio.sleep(FOLLOW_SECONDS)
            # Shorter than before: it was begun anew.
            begun = (self._folder / id).stat().st_size < piece["next"]
            piece = await self.read(id, 0 if begun else piece["next"], MOST_BYTES)
            if piece["text"]:
                yield piece

    def last_lines(self, worker: str, job: str | None, most: int = 12) -> list[str]:
        """The end of what a worker wrote, its errors first; empty where nothing is here."""
        names = [log["id"] for log in self.entries() if _is_of(log, worker, job)]
        for name in sorted(names, key=lambda name: not name.endswith(".err")):
            with open(self._folder / name, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                file.seek(max(0, size - TAIL_BYTES))
                lines = file.read().decode("utf-8", "replace").splitlines()
            lines = [line.rstrip()[:500] for line in lines if line.strip()]
            if lines:
                return lines[-most:]
        return []

    def _describe(self, name: str) -> dict[str, Any] | None:
        size = (self._folder / name).stat().st_size
        if name == SCHEDULER:
            return self._entry(name, "scheduler", None, "output", size)
        found = NAMES.match(name)
        if found is None:
            return None
        if self._is_local:
            return self._entry(name, "worker", None, "output", size, found["worker"])
        number, stream = (
            found["condor"] or found["slurm"] or found["worker"],
            found["a"] or found["b"],
        )
        if stream is None or stream == "log":
            number, stream = (
                f"{number}.0",
                "log",
            )  # HTCondor's event log, one for a cluster of one job
        return self._entry(name, "job", number, STREAMS[stream], size)

    def _entry(
        self,
        id: str,
        kind: str,
        job: str | None,
        stream: str,
        size: int | None,
        worker: str | None = None,
    ) -> dict[str, Any]:
        row = self._jobs.rows.get(job) if job else None
        return {
            "id": id,
            "kind": kind,
            "worker": row.worker if row else worker,
            "job": job,
            "stream": stream,
            "bytes": size,
            "isEnded": row is not None and not row.is_alive,
        }

    async def _read_running(self, entry: dict[str, Any], most: int) -> dict[str, Any]:
        assert isinstance(self._jobs.batch, HTCondor)
        stream = "err" if entry["stream"] == "error" else "out"
        text = await self._jobs.batch.tail(entry["job"], stream, min(most, MOST_BYTES))
        size = len(text.encode())
        return {"id": entry["id"], "text": text, "offset": 0, "next": size, "size": size}


def _is_of(log: dict[str, Any], worker: str, job: str | None) -> bool:
    if log["stream"] == "events" or log["bytes"] is None or log["kind"] == "scheduler":
        return False
    return bool(log["job"] == job if job else log["worker"] == worker)


def _whole(data: bytes) -> int:
    """Where to cut, so that no character of several bytes is torn."""
    for back in range(1, min(4, len(data)) + 1):
        if data[-back] & 0xC0 == 0xC0:
            return len(data) - back
        if data[-back] & 0x80 == 0:
            break
    return len(data)
