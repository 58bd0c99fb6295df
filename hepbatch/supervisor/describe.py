"""What a supervisor tells of its cluster: the answers to `describe` and `security`."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import os
import sys
import time
from pathlib import Path
from typing import Any

from .failure import SupervisorError
from .htcondor import SCHEDD_VARIABLE
from .life import Life
from .record import VERSION, host_name, timestamp, told
from .why import sentences

PACKAGES = (
    "dask",
    "distributed",
    "dask-jobqueue",
    "dask-lxplus",
    "bokeh",
    "cryptography",
    "msgpack",
    "cloudpickle",
    "tornado",
)
#: What the commands of the batch system need of our environment, for who cleans up after us.
NEEDED = ("PATH", "CONDOR_CONFIG", SCHEDD_VARIABLE, "SLURM_CONF")
#: The tasks of a scheduler by their state, in Dask's words.
TASK_STATES = ("waiting", "queued", "no-worker", "processing", "memory", "erred", "released")


@functools.lru_cache(maxsize=1)
def versions() -> dict[str, Any]:
    """What this interpreter has, found without importing it."""
    found: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return {"executable": sys.executable, "python": sys.version.split()[0], "packages": found}


def record_of(life: Life, process: dict[str, Any]) -> dict[str, Any]:
    """What is on disk, and is read by who finds the cluster again."""
    return {
        "version": VERSION,
        "id": life.request.id,
        "name": life.request.name,
        "backend": life.request.backend,
        "state": life.state,
        "failure": life.failure,
        "host": host_name(),
        "process": process,
        "startedAt": timestamp(life.limits.started_at),
        "socketPath": str(life.places.socket),
        "scheduler": _scheduler(life),
        "logFolder": str(life.places.logs),
        "environment": {name: os.environ[name] for name in NEEDED if name in os.environ},
    }


def describe(life: Life) -> dict[str, Any]:
    """Everything that a card shows."""
    workers = _workers(life)
    jobs = [job.to_json() for job in life.jobs.rows.values()]
    asked_at = life.jobs.asked_at
    idle_end = life.limits.idle_end(life.running_scheduler())
    lifetime_end = life.limits.lifetime_end()
    return {
        "version": VERSION,
        "id": life.request.id,
        "name": life.request.name,
        "backend": life.request.backend,
        "state": life.state,
        "failure": life.failure,
        "host": host_name(),
        "pid": os.getpid(),
        "startedAt": timestamp(life.limits.started_at),
        "environment": versions(),
        "scheduler": _scheduler(life),
        "mode": life.sizing.mode(),
        "wanted": life.sizing.wanted(),
        "workers": workers,
        "jobs": jobs,
        "queue": {
            "askedAt": asked_at and timestamp(asked_at),
            "failure": life.jobs.failure,
        },
        "tasks": _tasks(life),
        "clients": _clients(life),
        "losses": [loss.to_json() for loss in life.losses],
        "why": _why(life, workers, jobs),
        "warnings": life.warnings,
        "idleEndsAt": idle_end and timestamp(idle_end),
        "lifetimeEndsAt": lifetime_end and timestamp(lifetime_end),
        "recordingSince": _recording_since(life),
        "logFolder": str(life.places.logs),
        "sequence": life.events.sequence,
    }


def security(life: Life, with_contents: bool) -> dict[str, Any]:
    """What a client of this user needs to reach the scheduler."""
    scheduler = _scheduler(life)
    if scheduler is None:
        raise SupervisorError("conflict", "the scheduler is not up", "Wait until it runs.")
    security = life.cluster.security
    if not scheduler["tls"]:
        return {"address": scheduler["address"], "tls": None}
    paths = {
        "ca": security.tls_ca_file,
        "cert": security.tls_client_cert,
        "key": security.tls_client_key,
    }
    files = {}
    for key, path in paths.items():
        files[key] = {"path": path, "text": None}
        if with_contents:
            with told(Path(path)), open(path) as file:
                files[key]["text"] = file.read()
    return {"address": scheduler["address"], "tls": files}


def _scheduler(life: Life) -> dict[str, Any] | None:
    scheduler = getattr(life.cluster, "scheduler", None)
    if scheduler is None or life.state == "starting":
        return None
    dashboard: dict[str, Any] | None = {"socketPath": str(life.places.dashboard)}
    if life.request.options.dashboard_address:
        # Where it listens on all addresses any will do.
        host = scheduler.http_server.address
        host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        dashboard = {"host": host, "port": scheduler.http_server.port}
    if importlib.util.find_spec("bokeh") is None:
        dashboard = None
    return {
        "address": scheduler.contact_address or scheduler.address,
        "tls": scheduler.address.startswith("tls://"),
        "dashboard": dashboard,
    }


def _workers(life: Life) -> list[dict[str, Any]]:
    if life.state != "running":
        return []
    return [_worker(life, state) for state in life.cluster.scheduler.workers.values()]


def _worker(life: Life, state: Any) -> dict[str, Any]:
    job = life.jobs.of_worker(life.sizing.job_name(str(state.name)))
    dashboard: dict[str, Any] | None = None
    if not life.request.is_batch:
        dashboard = {"socketPath": str(life.places.local / f"{state.name}.sock")}
    elif "dashboard" in state.services:
        dashboard = {"host": state.host, "port": state.services["dashboard"]}
    return {
        "name": str(state.name),
        "address": state.address,
        "host": state.host,
        "job": job and job.id,
        "status": state.status.name,
        "threads": state.nthreads,
        "memoryBytes": state.metrics.get("memory"),
        "memoryLimitBytes": state.memory_limit or None,
        "tasks": len(state.processing),
        "lastSeenAt": timestamp(state.last_seen),
        "dashboard": dashboard,
    }


def _tasks(life: Life) -> dict[str, int]:
    counts = dict.fromkeys(TASK_STATES, 0)
    if life.state == "running":
        for group in life.cluster.scheduler.task_groups.values():
            for state, count in group.states.items():
                if state in counts:
                    counts[state] += count
    return counts


def _clients(life: Life) -> int:
    return len(life.cluster.scheduler.client_comms) if life.state == "running" else 0


def _recording_since(life: Life) -> str | None:
    since = life.recording.since
    return None if since is None or life.state != "running" else timestamp(since)


def _why(life: Life, workers: list[dict[str, Any]], jobs: list[dict[str, Any]]) -> list[str]:
    scheduler = _scheduler(life)
    counts = _tasks(life)
    now = time.time()
    late = [
        now - job.started_at
        for job in life.jobs.rows.values()
        if job.state == "running" and job.started_at and not life.sizing.has_joined(job.worker)
    ]
    return sentences(
        {
            "state": life.state,
            "failure": life.failure,
            "mode": life.sizing.mode(),
            "wanted": life.sizing.wanted(),
            "workers": len(workers),
            "paused": [worker["status"] for worker in workers].count("paused"),
            "jobs": jobs,
            "waitingTasks": counts["waiting"] + counts["queued"] + counts["no-worker"],
            "queueFailure": life.jobs.failure,
            "submitFailure": life.sizing.submit_failure,
            "failures": life.sizing.failures,
            "hasGivenUp": life.sizing.has_given_up(),
            "lastLines": life.last_lines_of_failed(),
            "unjoinedSeconds": max(late, default=None),
            "address": scheduler and scheduler["address"],
            "batch": life.batch.name if life.batch else "Dask",
        }
    )
