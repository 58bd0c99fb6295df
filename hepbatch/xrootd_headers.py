"""Reads the first bytes of many ROOT files over XRootD, for the audit.

A JSON line ``{"i": 0, "url": "root://..."}`` on stdin is answered by one on stdout, in the order in
which the servers answer: ``{"i": 0, "hex": "...", "size": 123}`` (``size`` null where the server
did not tell) or ``{"i": 0, "error": "...", "transport": true}``. ``transport`` says that
nobody could answer for the file, so that it may well be fine. What the bytes mean is not decided
here. Without XRootD's Python bindings the only line is ``{"fatal": "..."}``.

The program ends when stdin is closed and everything asked has been answered, or on SIGTERM.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import os
import queue
import sys
import threading
import time
from typing import Any

#: The whole header of a ROOT file, in either layout.
HEADER_BYTES = 75
TRIES = 2
#: A failed connection is refused from memory for XRD_STREAMERRORWINDOW; try again after that.
PAUSE = 2.5

#: A host that failed so often in a row, without one answer, is not waited for again.
GIVE_UP_AFTER = 32

#: Answers of a server that speak of the file itself (``XProtocol``, kXR_*): trying again is vain.
DEFINITE = {
    3000: "bad argument",
    3002: "name too long",
    3006: "invalid request",
    3010: "permission denied",
    3011: "no such file",
    3013: "unsupported",
    3016: "is a directory",
}


def prepare(timeout: float) -> None:
    """Bound the waits of the library; has to be done before it is imported.

    With its defaults a refused port takes 480 s and a silent server has no end.
    """
    seconds = str(max(1, round(timeout)))
    wanted = {
        "XRD_CONNECTIONRETRY": "1",
        "XRD_CONNECTIONWINDOW": str(max(1, min(15, round(timeout)))),
        "XRD_REQUESTTIMEOUT": seconds,
        "XRD_STREAMTIMEOUT": seconds,
        "XRD_TIMEOUTRESOLUTION": "1",
        "XRD_STREAMERRORWINDOW": "2",
    }
    os.environ.update(wanted)


class Answers:
    """Writes the answers from one thread, many lines with one write."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def put(self, answer: dict[str, object]) -> None:
        self._queue.put(json.dumps(answer) + "\n")

    def close(self) -> None:
        """Return when everything is written."""
        self._queue.put(None)
        self._thread.join()

    def _write(self) -> None:
        is_open = True
        while is_open:
            lines = [self._queue.get()]
            while not self._queue.empty():
                lines.append(self._queue.get())
            is_open = None not in lines
            text = "".join(line for line in lines if line is not None)
            try:
                sys.stdout.write(text)
                sys.stdout.flush()
            except (OSError, ValueError):
                os._exit(1)  # nobody listens any more


class Clock:
    """Calls functions later, from a thread of its own.

    The library's own time-outs cannot be trusted, so every attempt also has a deadline here.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Any]] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        threading.Thread(target=self._run, daemon=True).start()

    def call_later(self, seconds: float, function: Any) -> None:
        with self._changed:
            heapq.heappush(self._heap, (time.monotonic() + seconds, next(self._count), function))
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._heap or self._heap[0][0] > time.monotonic():
                    wait = self._heap[0][0] - time.monotonic() if self._heap else None
                    self._changed.wait(wait)
                function = heapq.heappop(self._heap)[2]
            function()


def host_of(url: str) -> str:
    """Return host and port of a URL."""
    return url.partition("://")[2].partition("/")[0]


class Reader:
    """Opens files, reads their first bytes and closes them, with many under way at once."""

    def __init__(self, client: Any, answers: Answers, in_flight: int, timeout: float) -> None:
        self.client = client
        self.timeout = timeout
        self.clock = Clock()
        self._answers = answers
        self._in_flight = in_flight
        self._free = threading.Semaphore(in_flight)
        # Files whose last callback has not come: Python must not destroy them beneath the library.
        self.alive: set[Any] = set()
        self._failures: dict[str, int] = {}

    def read(self, i: int, url: str) -> None:
        """Start on a file; waits while as many as allowed are under way."""
        self._free.acquire()
        if self.is_lost(url):
            error = f"{host_of(url)} does not answer: {GIVE_UP_AFTER} files in a row failed"
            self._answers.put({"i": i, "error": error, "transport": True})
            self._free.release()
        else:
            Attempt(self, i, url, 1).start()

    def is_lost(self, url: str) -> bool:
        """Say whether the host has been given up."""
        return self._failures.get(host_of(url), 0) >= GIVE_UP_AFTER

    def finish(self, url: str, answer: dict[str, object]) -> None:
        host = host_of(url)
        failed = bool(answer.get("transport"))
        self._failures[host] = self._failures.get(host, 0) + 1 if failed else 0
        self._answers.put(answer)
        self._free.release()

    def drain(self) -> None:
        """Return when everything asked has been answered."""
        for _ in range(self._in_flight):
            self._free.acquire()


class Attempt:
    """One try at one file; exactly one of callback, failure and deadline ends it."""

    def __init__(self, reader: Reader, i: int, url: str, number: int) -> None:
        self._reader = reader
        self._i = i
        self._url = url
        self._number = number
        self._lock = threading.Lock()
        self._is_over = False
        self._file: Any = None

    def start(self) -> None:
        timeout = self._reader.timeout
        self._reader.clock.call_later(timeout + 1, self._too_late)
        try:
            self._file = self._reader.client.File()
            self._reader.alive.add(self._file)
            status = self._file.open(self._url, timeout=self._seconds(), callback=self._opened)
        except Exception as error:  # what the bindings throw is not documented
            self._fail(f"{type(error).__name__}: {error}", True)
            return
        if not status.ok:
            self._reader.alive.discard(self._file)
            self._fail_with(status)

    def _seconds(self) -> int:
        return max(1, round(self._reader.timeout))

    def _opened(self, status: Any, _response: Any, _hosts: Any) -> None:
        if not status.ok:
            self._reader.alive.discard(self._file)
            self._fail_with(status)
            return
        self._next(
            lambda: self._file.read(0, HEADER_BYTES, self._seconds(), callback=self._was_read)
        )

    def _was_read(self, status: Any, data: Any, _hosts: Any) -> None:
        if not status.ok:
            self._close()
            self._fail_with(status)
            return
        head = bytes(data or b"")
        # Answered from what the server told at the opening, without asking it again.
        self._next(lambda: self._file.stat(False, self._seconds(), self._got_size(head)))

    def _got_size(self, head: bytes) -> Any:
        def done(status: Any, info: Any, _hosts: Any) -> None:
            size = int(info.size) if status.ok and info is not None else None
            # This may be called from within `stat`, under the lock of the file, where closing it
            # would wait for ever: another thread has to.
            self._reader.clock.call_later(0, self._close)
            self._end({"i": self._i, "hex": head.hex(), "size": size})

        return done

    def _next(self, step: Any) -> None:
        """Go on with a further call; it may be refused at once."""
        try:
            status = step()
        except Exception as error:  # for example "I/O operation on closed file"
            self._fail(f"{type(error).__name__}: {error}", True)
            return
        if not status.ok:
            self._fail_with(status)

    def _close(self) -> None:
        file = self._file

        def closed(*_: Any) -> None:
            self._reader.alive.discard(file)

        try:
            if not file.close(self._seconds(), callback=closed).ok:
                self._reader.alive.discard(file)
        except Exception:
            return  # kept alive: an unclosed file costs less than a crash

    def _fail_with(self, status: Any) -> None:
        message = str(status.message).strip()
        not_directory = "not a directory" in message
        is_definite = status.errno in DEFINITE or not_directory
        self._fail(message, not is_definite)

    def _too_late(self) -> None:
        self._fail(f"no answer within {self._reader.timeout:g} s", True)

    def _fail(self, error: str, transport: bool) -> None:
        if not transport or self._number >= TRIES or self._reader.is_lost(self._url):
            self._end({"i": self._i, "error": error, "transport": transport})
        elif self._claim():
            again = Attempt(self._reader, self._i, self._url, self._number + 1)
            self._reader.clock.call_later(PAUSE, again.start)

    def _end(self, answer: dict[str, object]) -> None:
        if self._claim():
            self._reader.finish(self._url, answer)

    def _claim(self) -> bool:
        with self._lock:
            first = not self._is_over
            self._is_over = True
            return first


def main(argv: list[str] | None = None) -> int:
    """Answer questions until stdin is closed."""
    parser = argparse.ArgumentParser(prog="hepbatch.xrootd_headers", description=__doc__)
    parser.add_argument("--in-flight", type=int, default=128, help="files under way at once")
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds for one attempt")
    options = parser.parse_args(argv)
    prepare(options.timeout)
    answers = Answers()
    try:
        from XRootD import client
    except ImportError as error:
        answers.put(
            {
                "fatal": f"{sys.executable} has no XRootD bindings ({error}): "
                'pip install "hepbatch[root]"'
            }
        )
        answers.close()
        return 1
    reader = Reader(client, answers, max(1, options.in_flight), options.timeout)
    for line in sys.stdin:
        if line.strip():
            question = json.loads(line)
            reader.read(int(question["i"]), str(question["url"]))
    reader.drain()
    answers.close()
    return 0


if __name__ == "__main__":
    code = main()
    # No destructors: a thread of the library that still waits for a server would hold the end up.
    os._exit(code)
