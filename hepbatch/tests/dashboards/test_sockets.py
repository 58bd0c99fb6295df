"""WebSockets of a dashboard, and a dashboard that is away and comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from hepbatch.tests.dashboards.waiting import until
from hepbatch.tests.hostile import MEGABYTE, Hostile, hostile_dashboard
from hepbatch.tests.showing import Fetch, Showing


async def test_a_websocket_passes_messages_of_any_size(
    opened: str, join: Any, hostile: Hostile
) -> None:
    line = await join(f"{opened}ws")
    assert line.selected_subprotocol == "bokeh"
    for message in ("a", b"\x00" * 20 * MEGABYTE, "é" * 6 * MEGABYTE):
        await line.write_message(message, binary=isinstance(message, bytes))
        assert await line.read_message() == message
    (heard,) = hostile.heard
    own = f"localhost:{hostile.port}"
    assert (heard.headers["Host"], heard.headers["Origin"]) == (own, f"http://{own}")
    assert "Cookie" not in heard.headers
    line.close()
    await until(lambda: not hostile.sockets)


async def test_a_websocket_of_another_site_or_without_a_dashboard_is_refused(
    opened: str, join: Any, hostile: Hostile, jp_http_port: int
) -> None:
    refused = [
        (f"{opened}ws", "http://evil.example"),
        (f"{opened}ws", f"http://127.0.0.1:{jp_http_port}.evil.example"),
        (f"{opened[:-3]}AA/ws", "null"),
        (f"{opened}proxy/1/x/ws", "null"),
    ]
    for path, origin in refused:
        with pytest.raises(HTTPClientError) as caught:
            await join(path, origin)
        assert caught.value.code == 404
    assert not hostile.heard
    line = await join(f"{opened}ws", f"http://127.0.0.1:{jp_http_port}")
    line.close()


async def test_a_websocket_that_is_none_there_is_refused_with_its_status(
    opened: str, join: Any
) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await join(f"{opened}status")
    assert caught.value.code == 502


async def test_a_dashboard_that_is_away_says_so_and_comes_back(
    place: Path, lab: Showing, fetch: Fetch
) -> None:
    async with hostile_dashboard() as first:
        path = await lab.open(await lab.add(first.address))
        assert (await fetch(f"{path}status")).code == 200
    gone = await fetch(f"{path}status")
    assert gone.code == 502
    assert b"The dashboard is away" in gone.body
    assert f"127.0.0.1:{first.port}".encode() in gone.body
    async with hostile_dashboard(first.port):
        assert (await fetch(f"{path}status")).code == 200
