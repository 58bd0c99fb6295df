"""Real Slurm, as an ordinary user meets it: what hepbatch must know of each generation."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from testbed.fixtures import ROOT, argv_as_bed_user, find, folder_of_bed_user, service

T = TypeVar("T")


class Slurm:
    """The commands of one variant, run as the user of the test bed in a folder of that user."""

    def __init__(self, name: str, user: str, said: dict[str, str], folder: Path) -> None:
        self.name = name
        self.user = user
        self.bin = Path(said["bin"])
        self.conf = Path(said["conf"])
        self.jobcomp = Path(said["jobcomp"])
        self.version = said["version"]
        self.folder = folder
        self.submitted: list[str] = []

    def start(self, *command: str | Path, **env: str) -> subprocess.Popen[str]:
        """Start a command of Slurm, or any program by its path."""
        env["PATH"] = f"{self.bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        return subprocess.Popen(
            argv_as_bed_user(*map(str, command), env=env),
            cwd=self.folder,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def ask(self, *command: str | Path, text: str = "", **env: str) -> tuple[int, str, str]:
        """Run it, and give its exit code and what it said."""
        with self.start(*command, **env) as process:
            try:
                out, err = process.communicate(text, timeout=100)
            finally:
                process.kill()
        return process.returncode, out, err

    def run(self, *command: str | Path, text: str = "", **env: str) -> str:
        """Run what must succeed."""
        code, out, err = self.ask(*command, text=text, **env)
        assert code == 0, f"{command}: {err or out}"
        return out

    def submit(self, script: str, *options: str) -> str:
        """Submit a shell script and give the id of the job."""
        job = self.run("sbatch", "--parsable", *options, "--wrap", script).strip()
        self.submitted.append(job)
        return job

    def job(self, job: str) -> dict[str, str]:
        """Give what the controller says of a job."""
        words = self.run("scontrol", "-o", "show", "job", job).split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def wait(self, job: str, *states: str) -> dict[str, str]:
        """Wait until a job is in one of these states."""
        return until(lambda: self.job(job), lambda said: said["JobState"] in states)

    def queue(self, *options: str) -> dict[str, Any]:
        """Give what `squeue --json` says, by the id of the job."""
        jobs = json.loads(self.run("squeue", "--json", *options))["jobs"]
        return {str(job["job_id"]): job for job in jobs}


def until(ask: Callable[[], T], holds: Callable[[T], bool], seconds: float = 60) -> T:
    """Ask until the answer is the awaited one."""
    end = time.monotonic() + seconds
    while not holds(answer := ask()):
        assert time.monotonic() < end, f"after {seconds} s still {answer}"
        time.sleep(0.1)
    return answer


ENV = find("slurm")
VARIANTS = sorted(ENV["variants"] if ENV else ["22.05", "24.11-acct"])


@pytest.fixture(name="every", scope="module")
def _every() -> Iterator[dict[str, Slurm]]:
    told = service("slurm")
    with folder_of_bed_user() as folder:
        yield {
            name: Slurm(name, told["user"], said, folder) for name, said in told["variants"].items()
        }


@pytest.fixture(name="slurm", params=VARIANTS)
def _slurm(request: pytest.FixtureRequest, every: dict[str, Slurm]) -> Iterator[Slurm]:
    slurm = every[request.param]
    slurm.submitted.clear()
    yield slurm
    if slurm.submitted:
        slurm.run("scancel", "--quiet", *slurm.submitted)


@pytest.fixture(name="unanswered", scope="module", autouse=True)
def _unanswered(every: dict[str, Slurm]) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Ask controllers that are down: they need nine seconds to say so, while other tests run."""
    asked = {}
    for name, slurm in every.items():
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        conf = slurm.folder / f"{name}.conf"
        conf.write_text(re.sub("SlurmctldPort=.*", f"SlurmctldPort={port}", slurm.conf.read_text()))
        squeue = slurm.bin.parent / "root/usr/bin/squeue"
        asked[name] = slurm.start(squeue, "--json", SLURM_CONF=str(conf))
    yield asked
    for process in asked.values():
        process.kill()
        process.communicate()


def test_a_job_runs_as_the_ordinary_user_in_its_folder_and_finds_its_python(slurm: Slurm) -> None:
    job = slurm.submit("id -un; pwd; python3 -c 'print(6 * 7)'", "-p", "short", "-o", "out")
    done = slurm.wait(job, "COMPLETED", "FAILED")
    assert (done["JobState"], done["ExitCode"], done["Partition"]) == ("COMPLETED", "0:0", "short")
    out = (slurm.folder / "out").read_text()
    assert out.split() == [slurm.user, str(slurm.folder), "42"]


def test_one_task_of_an_array_fails_and_the_others_do_not(slurm: Slurm) -> None:
    array = slurm.submit(
        "exit $((SLURM_ARRAY_TASK_ID == 1 ? 5 : 0))", "--array=0-2", "-o", "/dev/null"
    )
    ends = [slurm.wait(f"{array}_{task}", "COMPLETED", "FAILED") for task in range(3)]
    assert [(end["JobState"], end["ExitCode"]) for end in ends] == [
        ("COMPLETED", "0:0"),
        ("FAILED", "5:0"),
        ("COMPLETED", "0:0"),
    ]


def test_a_job_that_ended_is_in_the_completion_records(slurm: Slurm) -> None:
    job = slurm.submit("exit 3", "-J", "recorded", "-o", "/dev/null")
    slurm.wait(job, "FAILED")
    record = until(
        lambda: [r for r in slurm.jobcomp.read_text().splitlines() if f"JobId={job} " in r],
        lambda records: len(records) == 1,
    )[0]
    assert "Name=recorded JobState=FAILED" in record
    assert "ExitCode=3:0" in record.split("DerivedExitCode=0:0")[1]


def test_a_requeued_job_waits_and_runs_again(slurm: Slurm) -> None:
    job = slurm.submit(
        'echo "run ${SLURM_RESTART_COUNT:-0}" >> runs; [ -n "$SLURM_RESTART_COUNT" ] || sleep 60'
    )
    runs = slurm.folder / "runs"
    until(runs.exists, bool)
    slurm.run("scontrol", "requeue", job)
    until(lambda: slurm.job(job)["Reason"], lambda reason: reason == "BeginTime")
    assert slurm.job(job)["JobState"] == "PENDING"
    # Sooner than Slurm would, but not in the second of the first end: that credential is revoked.
    slurm.run("scontrol", "update", f"JobId={job}", "StartTime=now+2")
    end = slurm.wait(job, "COMPLETED", "FAILED")
    assert (end["JobState"], end["Restarts"]) == ("COMPLETED", "1"), end
    assert runs.read_text() == "run 0\nrun 1\n"
    runs.unlink()


def test_a_job_over_its_memory_limit_is_killed_and_says_so(slurm: Slurm) -> None:
    eat = "import time; eaten = b'x' * (200 << 20); time.sleep(60)"
    job = slurm.submit(f'python3 -c "{eat}"', "--mem=50M", "-o", "memory.out")
    end = slurm.wait(job, "COMPLETED", "FAILED", "CANCELLED", "OUT_OF_MEMORY")
    reason = "JobLaunchFailure" if slurm.version.startswith("22.05") else "RaisedSignal:9(Killed)"
    assert (end["JobState"], end["ExitCode"], end["Reason"]) == ("FAILED", "0:9", reason)
    assert "Exceeded job memory limit" in (slurm.folder / "memory.out").read_text()


def test_squeue_json_of_two_jobs_asked_for_one(slurm: Slurm) -> None:
    one, other = (slurm.submit("sleep 60", "-o", "/dev/null") for _ in range(2))
    for job in (one, other):
        slurm.wait(job, "RUNNING")
    answer = slurm.queue("-j", one)
    if slurm.version.startswith("22.05"):
        assert {one, other} <= set(answer), "22.05 ignores what it was asked for"
        assert answer[one]["job_state"] == "RUNNING"
    else:
        assert set(answer) == {one}
        assert answer[one]["job_state"] == ["RUNNING"]


def test_squeue_json_of_an_exit_code(slurm: Slurm) -> None:
    job = slurm.submit("exit 5", "-o", "/dev/null")
    slurm.wait(job, "FAILED")
    code = slurm.queue("-t", "all")[job]["exit_code"]
    if slurm.version.startswith("22.05"):
        assert code == 5 << 8, "the status of wait(2)"
    else:
        assert code["return_code"] == {"set": True, "infinite": False, "number": 5}


def test_sacct_answers_where_there_is_accounting(slurm: Slurm) -> None:
    job = slurm.submit("exit 5", "-o", "/dev/null")
    slurm.wait(job, "FAILED")
    ask = ("sacct", "-n", "-P", "-X", "-j", job, "--format=JobID,State,ExitCode")
    if slurm.name.endswith("-acct"):
        assert (
            until(lambda: slurm.run(*ask), lambda said: "FAILED" in said) == f"{job}|FAILED|5:0\n"
        )
    else:
        code, out, err = slurm.ask(*ask)
        assert (code, out, err) == (1, "", "Slurm accounting storage is disabled\n")


def test_dask_computes_on_a_worker_and_leaves_no_job(slurm: Slurm) -> None:
    python = subprocess.check_output([ROOT / "testbed" / "jobs-python"], text=True).strip()
    script = Path(__file__).with_name("dask_on_slurm.py").read_text()
    said = slurm.run(python, "-", text=script, DASK_TEMPORARY_DIRECTORY=str(slurm.folder))
    job = slurm.wait(said.strip(), "CANCELLED", "COMPLETED")
    assert job["JobName"] == "dask-worker"
    until(lambda: slurm.run("squeue", "-h", "-n", "dask-worker"), lambda queue: queue == "")


def test_squeue_json_while_the_controller_is_down(
    slurm: Slurm, unanswered: dict[str, subprocess.Popen[str]]
) -> None:
    squeue = unanswered[slurm.name]
    out, err = squeue.communicate(timeout=60)
    if slurm.version.startswith("22.05"):
        assert squeue.returncode == 0, "as if all were well"
        answer = json.loads(out)
        assert answer["jobs"] == []
        assert [error["source"] for error in answer["errors"]] == ["slurm_load_jobs"]
    else:
        assert (squeue.returncode, out) == (1, "")
        assert "Unable to contact slurm controller (connect failure)" in err
