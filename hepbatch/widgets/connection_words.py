"""What connections say of themselves as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

BACKENDS = {
    "dask-local": "Dask on the host itself",
    "dask-htcondor": "Dask on HTCondor",
    "dask-lxplus": "Dask on LXPLUS",
    "dask-slurm": "Dask on Slurm",
    "vanilla-local": "Vanilla on the host itself",
    "vanilla-htcondor": "Vanilla HTCondor",
    "vanilla-lxplus": "Vanilla LXPLUS",
    "vanilla-slurm": "Vanilla Slurm",
}
# Control characters, what turns the direction or has no width, and what separates lines.
HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def table(connections: Iterable[dict[str, Any]]) -> str:
    """A table with a line for each connection: its name, how and where work runs, its state."""
    rows = [("name", "work", "where", "state")]
    rows += [
        (
            connection["profile"]["id"],
            BACKENDS.get(connection["profile"]["backend"], connection["profile"]["backend"]),
            host_in_words(connection["profile"]["host"]),
            state_in_words(connection),
        )
        for connection in connections
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    )


def host_in_words(host: dict[str, Any]) -> str:
    """A host as a person would name it."""
    if host["kind"] == "local":
        return "this machine"
    user = "" if host["user"] is None else f"{host['user']}@"
    port = "" if host["port"] is None else f":{host['port']}"
    jump = "" if host["jump"] is None else f" through {host['jump']}"
    return f"{user}{host['destination']}{port}{jump}"


def state_in_words(connection: dict[str, Any]) -> str:
    """A state, and why it is so."""
    state = str(connection["state"])
    if state == "closed" and connection["unusable"] is not None:
        return f"not usable here: {connection['unusable']}"
    failure = connection["failure"]
    return state if failure is None else f"{state}: {failure['message']}"


def visible(text: str) -> str:
    """Words of a host with all that would not be seen made visible; lines stay lines."""
    return "".join(map(_visible, text.replace("\r\n", "\n")))


def _visible(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in HIDDEN:
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else f"<U+{code:04X}>"
