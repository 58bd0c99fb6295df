"""The supervisor with real jobs of HTCondor and Slurm: workers, reasons, losses, and the end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hepbatch.tests.supervised import Supervised, request_of, run, start, supervised
from testbed.fixtures import as_bed_user, find, folder_of_bed_user, service

# Small enough that eight slots of the bed and two cores of a laptop are enough.
FORM: dict[str, dict[str, Any]] = {
    "dask-htcondor": {"memory": "600MB", "disk": "100MB"},
    "dask-lxplus": {"memory": "600MB", "disk": "100MB", "runtime": "none"},
    "dask-slurm": {"memory": "600MB", "partition": "short", "walltime": "00:05:00"},
}
HTCONDOR = {"backend": "dask-htcondor", "variant": ""}
LXPLUS = {"backend": "dask-lxplus", "variant": ""}
SLURM = {"backend": "dask-slurm", "variant": "24.11-acct"}
OLD_SLURM = {"backend": "dask-slurm", "variant": "22.05"}
# The partition allows ten minutes, and no machine has so many cores.
NEVER: dict[str, dict[str, Any]] = {
    "dask-htcondor": {"cores": 64},
    "dask-slurm": {"walltime": "02:00:00"},
}


class Bed:
    """The batch system of one backend, asked without the supervisor."""

    def __init__(self, backend: str, variant: str) -> None:
        self.backend = backend
        self.env: dict[str, str] = {}
        if backend == "dask-slurm":
            self.env["PATH"] = service("slurm")["variants"][variant]["bin"] + ":/usr/bin:/bin"

    def say(self, *argv: str) -> str:
        """Run a command of the batch system."""
        done = as_bed_user(*argv, env=self.env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def jobs(self, id: str) -> list[str]:
        """Jobs in the queue that carry the stamp of a cluster."""
        if self.backend == "dask-slurm":
            rows = self.say("squeue", "--noheader", "--format=%i %k").split("\n")
            return [row.split()[0] for row in rows if row.endswith(f"hepbatch:{id}")]
        ours = f'HepbatchCluster == "{id}"'
        return self.say("condor_q", "-constraint", ours, "-af:j", "JobStatus").splitlines()


def request(folder: Path, bed: Bed, **options: Any) -> dict[str, Any]:
    return request_of(folder, bed.backend, **{**FORM[bed.backend], **options})


def until(holds: Callable[[], Any], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.3)


def leaves_nothing(cluster: Supervised, bed: Bed) -> None:
    """Neither job nor process nor socket nor record."""
    assert bed.jobs(cluster.id) == []
    assert cluster.left_on_disk() == []
    until(lambda: cluster.processes() == [], f"{cluster.id} still has processes")


def live_and_end(folder: Path, bed: Bed) -> None:
    """A whole life: two workers compute, it scales up and down, adapts, and ends."""
    prologue = [
        'export SAID="$(echo "it\'s" \\\\)" # $5',
        "if true; then",
        "export BRANCH=then",
        "fi",
    ]
    asked = request(folder, bed, workers=2, prologue=prologue, environment={"COLOUR": "it's $5"})
    with supervised(asked, **bed.env) as cluster:
        said = cluster.until_workers(2)
        assert cluster.computed("variables", "SAID", "BRANCH", "COLOUR") == [
            "it's \\",
            "then",
            "it's $5",
        ]
        jobs = {job["id"]: job for job in said["jobs"]}
        assert {worker["job"] for worker in said["workers"]} == set(jobs)
        assert {job["worker"] for job in jobs.values()} == {w["name"] for w in said["workers"]}
        assert len(bed.jobs(cluster.id)) == 2
        assert len(cluster.computed("who", 4, 1)) == 2

        cluster.ask("scale", workers=3)
        cluster.until_workers(3)
        cluster.ask("scale", workers=1)
        cluster.until_workers(1)
        cluster.until(lambda said: [j["state"] for j in said["jobs"]].count("removed") == 2)

        cluster.ask("adapt", minimum=0, maximum=2, idleSeconds=1)
        said = cluster.until_workers(0)
        assert said["mode"]["kind"] == "adaptive"
        until(lambda: bed.jobs(cluster.id) == [], "adaptive scaling leaves a job")
        assert cluster.computed("who", 1, 0.1)

        said = cluster.describe()
        assert said["losses"] == []
        assert said["failure"] is None
        cluster.stop()
        leaves_nothing(cluster, bed)


def spool_and_fetch(folder: Path, bed: Bed) -> None:
    """lxplus: ports that are open, one batch, and the output of a job that ended is fetched."""
    with supervised(request(folder, bed, workers=1), **bed.env) as cluster:
        said = cluster.until_workers(1)
        worker, job = said["workers"][0], said["jobs"][0]["id"]
        assert said["scheduler"]["address"].endswith(":8786")
        assert 10_000 <= int(worker["address"].rpartition(":")[2]) <= 10_100
        name = bed.say("condor_q", job, "-af", "JobBatchName").strip()
        assert name == f"hepbatch-{cluster.id}"
        logs = {log["id"]: log for log in cluster.ask("logs")["logs"]}
        assert logs[f"worker-{job}.err"]["bytes"] is None
        assert "Start worker at" in cluster.ask("log", id=f"worker-{job}.err", offset=0)["text"]
        assert len(cluster.computed("who", 2, 0.1)) == 1

        with pytest.raises(AssertionError, match=r"port 8786 .* taken by a program of"):
            start(request(folder, bed), **bed.env)

        pid = int(cluster.computed("who", 1, 0)[0])
        os.kill(pid, signal.SIGKILL)
        said = cluster.until(lambda said: said["losses"] and said["losses"][0]["isComplete"])
        assert said["losses"][0]["job"] == job
        assert (said["losses"][0]["cause"], said["losses"][0]["tasks"]) == ("crashed", [])
        # It is replaced, since a number was asked for and it holds.
        said = cluster.until(lambda said: len(said["workers"]) == 1 and len(said["jobs"]) == 2)
        ended = next(row for row in said["jobs"] if row["id"] == job)
        assert (ended["state"], ended["reason"]) == ("failed", "ended with status 137 (signal 9)")
        assert "Start worker at" in (cluster.folder / "logs" / f"worker-{job}.err").read_text()
        assert not any(row.startswith(job) for row in bed.jobs(cluster.id))
        cluster.stop()
        leaves_nothing(cluster, bed)


def lose_to_memory(folder: Path, bed: Bed) -> None:
    """A worker over its memory: the batch system or Dask's nanny ends it, and both are told."""
    is_lxplus = bed.backend == "dask-lxplus"
    # Another story has the usual port.
    ports = {"schedulerPort": [20_000, 20_100]} if is_lxplus else {}
    with supervised(request(folder, bed, workers=1, **ports), **bed.env) as cluster:
        cluster.until_workers(1)
        client = cluster.compute("eat", 700, 60)
        said = cluster.until(lambda said: said["losses"] and said["losses"][0]["isComplete"])
        client.kill()
        client.wait()
        loss = said["losses"][0]
        assert (loss["cause"], loss["taskCount"]) == ("memory", 1), loss
        assert (loss["tasks"][0]["prefix"], loss["tasks"][0]["deaths"]) == ("eat", 1)
        assert loss["job"] == said["jobs"][0]["id"]
        assert loss["evidence"]
        if is_lxplus:
            held = f"Job {loss['job']} is held: Error from slot"
            assert loss["evidence"][0].startswith(held)
            assert loss["evidence"][0].endswith("(code 21, subcode 102).")
        assert [advice["kind"] for advice in loss["advice"]] == ["run-iteratively", "raise-memory"]
        assert loss["advice"][1]["memory"] in ("1GB", "1500MB")
        assert cluster.news("loss")[-1]["loss"] == loss
        cluster.stop()
        leaves_nothing(cluster, bed)


def wait_and_be_held(folder: Path, bed: Bed) -> None:
    """Why a job does not start, or is held; after a kill and a clean-up all are gone."""
    with supervised(request(folder, bed, workers=2, **NEVER[bed.backend]), **bed.env) as cluster:
        hold_and_kill(cluster, bed)
        status, said = run("clean", {"record": str(cluster.folder / "record.json")})
        assert (status, said) == (0, {"id": cluster.id, "cleaned": True})
        leaves_nothing(cluster, bed)


def hold_and_kill(cluster: Supervised, bed: Bed) -> None:
    said = cluster.until(
        lambda said: [job["native"] for job in said["jobs"]].count("submitted") == 0
    )
    said = cluster.until(lambda said: len(said["jobs"]) == 2)
    first, second = (job["id"] for job in said["jobs"])
    assert any("pending" in line for line in said["why"]), said["why"]
    if bed.backend == "dask-slurm":
        bed.say("scontrol", "hold", first)
        held = "1 job is held: JobHeldAdmin: held by an administrator."
    else:
        bed.say("condor_hold", "-reason", "parked", "-subcode", "42", first)
        held = "1 job is held: parked (by user "
        assert "Job" in cluster.ask("explain", job=second)["text"]
    cluster.ask("look")
    said = cluster.until(lambda said: {job["state"] for job in said["jobs"]} == {"held", "pending"})
    assert any(line.startswith(held) for line in said["why"]), said["why"]
    if bed.backend == "dask-htcondor":
        row = next(job for job in said["jobs"] if job["state"] == "held")
        assert (row["id"], row["code"], row["subcode"]) == (first, 1, 42)

    os.kill(cluster.pid, signal.SIGKILL)
    cluster.wait_until_gone()
    assert len(bed.jobs(cluster.id)) == 2


def fail_and_stop_while_starting(folder: Path, bed: Bed) -> None:
    """Jobs that end before they are workers, with their last lines; a stop while jobs go out."""
    prologue = ["echo no such environment >&2", "exit 3"]
    with supervised(request(folder, bed, workers=1, prologue=prologue), **bed.env) as cluster:
        said = cluster.until(
            lambda said: any("no such environment" in line for line in said["why"])
        )
        assert "A job ended without having been a worker." in said["why"]
        assert said["jobs"][0]["state"] == "failed"
        cluster.stop()
        leaves_nothing(cluster, bed)
    cluster = start(request(folder, bed, workers=4), **bed.env)
    cluster.until(lambda said: said["state"] == "running")
    cluster.stop()
    leaves_nothing(cluster, bed)


Story = Callable[[Path, Bed], None]
STORIES: dict[str, tuple[Story, dict[str, str]]] = {
    "htcondor lives and ends": (live_and_end, HTCONDOR),
    "slurm lives and ends": (live_and_end, SLURM),
    "lxplus spools": (spool_and_fetch, LXPLUS),
    "htcondor holds what eats": (lose_to_memory, LXPLUS),
    "old slurm ends what eats": (lose_to_memory, OLD_SLURM),
    "htcondor waits and holds": (wait_and_be_held, HTCONDOR),
    "slurm waits and holds": (wait_and_be_held, SLURM),
    "htcondor fails": (fail_and_stop_while_starting, HTCONDOR),
    "old slurm fails": (fail_and_stop_while_starting, OLD_SLURM),
}


@pytest.fixture(name="told", scope="module")
def _told(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[None]]]:
    """All stories that are wanted at once: they wait most of the time."""
    wanted = _wanted(request.session.items)
    up = {"dask-htcondor": find("htcondor"), "dask-lxplus": find("htcondor")}
    up["dask-slurm"] = find("slurm")
    with folder_of_bed_user() as folder, ThreadPoolExecutor(3) as pool:
        told: dict[str, Future[None]] = {}
        for name in wanted:
            story, where = STORIES[name]
            if up[where["backend"]] is not None:
                told[name] = pool.submit(_tell, story, folder, where)
        yield told


def _tell(story: Story, folder: Path, where: dict[str, str]) -> None:
    story(folder, Bed(**where))


def _wanted(items: list[Any]) -> list[str]:
    """The stories of this run."""
    ours = [item for item in items if item.path == Path(__file__)]
    return [item.callspec.params["story"] for item in ours if hasattr(item, "callspec")]


@pytest.mark.parametrize("story", STORIES)
def test_story(story: str, told: dict[str, Future[None]]) -> None:
    service("slurm" if "slurm" in story else "htcondor")
    told[story].result()
