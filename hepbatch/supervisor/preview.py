"""What would be submitted: the exact script of a job and the command, with nothing started."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from .backends import batch_of, is_swan, job_class, make_cluster, port_of, preflight, warnings_of
from .batch import Commands
from .record import Places, host_name
from .request import Request


async def preview(request: Request) -> dict[str, Any]:
    """Render the job of the first worker. Raises as a start would."""
    preflight(request, batch_of(request, Commands()))
    port = port_of(request)
    protocol = "tls" if request.options.tls else "tcp"
    told = {"script": None, "submit": [], "warnings": warnings_of(request)}
    if not request.is_batch:
        return {**told, "scheduler": f"{protocol}://127.0.0.1:{port or 'PORT'}"}
    missing = _missing(request.log_folder)
    try:
        cluster = make_cluster(request, Places(request), port)
        has_files = request.backend != "dask-slurm" and not is_swan(request)
        address = f"{protocol}://{host_name()}:{port or 'PORT'}"
        job = job_class(cluster.job_cls, None, has_files)(
            address, name=f"{request.id}-0", **cluster._job_kwargs
        )
    finally:
        for folder in missing:  # dask-jobqueue makes the folder of the logs while it renders
            if folder.is_dir():
                folder.rmdir()
    cluster.status = type(cluster.status).closed  # it never was open, and need not be closed
    submit = [*shlex.split(job.submit_command), "JOB_FILE"]
    return {**told, "script": job.job_script(), "submit": submit, "scheduler": address}


def _missing(folder: Path) -> list[Path]:
    """The part of a path that is not there, innermost first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]
