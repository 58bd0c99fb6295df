"""Cleaning up after a supervisor that is gone: its batch jobs, and what it left on disk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .backends import batch_of
from .batch import Commands
from .failure import SupervisorError
from .record import Places, host_name, is_alive, read_record
from .request import Options, Request
from .sweep import sweep

SWEEP_SECONDS = 120.0


def parse_clean(text: str) -> tuple[Path, bool]:
    """The record that shall be cleaned up, and whether its host may be another one."""
    try:
        said = json.loads(text)
        return Path(said["record"]), bool(said.get("otherHost", False))
    except (ValueError, KeyError, TypeError) as error:
        next = 'Send {"record": "/path/to/record.json"}.'
        raise SupervisorError("bad-request", f"no request to clean up: {error}", next) from error


async def clean(path: Path, other_host: bool) -> dict[str, Any]:
    """Remove what a dead supervisor left. Raises `conflict` where it is alive."""
    record = read_record(path)
    is_here = record["host"] == host_name()
    if is_here and is_alive(record):
        raise SupervisorError(
            "conflict",
            f"{record['name']}: its supervisor lives (process {record['process']['pid']})",
            "Stop the cluster instead.",
        )
    if not is_here and not other_host:
        raise SupervisorError(
            "conflict",
            f"{record['name']}: its supervisor may live on {record['host']}, this is {host_name()}",
            f"Look on {record['host']}; if it is gone, clean up from here all the same.",
        )
    request = Request(
        id=record["id"],
        name=record["name"],
        backend=record["backend"],
        folder=path.parent,
        socket_folder=Path(record["socketPath"]).parent,
        options=Options(log_folder=record["logFolder"]),
    )
    # Another schedd would not know the jobs.
    os.environ.update(record["environment"])
    batch = batch_of(request, Commands())
    said: list[dict[str, Any] | None] = [None]
    if batch is not None and not await sweep(batch, SWEEP_SECONDS, lambda why: said.append(why)):
        words = said[-1]["message"] if said[-1] else "some are still in the queue"
        next = "Try again later; the record stays until they are gone."
        raise SupervisorError("unreachable", f"the jobs cannot be removed: {words}", next)
    Places(request).remove()
    return {"id": record["id"], "cleaned": True}
