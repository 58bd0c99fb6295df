"""Answers that go on for long: events, slow readers, lines that break."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from hepbatch.tests.answers import resident_mb
from hepbatch.tests.relay.address import Fetch


@pytest.mark.parametrize("path", ["/events", "/silent"])
async def test_an_event_stream_opens_at_once_and_ends_when_the_browser_leaves(
    stand_in: Path, raw: Any, ask: Fetch, path: str
) -> None:
    await ask("/seen")
    reader, writer = await asyncio.wait_for(raw(path), 5)
    if path == "/events":
        await asyncio.wait_for(reader.readuntil(b'data: {"first":true}\n\n'), 5)
        assert json.loads((await ask("/seen")).body)["streams"] == 1
    writer.close()
    for _ in range(100):
        if json.loads((await ask("/seen")).body)["streams"] == 0:
            return
        await asyncio.sleep(0.05)
    pytest.fail("the agent's stream stays open after the browser has left")


async def test_a_slow_reader_holds_the_agent_back_and_gets_everything(
    stand_in: Path, raw: Any, ask: Fetch
) -> None:
    await ask("/seen")
    before = resident_mb()
    reader, writer = await raw("/big")
    await asyncio.sleep(1)
    sent = json.loads((await ask("/seen")).body)["sent"]
    assert sent < 50 << 20, "the relay takes what the browser has not taken"
    got = 0
    highest = before
    while True:
        size = int(await reader.readline(), 16)
        got += len(await reader.readexactly(size))
        await reader.readexactly(2)
        highest = max(highest, resident_mb())
        if size == 0:
            break
    writer.close()
    assert got == 300 << 20
    assert highest - before < 60


async def test_an_answer_that_breaks_off_does_not_look_whole(
    stand_in: Path, raw: Any, ask: Fetch
) -> None:
    await ask("/seen")
    reader, writer = await raw("/half")
    rest = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert b'{"half":' in rest
    assert not rest.endswith(b"0\r\n\r\n")
