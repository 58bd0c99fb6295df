"""What a browser must know of a dashboard's page: that it is a stranger, and what it may load."""

from __future__ import annotations

import re

HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?")
ORIGIN = re.compile(r"(https?)://([A-Za-z0-9._-]+(?::[0-9]{1,5})?)")

# Of an answer without a dashboard.
NOTHING = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"


def addresses(scheme: str, host: str, origin: str | None, path: str) -> list[str]:
    """Return the addresses, http and ws, of a path of this server as the browser may see it.

    Parameters
    ----------
    scheme, host
        As the request says; a proxy in front may have changed them.
    origin
        Of the page that the frame was made by, which no proxy changes.
    path
        The path of the dashboard, with its last slash.
    """
    # Signs that would end a source or a directive of the policy.
    escaped = path.replace(";", "%3B").replace(",", "%2C")
    found = []
    if HOST.fullmatch(host):
        found.append((scheme, host))
    seen = ORIGIN.fullmatch(origin or "")
    if seen is not None and seen.groups() not in found:
        found.append((seen[1], seen[2]))
    sockets = {"http": "ws", "https": "wss"}
    return [f"{word}://{place}{escaped}" for word, place in found for word in (word, sockets[word])]


def policy(here: list[str]) -> str:
    """Return the policy of a page that runs scripts as nobody, and loads only what is its own."""
    # A host that the policy cannot name, such as an IPv6 address, is named by what it is.
    own = " ".join(here) or "'self'"
    return (
        "sandbox allow-scripts; frame-ancestors 'self'; default-src 'none'; base-uri 'none'; "
        f"form-action 'none'; script-src {own} 'unsafe-inline' 'unsafe-eval'; "
        f"style-src {own} 'unsafe-inline'; img-src {own} data: blob:; font-src {own} data:; "
        f"connect-src {own}; worker-src blob:"
    )
