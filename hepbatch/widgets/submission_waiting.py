"""How a submission in Python waits: for events of the agent, and a look now and then."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from hepbatch.errors import HepbatchError
from hepbatch.widgets.follow import follow, unfollow
from hepbatch.widgets.submission_words import card_in_words, progress_in_words

# While something waits, it looks at least this often, should an event be missed.
LOOK_SECONDS = 2.0


class SubmissionWaiting:
    """What hears of a submission, and waits until it is as wanted."""

    _token: str

    def _init_waiting(self) -> None:
        self._changed = threading.Condition()
        self._news = 0
        self._told = ""

    def _read(self) -> dict[str, Any]:
        raise NotImplementedError

    def take_event(self, event: dict[str, Any]) -> None:
        """Hear that something changed; called in the thread that follows the agent."""
        topic = event.get("topic")
        is_ours = topic == "submission" and event["submission"]["token"] == self._token
        if is_ours or topic in ("reset", "lost", "submission-removed"):
            with self._changed:
                self._news += 1
                self._changed.notify_all()

    def _wait(
        self, is_as_wanted: Callable[[dict[str, Any]], bool], timeout: float | None
    ) -> dict[str, Any]:
        """Wait until it is as wanted, and give what it is then."""
        until = math.inf if timeout is None else time.monotonic() + timeout
        follow(self)
        try:
            while True:
                news = self._news
                card = self._read()
                self._tell(card)
                if is_as_wanted(card):
                    return card
                left = min(LOOK_SECONDS, until - time.monotonic())
                if left <= 0:
                    raise HepbatchError(
                        "timed-out",
                        f"after {timeout:g} s {card_in_words(card)}",
                        "Wait longer: its jobs go on.",
                    )
                with self._changed:
                    if news == self._news:
                        self._changed.wait(left)
        finally:
            unfollow(self)

    def _tell(self, card: dict[str, Any]) -> None:
        """On a terminal, show a line for each change."""
        words = progress_in_words(card)
        if words != self._told and sys.stderr.isatty():
            print(words, file=sys.stderr)
        self._told = words
