"""The supervisor's own socket: a JSON line asks, JSON lines answer.

``{"command": "describe"}`` is answered by ``{"reply": {...}}``, or by
``{"error": {code, message, data}}``.
A command that follows something answers with a line for each piece of news until the asker leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from .failure import SupervisorError, failure_of

LINE_BYTES = 1 << 20
Command = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
Stream = Callable[[dict[str, Any]], AsyncIterator[dict[str, Any]]]


class Server:
    """Takes commands of this user alone."""

    def __init__(
        self, path: Path, commands: dict[str, Command], streams: dict[str, Stream]
    ) -> None:
        self._path = path
        self._commands = commands
        self._streams = streams
        self._server: asyncio.base_events.Server | None = None
        self._inode = 0
        self._talks: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Bind the socket, with mode 0600 from its first moment."""
        if _answers(self._path):
            next = "Choose another id."
            raise SupervisorError("conflict", f"somebody listens on {self._path}", next)
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        own = socket.socket(socket.AF_UNIX)
        mask = os.umask(0o177)
        try:
            own.bind(str(self._path))
        finally:
            os.umask(mask)
        self._inode = self._path.lstat().st_ino
        self._server = await asyncio.start_unix_server(self._meet, sock=own, limit=LINE_BYTES)

    async def keep(self) -> None:
        """Bind again if somebody who cleans temporary folders took the socket away."""
        try:
            is_there = self._path.lstat().st_ino == self._inode
        except FileNotFoundError:
            is_there = False
        if not is_there and self._server is not None:
            self._server.close()
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            await self.listen()

    async def close(self) -> None:
        """Let answers under way go out, and end."""
        if self._server is not None:
            self._server.close()
        if self._talks:
            await asyncio.wait(self._talks, timeout=1)
        for talk in self._talks:
            talk.cancel()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        try:
            _check_peer(writer)
            while line := await reader.readline():
                await self._answer(line, reader, writer)
        except (ConnectionError, ValueError, PermissionError):
            pass  # the asker left, sent an endless line, or is somebody else
        finally:
            self._talks.discard(talk)
            writer.close()

    async def _answer(
        self, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            name, said = _parse(line)
            if name in self._commands:
                await _write(writer, {"reply": await self._commands[name](said)})
            elif name in self._streams:
                await _until_left(self._stream(self._streams[name](said), writer), reader)
            else:
                known = ", ".join([*self._commands, *self._streams])
                raise SupervisorError("bad-request", f"{name}: no such command", f"Known: {known}.")
        except ConnectionError:
            raise
        except Exception as error:
            await _write(writer, {"error": failure_of(error)})

    async def _stream(
        self, news: AsyncIterator[dict[str, Any]], writer: asyncio.StreamWriter
    ) -> None:
        async for reply in news:
            await _write(writer, {"reply": reply})


async def _until_left(sending: Coroutine[Any, Any, None], reader: asyncio.StreamReader) -> None:
    """Send until there is nothing more, or the asker closes its side."""
    tasks = [asyncio.ensure_future(sending), asyncio.ensure_future(_left(reader))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    said = (await asyncio.gather(*tasks, return_exceptions=True))[0]
    if isinstance(said, Exception):
        raise said


async def _left(reader: asyncio.StreamReader) -> None:
    while await reader.read(LINE_BYTES):
        pass  # a line that carries news takes no more commands


async def _write(writer: asyncio.StreamWriter, what: dict[str, Any]) -> None:
    writer.write(json.dumps(what).encode() + b"\n")
    await writer.drain()


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _parse(line: bytes) -> tuple[str, dict[str, Any]]:
    try:
        said = json.loads(line)
        return str(said.pop("command")), said
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        next = 'Send a line such as {"command": "describe"}.'
        raise SupervisorError("bad-request", f"no command: {line[:60]!r}", next) from error


def _check_peer(writer: asyncio.StreamWriter) -> None:
    peer = writer.get_extra_info("socket")
    said = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    uid = struct.unpack("3i", said)[1]
    if uid not in (0, os.getuid()):
        raise PermissionError(uid)
