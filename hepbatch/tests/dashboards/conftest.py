"""A real Jupyter Server with our extension, and a hostile dashboard that it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect
from traitlets.config import Config

from hepbatch.tests.answers import Asked
from hepbatch.tests.hostile import Hostile, hostile_dashboard
from hepbatch.tests.showing import Fetch, Showing


@pytest.fixture
def jp_server_config() -> Config:
    """Our extension, and an authorizer that can say no."""
    Asked.allow = True
    Asked.asked = []
    return Config(
        {"ServerApp": {"jpserver_extensions": {"hepbatch": True}, "authorizer_class": Asked}}
    )


@pytest.fixture
def lab(jp_serverapp: Any, http_server_client: Any, jp_auth_header: dict[str, str]) -> Showing:
    """A real Jupyter Server, and those who ask it."""
    return Showing(http_server_client, jp_auth_header)


@pytest.fixture
def fetch(lab: Showing) -> Fetch:
    """Ask without any key of Jupyter, as a sandboxed frame would."""
    return lab.fetch


@pytest.fixture
def post(lab: Showing) -> Fetch:
    """Post to the contract with Jupyter's token."""
    return lab.post


@pytest.fixture
def hostile(jp_serverapp: Any, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Hostile]:
    """The hostile dashboard, in the event loop of the test."""
    serving = hostile_dashboard()
    yield jp_asyncio_loop.run_until_complete(serving.__aenter__())
    jp_asyncio_loop.run_until_complete(serving.__aexit__(None, None, None))


@pytest.fixture
def opened(
    place: Path, lab: Showing, hostile: Hostile, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> str:
    """The address of the hostile dashboard in a frame."""

    async def show() -> str:
        return await lab.open(await lab.add(hostile.address))

    path = jp_asyncio_loop.run_until_complete(show())
    hostile.heard.clear()
    return path


@pytest.fixture
def join(jp_http_port: int) -> Callable[..., Awaitable[WebSocketClientConnection]]:
    """Open a WebSocket as a sandboxed frame does."""

    def connect(path: str, origin: str = "null") -> Awaitable[WebSocketClientConnection]:
        request = HTTPRequest(
            f"ws://127.0.0.1:{jp_http_port}{path}", headers={"Origin": origin, "Cookie": "a=secret"}
        )
        return websocket_connect(request, subprotocols=["bokeh", "x.y-z"], max_message_size=1 << 30)

    return connect
