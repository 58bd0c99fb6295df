"""`hepbatch.submissions()`: the submissions of this user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from hepbatch.errors import HepbatchError
from hepbatch.widgets.asked import asked
from hepbatch.widgets.submission_words import name_of, table
from hepbatch.widgets.submissions import Submission

# Shorter beginnings of a token name nothing.
LEAST = 4


def submissions() -> Submissions:
    """Return the submissions of this user."""
    return Submissions()


class Submissions:
    """The submissions of this user, newest first. What is asked of them is asked of the agent."""

    @property
    def names(self) -> list[str]:
        """Names of their folders."""
        return [name_of(card) for card in self._list()]

    def __iter__(self) -> Iterator[Submission]:
        return map(Submission.of, self._list())

    def __len__(self) -> int:
        return len(self._list())

    def __getitem__(self, name: str) -> Submission:
        """The submission of that folder's name, or whose token begins so; "last": the newest."""
        cards = self._list()
        found = [
            card
            for index, card in enumerate(cards)
            if (name == "last" and index == 0)
            or name in (name_of(card), card["folder"])
            or (len(name) >= LEAST and card["token"].startswith(name.lower()))
        ]
        if len(found) == 1:
            return Submission.of(found[0])
        if found:
            tokens = ", ".join(card["token"] for card in found)
            raise HepbatchError(
                "bad-request", f"{name} means {len(found)} submissions", f"Name one: {tokens}."
            )
        names = ", ".join(map(name_of, cards)) or "none"
        raise HepbatchError("not-found", f"there is no submission {name}", f"There are: {names}.")

    def import_folder(self, connection: str, folder: str | os.PathLike[str]) -> Submission:
        """Watch a folder that the submitter of the framework made."""
        body = {"connection": connection, "folder": os.fspath(folder)}
        return Submission.of(asked("POST", "/submissions/import", body))

    def __repr__(self) -> str:
        cards = self._list()
        if not cards:
            return "There is no submission: hepbatch.Submission(...).submit() makes one."
        return table(cards)

    def _list(self) -> list[dict[str, Any]]:
        return list(asked("GET", "/submissions")["submissions"])
