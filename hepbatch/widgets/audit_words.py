"""What an audit says of itself as text."""

from __future__ import annotations

from typing import Any


def in_words(record: dict[str, Any]) -> str:
    """A few lines of text: what was compared, what came out, what to do next."""
    request, summary = record["request"], record["summary"]
    state = record["state"]
    host = "" if request.get("on") is None else f"{request['on']}:"
    samples = f"{host if request.get('inputsOn') == 'there' else ''}{request['samplesJson']}"
    where = f"{samples} against {host}{request['source']} ({request['convention']})"
    lines = [f"Audit of {where}: {state}"]
    if state == "running":
        lines[0] += f", {progress_in_words(record)}"
    if record["failure"] is not None:
        lines += [record["failure"]["message"], "Next: " + record["failure"]["data"]["next"]]
    if summary is not None:
        lines += _summary_in_words(summary)
    lines += record["notes"]
    if state == "done" and summary is not None:
        lines.append(_next_step(summary))
    return "\n".join(lines)


def _summary_in_words(summary: dict[str, Any]) -> list[str]:
    files, events = summary["files"], summary["events"]
    counts = [f"{number:,} {status}" for status, number in files.items() if number]
    of = "" if events["expected"] is None else f" of {events['expected']:,} expected"
    lines = [
        f"{_count(sum(files.values()), 'input file')} in {_count(summary['datasets'], 'dataset')}: "
        + (", ".join(counts) or "none"),
        f"{events['found']:,} events found{of}",
    ]
    if summary["unknownDatasets"]:
        lines.append(_count(summary["unknownDatasets"], "dataset") + " not answered: see .report")
    if summary["foreign"]:
        lines.append(_count(summary["foreign"], "file") + " of no input file: see .report")
    return lines


def _next_step(summary: dict[str, Any]) -> str:
    if summary["resubmit"]:
        stale = _count(summary["stale"], "stale chunk")
        first = f"; delete {stale} first" if summary["stale"] else ""
        return (
            "Next: .export('missing.json') writes what to process again, "
            f"{_count(summary['resubmit'], 'input file')}{first}."
        )
    if summary["unknownDatasets"]:
        return "Next: find out why datasets could not be answered, and audit again."
    return "Nothing is missing."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def progress_in_words(record: dict[str, Any]) -> str:
    """How far a running audit is."""
    progress = record["progress"]
    of = "" if progress["total"] is None else f" of {progress['total']:,}"
    return f"{progress['phase']}, {progress['done']:,}{of} datasets, {progress['chunks']:,} chunks"
