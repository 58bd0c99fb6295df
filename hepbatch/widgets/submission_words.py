"""What submissions say of themselves as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hepbatch.widgets.connection_words import visible

# In the order of a job's life.
STATES = ("pending", "running", "held", "succeeded", "failed", "removed", "unknown")


def name_of(card: Mapping[str, Any]) -> str:
    """What a person calls a submission: the name of its folder."""
    return str(card["folder"]).rsplit("/", 1)[-1]


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Such as `3 succeeded, 1 failed`."""
    return ", ".join(f"{counts[state]} {state}" for state in STATES if counts.get(state, 0) > 0)


def table(cards: Iterable[Mapping[str, Any]]) -> str:
    """A table with a line for each submission."""
    rows = [("name", "token", "connection", "state", "jobs")]
    rows += [
        (name_of(card), card["token"][:8], card["connection"], card["state"], _jobs(card))
        for card in cards
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = (
        [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]
        for row in rows
    )
    return "\n".join(visible("  ".join(line).rstrip()) for line in lines)


def card_in_words(card: Mapping[str, Any]) -> str:
    """A submission in a few lines: how it is, and why some of its jobs do not succeed."""
    lines = [f"Submission {name_of(card)} on {card['connection']}: {card['state']}, {_jobs(card)}"]
    for group in card["groups"]:
        which = f"{group['cluster']}.{group['proc']}"
        lines.append(f"{group['jobs']} {group['state']}: {group['words']} (such as {which})")
    for said in (card["failure"], card["blind"]):
        if said is not None:
            lines += [said["message"], said["data"]["next"]]
    lines += card["warnings"]
    return "\n".join(map(visible, lines))


def progress_in_words(card: Mapping[str, Any]) -> str:
    """How far a submission is, in one line."""
    return visible(f"{name_of(card)} is {card['state']}: {_jobs(card)}")


def _jobs(card: Mapping[str, Any]) -> str:
    number = card["jobs"]
    jobs = f"{number} job" if number == 1 else f"{number} jobs"
    counts = counts_in_words(card["counts"])
    return f"{jobs} ({counts})" if counts else jobs
