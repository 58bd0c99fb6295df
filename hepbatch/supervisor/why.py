"""Why nothing, or not everything, is running: sentences for people."""

from __future__ import annotations

from collections import Counter
from typing import Any

#: A worker needs this long from the start of its job, on a slow file system.
JOINING_SECONDS = 60
MOST_LINES = 3


def sentences(seen: dict[str, Any]) -> list[str]:
    """Say why fewer workers are there than are asked for; empty where all is well.

    `seen` has: state, failure, mode, wanted, workers and paused (numbers), jobs, waitingTasks,
    queueFailure, submitFailure, failures, hasGivenUp, lastLines, unjoinedSeconds, address, batch.
    """
    if seen["state"] in ("stopped", "stopping"):
        return _of_end(seen)
    if seen["failure"] is not None:
        return [seen["failure"]["message"], seen["failure"]["data"]["next"]]
    if seen["state"] == "starting":
        return ["The scheduler is being started."]
    told: list[str] = []
    if seen["wanted"] == 0:
        told += _of_none_wanted(seen)
    if seen["submitFailure"]:
        told.append(f"{seen['batch']} took no job: {seen['submitFailure']}")
    if seen["wanted"] > seen["workers"]:
        told += _of_jobs(seen)
    if seen["paused"]:
        told.append(_of_paused(seen["paused"]))
    if seen["queueFailure"] is not None:
        told.append(f"The queue cannot be asked: {seen['queueFailure']['message']}")
    missing = seen["wanted"] - seen["workers"]
    if missing > 0 and not told:
        told.append(f"{missing} worker{' is' if missing == 1 else 's are'} on the way.")
    return told


def _of_paused(count: int) -> str:
    workers = "1 worker takes" if count == 1 else f"{count} workers take"
    return f"{workers} no more tasks: nearly all memory is used, and Dask waits for some to be freed."


def _of_end(seen: dict[str, Any]) -> list[str]:
    if seen["state"] == "stopping" and seen["failure"] is not None:
        return [f"Its jobs cannot be removed yet: {seen['failure']['message']}"]
    return ["It is being stopped." if seen["state"] == "stopping" else "It was stopped."]


def _of_none_wanted(seen: dict[str, Any]) -> list[str]:
    if seen["mode"]["kind"] == "fixed":
        return ["No workers are asked for: scale the cluster."]
    if seen["waitingTasks"]:
        return ["Tasks wait, and Dask is about to ask for workers."]
    return ["No task waits, so no workers are asked for: they come when there is work."]


def _of_jobs(seen: dict[str, Any]) -> list[str]:
    told = []
    groups = Counter((job["state"], job["reason"], _codes(job)) for job in seen["jobs"])
    for (state, reason, codes), count in sorted(groups.items(), key=str):
        jobs = "1 job is" if count == 1 else f"{count} jobs are"
        because = f": {reason}{codes}" if reason else ""
        if state == "pending":
            told.append(f"{jobs} pending{because or ': ' + _no_reason(seen)}.")
        elif state == "held":
            told.append(f"{jobs} held{because}.")
    running = [job for job in seen["jobs"] if job["state"] == "running"]
    late = seen["unjoinedSeconds"]
    if running and late is not None:
        told.append(f"A job has run for {late:.0f} s without having joined as a worker.")
        if late > JOINING_SECONDS:
            told.append(f"Its node may not reach the scheduler at {seen['address']}; see its log.")
    if seen["failures"] and not seen["submitFailure"]:
        jobs = "A job" if seen["failures"] == 1 else f"{seen['failures']} jobs in a row"
        told.append(f"{jobs} ended without having been a worker.")
        told += [f"Its log ends: {line}" for line in seen["lastLines"][-MOST_LINES:]]
    if seen["hasGivenUp"]:
        told.append("They are not replaced any more: mend the form, or scale to try once more.")
    return told


def _no_reason(seen: dict[str, Any]) -> str:
    if seen["batch"] == "HTCondor":
        return "HTCondor has not found a machine for it yet"
    return f"{seen['batch']} gives no reason"


def _codes(job: dict[str, Any]) -> str:
    if job["state"] != "held" or job["code"] is None:
        return ""
    return f" (code {job['code']}, subcode {job['subcode']})"
