"""What a supervisor says for people: why workers are missing, why one died, what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepbatch.supervisor.batch import Done, Job
from hepbatch.supervisor.htcondor import job_of, jobs_of
from hepbatch.supervisor.losses import (
    Loss,
    Watch,
    WorkerSeen,
    find_advice,
    find_cause,
    more_memory,
)
from hepbatch.supervisor.request import bytes_of
from hepbatch.supervisor.slurm import state_of
from hepbatch.supervisor.why import sentences

GOLDEN = Path(__file__).parents[2] / "testbed" / "golden"


def why(**more: Any) -> list[str]:
    seen: dict[str, Any] = {
        "state": "running",
        "failure": None,
        "mode": {"kind": "fixed", "workers": 2},
        "wanted": 2,
        "workers": 0,
        "paused": 0,
        "jobs": [],
        "waitingTasks": 0,
        "queueFailure": None,
        "submitFailure": None,
        "failures": 0,
        "hasGivenUp": False,
        "lastLines": [],
        "unjoinedSeconds": None,
        "address": "tls://lxplus901:8786",
        "batch": "HTCondor",
    }
    return sentences({**seen, **more})


def row(state: str, reason: str | None = None, **more: Any) -> dict[str, Any]:
    return {**Job("1.0", state, "x", reason).to_json(), **more}


FAILURE = {"code": "refused", "message": "It broke.", "data": {"next": "Mend it."}}


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ({"workers": 2}, []),
        ({"state": "starting"}, ["The scheduler is being started."]),
        ({"state": "failed", "failure": FAILURE}, ["It broke.", "Mend it."]),
        ({"state": "stopping", "failure": FAILURE}, ["Its jobs cannot be removed yet: It broke."]),
        ({"batch": "Dask"}, ["2 workers are on the way."]),
        (
            {"workers": 2, "paused": 1},
            [
                "1 worker takes no more tasks: nearly all memory is used, and Dask waits for some "
                "to be freed."
            ],
        ),
        ({"wanted": 0}, ["No workers are asked for: scale the cluster."]),
        (
            {"wanted": 0, "mode": {"kind": "adaptive"}, "waitingTasks": 3},
            ["Tasks wait, and Dask is about to ask for workers."],
        ),
        (
            {"jobs": [row("pending"), row("pending")]},
            ["2 jobs are pending: HTCondor has not found a machine for it yet."],
        ),
        (
            {
                "jobs": [
                    row("held", "memory usage exceeded", code=34, subcode=102),
                    row("pending", "x"),
                ]
            },
            [
                "1 job is held: memory usage exceeded (code 34, subcode 102).",
                "1 job is pending: x.",
            ],
        ),
        (
            {"jobs": [row("running")], "unjoinedSeconds": 90.4},
            [
                "A job has run for 90 s without having joined as a worker.",
                "Its node may not reach the scheduler at tls://lxplus901:8786; see its log.",
            ],
        ),
        (
            {"failures": 5, "hasGivenUp": True, "lastLines": ["a", "b", "c", "No module dask"]},
            [
                "5 jobs in a row ended without having been a worker.",
                "Its log ends: b",
                "Its log ends: c",
                "Its log ends: No module dask",
                "They are not replaced any more: mend the form, or scale to try once more.",
            ],
        ),
        (
            {"submitFailure": "sbatch: Invalid account", "failures": 2, "batch": "Slurm"},
            ["Slurm took no job: sbatch: Invalid account"],
        ),
        (
            {"workers": 2, "queueFailure": FAILURE},
            ["The queue cannot be asked: It broke."],
        ),
    ],
)
def test_why_workers_are_missing(seen: dict[str, Any], words: list[str]) -> None:
    assert why(**seen) == words


def loss(
    *,
    peak: int = 100,
    killed_at: int | None = None,
    job: Job | None = None,
    lines: tuple[str, ...] = (),
    deaths: int = 1,
) -> Loss:
    worker = WorkerSeen("w-0", "tls://x:1", "x", 1_000_000_000)
    worker.samples.append((0.0, peak * 1_000_000))
    tasks = [{"key": "k", "prefix": "k", "deaths": deaths, "failed": False}]
    return Loss("loss-1", 0.0, worker, tasks, killed_at, job, last_lines=list(lines))


@pytest.mark.parametrize(
    ("lost", "cause", "words"),
    [
        (loss(killed_at=990_000_000), "memory", "it used 990 MB of 1.0 GB"),
        (loss(job=Job("1.0", "held", "Held", "over", 34, 102)), "memory", "code 34, subcode 102"),
        (loss(job=Job("7", "failed", "OUT_OF_MEMORY", "it used more memory")), "memory", "Job 7"),
        (
            loss(
                job=Job("7", "failed", "FAILED", "ended with status 0:9"),
                lines=("slurmstepd: error: Exceeded job memory limit", "x"),
            ),
            "memory",
            "Its log says: slurmstepd: error: Exceeded job memory limit",
        ),
        (loss(job=Job("7", "failed", "TIMEOUT", "its wall time was over")), "walltime", "Job 7"),
        (loss(lines=("JOB 7 CANCELLED AT x DUE TO TIME LIMIT",)), "walltime", "TIME LIMIT"),
        (loss(job=Job("1.0", "held", "Held", "parked", 1, 0)), "held", "parked"),
        (loss(job=Job("1.0", "removed", "Removed", "via condor_rm")), "removed", "via condor_rm"),
        (loss(job=Job("1.0", "pending", "Idle")), "node", "pending again"),
        (loss(job=Job("7", "failed", "NODE_FAIL", "its node failed")), "node", "its node failed"),
        (loss(job=Job("1.0", "failed", "Completed", "ended with status 1")), "crashed", "status 1"),
        (loss(peak=950), "memory", "95 % of its 1.0 GB"),
    ],
)
def test_why_a_worker_died(lost: Loss, cause: str, words: str) -> None:
    found, evidence = find_cause(lost)
    assert found == cause
    assert words in evidence[0]


def test_of_a_worker_that_left_no_trace_nothing_is_made_up() -> None:
    assert find_cause(loss()) == ("unknown", [])
    assert find_cause(loss(job=Job("1.0", "running", "Running"))) == ("unknown", [])


def test_advice_follows_from_the_cause() -> None:
    lost = loss(killed_at=990_000_000)
    lost.cause = "memory"
    raised = {"kind": "raise-memory", "memory": "1500MB"}
    assert find_advice(lost, "1GB", 1) == [{"kind": "run-iteratively"}, raised]
    assert find_advice(lost, None, 1)[1] == raised
    assert find_advice(lost, "4GB", 2)[1]["memory"] == "6GB"
    lost.cause = "removed"
    assert find_advice(lost, "1GB", 1) == []
    again = loss(deaths=2)
    assert find_advice(again, "1GB", 1) == [{"kind": "run-iteratively"}]


@given(st.integers(10**6, 10**12), st.integers(0, 10**12))
def test_more_memory_is_more_than_there_was_and_than_was_used(has: int, peak: int) -> None:
    more = bytes_of(more_memory(has, peak))
    assert more >= has * 1.5
    assert more >= peak * 1.3
    assert more <= max(has * 1.5, peak * 1.3) + 10**9


# What HTCondor 23.9.6 said (testbed/capture), and what is made of it.
@pytest.mark.parametrize(
    ("name", "state", "native", "reason"),
    [
        ("q-idle", "pending", "Idle", None),
        ("q-running", "running", "Running", None),
        ("q-held", "held", "Held", "memory usage exceeded request_memory"),
        ("q-held-by-user", "held", "Held", "via condor_hold (by user user)"),
        ("q-spooled", "succeeded", "Completed", "ended with status 0"),
        ("history-failed", "failed", "Completed", "ended with status 7"),
        ("history-killed", "failed", "Completed", "ended by signal 9"),
        ("history-removed", "removed", "Removed", "via condor_rm (by user user)"),
        ("history-ruled-out", "removed", "Removed", "PeriodicRemove expression"),
    ],
)
def test_rows_of_htcondor(name: str, state: str, native: str, reason: str | None) -> None:
    ads = json.loads((GOLDEN / "htcondor-23.9.6" / f"{name}.stdout").read_text())
    job = job_of(ads[0])
    assert (job.state, job.native) == (state, native)
    assert job.reason is None if reason is None else reason in (job.reason or "")


def test_what_is_told_of_one_idle_job_holds_for_those_like_it() -> None:
    why = {"LastRejMatchReason": "no match found "}
    ads: list[dict[str, Any]] = [
        {"JobStatus": 1, "AutoClusterId": 7, **why},
        {"JobStatus": 1, "AutoClusterId": 7},
        {"JobStatus": 1, "AutoClusterId": 8},
        {"JobStatus": 1},
        {"JobStatus": 1, **why},
        {"JobStatus": 2, "AutoClusterId": 7},
        {"JobStatus": 1, "AutoClusterId": 7, "LastRejMatchReason": "PREEMPTION"},
    ]
    jobs = jobs_of([{"ClusterId": 5, "ProcId": i, **ad} for i, ad in enumerate(ads)])
    reasons = [job.reason for job in jobs]
    assert reasons[0] == reasons[4] == "no match found"
    assert reasons[1] in ("no match found", "PREEMPTION")
    assert reasons[2] is reasons[3] is reasons[5] is None
    assert reasons[6] == "PREEMPTION"


@pytest.mark.parametrize(
    ("native", "reason", "state"),
    [
        ("PENDING", "Priority", "pending"),
        ("PENDING", "JobHeldUser", "held"),
        ("REQUEUE_HOLD", "None", "held"),
        ("CONFIGURING", "None", "pending"),
        ("COMPLETING", "None", "running"),
        ("COMPLETED", "None", "succeeded"),
        ("CANCELLED", "None", "removed"),
        ("TIMEOUT", "TimeLimit", "failed"),
        ("OUT_OF_MEMORY", "OutOfMemory", "failed"),
        ("LAUNCH_FAILED", "None", "unknown"),
    ],
)
def test_states_of_slurm(native: str, reason: str, state: str) -> None:
    assert state_of(native, reason) == state


def test_words_of_a_program_that_failed_are_one_line() -> None:
    assert Done(1, "Submitting job(s)\n", "\nERROR: no\n  such file\n").words == (
        "ERROR: no; such file; Submitting job(s)"
    )
    assert Done(3, "", "").words == "status 3"


@pytest.mark.parametrize("address", ["tls://10.0.0.1:4000", None])
def test_a_worker_that_has_just_come_back_is_known_by_its_process(address: str | None) -> None:
    watch = Watch(scheduler=None, told=None)
    watch.log_event("worker-restart-memory", {"worker": address, "pid": 7, "rss": 5})

    def killed_at(host: str, pid: int) -> int | None:
        return watch.killed_at(WorkerSeen("w-0", f"tls://{host}:5000", host, 10, pid))

    assert killed_at("10.0.0.1", 7) == 5
    assert killed_at("10.0.0.1", 8) is None
    assert killed_at("10.0.0.2", 7) == (5 if address is None else None)
