"""Passes one request on to the agent, and the answer back as it comes."""

from __future__ import annotations

from collections.abc import Awaitable

from tornado import web
from tornado.http1connection import HTTP1Connection
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream, StreamClosedError

from hepbatch.agent_line import PARAMETERS


class PassOn(web.RequestHandler):
    """A handler whose answers are the agent's; `take_head` says what of their heads passes."""

    _upstream: IOStream | None = None
    left = False

    def take_head(self, start_line: ResponseStartLine, headers: HTTPHeaders) -> None:
        """Set status and headers of the answer from those of the agent's."""
        raise NotImplementedError

    def on_connection_close(self) -> None:
        """The browser has left: the agent need not go on."""
        self.leave()
        super().on_connection_close()

    def leave(self) -> None:
        """Close the line to the agent, since nobody waits for its answer any more."""
        self.left = True
        if self._upstream is not None:
            self._upstream.close()

    async def pass_on(self, stream: IOStream, target: str, headers: HTTPHeaders) -> Answer:
        """Send the request on this line, and pass the answer on; it may not come to its end."""
        assert self.request.method is not None
        self._upstream = stream
        connection = HTTP1Connection(stream, True, PARAMETERS)
        answer = Answer(self)
        start_line = RequestStartLine(self.request.method, target, "HTTP/1.1")
        try:
            if self.request.method == "POST":
                headers["Content-Length"] = str(len(self.request.body))
                sent = connection.write_headers(start_line, headers, self.request.body)
            else:
                sent = connection.write_headers(start_line, headers)
            # The agent may answer before it has read all; so this is not waited for.
            sent.add_done_callback(lambda done: done.exception())
            connection.finish()
            await connection.read_response(answer)
            if answer.complete and not self.left:
                await self.finish()
        except StreamClosedError:
            pass  # one of the two sides is gone; `left` and `answer` tell which
        return answer

    def cut_off(self) -> None:
        """End an answer that has begun, so that nobody takes what came for the whole of it."""
        self.detach().close()


class Answer(HTTPMessageDelegate):
    """Passes one answer on; waits for the browser before it takes more from the agent."""

    def __init__(self, handler: PassOn) -> None:
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
        self.begun = True
        self._handler.take_head(start_line, headers)
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
