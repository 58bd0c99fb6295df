"""The HTCondor of the test bed does what tests of hepbatch rely on: real jobs in each state."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from testbed.fixtures import as_bed_user, folder_of_bed_user, service

IDLE, RUNNING, COMPLETED, HELD = 1, 2, 4, 5
BATCH = "test_htcondor"
EAT_MEMORY = "/usr/bin/python3 -c 'import time; eaten = b\"x\" * (300 << 20); time.sleep(60)'"
# What a worker tells of itself, after it was asked to compute.
DASK = """
import json, os, sys
import dask_jobqueue, dask_lxplus
from distributed import Client

kind = sys.argv[1]
cluster_class = getattr(dask_jobqueue, kind, None) or getattr(dask_lxplus, kind)

def worker(number):
    with open(os.environ["_CONDOR_JOB_AD"]) as ad:
        told = dict(line.split(" = ", 1) for line in ad.read().splitlines() if " = " in line)
    return {"square": number**2, "cluster": int(told["ClusterId"]), "executable": sys.executable}

with cluster_class(
    cores=1, memory="500MB", disk="100MB", scheduler_options={"host": "127.0.0.1"},
    local_directory=os.getcwd(),
) as cluster, Client(cluster) as client:
    cluster.scale(1)
    print(json.dumps(client.submit(worker, 7).result(timeout=60)))
"""


class Pool:
    """The pool as its ordinary user meets it, in a folder of that user."""

    def __init__(self, told: dict[str, Any], folder: Path) -> None:
        self.told = told
        self.folder = folder

    def run(
        self, *command: str, stdin: str = "", schedd: str | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as the user; it must succeed unless you check that yourself."""
        # Dask's scheduler would leave a folder in /tmp.
        env = {"DASK_TEMPORARY_DIRECTORY": str(self.folder)}
        if schedd:
            env["_condor_SCHEDD_HOST"] = schedd
        done = as_bed_user(*command, stdin=stdin, env=env, cwd=self.folder, timeout=120)
        if check:
            assert done.returncode == 0, f"{command}: {done.stderr}"
        return done

    def submit(
        self, command: str, *options: str, jobs: int = 1, schedd: str | None = None, **more: object
    ) -> str:
        """Submit jobs that run a line of shell; the number of their cluster."""
        self.folder.joinpath("job.sh").write_text(f"{command}\n")
        lines = {"executable": "/bin/sh", "transfer_executable": False, "arguments": "job.sh"}
        lines |= {"transfer_input_files": "job.sh", "should_transfer_files": True}
        lines |= {"output": "out", "error": "err", "batch_name": BATCH}
        text = "".join(f"{key} = {value}\n" for key, value in {**lines, **more}.items())
        text += f"queue {jobs}\n"
        said = self.run("condor_submit", "-terse", *options, "-", stdin=text, schedd=schedd)
        return said.stdout.split(".")[0]

    def queue(self, *what: str, schedd: str | None = None) -> list[dict[str, Any]]:
        """The jobs in the queue."""
        said = self.run("condor_q", "-json", *what, schedd=schedd).stdout
        jobs: list[dict[str, Any]] = json.loads(said or "[]")
        return jobs

    def wait_until(self, cluster: str, **wanted: object) -> dict[str, Any]:
        """The job once its attributes have these values."""
        end = time.monotonic() + 40
        while True:
            jobs = self.queue(cluster)
            if jobs and wanted.items() <= jobs[0].items():
                return jobs[0]
            names = [*wanted, "JobStatus", "HoldReason"]
            seen = [{name: job.get(name) for name in names} for job in jobs]
            assert time.monotonic() < end, f"{cluster} did not become {wanted} but {seen}"
            time.sleep(0.2)

    def wait_until_gone(self, cluster: str) -> dict[str, Any]:
        """The job's last record, once it left the queue."""
        end = time.monotonic() + 40
        while self.queue(cluster):
            assert time.monotonic() < end, f"{cluster} is still in the queue"
            time.sleep(0.2)
        past: list[dict[str, Any]] = json.loads(self.run("condor_history", "-json", cluster).stdout)
        return past[0]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    told = service("htcondor")
    with folder_of_bed_user() as folder:
        pool = Pool(told, folder)
        yield pool
        for schedd in (told["schedd"], told["secondSchedd"]):
            # What a test that failed left; the status is 1 where there is none.
            pool.run(
                "condor_rm", "-constraint", f'JobBatchName=="{BATCH}"', schedd=schedd, check=False
            )


def test_a_job_runs_as_the_user(pool: Pool) -> None:
    cluster = pool.submit("id -un; echo told >&2; exit 3", log="log")
    pool.run("condor_wait", "-wait", "40", str(pool.folder / "log"))
    assert pool.folder.joinpath("out").read_text() == pool.told["user"] + "\n"
    assert pool.folder.joinpath("err").read_text() == "told\n"
    assert pool.wait_until_gone(cluster)["ExitCode"] == 3


def test_eight_jobs_run_at_once(pool: Pool) -> None:
    cluster = pool.submit("exec sleep 60", jobs=8)
    end = time.monotonic() + 40
    # Of all users: a test that runs beside this one may have a job in a slot.
    running = ("-allusers", "-constraint", f"JobStatus=={RUNNING}")
    while len(pool.queue(*running)) != 8:
        assert time.monotonic() < end, pool.run("condor_q", "-nobatch", "-allusers").stdout
        time.sleep(0.2)
    assert len(pool.queue(cluster)) == 8
    pool.run("condor_rm", cluster)


def test_a_user_holds_edits_and_releases(pool: Pool) -> None:
    cluster = pool.submit("true", hold=True)
    pool.wait_until(cluster, JobStatus=HELD, HoldReasonCode=15)
    pool.run("condor_qedit", cluster, "requirements", "false")
    pool.run("condor_release", cluster)
    pool.wait_until(cluster, JobStatus=IDLE)
    pool.run("condor_hold", "-reason", "parked", "-subcode", "42", cluster)
    job = pool.wait_until(cluster, JobStatus=HELD)
    reason = f"parked (by user {pool.told['user']})"
    assert (job["HoldReasonCode"], job["HoldReasonSubCode"], job["HoldReason"]) == (1, 42, reason)
    pool.run("condor_qedit", cluster, "requirements", "true")
    pool.run("condor_release", cluster)
    assert pool.wait_until_gone(cluster)["ExitCode"] == 0


def test_too_much_memory_holds(pool: Pool) -> None:
    cluster = pool.submit(EAT_MEMORY, request_memory=100)
    job = pool.wait_until(cluster, JobStatus=HELD)
    assert (job["HoldReasonCode"], job["HoldReasonSubCode"]) == (21, 102)
    assert "memory usage exceeded request_memory" in job["HoldReason"]
    pool.run("condor_rm", cluster)


def test_an_evicted_job_starts_again(pool: Pool) -> None:
    cluster = pool.submit("exec sleep 60")
    pool.wait_until(cluster, JobStatus=RUNNING, NumJobStarts=1)
    pool.run("condor_vacate_job", cluster)
    pool.wait_until(cluster, JobStatus=RUNNING, NumJobStarts=2)
    pool.run("condor_rm", cluster)


def test_a_spooled_job_is_fetched(pool: Pool) -> None:
    cluster = pool.submit("echo spooled", "-spool", output="spooled.out")
    pool.wait_until(cluster, JobStatus=COMPLETED)
    assert not pool.folder.joinpath("spooled.out").exists()
    pool.run("condor_transfer_data", cluster)
    assert pool.folder.joinpath("spooled.out").read_text() == "spooled\n"
    pool.run("condor_rm", cluster)


def test_a_job_of_the_second_schedd_is_not_seen_by_the_first(pool: Pool) -> None:
    second = pool.told["secondSchedd"]
    cluster = pool.submit("exec sleep 60", schedd=second)
    pinned = ["-constraint", f'JobBatchName == "{BATCH}"']
    assert pool.queue(*pinned) == []
    for jobs in (pool.queue(*pinned, "-name", second), pool.queue(*pinned, schedd=second)):
        assert [job["GlobalJobId"].split("#")[:2] for job in jobs] == [[second, cluster + ".0"]]
    pool.run("condor_rm", cluster, schedd=second)


def test_json_of_no_job_is_nothing(pool: Pool) -> None:
    assert pool.run("condor_q", "-json", "999999").stdout == ""


@pytest.mark.parametrize("kind", ["HTCondorCluster", "CernCluster"])
def test_dask_computes_in_a_job_and_leaves_none(pool: Pool, kind: str) -> None:
    answer = json.loads(pool.run(pool.told["python"], "-", kind, stdin=DASK).stdout)
    assert answer["square"] == 49
    assert answer["executable"] == pool.told["python"]
    pool.wait_until_gone(str(answer["cluster"]))
