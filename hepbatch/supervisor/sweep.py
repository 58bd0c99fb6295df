"""The end of a cluster's batch jobs: removed by their stamp, until the queue has none of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from .batch import BatchSystem
from .failure import SupervisorError

FIRST_PAUSE, PAUSE_WHILE_SILENT, LONGEST_PAUSE = 0.5, 5.0, 60.0


async def sweep(
    batch: BatchSystem, seconds: float, told: Callable[[dict[str, Any] | None], None]
) -> bool:
    """Remove all jobs of a cluster; False where some may be left when the time is over.

    `told` gets why the batch system does not answer, and None once it does.
    """
    until, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        try:
            await batch.remove()
            told(None)
            if not await batch.left():
                return True
        except SupervisorError as error:
            told(error.to_failure())
            pause = max(pause, PAUSE_WHILE_SILENT)
        if time.monotonic() > until:
            return False
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
