"""Counts the entries of the tree ``Events`` of many ROOT files, for the audit.

A JSON line ``{"i": 0, "url": "root://... or a path"}`` on stdin is answered by one on stdout,
in any order: ``{"i": 0, "entries": 123}`` or ``{"i": 0, "error": "...", "transport": true}``.
``transport`` says that nobody could answer for the file, so that it may well be fine. Without
uproot the only line is ``{"fatal": "..."}``.

The program ends when stdin is closed and everything asked has been answered, or on SIGTERM.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import queue
import sys
import threading
import time
from typing import Any

from hepbatch.xrootd_headers import DEFINITE, PAUSE, TRIES, Answers, Clock, prepare

TREE = "Events"

#: What the file system says of the file itself; anything else is the fault of the disk.
DEFINITE_ERRNO = {
    errno.ENOENT,
    errno.EACCES,
    errno.EPERM,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
}


class NoTreeError(Exception):
    """The file is fine, but it has no table of events."""


class MissingBindingsError(Exception):
    """A ``root://`` file was asked for, and there are no XRootD bindings."""


def count(url: str, timeout: float) -> int:
    """Return the entries of the newest cycle of the tree ``Events``."""
    import uproot

    options: dict[str, Any] = {}
    if url.lower().startswith(("root://", "roots://")):
        try:
            import XRootD  # noqa: F401
        except ImportError as error:
            raise MissingBindingsError(
                f'{sys.executable} has no XRootD bindings: pip install "hepbatch[root]"'
            ) from error
        from uproot.source.xrootd import XRootDSource

        options = {"handler": XRootDSource, "timeout": timeout, "num_workers": 1}
    else:
        # A named pipe would never answer.
        if not os.path.isfile(url):
            os.stat(url)
            raise IsADirectoryError(errno.EISDIR, "is not a regular file", url)
        with open(url, "rb") as plain:
            if plain.read(4) != b"root":
                raise NoTreeError("not a ROOT file")
        options = {"handler": uproot.source.file.MultithreadedFileSource, "num_workers": 1}
    # As a dict, since a colon in a plain string would part the file from an object in it.
    with uproot.open({url: None}, **options) as file:
        try:
            tree = file[TREE]
        except KeyError:
            raise NoTreeError(f"it has no tree {TREE}") from None
        entries = getattr(tree, "num_entries", None)
        if entries is None:
            raise NoTreeError(f"its {TREE} is no tree but {type(tree).__name__}")
        return int(entries)


def is_transport(error: BaseException) -> bool:
    """Say whether an error speaks of the way to the file, not of the file."""
    text = str(error)
    if any(f"[{code}]" in text for code in DEFINITE) or "not a directory" in text:
        return False
    if isinstance(error, (TimeoutError, MissingBindingsError)):
        return True
    if "[FATAL]" in text or "[ERROR]" in text:
        return True
    if isinstance(error, OSError):
        return error.errno is not None and error.errno not in DEFINITE_ERRNO
    return False


def words(error: BaseException) -> str:
    """Put an error into one line; uproot's own explanations have many."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else ""
    if isinstance(error, (NoTreeError, MissingBindingsError, TimeoutError)):
        return text
    return f"{type(error).__name__}: {text}"[:300]


class Counter:
    """Counts with a few threads; a thread that never comes back is replaced."""

    def __init__(self, answers: Answers, threads: int, timeout: float) -> None:
        self._answers = answers
        self._timeout = timeout
        self._threads = threads
        # Bounded, so that a million questions wait in the pipe and not here.
        self._questions: queue.Queue[tuple[int, str]] = queue.Queue(maxsize=4 * threads)
        self._open = 0
        self._changed = threading.Condition()
        self._clock = Clock()
        for _ in range(threads):
            self._hire()

    def ask(self, i: int, url: str) -> None:
        with self._changed:
            self._open += 1
        self._questions.put((i, url))

    def drain(self) -> None:
        """Return when everything asked has been answered."""
        with self._changed:
            self._changed.wait_for(lambda: self._open == 0)

    def _hire(self) -> None:
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            i, url = self._questions.get()
            if not Job(i).run(url, self._timeout, self._clock, self._finish, self._hire):
                return  # given up meanwhile; another thread has taken this place

    def _finish(self, answer: dict[str, object]) -> None:
        self._answers.put(answer)
        with self._changed:
            self._open -= 1
            self._changed.notify_all()


class Job:
    """One file; it is answered once, by whoever comes first: the counting or the deadline."""

    def __init__(self, i: int) -> None:
        self._i = i
        self._lock = threading.Lock()
        self._is_over = False

    def run(self, url: str, timeout: float, clock: Clock, finish: Any, hire: Any) -> bool:
        """Answer for the file; False where the deadline had answered before."""

        def give_up() -> None:
            if self._claim():
                hire()
                error = f"no answer within {TRIES * timeout + PAUSE:g} s"
                finish({"i": self._i, "error": error, "transport": True})

        clock.call_later(TRIES * timeout + PAUSE + 1, give_up)
        answer = self._try(url, timeout)
        if not self._claim():
            return False
        finish({"i": self._i, **answer})
        return True

    def _try(self, url: str, timeout: float) -> dict[str, object]:
        for number in range(1, TRIES + 1):
            try:
                return {"entries": count(url, timeout)}
            except Exception as error:  # uproot throws whatever broken bytes lead to
                transport = is_transport(error)
                if not transport or number == TRIES:
                    return {"error": words(error), "transport": transport}
            time.sleep(PAUSE)
        raise AssertionError("unreachable")

    def _claim(self) -> bool:
        with self._lock:
            first = not self._is_over
            self._is_over = True
            return first


def main(argv: list[str] | None = None) -> int:
    """Answer questions until stdin is closed."""
    parser = argparse.ArgumentParser(prog="hepbatch.root_entries", description=__doc__)
    parser.add_argument("--threads", type=int, default=8, help="files under way at once")
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds for one attempt")
    parser.add_argument("--need-xrootd", action="store_true", help="end without XRootD's bindings")
    options = parser.parse_args(argv)
    prepare(options.timeout)
    answers = Answers()
    try:
        import uproot  # noqa: F401

        if options.need_xrootd:
            import XRootD  # noqa: F401
    except ImportError as error:
        answers.put(
            {"fatal": f'{sys.executable} cannot count ({error}): pip install "hepbatch[root]"'}
        )
        answers.close()
        return 1
    counter = Counter(answers, max(1, options.threads), options.timeout)
    for line in sys.stdin:
        if line.strip():
            question = json.loads(line)
            counter.ask(int(question["i"]), str(question["url"]))
    counter.drain()
    answers.close()
    return 0


if __name__ == "__main__":
    code = main()
    # No destructors: a thread that still waits for a server would hold the end up.
    os._exit(code)
