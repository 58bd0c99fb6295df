"""The widget of an audit: passes the front end's questions on to the agent, and its events back."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from hepbatch import __version__
from hepbatch.client import ask
from hepbatch.errors import HepbatchError

if TYPE_CHECKING:
    from hepbatch.widgets.audits import Audit

# Questions of one cell that are asked at the same time.
ASKERS = 2


# ipywidgets ships no types, so its class is Any.
class AuditWidget(ipywidgets.DOMWidget):  # type: ignore[misc]
    """The kernel's half of the audit in a cell.

    Front end to kernel: `{kind: 'ask', id, method, path, body}`. Kernel to front end:
    `{kind: 'answer', id, status, body}` and `{kind: 'event', event}`.
    """

    _model_name = traitlets.Unicode("AuditModel").tag(sync=True)
    _model_module = traitlets.Unicode("hepbatch").tag(sync=True)
    _model_module_version = traitlets.Unicode(f"^{__version__}").tag(sync=True)
    _view_name = traitlets.Unicode("AuditView").tag(sync=True)
    _view_module = traitlets.Unicode("hepbatch").tag(sync=True)
    _view_module_version = traitlets.Unicode(f"^{__version__}").tag(sync=True)

    audit_id = traitlets.Unicode().tag(sync=True)
    audit = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    def __init__(self, audit: Audit) -> None:
        self._loop = _running_loop()
        self._home = threading.get_ident()
        self._pending: deque[Callable[[], None]] = deque()
        self._askers = ThreadPoolExecutor(ASKERS, thread_name_prefix="hepbatch-ask")
        super().__init__(audit_id=audit.id, audit=audit.record)
        self.on_msg(self._on_message)
        # A cell may show an audit that nothing else holds.
        self._held = audit
        audit.on_event(self._on_event, self._flush)
        # What was told between the two.
        self.audit = audit.record

    def _on_event(self, event: dict[str, Any]) -> None:
        """Called in the thread that follows the agent."""

        def show() -> None:
            if event.get("topic") == "audit":
                self.audit = event["audit"]
            # Only what the agent itself said has a number; the rest is told by the trait.
            if "sequence" in event:
                self.send({"kind": "event", "event": event})

        self._at_home(show)

    def _on_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Take a message of the front end; whatever it holds, it is answered or passed over."""
        if not isinstance(content, dict) or content.get("kind") != "ask":
            return
        self._askers.submit(self._ask, content)

    def _ask(self, content: dict[str, Any]) -> None:
        status, body = answer(content.get("method"), content.get("path"), content.get("body"))
        reply = {"kind": "answer", "id": content.get("id"), "status": status, "body": body}
        self._at_home(lambda: self.send(reply))

    def _at_home(self, do: Callable[[], None]) -> None:
        """Do something in the thread of the kernel's loop: traits are not made for several."""
        self._pending.append(do)
        if self._loop is None:
            return  # `Audit.wait` shows what is pending
        with contextlib.suppress(RuntimeError):  # closed: the kernel is about to end
            self._loop.call_soon_threadsafe(self._flush)

    def _flush(self) -> None:
        """Do what is pending; also called by a cell that waits and so keeps the loop busy."""
        if threading.get_ident() != self._home:
            return
        while self._pending:
            self._pending.popleft()()


def answer(method: Any, path: Any, body: Any) -> tuple[int, Any]:
    """Ask the agent for the front end; every failure is an answer."""
    if method not in ("GET", "POST") or not _may_ask(path):
        error = HepbatchError(
            "bad-request",
            f"a cell may not ask {method} {path}",
            "This is a fault of hepbatch: report it.",
        )
        return error.status, error.to_failure()
    try:
        return ask(method, path, body)
    except HepbatchError as error:
        return error.status, error.to_failure()


def _may_ask(path: Any) -> bool:
    """Whether a cell may ask this path: audits and the agent itself, nothing dressed up."""
    if not isinstance(path, str) or not path.isascii():
        return False
    head, *rest = path.removeprefix("/").split("/")
    if not path.startswith("/") or head not in ("audits", "agent"):
        return False
    return all(part.replace("-", "").isalnum() for part in rest)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that runs this cell: a kernel runs its cells inside one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
