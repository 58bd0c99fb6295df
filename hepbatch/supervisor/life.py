"""One cluster from its start to its end, whoever asks for it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import logging
import time
from collections.abc import Callable
from typing import Any

from .backends import (
    batch_of,
    job_class,
    make_cluster,
    port_of,
    preflight,
    warnings_of,
)
from .batch import Commands
from .events import Events
from .failure import SupervisorError, failure_of
from .jobs import Jobs
from .limits import Limits
from .local_worker import move_to_socket
from .logs import Logs
from .losses import Loss, Watch, WorkerSeen, find_advice, find_cause
from .record import Places
from .report import Recording
from .request import Adaptive, Request
from .sizing import Sizing
from .sweep import sweep
from .tls import make_certificate

#: How often the batch system is asked: soon after a change, then seldom; less when all is well.
QUICK_SECONDS, USUAL_SECONDS, CALM_SECONDS = 3.0, 30.0, 60.0
QUICK_FOR_SECONDS = 60.0
LEAST_GAP_SECONDS = 2.0
CLOSE_SECONDS = 30.0
SWEEP_SECONDS = 900.0
#: A cluster that failed stays to be asked why.
FAILED_SECONDS = 600.0
LOSSES_KEPT = 50
#: After a worker was lost its job is looked at again after so long, and so long, and so long.
INVESTIGATE_SECONDS = (1.0, 4.0, 10.0)
LOG = logging.getLogger("hepbatch.supervisor")
SUBMIT = ("condor_submit", "sbatch")


class Life:
    """The state of a cluster and what changes it."""

    def __init__(self, request: Request, places: Places, changed: Callable[[], None]) -> None:
        self.request = request
        self.places = places
        self.events = Events()
        self.state = "starting"
        self.failure: dict[str, Any] | None = None
        self.warnings = warnings_of(request)
        self.losses: list[Loss] = []
        self.cluster: Any = None
        self.watch: Any = None
        self.commands = Commands()
        self.batch = batch_of(request, self.commands)
        self.jobs = Jobs(self.batch, self.events)
        self.sizing = Sizing(self)
        self.limits = Limits(request.options)
        self.recording = Recording()
        is_spooled = request.backend == "dask-lxplus"
        self.logs = Logs(places.logs, not request.is_batch, self.jobs, is_spooled)
        self._changed = changed
        self._stop_asked = asyncio.Event()
        self._look_asked = asyncio.Event()
        self._quick_until = 0.0
        self._tasks: set[asyncio.Task[Any]] = set()
        preflight(request, self.batch)
        self._port = port_of(request)

    # What happens, in order.

    async def run(self) -> bool:
        """Live until stopped; False where something may be left that only `clean` can remove."""
        stop = self._go(self._stop_asked.wait())
        start = self._go(self._start())
        await asyncio.wait({start, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not start.done():
            start.cancel()
        elif start.exception() is not None:
            await self._fail(start.exception())
        else:
            await self._live(stop)
        return await self._end()

    async def _start(self) -> None:
        # The import alone takes many seconds where Python lies on a network file system.
        await asyncio.to_thread(importlib.import_module, "distributed")
        if self.request.options.tls:
            await asyncio.to_thread(make_certificate, self.places.tls)
        if self.batch is not None:
            await self.batch.pin()
        else:
            self._prepare_local()
        cluster = make_cluster(self.request, self.places, self._port)
        self._adopt(cluster)
        self.cluster = cluster
        await cluster
        self._plug_in()
        self._set_state("running")
        await self.sizing.begin()

    async def _live(self, stop: asyncio.Task[Any]) -> None:
        ends = {stop, self._go(self._until_over()), self._go(self.cluster.scheduler.finished())}
        if self.batch is not None:
            self._go(self._watch_queue())
        else:
            self._go(self._mend())
        self._go(self._sample())
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)

    async def _fail(self, error: BaseException | None) -> None:
        self.failure = failure_of(error or RuntimeError("it did not start"))
        await self._close_cluster()
        self._set_state("failed")
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stop_asked.wait(), FAILED_SECONDS)

    async def _end(self) -> bool:
        has_failed = self.state == "failed"
        if not has_failed:
            self._set_state("stopping")
        for task in list(self._tasks):
            task.cancel()
        self.sizing.close()
        is_swept = await self._sweep()
        await self._close_cluster()
        # Once more, since a job may have been on its way to the queue.
        is_swept = await self._sweep() and is_swept
        # Nobody asked for the end of a cluster that failed: its record says why it is gone.
        is_clean = is_swept and (not has_failed or self._stop_asked.is_set())
        self._set_state("stopped" if is_clean else "failed")
        return is_clean

    async def _sweep(self) -> bool:
        if self.batch is None:
            return True

        def told(failure: dict[str, Any] | None) -> None:
            self.failure = failure

        return await sweep(self.batch, SWEEP_SECONDS, told)

    async def _close_cluster(self) -> None:
        if self.cluster is None:
            return
        for job in self.cluster.workers.values():
            if hasattr(job, "job_id"):
                job.job_id = None  # removed already, all at once
        try:
            await asyncio.wait_for(self.cluster.close(), CLOSE_SECONDS)
        except (
            Exception
        ) as error:  # whatever Dask throws, our process ends, and its workers with it
            LOG.warning("Dask did not close", exc_info=error)

    # What is done once.

    def _prepare_local(self) -> None:
        self.places.local.mkdir(mode=0o700, exist_ok=True)
        spec = importlib.util.find_spec(move_to_socket.__module__)
        assert spec is not None and spec.loader is not None
        # Copied, since we may be in an archive, and Dask puts the folder of the file on the path.
        # Loaders of files and of archives have it; the type of all loaders does not say so.
        source = spec.loader.get_source(spec.name)  # type: ignore[attr-defined]
        (self.places.local / "hepbatch_local_worker.py").write_text(source)

    def _adopt(self, cluster: Any) -> None:
        """Put our scheduler and our jobs into a cluster that is not started."""
        options = self.request.options
        scheduler = dict(cluster.scheduler_spec)
        scheduler["cls"] = _scheduler_class(
            scheduler["cls"], self.places, options.dashboard_address
        )
        cluster.scheduler_spec = scheduler
        if self.batch is not None:
            is_condor = self.batch.name == "HTCondor" and "swan" not in type(cluster).__module__
            jobs = job_class(cluster.job_cls, self, is_condor)
            cluster.job_cls = jobs
            cluster.new_spec = {**cluster.new_spec, "cls": jobs}

    def _plug_in(self) -> None:
        from distributed.diagnostics.plugin import SchedulerPlugin

        plugin = type("HepbatchWatch", (Watch, SchedulerPlugin), {"name": "hepbatch"})
        self.watch = plugin(self.cluster.scheduler, self)
        self.cluster.scheduler.add_plugin(self.watch)

    # What others tell us: the jobs of dask-jobqueue, and the plugin of the scheduler.

    async def run_command(self, argv: list[str]) -> str:
        """Run what dask-jobqueue wants to run. Raises RuntimeError, which it expects."""
        if self.state != "running" and argv[0] in SUBMIT:
            raise RuntimeError("nothing is submitted any more")
        try:
            said = await self.commands.run(*argv, cwd=str(self.request.work_folder))
        except SupervisorError as error:
            raise RuntimeError(error.message) from error
        if said.code != 0:
            raise RuntimeError(f"{argv[0]}: {said.words}")
        return said.out

    def submitted(self, worker: str, id: str) -> None:
        """A job was taken by the batch system."""
        self.jobs.submitted(id, worker)
        self.look_soon()

    def refused(self, worker: str, error: Exception) -> None:
        """A job was not taken."""
        if self.state == "running":
            self.sizing.refused(worker, str(error))
            self.events.publish("submit-failed", worker=worker, message=str(error))

    def joined(self, worker: WorkerSeen) -> None:
        """A worker has joined the scheduler."""
        self.sizing.joined(worker.name)
        self.events.publish("worker-joined", worker=worker.name, address=worker.address)

    def left(self, loss: Loss, expected: bool) -> None:
        """A worker has left the scheduler."""
        name = loss.worker.name
        is_planned = expected or self.state != "running" or self.sizing.is_going(name)
        self.events.publish(
            "worker-left", worker=name, address=loss.worker.address, expected=is_planned
        )
        if not is_planned:
            # Now, since the next job of this worker will have the same name.
            loss.job = self.jobs.of_worker(self.sizing.job_name(name))
            self.losses = [*self.losses, loss][-LOSSES_KEPT:]
            self._go(self._investigate(loss))

    async def _investigate(self, loss: Loss) -> None:
        """Find out why a worker was lost; the reasons come a little later than the fact."""
        options = self.request.options
        for wait in INVESTIGATE_SECONDS:
            self.look_soon()
            await asyncio.sleep(wait)
            loss.killed_at_bytes = self.watch.killed_at(loss.worker)
            if loss.job is not None:
                loss.job = self.jobs.rows.get(loss.job.id, loss.job)
            job = loss.job.id if loss.job else None
            loss.last_lines = self.logs.last_lines(loss.worker.name, job)
            loss.cause, loss.evidence = find_cause(loss)
            loss.advice = find_advice(loss, options.memory, options.processes)
            # Dask's word is final; a job that runs may yet be held, and that is a better reason.
            job_has_said = loss.job is None or loss.job.state != "running"
            if loss.killed_at_bytes is not None or (job_has_said and loss.cause != "unknown"):
                break
            self.events.publish("loss", loss=loss.to_json())
        loss.is_complete = True
        self.events.publish("loss", loss=loss.to_json())

    # What goes on all the time.

    async def _sample(self) -> None:
        while True:
            self.watch.sample()
            await asyncio.sleep(1)

    async def _mend(self) -> None:
        """Replace what went, where no queue is looked at that would tell."""
        while True:
            await asyncio.sleep(LEAST_GAP_SECONDS)
            await self.sizing.mend()

    async def _watch_queue(self) -> None:
        while True:
            await self.jobs.look()
            await self.jobs.fetch()
            await self.sizing.mend()
            await asyncio.sleep(LEAST_GAP_SECONDS)
            self._look_asked.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._look_asked.wait(), self._gap())

    def _gap(self) -> float:
        if time.monotonic() < self._quick_until:
            return QUICK_SECONDS - LEAST_GAP_SECONDS
        return CALM_SECONDS if self.sizing.is_settled() else USUAL_SECONDS

    def look_soon(self) -> None:
        """Ask the batch system more often for a minute."""
        self._quick_until = time.monotonic() + QUICK_FOR_SECONDS
        self._look_asked.set()

    async def _until_over(self) -> None:
        while True:
            await asyncio.sleep(1)
            over = self.limits.over(self.running_scheduler())
            if over is not None:
                self.events.publish("warning", message=f"It stops: its {over} is over.")
                return

    def running_scheduler(self) -> Any:
        """Dask's scheduler; None while there is none that can be asked."""
        return self.cluster.scheduler if self.state == "running" else None

    # What people ask for.

    def stop(self) -> None:
        """End it, in whatever state it is."""
        self._stop_asked.set()

    async def scale(self, workers: int) -> None:
        """Have this many workers from now on."""
        self.limits.use()
        await self.sizing.scale(workers)
        self.look_soon()

    async def adapt(self, bounds: Adaptive) -> None:
        """Let Dask choose how many workers there are."""
        self.limits.use()
        await self.sizing.adapt(bounds)
        self.look_soon()

    def last_lines_of_failed(self) -> list[str]:
        """The end of the log of the last job that did not become a worker."""
        ended = [job for job in self.jobs.rows.values() if not job.is_alive]
        if not ended or not self.sizing.failures:
            return []
        return self.logs.last_lines(ended[-1].worker or "", ended[-1].id)

    def _set_state(self, state: str) -> None:
        self.state = state
        self.events.publish("state", state=state, failure=self.failure)
        self._changed()

    def _go(self, work: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            LOG.error("%s", task.get_coro(), exc_info=task.exception())


def _scheduler_class(base: Any, places: Places, dashboard_address: str | None) -> Any:
    # Its base is chosen when the cluster is made: mypy has no type of it.
    class Scheduler(base):  # type: ignore[misc]
        """Dask's scheduler with its pages on a socket, since they ask nobody who he is."""

        def start_http_server(self, routes: Any, _: Any, *args: Any, **kwargs: Any) -> None:
            address = dashboard_address or "127.0.0.1:0"
            super().start_http_server(routes, address, *args, **kwargs)
            if dashboard_address is None:
                name = places.dashboard.name[: -len(".sock")]
                move_to_socket(self.http_server, str(places.sockets), name)

    return Scheduler
