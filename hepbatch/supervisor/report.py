"""Dask's performance report of a span of time: begun, made, and handed out in pieces."""

from __future__ import annotations

import importlib.util
import sys
import time
from typing import Any

from .failure import SupervisorError

#: A report may be many MB, and whoever reads the socket holds each line in memory.
PIECE_CHARACTERS = 1 << 20


class Recording:
    """What is remembered between the first click and the last."""

    def __init__(self) -> None:
        #: When it was begun; None: nothing is recorded.
        self.since: float | None = None
        self._last_count = 0
        self._html = ""

    def begin(self, scheduler: Any) -> None:
        """Remember where it begins; one that goes on stays. Raises `conflict`, `unsupported`."""
        if scheduler is None:
            raise SupervisorError("conflict", "the scheduler is not up", "Wait until it runs.")
        if importlib.util.find_spec("bokeh") is None:
            install = f"{sys.executable} -m pip install bokeh"
            next = f"{install}; then start the cluster anew."
            raise SupervisorError("unsupported", f"{sys.executable} has no bokeh", next)
        if self.since is None:
            # Tasks are kept from the first question on.
            scheduler.get_task_stream(start=0, stop=0)
            self.since = time.time()
            self._last_count = scheduler.monitor.count

    def end(self) -> None:
        """Forget it."""
        self.since, self._html = None, ""

    async def make(self, scheduler: Any) -> int:
        """Make the report of the time until now; its characters. Raises `conflict`."""
        if self.since is None or scheduler is None:
            next = "Start a performance report first."
            raise SupervisorError("conflict", "no performance report was started", next)
        html = await scheduler.performance_report(self.since, self._last_count, code="")
        self._html = str(html)
        return len(self._html)

    def piece(self, offset: int) -> dict[str, Any]:
        """What was made, from a character on."""
        text = self._html[offset : offset + PIECE_CHARACTERS]
        return {"text": text, "next": offset + len(text), "size": len(self._html)}
