"""The line to the agent: its socket, as Tornado's streams have it."""

from __future__ import annotations

import asyncio
import errno
import json
import socket
import sys
import time
from pathlib import Path
from typing import Any

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

CONNECT_SECONDS = 5.0
PARAMETERS = HTTP1ConnectionParameters(no_keep_alive=True, max_body_size=sys.maxsize)


async def connect_agent() -> IOStream:
    """Connect to the agent, starting it where none answers; nothing is sent yet."""
    path = socket_path()
    for _ in range(2):
        line = await dial_agent(path)
        if line is not None:
            return IOStream(line)
        path = await ensure_agent_async()
    raise HepbatchError(
        "unreachable",
        f"the agent was started, and ended before it could be asked ({path})",
        "Try again; `hepbatch serve` in a terminal shows what keeps it from running.",
    )


async def dial_agent(path: Path) -> socket.socket | None:
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


async def ask_agent(path: str, body: Any) -> tuple[int, Any]:
    """Post a question of the contract; return status and answer, which may be a Failure."""
    stream = await connect_agent()
    try:
        connection = HTTP1Connection(stream, True, PARAMETERS)
        sent = json.dumps(body).encode()
        headers = {"Host": "localhost", "Connection": "close", "Content-Length": str(len(sent))}
        answer = _Whole()
        line = RequestStartLine("POST", path, "HTTP/1.1")
        # What goes wrong with it is told by the answer, which does not come then.
        connection.write_headers(line, HTTPHeaders(headers), sent).add_done_callback(
            lambda done: done.exception()
        )
        connection.finish()
        await connection.read_response(answer)
        return answer.code, json.loads(answer.text)
    except (StreamClosedError, ValueError) as error:
        raise HepbatchError(
            "unreachable", f"the agent broke off while it was asked {path}", "Try again."
        ) from error
    finally:
        stream.close()


class _Whole(HTTPMessageDelegate):
    """Takes one short answer."""

    code = 0
    text = b""

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        assert isinstance(start_line, ResponseStartLine)
        self.code = start_line.code

    def data_received(self, chunk: bytes) -> None:
        self.text += chunk
