"""What clusters say of themselves as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hepbatch.widgets.connection_words import visible

OVER = ("stopped", "failed")


def table(clusters: Iterable[dict[str, Any]]) -> str:
    """A table with a line for each cluster: its name, where it is, how it is, what it has."""
    rows = [("name", "connection", "state", "summary")]
    rows += [
        (card["name"], card["connection"], card["state"], _summary(card)) for card in clusters
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = (
        [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]
        for row in rows
    )
    return "\n".join(visible("  ".join(line).rstrip()) for line in lines)


def card_in_words(card: dict[str, Any]) -> str:
    """A cluster in a few lines: how it is, and why it does not go on."""
    head = f"Cluster {card['name']} on {card['connection']}: {card['state']}"
    summary = _summary(card)
    scheduler = card["scheduler"]
    lines = [head if not summary else f"{head}, {summary}"]
    if scheduler is not None and card["state"] not in OVER:
        lines.append(f"scheduler {scheduler['loopback'] or scheduler['address']}")
    failure = card["failure"]
    if failure is not None:
        lines += [failure["message"], failure["data"]["next"]]
    lines += [sentence for sentence in card["why"] if sentence not in lines]
    lines += card["warnings"]
    loss = card["losses"]["newest"]
    if loss is not None:
        lines.append(loss_in_words(loss))
    return "\n".join(map(visible, lines))


def loss_in_words(loss: dict[str, Any]) -> str:
    """What happened to a lost worker, and what to do about it."""
    said = f"worker {loss['worker']} was lost ({loss['cause']})"
    if loss["task"] is not None:
        said += f" while it ran {loss['task']}"
    if loss["evidence"] is not None:
        said += f": {loss['evidence']}"
    for advice in loss["advice"]:
        if advice["kind"] == "raise-memory":
            said += f" Ask for memory={advice['memory']!r}."
        else:
            said += " Run that one file iteratively: the real error shows up."
    return said


def _summary(card: dict[str, Any]) -> str:
    return "" if card["summary"] == card["state"] else str(card["summary"])
