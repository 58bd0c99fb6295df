"""The relay: passes Jupyter's authenticated requests on to the agent's socket, byte for byte.

It knows Jupyter's rules and HTTP, and nothing of what is asked or answered.
"""

from __future__ import annotations

import asyncio
import errno
import json
import re
import socket
import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream, StreamClosedError

from hepbatch.agent import ensure_agent_async, socket_path
from hepbatch.errors import HepbatchError

# What may pass. Never Cookie or Authorization: the agent has no use for Jupyter's keys. Nor
# Accept-Encoding: between two processes of one machine nothing is compressed.
TO_AGENT = ("Accept", "Content-Type", "If-None-Match", "Last-Event-ID")
TO_BROWSER = (
    "Cache-Control",
    "Content-Disposition",
    "Content-Length",
    "Content-Type",
    "ETag",
    "Retry-After",
    "X-Accel-Buffering",
)
# Jupyter takes its token from the query, too; that must not reach the agent or its log.
KEYS_IN_QUERY = ("token", "_xsrf")
# Paths of the contract are plain words; so nothing has to be decoded, and nothing can be hidden.
PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+")
CONNECT_SECONDS = 5.0
PARAMETERS = HTTP1ConnectionParameters(no_keep_alive=True, max_body_size=sys.maxsize)

DENIED_NEXT = "Reload the page; if it stays so, log in to Jupyter again."


class Relay(JupyterHandler):
    """`<base>/hepbatch/api/<path>`: GET and POST, answered by the agent."""

    auth_resource = "hepbatch"
    _upstream: IOStream | None = None
    _left = False

    # Tornado awaits it, its annotation says that it is not awaited.
    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse other sites; Jupyter itself checks host, user and XSRF."""
        await super().prepare()
        if not self._finished and not self.check_origin():
            raise web.HTTPError(403, "a page of another site may not ask here")

    @web.authenticated
    @authorized("read")
    async def get(self, _path: str) -> None:
        """Ask the agent; asked once more if it broke off before it answered."""
        if self.request.headers.get("Upgrade", "").lower() == "websocket":
            raise HepbatchError(
                "bad-request", "there is no WebSocket at this address", "Ask with plain HTTP."
            )
        await self._relay()

    @web.authenticated
    @authorized("write")
    async def post(self, _path: str) -> None:
        """Have the agent do something; never sent twice."""
        await self._relay()

    @web.authenticated
    @authorized("read")
    async def head(self, _path: str) -> None:
        """Not a verb of the contract."""
        self._refuse_verb()

    @web.authenticated
    @authorized("read")
    async def options(self, _path: str) -> None:
        """Not a verb of the contract."""
        self._refuse_verb()

    @web.authenticated
    @authorized("write")
    async def put(self, _path: str) -> None:
        """Not a verb of the contract."""
        self._refuse_verb()

    @web.authenticated
    @authorized("write")
    async def patch(self, _path: str) -> None:
        """Not a verb of the contract."""
        self._refuse_verb()

    @web.authenticated
    @authorized("write")
    async def delete(self, _path: str) -> None:
        """Not a verb of the contract."""
        self._refuse_verb()

    def _refuse_verb(self) -> None:
        raise web.HTTPError(405, f"{self.request.method} is not asked here, only GET and POST")

    def get_login_url(self) -> str:
        """Refuse instead of leading a program to the login page."""
        raise web.HTTPError(403, "not logged in to Jupyter")

    def on_connection_close(self) -> None:
        """The browser has left: the agent need not go on."""
        self.leave()
        super().on_connection_close()

    def leave(self) -> None:
        """Close the line to the agent, since nobody waits for its answer any more."""
        self._left = True
        if self._upstream is not None:
            self._upstream.close()

    def log_exception(self, *info: Any) -> None:
        """Keep faults that the user is told of out of the log's tracebacks."""
        if isinstance(info[1], HepbatchError):
            self.log.warning("hepbatch: %s", info[1].message)
        else:
            super().log_exception(*info)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer as the agent does: with a Failure."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, HepbatchError):
            failure = error.to_failure()
            self.set_status(error.status)
        else:
            said = isinstance(error, web.HTTPError) and (error.log_message or error.reason)
            message = said or self._reason
            if status_code == 403:
                failure = HepbatchError("denied", message, DENIED_NEXT).to_failure()
            elif status_code < 500:
                next_step = "This is a fault of hepbatch: report it."
                code = "not-found" if status_code == 404 else "bad-request"
                failure = HepbatchError(code, message, next_step).to_failure()
            else:
                next_step = "This is a fault of hepbatch: report it with the log of Jupyter."
                failure = HepbatchError("internal", message, next_step).to_failure()
        if status_code == 405:
            self.set_header("Allow", "GET, POST")
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(failure))

    async def _relay(self) -> None:
        target = self._target()
        # A question may be asked again, an order may not: it could have been carried out.
        tries = 2 if self.request.method == "GET" else 1
        for _ in range(tries):
            stream = self._upstream = await _connect()
            try:
                if self._left:
                    return
                answer = await self._exchange(stream, target)
            finally:
                stream.close()
            if self._left or answer.complete:
                return
            if answer.begun:
                # Too late for another answer; cut off, so that nobody takes it for a whole one.
                self.log.warning("hepbatch: the agent broke off in its answer to %s", target)
                self.detach().close()
                return
        what = f"the agent broke off while it was asked {self.request.method} {target}"
        if self.request.method == "GET":
            raise HepbatchError("unreachable", what, "Try again.")
        raise HepbatchError(
            "unknown-outcome", what, "It may have been done: look before you repeat it."
        )

    def _target(self) -> str:
        # The path as it was sent: Tornado's own capture is decoded.
        prefix = url_path_join(self.base_url, "hepbatch", "api")
        path = self.request.path.removeprefix(prefix)
        if not PATH.fullmatch(path):
            raise HepbatchError(
                "bad-request",
                f"{path!r} is not an address of the agent",
                "This is a fault of hepbatch: report it.",
            )
        query = "&".join(
            part
            for part in self.request.query.split("&")
            if part and unquote_plus(part.partition("=")[0]) not in KEYS_IN_QUERY
        )
        return f"{path}?{query}" if query else path

    async def _exchange(self, stream: IOStream, target: str) -> _Answer:
        """Send the request and pass the answer on as it comes."""
        assert self.request.method is not None
        connection = HTTP1Connection(stream, True, PARAMETERS)
        headers = HTTPHeaders({"Host": "localhost", "Connection": "close"})
        for name in TO_AGENT:
            if name in self.request.headers:
                headers[name] = self.request.headers[name]
        answer = _Answer(self)
        try:
            if self.request.method == "POST":
                headers["Content-Length"] = str(len(self.request.body))
                sent = connection.write_headers(
                    RequestStartLine("POST", target, "HTTP/1.1"), headers, self.request.body
                )
            else:
                sent = connection.write_headers(
                    RequestStartLine("GET", target, "HTTP/1.1"), headers
                )
            # The agent may answer before it has read all; so this is not waited for.
            sent.add_done_callback(lambda done: done.exception())
            connection.finish()
            await connection.read_response(answer)
            if answer.complete and not self._left:
                await self.finish()
        except StreamClosedError:
            pass  # one of the two sides is gone; `_left` and `answer` tell which
        return answer


class Running(Relay):
    """`<base>/hepbatch/running`: whether an agent runs, without starting one."""

    @web.authenticated
    @authorized("read")
    async def get(self, _path: str = "") -> None:
        """Answer `{"running": bool}`; what keeps an agent from running is told by the relay."""
        try:
            line = await _dial(socket_path())
        except HepbatchError:
            line = None
        if line is not None:
            line.close()
        self.set_header("Cache-Control", "no-store")
        await self.finish({"running": line is not None})

    @web.authenticated
    @authorized("write")
    async def post(self, _path: str = "") -> None:
        """Nothing is changed here."""
        self._refuse_verb()


class _Answer(HTTPMessageDelegate):
    """Passes one answer on; waits for the browser before it takes more from the agent."""

    def __init__(self, handler: Relay) -> None:
        self._handler = handler
        self.begun = False
        self.complete = False

    def headers_received(
        self,
        start_line: RequestStartLine | ResponseStartLine,
        headers: HTTPHeaders,
    ) -> Awaitable[None] | None:
        assert isinstance(start_line, ResponseStartLine)
        if start_line.code < 200:
            return None
        handler = self._handler
        self.begun = True
        handler.clear_header("Content-Type")
        handler.set_header("Cache-Control", "no-store")
        handler.set_status(start_line.code, start_line.reason or "Unknown")
        for name in TO_BROWSER:
            if name in headers:
                handler.set_header(name, headers[name])
        # A stream may be silent at first; the browser shall know at once that it is open. A short
        # answer is better sent in one piece.
        return None if "Content-Length" in headers else self._flush()

    async def data_received(self, chunk: bytes) -> None:
        self._handler.write(chunk)
        await self._flush()

    async def _flush(self) -> None:
        try:
            await self._handler.flush()
        except StreamClosedError:
            self._handler.leave()

    def finish(self) -> None:
        self.complete = True

    def on_connection_close(self) -> None:
        """Nothing to do: `complete` stays false."""


async def _connect() -> IOStream:
    """Connect to the agent, starting it where none answers; nothing is sent yet."""
    path = socket_path()
    for _ in range(2):
        line = await _dial(path)
        if line is not None:
            return IOStream(line)
        path = await ensure_agent_async()
    raise HepbatchError(
        "unreachable",
        f"the agent was started, and ended before it could be asked ({path})",
        "Try again; `hepbatch serve` in a terminal shows what keeps it from running.",
    )


async def _dial(path: Path) -> socket.socket | None:
    """A connection to the socket; None where nobody listens."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.setblocking(False)
    deadline = time.monotonic() + CONNECT_SECONDS
    try:
        while True:
            try:
                line.connect(str(path))
                return line
            except (FileNotFoundError, ConnectionRefusedError):
                line.close()
                return None
            except BlockingIOError:
                # Its queue is full. Unlike TCP nothing was begun that could be waited for.
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.02)
    except OSError as error:
        line.close()
        late = error.errno == errno.EAGAIN
        raise HepbatchError(
            "timed-out" if late else "unreachable",
            f"the agent takes no connection on {path}: {error}",
            "Try again; if it stays so, stop the process of the agent.",
        ) from error


def relay_handlers(base_url: str) -> list[tuple[str, type[web.RequestHandler]]]:
    """Return what the extension adds to Jupyter's web application."""
    # The base URL is matched as it was sent, escapes and all; none of it is a pattern.
    base = re.escape(url_path_join(base_url, "hepbatch"))
    return [(base + r"/api(/.*|)", Relay), (base + r"/running", Running)]
