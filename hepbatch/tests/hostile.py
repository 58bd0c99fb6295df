"""A web server that looks like a dashboard of Dask, and tries what an untrusted page may try."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tornado import web, websocket
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets

MEGABYTE = 1 << 20


class Hostile:
    """What it has heard, and what it has been able to send."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heard: list[HTTPServerRequest] = []
        self.sent = 0
        self.streams = 0
        self.sockets: set[Any] = set()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


class _Page(web.RequestHandler):
    """Of this path by name; each with all headers that could do harm."""

    def initialize(self, hostile: Hostile) -> None:
        self.hostile = hostile

    async def get(self, name: str) -> None:
        self.hostile.heard.append(self.request)
        if name not in PAGES:
            raise web.HTTPError(404)
        self.set_header("Set-Cookie", "username-localhost=mine; Path=/")
        self.add_header("Set-Cookie", "_xsrf=mine; Path=/")
        self.set_header("Content-Security-Policy", "sandbox allow-scripts allow-same-origin")
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Access-Control-Allow-Credentials", "true")
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Clear-Site-Data", '"*"')
        self.set_header("Refresh", "0; url=http://evil.example/")
        await PAGES[name](self)

    async def head(self, name: str) -> None:
        await self.get(name)


async def _plots(page: _Page) -> None:
    page.finish(json.dumps({"Individual Cpu": "/individual-cpu"}))


async def _status(page: _Page) -> None:
    page.finish("<html><body><script>parent.document.title='taken'</script></body></html>")


async def _out(page: _Page) -> None:
    page.redirect("http://evil.example/login")


async def _above(page: _Page) -> None:
    page.redirect("../../../../../api/contents")


async def _within(page: _Page) -> None:
    page.redirect("/status?a=1")


async def _huge(page: _Page) -> None:
    page.set_header("X-Huge", "a" * 200_000)
    page.finish("x")


async def _many(page: _Page) -> None:
    for i in range(20_000):
        page.set_header(f"X-{i}", "a")
    page.finish("x")


async def _endless(page: _Page) -> None:
    page.hostile.streams += 1
    try:
        while True:
            page.write(b"x" * MEGABYTE)
            await page.flush()
            page.hostile.sent += MEGABYTE
    except StreamClosedError:
        page.hostile.streams -= 1


async def _slow(page: _Page) -> None:
    page.hostile.streams += 1
    try:
        while True:
            page.write(b"x")
            await page.flush()
            await asyncio.sleep(0.02)
    except StreamClosedError:
        page.hostile.streams -= 1


async def _half(page: _Page) -> None:
    page.set_header("Content-Length", "1000")
    page.write(b"half")
    await page.flush()
    page.detach().close()


async def _nonsense(page: _Page) -> None:
    stream = page.detach()
    await stream.write(b"<script>alert(1)</script>\r\n\r\n")
    stream.close()


async def _broken(page: _Page) -> None:
    page.set_status(500)
    page.finish("<script>alert(1)</script>")


PAGES = {
    "individual-plots.json": _plots,
    "status": _status,
    "out": _out,
    "above": _above,
    "within": _within,
    "huge": _huge,
    "many": _many,
    "endless": _endless,
    "slow": _slow,
    "half": _half,
    "nonsense": _nonsense,
    "broken": _broken,
}


class _Socket(websocket.WebSocketHandler):
    """Sends back what it is told, however long, and remembers who is there."""

    def initialize(self, hostile: Hostile) -> None:
        self.hostile = hostile

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return subprotocols[0] if subprotocols else None

    def open(self, *_: str) -> None:
        self.hostile.heard.append(self.request)
        self.hostile.sockets.add(self)

    async def on_message(self, message: str | bytes) -> None:
        await self.write_message(message, binary=isinstance(message, bytes))

    def on_close(self) -> None:
        self.hostile.sockets.discard(self)


@asynccontextmanager
async def hostile_dashboard(port: int = 0) -> AsyncIterator[Hostile]:
    """Serve such a dashboard on this machine, in this event loop."""
    sockets = bind_sockets(port, "127.0.0.1")
    hostile = Hostile(sockets[0].getsockname()[1])
    own = {"hostile": hostile}
    app = web.Application(
        [(r"/ws", _Socket, own), (r"/(.*)", _Page, own)], websocket_max_message_size=1 << 30
    )
    server = HTTPServer(app)
    server.add_sockets(sockets)
    try:
        yield hostile
    finally:
        server.stop()
        for line in list(hostile.sockets):
            line.close()
        await server.close_all_connections()
