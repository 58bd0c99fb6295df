"""Questions to the agent over its socket, without Jupyter: for kernels and plain scripts."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hepbatch.agent import ensure_agent
from hepbatch.errors import HepbatchError

TIMEOUT_SECONDS = 120.0
# The agent sends a comment now and then; silence for so long means that the line is dead.
SILENCE_SECONDS = 90.0
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
# So often no agent answered, and none could be started, before it is told.
TRIES_UNTIL_LOST = 3


class _UnixConnection(http.client.HTTPConnection):
    """An HTTP connection to a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.sock.settimeout(self.timeout)
            self.sock.connect(self._path)
        except OSError:
            self.sock.close()
            raise


def _connected(timeout: float, path: Callable[[], Path | str]) -> _UnixConnection:
    """Connect to the agent, starting it where none answers."""
    for last in (False, True):
        connection = _UnixConnection(str(path()), timeout)
        try:
            connection.connect()
            return connection
        except OSError as error:
            # It may have ended between the look and the call: then it is started once more.
            if last:
                raise HepbatchError(
                    "unreachable",
                    f"the hepbatch agent does not answer on its socket: {error}",
                    "Try again; `hepbatch serve` in a terminal shows what keeps it from starting.",
                ) from error
    raise AssertionError("not reached")


def ask(
    method: str,
    path: str,
    body: Any = None,
    *,
    timeout: float = TIMEOUT_SECONDS,
    agent: Callable[[], Path | str] = ensure_agent,
) -> tuple[int, Any]:
    """Ask the agent one question.

    Parameters
    ----------
    method, path, body
        As in the contract; `body` is sent as JSON unless it is None.
    agent
        Returns the path of the agent's socket, starting the agent where needed.

    Returns
    -------
    The HTTP status and the parsed JSON. Failures of the agent are answers, too.

    Raises
    ------
    HepbatchError
        `unreachable` where nobody answered and nothing was done; `unknown-outcome` where the line
        broke after a POST was sent; `corrupt` where the answer is not JSON; `bad-request` where
        the body cannot be JSON.
    """
    payload = None if body is None else json_of(body).encode()
    headers = {} if payload is None else {"Content-Type": "application/json"}
    tries = 2 if method == "GET" else 1
    for last in range(tries):
        connection = _connected(timeout, agent)
        try:
            connection.request(method, path, payload, headers)
            response = connection.getresponse()
            return response.status, _parsed(response.read(), path)
        except (OSError, http.client.HTTPException) as error:
            if last == tries - 1:
                raise _broken(method, path, error) from error
        finally:
            connection.close()
    raise AssertionError("not reached")


def json_of(value: Any, indent: int | None = None) -> str:
    """Write JSON; a path becomes its text, and a number or array of numpy what it holds."""
    try:
        return json.dumps(value, default=_plain, allow_nan=False, indent=indent)
    except (TypeError, ValueError) as error:
        raise HepbatchError(
            "bad-request",
            f"what is given cannot be JSON: {error}",
            "Give text, numbers, paths, lists and dictionaries with names.",
        ) from error


def plain(value: Any) -> Any:
    """The same as JSON has it, for what goes to a cell as well as to the agent; see `json_of`."""
    return json.loads(json_of(value))


def _plain(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    to_list = getattr(value, "tolist", None)
    if callable(to_list):
        return to_list()
    raise TypeError(f"{value!r} is of type {type(value).__name__}")


def _broken(method: str, path: str, error: Exception) -> HepbatchError:
    what = f"the hepbatch agent broke off while it answered {method} {path}: {error!r}"
    if method == "GET":
        return HepbatchError("unreachable", what, "Try again.")
    return HepbatchError("unknown-outcome", what, "It may be done: look before you repeat it.")


def _parsed(text: bytes, path: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise HepbatchError(
            "corrupt",
            f"the hepbatch agent answered {path} with something that is not JSON: {text[:80]!r}",
            "Stop the agent and try again; it is started anew by itself.",
        ) from error


class EventStream:
    """The agent's events, one after the other, for ever; connects again when the line breaks.

    Parameters
    ----------
    since
        Sequence number of the last event that is known; None begins with what comes now.

    After a connection that could not continue where the last one ended (the first without `since`,
    or one to another agent) an event `{"topic": "reset"}` says that all is to be asked again.
    `{"topic": "lost", "failure": ...}` says why no agent answers; the stream goes on trying.
    """

    def __init__(
        self, since: int | None = None, *, agent: Callable[[], Path | str] = ensure_agent
    ) -> None:
        self._since = since
        self._agent = agent
        self._who: tuple[Any, Any] | None = None
        self._closed = threading.Event()
        self._socket: socket.socket | None = None

    def close(self) -> None:
        """End the stream; a reader that waits for the next event ends at once."""
        self._closed.set()
        line = self._socket
        if line is not None:
            with contextlib.suppress(OSError):  # the other side may be faster
                line.shutdown(socket.SHUT_RDWR)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        failures = 0
        while not self._closed.is_set():
            try:
                for event in self._connection_events():
                    failures = 0
                    yield event
            except HepbatchError as error:
                if failures >= TRIES_UNTIL_LOST:
                    yield {"topic": "lost", "failure": error.to_failure()}
            except (OSError, http.client.HTTPException, ValueError):
                pass  # connect again below; `_since` and `_who` say whether something was missed
            self._closed.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
            failures += 1

    def _connection_events(self) -> Iterator[dict[str, Any]]:
        """Events of one connection."""
        status, info = ask("GET", "/agent", agent=self._agent)
        if status != 200:
            return
        who = (info.get("pid"), info.get("startedAt"))
        if self._who is not None and who != self._who:
            self._since = None
        self._who = who
        fresh = self._since is None
        connection = _connected(SILENCE_SECONDS, self._agent)
        # Kept here: http.client forgets the socket of an answer that ends with the connection.
        self._socket = connection.sock
        try:
            if self._closed.is_set():
                return
            connection.request("GET", "/events" if fresh else f"/events?since={self._since}")
            response = connection.getresponse()
            if response.status != 200:
                return
            if fresh:
                # What happened before the line stood is to be asked.
                yield {"topic": "reset"}
            for event in parse_events(response):
                self._since = event.get("sequence", self._since)
                yield event
        finally:
            self._socket = None
            connection.close()


def events(since: int | None = None) -> EventStream:
    """Follow the agent's events; see `EventStream`."""
    return EventStream(since)


def parse_events(lines: Any) -> Iterator[dict[str, Any]]:
    """Read server-sent events: the JSON objects in their `data:` lines, in order.

    Comments and other fields are passed over; an event that the end cuts off is dropped.
    """
    data: list[str] = []
    for raw in lines:
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line == "" and data:
            event = json.loads("\n".join(data))
            data = []
            if isinstance(event, dict):
                yield event
