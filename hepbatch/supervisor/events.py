"""News of a cluster, kept for a while, so that who was away catches up."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from .record import timestamp

KEPT = 1000


class Events:
    """A numbered stream with any number of readers, none of whom can hold the others up."""

    def __init__(self) -> None:
        self.sequence = 0
        self._kept: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._came = asyncio.Event()

    def publish(self, topic: str, **what: Any) -> None:
        """Tell everybody."""
        self.sequence += 1
        now = timestamp(time.time())
        self._kept.append({"sequence": self.sequence, "at": now, "topic": topic, **what})
        self._came.set()
        self._came = asyncio.Event()

    async def follow(self, since: int) -> AsyncIterator[dict[str, Any]]:
        """What came after a number, and then whatever comes; `reset` where some is lost."""
        while True:
            oldest = self._kept[0]["sequence"] if self._kept else self.sequence + 1
            if since > self.sequence or since < oldest - 1:
                since = self.sequence
                now = timestamp(time.time())
                yield {"sequence": since, "at": now, "topic": "reset"}
            came = self._came
            for event in [event for event in self._kept if event["sequence"] > since]:
                since = event["sequence"]
                yield event
            if since == self.sequence:
                await came.wait()
