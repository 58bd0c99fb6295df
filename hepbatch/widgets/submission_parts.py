"""Parts of a submission in Python: which jobs are meant, how far it is, what came of an action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hepbatch.errors import HepbatchError
from hepbatch.widgets.submission_words import STATES, name_of

# One word, or several.
Words = str | Sequence[str]


def is_sent(card: Mapping[str, Any]) -> bool:
    """Nothing is on its way to the scheduler any more."""
    is_stuck = card["state"] != "submitting" and {"resume", "reconcile"} & set(card["can"])
    return card["state"] in ("submitted", "done") or bool(is_stuck)


def is_settled(card: Mapping[str, Any]) -> bool:
    """No job will change by itself."""
    counts = card["counts"]
    moving = sum(counts.get(state, 0) for state in ("pending", "running", "unknown"))
    return card["state"] == "done" or (is_sent(card) and bool(counts) and moving == 0)


def words_of(given: Words) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def job_named(text: str) -> tuple[str, int]:
    """A job as people write it: its cluster, a dot, its number."""
    cluster, dot, proc = text.rpartition(".")
    if not dot or not proc.isdecimal():
        raise HepbatchError("bad-request", f"{text!r} is no job", "Give one such as 'AN-GJet.0'.")
    return cluster, int(proc)


def selection(states: Words, dataset: str | None, jobs: Words) -> dict[str, Any]:
    """The jobs that are meant; where nothing is said, all."""
    if jobs:
        if states or dataset is not None:
            raise HepbatchError(
                "bad-request", "jobs= names jobs already", "Leave states= and dataset= out."
            )
        procs: dict[str, list[int]] = {}
        for cluster, proc in map(job_named, words_of(jobs)):
            procs.setdefault(cluster, []).append(proc)
        chosen = [{"cluster": cluster, "procs": numbers} for cluster, numbers in procs.items()]
        return {"kind": "jobs", "jobs": chosen}
    if not states and dataset is None:
        return {"kind": "all"}
    return {"kind": "states", "states": words_of(states) or list(STATES), "dataset": dataset}


def check(outcomes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What came of an action. Raises where the scheduler refused some of it, or it is not known."""
    for outcome in outcomes:
        if outcome["end"] != "done":
            code = "refused" if outcome["end"] == "refused" else "unknown-outcome"
            message = f"{outcome['cluster']}: {outcome['words']}"
            raise HepbatchError(code, message, "Look at its state, then try again.")
    return [dict(outcome) for outcome in outcomes]


def failed(card: Mapping[str, Any]) -> HepbatchError:
    """Why it was not submitted as a whole."""
    failure = card["failure"]
    if failure is None:
        message = f"{name_of(card)} is {card['state']}"
        return HepbatchError("unknown-outcome", message, "Look again; .reconcile() asks for it.")
    return HepbatchError(failure["code"], failure["message"], failure["data"]["next"])
