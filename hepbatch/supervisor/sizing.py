"""How many workers a cluster has: a number that holds, or bounds between which Dask chooses.

Where the number holds, a worker whose job ended is replaced: at once if it had joined, and after a
growing pause if it had not, until it is plain that no job of this form becomes a worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from .request import Adaptive

if TYPE_CHECKING:
    from .life import Life

FIRST_PAUSE, LONGEST_PAUSE = 15.0, 600.0
GIVE_UP_AFTER = 5
RETIRE_SECONDS = 60.0
#: A nanny that is so starts no process any more.
OVER = ("closed", "failed")
HELD_FIRST = {"held": 0, "pending": 1}


class Sizing:
    """What is asked for, and what is done towards it."""

    def __init__(self, life: Life) -> None:
        self.target = life.request.options.workers
        self.bounds = life.request.options.adaptive
        #: Jobs in a row that ended without having been a worker.
        self.failures = 0
        #: What the batch system said when it took no job.
        self.submit_failure: str | None = None
        self._life = life
        self._processes = life.request.options.processes
        self._retry_at = 0.0
        self._refused: set[str] = set()
        self._joined: set[str] = set()
        self._counted: set[str] = set()
        self._going: set[str] = set()
        self._busy = asyncio.Lock()
        self._is_up = False

    async def begin(self) -> None:
        """Ask for the first workers, or for what was asked for meanwhile."""
        self._is_up = True
        await self._apply()

    async def scale(self, workers: int) -> None:
        """Have this many workers from now on."""
        self.target, self.bounds = workers, None
        self._begin_anew()
        if self._is_up:
            await self._apply()

    async def adapt(self, bounds: Adaptive) -> None:
        """Let Dask choose how many workers there are."""
        self.bounds = bounds
        self._begin_anew()
        if self._is_up:
            await self._apply()

    def close(self) -> None:
        """Change nothing any more."""
        self._is_up = False
        adaptive = self._adaptive()
        if adaptive is not None:
            adaptive.stop()

    def mode(self) -> dict[str, Any]:
        """The mode the cluster really has."""
        if self.bounds is not None and (not self._is_up or self._adaptive() is not None):
            return {
                "kind": "adaptive",
                "minimum": self.bounds.minimum,
                "maximum": self.bounds.maximum,
                "idleSeconds": self.bounds.idle_seconds,
            }
        return {"kind": "fixed", "workers": self.target}

    def wanted(self) -> int:
        """How many workers are asked of the batch system now."""
        cluster = self._life.cluster
        return len(cluster.worker_spec) * self._processes if cluster is not None else 0

    def has_given_up(self) -> bool:
        """Whether jobs that end are not replaced any more."""
        return self.failures >= GIVE_UP_AFTER

    def job_name(self, worker: str) -> str:
        """What a job with several workers calls itself; else the name of the worker."""
        return worker.rpartition("-")[0] if self._processes > 1 else worker

    def is_going(self, worker: str) -> bool:
        """Whether it is on purpose that a worker leaves."""
        name = self.job_name(worker)
        return name in self._going or name not in map(str, self._life.cluster.worker_spec)

    def is_settled(self) -> bool:
        """Whether all that is asked for is there."""
        live = len(self._life.cluster.scheduler.workers)
        waiting = [job for job in self._life.jobs.rows.values() if job.state in HELD_FIRST]
        return live >= self.wanted() and not waiting

    def joined(self, worker: str) -> None:
        """A worker is there: jobs of this form do become workers."""
        self.failures, self._retry_at, self.submit_failure = 0, 0.0, None
        self._joined.add(self.job_name(worker))

    def has_joined(self, job: str | None) -> bool:
        """Whether a job has been a worker, even if it is not one at this moment."""
        return job in self._joined

    def refused(self, worker: str, words: str) -> None:
        """The batch system did not take a job."""
        self.submit_failure = words
        self._refused.add(worker)
        self._count(f"refused {worker} {time.time()}")

    async def mend(self) -> None:
        """Replace the workers whose jobs are over."""
        async with self._busy:
            cluster = self._life.cluster
            if not self._is_up:
                return
            dead = self._dead()
            missing = set(cluster.worker_spec) - set(cluster.workers)
            if self.has_given_up() or time.time() < self._retry_at or not (dead or missing):
                return
            for name in dead:
                self._forget(name)
            # Where Dask chooses the number it also fills up what is missing.
            if self._adaptive() is None:
                # Only the classes of batch systems know jobs; here each of them is one worker.
                unit = "jobs" if self._life.request.is_batch else "n"
                cluster.scale(**{unit: len(cluster.worker_spec)})

    async def _apply(self) -> None:
        async with self._busy:
            cluster = self._life.cluster
            await self._stop_adaptive()
            for name in self._dead():
                self._forget(name)
            if self.bounds is not None:
                cluster.adapt(
                    minimum=self.bounds.minimum,
                    maximum=self.bounds.maximum,
                    interval="1s",
                    wait_count=self.bounds.idle_seconds,
                )
            elif self.target < self.wanted():
                await self._shrink(math.ceil(self.target / self._processes))
            else:
                cluster.scale(self.target)
        self._life.events.publish("mode", mode=self.mode())

    async def _stop_adaptive(self) -> None:
        # Dask's own `scale` does not stop it, and then it goes on scaling.
        adaptive = self._adaptive()
        if adaptive is not None:
            adaptive.stop()
            while getattr(adaptive, "_adapting", False):
                await asyncio.sleep(0.05)
        self._life.cluster._adaptive = None

    def _adaptive(self) -> Any:
        adaptive = getattr(self._life.cluster, "_adaptive", None)
        return adaptive if adaptive is not None and adaptive.periodic_callback else None

    async def _shrink(self, count: int) -> None:
        """Give back what costs least: first jobs that wait, then workers with little to do."""
        cluster = self._life.cluster
        live = self._live()
        names = sorted(cluster.worker_spec, key=lambda name: self._cost(name, live))
        victims = names[: len(names) - count]
        self._going |= set(map(str, victims))
        workers = [state.name for name in victims for state in live[str(name)]]
        if workers:
            with contextlib.suppress(asyncio.TimeoutError):
                retired = cluster.scheduler.retire_workers(
                    names=workers, remove=True, close_workers=True
                )
                await asyncio.wait_for(retired, RETIRE_SECONDS)
        await cluster.scale_down(victims)
        self._going -= set(map(str, victims))

    def _cost(self, name: Any, live: dict[str, list[Any]]) -> tuple[int, int, int]:
        states = live[str(name)]
        if states:
            return 3, sum(len(state.processing) for state in states), sum(s.nbytes for s in states)
        job = self._life.jobs.of_worker(str(name))
        return HELD_FIRST.get(job.state, 2) if job is not None else 0, 0, 0

    def _live(self) -> dict[str, list[Any]]:
        """The workers that are there, by the name of their job."""
        live: dict[str, list[Any]] = defaultdict(list)
        for state in self._life.cluster.scheduler.workers.values():
            live[self.job_name(str(state.name))].append(state)
        return live

    def _dead(self) -> list[Any]:
        """What Dask takes for workers that will come, though job or nanny is over."""
        live = self._live()
        if not self._life.request.is_batch:
            workers = self._life.cluster.workers.items()
            return [name for name, nanny in workers if nanny.status.name in OVER]
        return [name for name in self._life.cluster.workers if self._is_dead(str(name), live)]

    def _is_dead(self, name: str, live: dict[str, list[Any]]) -> bool:
        job = self._life.jobs.of_worker(name)
        if name in self._refused:
            return True
        if live[name] or job is None or job.is_alive:
            return False
        if name not in self._joined:
            self._count(job.id)
        return True

    def _count(self, what: str) -> None:
        if what not in self._counted:
            self._counted.add(what)
            self.failures += 1
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (self.failures - 1))
            self._retry_at = time.time() + pause

    def _forget(self, name: Any) -> None:
        self._life.cluster.workers.pop(name, None)
        self._refused.discard(str(name))
        self._joined.discard(str(name))

    def _begin_anew(self) -> None:
        self.failures, self._retry_at, self.submit_failure = 0, 0.0, None
