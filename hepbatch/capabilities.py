"""Addresses of dashboards that cannot be guessed: who knows one sees that dashboard alone."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

# The one that was not used for the longest time goes when one too many is asked for.
MOST = 200
# A panel that is gone without a word, such as that of a closed laptop, leaves its address behind.
# One that is there says so every few minutes.
IDLE_SECONDS = 3600.0
# A dashboard may open many connections, but not so many that Jupyter has none left.
MOST_AT_ONCE = 100


class Line(Protocol):
    """What something comes through, until it is closed."""

    def close(self) -> None: ...


@dataclass(eq=False)
class Capability:
    """One address, made for one frame."""

    id: str
    # Neither is shown where an object is printed.
    token: str = field(repr=False)
    # What the agent calls the dashboard; it means nothing to another agent.
    ticket: str = field(repr=False)
    # Of the page that asked for it, as the browser sees it; None where it did not say.
    origin: str | None
    used: float
    lines: set[Line] = field(default_factory=set, repr=False)


class Capabilities:
    """All that were granted by this server and are still good."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._granted: list[Capability] = []

    def grant(self, dashboard: str, ticket: str, origin: str | None) -> Capability:
        """Make an address for one frame."""
        self._drop_idle()
        if len(self._granted) >= MOST:
            self.revoke(min(self._granted, key=lambda one: (len(one.lines) > 0, one.used)))
        token = secrets.token_urlsafe(32)
        capability = Capability(dashboard, token, ticket, origin, self._now())
        self._granted.append(capability)
        return capability

    def find(self, dashboard: str, token: str) -> Capability | None:
        """Return the one with this token, in a time that tells nothing about how near it was."""
        self._drop_idle()
        found = None
        asked = f"{dashboard}/{token}".encode()
        for one in self._granted:
            if hmac.compare_digest(f"{one.id}/{one.token}".encode(), asked):
                found = one
        return found

    def keep(self, capability: Capability) -> bool:
        """Count it as used now, as long as it is good; tell whether it was."""
        self._drop_idle()
        if capability not in self._granted:
            return False
        capability.used = self._now()
        return True

    def revoke(self, capability: Capability) -> None:
        """Make an address lead nowhere, and end what comes through it."""
        if capability in self._granted:
            self._granted.remove(capability)
        for line in list(capability.lines):
            line.close()

    def has_room(self, capability: Capability) -> bool:
        """Tell whether one more line is not too much at once."""
        return len(capability.lines) < MOST_AT_ONCE

    @contextmanager
    def using(self, capability: Capability, line: Line) -> Iterator[None]:
        """Close the line in the end, or when the address is revoked."""
        capability.lines.add(line)
        try:
            yield
        finally:
            capability.lines.discard(line)
            capability.used = self._now()
            line.close()

    def _drop_idle(self) -> None:
        oldest = self._now() - IDLE_SECONDS
        self._granted = [one for one in self._granted if one.lines or one.used > oldest]
