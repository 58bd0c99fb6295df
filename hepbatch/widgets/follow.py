"""One thread a process that follows the agent's events for the objects that cells hold."""

from __future__ import annotations

import threading
import weakref
from typing import Any, Protocol

from hepbatch.agent_client import EventStream


class Follower(Protocol):
    """Something that wants to know of every event; called in the thread that follows."""

    def take_event(self, event: dict[str, Any]) -> None: ...


_followers: weakref.WeakSet[Any] = weakref.WeakSet()
_lock = threading.Lock()
_stream: EventStream | None = None


def follow(follower: Follower) -> None:
    """Pass every event of the agent on to `follower`, as long as somebody else holds it."""
    with _lock:
        _followers.add(follower)
        _start_if_needed()


def unfollow(follower: Follower) -> None:
    """Pass nothing on any more; with the last follower the stream ends, and the agent may."""
    with _lock:
        _followers.discard(follower)
        _stop_if_idle()


def stop() -> None:
    """Pass nothing on any more, to nobody."""
    with _lock:
        _followers.clear()
        _stop_if_idle()


def _start_if_needed() -> None:
    global _stream
    if _stream is not None:
        return
    _stream = EventStream()
    threading.Thread(target=_run, args=(_stream,), name="hepbatch-events", daemon=True).start()


def _stop_if_idle() -> None:
    global _stream
    if _stream is not None and len(_followers) == 0:
        _stream.close()
        _stream = None


def _run(stream: EventStream) -> None:
    for event in stream:
        with _lock:
            if stream is not _stream:
                return
            listening = list(_followers)
        for follower in listening:
            follower.take_event(event)
        del listening
        with _lock:
            _stop_if_idle()
