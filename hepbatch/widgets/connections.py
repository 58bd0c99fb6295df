"""`hepbatch.connections()`: where work can go, in a cell or a script."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from hepbatch.errors import HepbatchError
from hepbatch.widgets.asked import asked, in_kernel
from hepbatch.widgets.connection_words import table
from hepbatch.widgets.follow import follow, unfollow
from hepbatch.widgets.terminal_prompts import answer_on_terminal

# While something waits, it looks at least this often, should an event be missed.
LOOK_SECONDS = 0.5
UNDER_WAY = ("opening", "asking")


def connections() -> Connections:
    """Return the connections of this user; as the last line of a cell they show themselves."""
    return Connections()


class Connections:
    """The connections of this user, by name. What is asked of them is asked of the agent."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._widget: Any = None

    @property
    def names(self) -> list[str]:
        """Names of all connections, in the order they are shown."""
        return [str(record["profile"]["id"]) for record in self._list()]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, name: str) -> dict[str, Any]:
        """Everything the agent says of a connection at this moment, as in the contract."""
        return self._find(name)

    def open(self, name: str, *, wait: bool | None = None, timeout: float | None = None) -> None:
        """Open a connection; what the host asks is asked of you.

        A notebook shows the connections below the cell, and the questions there and as dialogs of
        JupyterLab; a script asks on the terminal.

        Parameters
        ----------
        name
            Its name, the first column of the table, or its title.
        wait
            Return only when it is open. A script does by itself, since it asks meanwhile; a cell
            does not, since answers typed below it can only be taken while the kernel is idle.
        timeout
            Seconds to wait; None waits until it is open or has failed.

        Raises
        ------
        HepbatchError
            `not-found`, `unsupported` where it cannot be used here, and as `wait`.
        """
        shows = self._widget_or_none() is not None
        name = self._find(name)["profile"]["id"]
        follow(self)
        try:
            asked("POST", "/connections/open", {"id": name})
            if shows:
                self._display()
            if wait or (wait is None and not shows):
                self._wait(name, timeout, asks=not shows)
        finally:
            unfollow(self)

    def wait(self, name: str, timeout: float | None = None) -> None:
        """Wait until a connection is open.

        Raises
        ------
        HepbatchError
            Why it did not open; `cancelled` where it was closed; `timed-out` after `timeout`.
        """
        follow(self)
        try:
            self._wait(name, timeout, asks=self._widget_or_none() is None)
        finally:
            unfollow(self)

    def close(self, name: str) -> None:
        """Close a connection; what was started through it goes on there."""
        asked("POST", "/connections/close", {"id": self._find(name)["profile"]["id"]})

    def probe(self, name: str) -> dict[str, Any]:
        """Look again at what is there: scheduler, Python, folders, ticket and proxy."""
        found = self._find(name)["profile"]["id"]
        record: dict[str, Any] = asked("POST", "/connections/probe", {"id": found})
        return record

    def take_event(self, event: dict[str, Any]) -> None:
        """Hear that something changed; called in the thread that follows the agent."""
        with self._changed:
            self._changed.notify_all()

    def __repr__(self) -> str:
        return table(self._list())

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        plain = {"text/plain": repr(self)}
        widget = self._widget_or_none()
        if widget is None:
            return plain
        bundle: dict[str, Any] = widget._repr_mimebundle_()
        return {**bundle, **plain}

    def _list(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = asked("GET", "/connections")["connections"]
        return listed

    def _find(self, name: str) -> dict[str, Any]:
        """The connection of that id, or else of that title."""
        listed = self._list()
        for record in listed:
            if record["profile"]["id"] == name:
                return record
        for record in listed:
            if record["profile"]["title"].lower() == name.lower():
                return record
        names = ", ".join(record["profile"]["id"] for record in listed)
        raise HepbatchError("not-found", f"there is no connection {name}", f"There are {names}.")

    def _wait(self, name: str, timeout: float | None, *, asks: bool) -> None:
        until = None if timeout is None else time.monotonic() + timeout
        record = self[name]
        while record["state"] in UNDER_WAY:
            if asks and record["state"] == "asking":
                self._answer(name)
            left = LOOK_SECONDS if until is None else min(LOOK_SECONDS, until - time.monotonic())
            if left <= 0:
                raise HepbatchError(
                    "timed-out",
                    f"{name} is still {record['state']} after {timeout} s",
                    f"Wait longer with .wait({name!r}), or end it with .close({name!r}).",
                )
            with self._changed:
                self._changed.wait(left)
            if self._widget is not None:
                self._widget.flush()
            record = self[name]
        if record["state"] != "open":
            raise _not_open(name, record)

    def _answer(self, name: str) -> None:
        """Ask on the terminal what the host asks; connections to one host share their line."""
        host = self._find(name)["profile"]["host"]
        sharing = {r["profile"]["id"] for r in self._list() if r["profile"]["host"] == host}
        for prompt in asked("GET", "/prompts")["prompts"]:
            if prompt["connection"] in sharing:
                answer_on_terminal(prompt)

    def _display(self) -> None:
        from IPython.display import display

        display(self)

    def _widget_or_none(self) -> Any:
        """The widget, where a notebook can show one."""
        if self._widget is None and in_kernel():
            try:
                from hepbatch.widgets.connections_widget import ConnectionsWidget
            except ImportError:
                return None  # no ipywidgets here: the text does
            self._widget = ConnectionsWidget()
        return self._widget


def _not_open(name: str, record: dict[str, Any]) -> HepbatchError:
    failure = record["failure"]
    if failure is None:
        return HepbatchError(
            "cancelled", f"{name} was closed before it was open", f"Open it again: .open({name!r})."
        )
    return HepbatchError(failure["code"], failure["message"], failure["data"]["next"])
