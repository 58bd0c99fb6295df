"""What all widgets share: questions of the front end go to the agent, and its events back."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import ipywidgets
import traitlets

from hepbatch import __version__
from hepbatch.agent_client import ask
from hepbatch.errors import HepbatchError

# Questions of one cell that are asked at the same time.
ASKERS = 4
# Some questions wait until somebody has typed a password, at worst three times.
PATIENCE_SECONDS = 420.0


# ipywidgets ships no types, so its class is Any.
class CommWidget(ipywidgets.DOMWidget):  # type: ignore[misc]
    """The kernel's half of what a cell shows.

    Front end to kernel: `{kind: 'ask', id, method, path, body}`. Kernel to front end:
    `{kind: 'answer', id, status, body}` and `{kind: 'event', event}`.
    """

    _model_module = traitlets.Unicode("hepbatch").tag(sync=True)
    _model_module_version = traitlets.Unicode(f"^{__version__}").tag(sync=True)
    _view_module = traitlets.Unicode("hepbatch").tag(sync=True)
    _view_module_version = traitlets.Unicode(f"^{__version__}").tag(sync=True)

    # The first words of the paths that the front end may ask.
    may_ask: tuple[str, ...] = ()

    def __init__(self, **traits: Any) -> None:
        self._loop = _running_loop()
        self._home = threading.get_ident()
        self._pending: deque[Callable[[], None]] = deque()
        # Whatever is sent belongs to a message of the front end: the kernel routes what comes back
        # on this comm to where that one came from. In another thread it would take the latest
        # message of all, and that may be one of a subshell that is gone.
        self._asked_in = contextvars.copy_context()
        self._askers = ThreadPoolExecutor(ASKERS, thread_name_prefix="hepbatch-ask")
        super().__init__(**traits)
        self.on_msg(self._on_message)

    def tell(self, event: dict[str, Any]) -> None:
        """Tell the front end what the agent said; at home only."""
        # Only what the agent itself said has a number; the rest is told by traits.
        if "sequence" in event:
            self.send({"kind": "event", "event": event})

    def at_home(self, do: Callable[[], None]) -> None:
        """Do something in the thread of the kernel's loop: traits are not made for several."""
        # A copy, since a context can be entered once at a time.
        self._pending.append(partial(self._asked_in.copy().run, do))
        if self._loop is None:
            return  # whoever waits shows what is pending
        with contextlib.suppress(RuntimeError):  # closed: the kernel is about to end
            self._loop.call_soon_threadsafe(self.flush)

    def flush(self) -> None:
        """Do what is pending; also called by a cell that waits and so keeps the loop busy."""
        if threading.get_ident() != self._home:
            return
        while self._pending:
            self._pending.popleft()()

    def _on_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Take a message of the front end; whatever it holds, it is answered or passed over."""
        if not isinstance(content, dict) or content.get("kind") != "ask":
            return
        self._asked_in = contextvars.copy_context()
        self._askers.submit(self._ask, content)

    def _ask(self, content: dict[str, Any]) -> None:
        asked = (content.get("method"), content.get("path"), content.get("body"))
        status, body = answer(*asked, self.may_ask)
        reply = {"kind": "answer", "id": content.get("id"), "status": status, "body": body}
        self.at_home(lambda: self.send(reply))


def answer(method: Any, path: Any, body: Any, may_ask: tuple[str, ...]) -> tuple[int, Any]:
    """Ask the agent for the front end; every failure is an answer."""
    if method not in ("GET", "POST") or not _may_ask(path, may_ask):
        error = HepbatchError(
            "bad-request",
            f"a cell may not ask {method} {path}",
            "This is a fault of hepbatch: report it.",
        )
        return error.status, error.to_failure()
    try:
        return ask(method, path, body, timeout=PATIENCE_SECONDS)
    except HepbatchError as error:
        return error.status, error.to_failure()


def _may_ask(path: Any, heads: tuple[str, ...]) -> bool:
    """Whether a path begins with one of the words, and is nothing dressed up."""
    if not isinstance(path, str) or not path.isascii() or not path.startswith("/"):
        return False
    head, *rest = path.removeprefix("/").split("/")
    return head in heads and all(part.replace("-", "").isalnum() for part in rest)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that runs this cell: a kernel runs its cells inside one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
