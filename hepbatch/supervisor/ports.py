"""Ports of this host: which is free, and who has the one that is not."""

from __future__ import annotations

import pwd
import socket
from pathlib import Path

from .failure import SupervisorError
from .record import host_name

LISTENS = "0A"


def choose_port(first: int, last: int) -> int:
    """The first free port of a range. Raises `conflict` that names who has them."""
    for port in range(first, last + 1):
        if _is_free(port):
            return port
    which = str(first) if first == last else f"{first} to {last}"
    owner = owner_of(first)
    by = f" by a program of {owner}" if owner else ""
    raise SupervisorError(
        "conflict",
        f"port {which} of {host_name()} is taken{by}",
        "Stop the other scheduler, log in to another node, or choose another port if the site's "
        "firewall has one open.",
    )


def check_address(address: str | None) -> None:
    """Check that a dashboard can listen where it shall. Raises `conflict`."""
    port = int(address.rpartition(":")[2]) if address else 0
    if port:
        choose_port(port, port)


def owner_of(port: int) -> str | None:
    """The user whose program listens on a port of this host."""
    for table in ("tcp", "tcp6"):
        try:
            lines = Path("/proc/net", table).read_text().splitlines()[1:]
        except OSError:
            continue  # no IPv6
        for fields in map(str.split, lines):
            if fields[3] == LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                return _user(int(fields[7]))
    return None


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the scheduler will: what only waits for late packets does not hinder it.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True
