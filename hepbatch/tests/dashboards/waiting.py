"""How tests wait: for a state, not for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest


async def until(holds: Callable[[], bool]) -> None:
    """Wait for a state, not for a time."""
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it does not come to pass")
