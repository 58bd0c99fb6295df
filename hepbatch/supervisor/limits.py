"""When a cluster ends by itself: nobody uses it any more, or its time is over."""

from __future__ import annotations

import time
from typing import Any

from .request import Options


class Limits:
    """Idle limit and lifetime.

    A client, a task that is not done and a command that changes something keep a cluster. Looking
    at it does not: who watches need not want it to stay.
    """

    def __init__(self, options: Options) -> None:
        self.started_at = self._last_used = time.time()
        self._idle_minutes = options.idle_minutes
        self._lifetime_minutes = options.lifetime_minutes
        self._transitions = 0

    def use(self) -> None:
        """Somebody wants something of the cluster."""
        self._last_used = time.time()

    def idle_end(self, scheduler: Any) -> float | None:
        """When it stops unless somebody uses it; None while it is used."""
        if scheduler is None or self._is_used(scheduler):
            return None
        return self._last_used + self._idle_minutes * 60

    def lifetime_end(self) -> float | None:
        """When it stops in any case."""
        minutes = self._lifetime_minutes
        return None if minutes is None else self.started_at + minutes * 60

    def over(self, scheduler: Any) -> str | None:
        """What is over, in words; None while it may live."""
        ends = {"idle limit": self.idle_end(scheduler), "lifetime": self.lifetime_end()}
        now = time.time()
        return next((name for name, end in ends.items() if end is not None and end < now), None)

    def _is_used(self, scheduler: Any) -> bool:
        # Dask's own measure of idleness is another one in each of its versions.
        has_moved = scheduler.transition_counter != self._transitions
        self._transitions = scheduler.transition_counter
        waits = scheduler.unrunnable or getattr(scheduler, "queued", ())
        works = any(state.processing for state in scheduler.workers.values())
        is_used = bool(scheduler.client_comms or has_moved or waits or works)
        if is_used:
            self.use()
        return is_used
