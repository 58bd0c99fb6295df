"""A WebSocket through the agent: two lines joined, of whose bytes nothing is looked at."""

from __future__ import annotations

import asyncio

from tornado import web
from tornado.httputil import HTTPHeaders, parse_response_start_line
from tornado.iostream import IOStream, StreamClosedError, UnsatisfiableReadError

# What both sides have to agree on. Never a cookie.
TO_BROWSER = ("Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions")
HEAD_BYTES = 65536
PIECE_BYTES = 65536


async def ask_to_upgrade(agent: IOStream, target: str, headers: HTTPHeaders) -> HTTPHeaders | int:
    """Ask the agent to change the protocol; return its headers, or the status of its refusal."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.get_all())
    try:
        await agent.write(f"GET {target} HTTP/1.1\r\n{lines}\r\n".encode("latin1"))
        head = await agent.read_until(b"\r\n\r\n", max_bytes=HEAD_BYTES)
    except (StreamClosedError, UnsatisfiableReadError):
        return 502
    first, _, rest = head.decode("latin1").partition("\r\n")
    code = parse_response_start_line(first).code
    return HTTPHeaders.parse(rest) if code == 101 else code


async def join(handler: web.RequestHandler, agent: IOStream, said: HTTPHeaders) -> None:
    """Tell the browser that the protocol is changed, and pump until one of both sides leaves."""
    first = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    lines = "".join(f"{name}: {said[name]}\r\n" for name in TO_BROWSER if name in said)
    head = f"{first}{lines}\r\n"
    browser = handler.detach()
    browser.set_nodelay(True)
    try:
        await browser.write(head.encode("latin1"))
    except StreamClosedError:
        return
    pumps = [
        asyncio.ensure_future(_pump(agent, browser)),
        asyncio.ensure_future(_pump(browser, agent)),
    ]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        browser.close()
        agent.close()
        await asyncio.gather(*pumps)


async def _pump(source: IOStream, sink: IOStream) -> None:
    try:
        while True:
            piece = await source.read_bytes(PIECE_BYTES, partial=True)
            # Only when it is gone is more taken: whoever reads slowly holds the other side back.
            await sink.write(piece)
    except StreamClosedError:
        pass  # one of the two is gone, which ends both
