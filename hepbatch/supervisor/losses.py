"""Workers that were lost: what they were doing, how much memory they had, and why they died."""

from __future__ import annotations

import dataclasses
import math
import time
from collections import deque
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from .batch import Job
from .record import timestamp
from .request import bytes_of

SAMPLES = 60
TASKS_TOLD = 20
MEGABYTE = 10**6
# Above this share of its limit a worker has most probably died of its memory.
NEARLY_ALL = 0.9
#: HTCondor's hold codes of memory: subcode 102 of what a machine or the job's resources decided.
MEMORY_HOLDS = {(21, 102), (34, 102)}
TIME_HOLDS = {46, 47}
MEMORY_WORDS = (
    "memory budget",
    "job memory limit",
    "oom-kill",
    "oom_kill",
    "out of memory",
    "oom killed",
)
TIME_WORDS = ("due to time limit", "wall time", "walltime", "wall clock", "maxruntime")


@dataclasses.dataclass
class WorkerSeen:
    """A worker as it was while it lived."""

    name: str
    address: str
    host: str
    memory_limit: int
    #: Of its process, on `host`.
    pid: int = 0
    samples: deque[tuple[float, int]] = dataclasses.field(
        default_factory=lambda: deque(maxlen=SAMPLES)
    )


@dataclasses.dataclass
class Loss:
    """The report of a lost worker, in the words of the contract."""

    id: str
    at: float
    worker: WorkerSeen
    #: Tasks it ran, each {key, prefix, deaths, failed}.
    tasks: list[dict[str, Any]]
    #: What it used when Dask's nanny ended it for its memory.
    killed_at_bytes: int | None = None
    job: Job | None = None
    cause: str = "unknown"
    evidence: list[str] = dataclasses.field(default_factory=list)
    last_lines: list[str] = dataclasses.field(default_factory=list)
    advice: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    #: False while batch system and logs are still being asked.
    is_complete: bool = False

    @property
    def peak_bytes(self) -> int | None:
        """The most memory it was seen with."""
        seen = [memory for _, memory in self.worker.samples]
        seen += [self.killed_at_bytes or 0, (self.job and self.job.memory_bytes) or 0]
        return max(seen) or None

    def to_json(self) -> dict[str, Any]:
        """The report as it travels."""
        return {
            "id": self.id,
            "at": timestamp(self.at),
            "worker": self.worker.name,
            "address": self.worker.address,
            "host": self.worker.host,
            "job": self.job and self.job.id,
            "tasks": self.tasks[:TASKS_TOLD],
            "taskCount": len(self.tasks),
            "memory": {
                "limitBytes": self.worker.memory_limit or None,
                "peakBytes": self.peak_bytes,
                "samples": [
                    {"at": timestamp(at), "bytes": memory} for at, memory in self.worker.samples
                ],
            },
            "cause": self.cause,
            "evidence": self.evidence,
            "lastLines": self.last_lines,
            "advice": self.advice,
            "isComplete": self.is_complete,
        }


def find_cause(loss: Loss) -> tuple[str, list[str]]:
    """Say why a worker died, and on what that rests; the surest evidence comes first."""
    job, limit = loss.job, loss.worker.memory_limit
    text = "\n".join(loss.last_lines).lower()
    found: list[tuple[str, str]] = []
    if loss.killed_at_bytes is not None:
        used = f"{size_words(loss.killed_at_bytes)} of {size_words(limit)}"
        found.append(("memory", f"Dask's nanny ended it at 95 % of its memory: it used {used}."))
    if job is not None and job.reason and job.state in ("held", "failed", "removed"):
        codes = f" (code {job.code}, subcode {job.subcode})" if job.code is not None else ""
        found.append((_job_cause(job), f"Job {job.id} is {job.state}: {job.reason}{codes}."))
    for words, cause in ((MEMORY_WORDS, "memory"), (TIME_WORDS, "walltime")):
        line = next((line for line in loss.last_lines if _has(line, words)), None)
        if line is not None and _has(text, words):
            found.append((cause, f"Its log says: {line.strip()}"))
    peak = loss.peak_bytes
    if peak is not None and limit and peak >= NEARLY_ALL * limit:
        share = f"{100 * peak / limit:.0f} %"
        found.append(("memory", f"It was last seen with {share} of its {size_words(limit)}."))
    if job is not None and job.state == "pending":
        found.append(("node", f"Job {job.id} is pending again: it was evicted from its node."))
    found.sort(key=lambda one: one[0] in ("failed", "removed"))  # the vaguest last
    cause = next((cause for cause, _ in found), "unknown")
    return ("crashed" if cause == "failed" else cause), [words for _, words in found]


def _job_cause(job: Job) -> str:
    reason = (job.reason or "").lower()
    if (job.code, job.subcode) in MEMORY_HOLDS or "memory" in reason:
        return "memory"
    if job.code in TIME_HOLDS or job.native == "TIMEOUT" or _has(reason, TIME_WORDS):
        return "walltime"
    if job.native in ("NODE_FAIL", "BOOT_FAIL", "PREEMPTED"):
        return "node"
    return job.state


def _has(text: str, words: Sequence[str]) -> bool:
    return any(word in text.lower() for word in words)


def find_advice(loss: Loss, memory: str | None, processes: int) -> list[dict[str, Any]]:
    """What the field does about it; `memory` is what a job has now."""
    again = any(task["deaths"] > 1 for task in loss.tasks)
    if loss.cause != "memory":
        # Somebody removed it, or its node died: the task is not to blame, unless it is again.
        blame = again and loss.cause in ("crashed", "unknown")
        return [{"kind": "run-iteratively"}] if blame else []
    has = bytes_of(memory) if memory else loss.worker.memory_limit * processes
    value = more_memory(has, (loss.peak_bytes or 0) * processes)
    return [{"kind": "run-iteratively"}, {"kind": "raise-memory", "memory": value}]


def more_memory(has: int, peak: int) -> str:
    """The memory to ask for next: half as much again, above the peak, in round numbers."""
    wanted = max(has * 1.5, peak * 1.3)
    step = 500 * MEGABYTE if wanted <= 4000 * MEGABYTE else 1000 * MEGABYTE
    megabytes = math.ceil(wanted / step) * step // MEGABYTE
    return f"{megabytes // 1000}GB" if megabytes % 1000 == 0 else f"{megabytes}MB"


def size_words(size: int | None) -> str:
    """A number of bytes for people."""
    if not size:
        return "unknown"
    return f"{size / 10**9:.1f} GB" if size >= 10**9 else f"{size / MEGABYTE:.0f} MB"


class Watch:
    """The part of a plugin of Dask's scheduler that sees workers come and go.

    It is mixed with Dask's own class once Dask is imported. Dask logs the end of a worker with the
    tasks that it was processing, which it has already taken away when it calls `remove_worker`.
    """

    def __init__(self, scheduler: Any, told: Any) -> None:
        self._scheduler = scheduler
        self._told = told
        self._count = 0
        self.seen: dict[str, WorkerSeen] = {}
        self._killed: dict[tuple[str, int], int] = {}

    def log_event(self, topic: str, msg: Any) -> None:
        """Called by Dask for each event."""
        if not isinstance(msg, dict):
            return
        if topic == "worker-restart-memory":
            # By its process: the nanny has the old address of one that has just come back.
            host = urlsplit(msg["worker"] or "").hostname or ""
            self._killed[host, int(msg["pid"])] = int(msg["rss"])
        elif topic == "all" and msg.get("action") == "remove-worker":
            self._removed(msg)

    def add_worker(self, scheduler: Any, worker: str) -> None:
        """Called by Dask for each worker that joins."""
        self._told.joined(self._see(scheduler.workers[worker]))

    def sample(self) -> None:
        """Keep the memory of each worker as of now."""
        now = time.time()
        for state in self._scheduler.workers.values():
            memory = state.metrics.get("memory")
            if memory:
                self._see(state).samples.append((now, int(memory)))

    def killed_at(self, worker: WorkerSeen) -> int | None:
        """The memory a worker had when Dask's nanny ended it; None where it did not."""
        nameless = self._killed.get(("", worker.pid))
        return self._killed.get((worker.host, worker.pid), nameless)

    def _see(self, state: Any) -> WorkerSeen:
        known = self.seen.get(state.address)
        if known is None:
            known = WorkerSeen(
                str(state.name),
                state.address,
                state.host,
                int(state.memory_limit or 0),
                int(state.pid or 0),
            )
            self.seen[state.address] = known
        return known

    def _removed(self, msg: dict[str, Any]) -> None:
        worker = self.seen.pop(msg["worker"], None)
        if worker is None:
            return
        self._count += 1
        tasks = [self._task(key) for key in msg.get("processing-tasks", ())]
        loss = Loss(f"loss-{self._count}", time.time(), worker, tasks)
        self._told.left(loss, bool(msg.get("expected", False)))

    def _task(self, key: Any) -> dict[str, Any]:
        state = self._scheduler.tasks.get(key)
        deaths = state.suspicious if state is not None else 1
        return {
            "key": str(key),
            "prefix": state.prefix.name if state is not None else str(key),
            "deaths": deaths,
            "failed": deaths > self._scheduler.allowed_failures,
        }
