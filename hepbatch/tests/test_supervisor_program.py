"""The supervisor as a program: previews, the environment, one file, and an old Python."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hepbatch.tests.supervised import (
    FOLDER,
    SCHEMA,
    Supervised,
    dask_python,
    request_of,
    run,
    supervised,
)
from testbed.fixtures import as_bed_user, folder_of_bed_user, service


@pytest.fixture(name="folder", scope="module")
def _folder() -> Iterator[Path]:
    with folder_of_bed_user() as folder:
        yield folder


def preview(folder: Path, backend: str, **options: Any) -> dict[str, Any]:
    """Ask for a preview, which starts nothing and leaves nothing."""
    service("slurm" if backend == "dask-slurm" else "htcondor")
    env = {}
    if backend == "dask-slurm":
        env["PATH"] = service("slurm")["variants"]["24.11-acct"]["bin"] + ":/usr/bin:/bin"
    status, said = run("preview", request_of(folder, backend, **options), **env)
    assert status == 0, said
    assert os.listdir(folder) == []
    return said


def test_the_preview_of_htcondor_has_what_was_asked_for_and_the_stamp(folder: Path) -> None:
    said = preview(
        folder,
        "dask-htcondor",
        cores=2,
        memory="4GB",
        disk="10GB",
        prologue=["# comment", "source $HOME/env.sh", "export NOW=$(date)"],
        environment={"PROXY": "/tmp/it's"},
        directives={"+MaxRuntime": "3600"},
    )
    script = said["script"]
    id = re.findall(r'MY.HepbatchCluster = "(t-\w+)"', script)[0]
    assert f"batch_name = hepbatch-{id}" in script
    assert "MY.DaskWorkerMemory = 4000000000" in script
    assert "+MaxRuntime = 3600" in script
    assert "source $HOME/env.sh; export NOW=$(DOLLAR)(date); " in script
    assert "comment" not in script
    assert f"tls://{os.uname().nodename}:PORT" in script
    # The certificate goes with the job, and no other file comes back.
    assert "--tls-ca-file ca.pem" in script
    assert re.search(r"^encrypt_input_files = \S+/ca.pem,\S+/cert.pem,\S+/key.pem$", script, re.M)
    assert 'transfer_output_files = ""' in script
    assert said["submit"] == ["condor_submit", "JOB_FILE"]


def test_the_preview_of_lxplus_has_its_ports_and_one_batch(folder: Path) -> None:
    said = preview(folder, "dask-lxplus", flavour="workday", image="/cvmfs/x:latest")
    script = said["script"]
    assert '+JobFlavour = "workday"' in script
    assert 'MY.SingularityImage = "/cvmfs/x:latest"' in script
    assert ":8786 " in script
    assert "--worker-port 10000:10100" in script
    assert "--no-nanny" in script
    assert re.search(r"^batch_name = hepbatch-t-\w+$", script, re.M)
    assert "MY.DaskWorkerMemory = 3000000000" in script
    assert said["submit"] == ["condor_submit", "-spool", "JOB_FILE"]


def test_the_preview_of_slurm_has_its_directives_and_the_stamp(folder: Path) -> None:
    said = preview(
        folder,
        "dask-slurm",
        cores=4,
        processes=2,
        memory="8GB",
        partition="short",
        walltime="00:05:00",
        directives={"--qos": "high", "--exclusive": ""},
        tls=False,
    )
    lines = said["script"].splitlines()
    assert [line for line in lines if line.startswith("#SBATCH --comment=hepbatch:t-")]
    for line in ("-p short", "-t 00:05:00", "--cpus-per-task=4", "--qos=high", "--exclusive"):
        assert f"#SBATCH {line}" in lines
    assert "--nworkers 2" in lines[-1]
    assert "tls" not in lines[-1]
    assert said["warnings"][0].startswith("Without TLS whoever reaches the ports")
    assert said["submit"] == ["sbatch", "JOB_FILE"]


def test_this_machine_has_no_job_to_show(folder: Path) -> None:
    status, said = run("preview", request_of(folder, "dask-local", dashboardAddress=":0"))
    assert (status, said["script"], said["submit"]) == (0, None, [])
    assert "has no password" in said["warnings"][0]


def bare_python(folder: Path) -> str:
    """Make an environment in which nothing is installed, and return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return str(folder / "bin" / "python")


def test_what_is_not_installed_is_said_with_what_mends_it(folder: Path, tmp_path: Path) -> None:
    empty = {"PATH": "/nowhere"}
    status, said = run("preview", request_of(folder, "dask-slurm"), **empty)
    assert (status, said["code"]) == (1, "unsupported")
    assert "sbatch is not on the PATH" in said["message"]
    bare = bare_python(tmp_path / "bare")
    (tmp_path / "cluster").mkdir()
    done = subprocess.run(
        [bare, FOLDER, "start"],
        input=json.dumps(request_of(tmp_path / "cluster", "dask-local")),
        capture_output=True,
        text=True,
    )
    failure = json.loads(done.stdout)
    assert (done.returncode, failure["code"]) == (1, "unsupported")
    assert failure["data"]["next"].startswith(f"{bare} -m pip install ")
    assert os.listdir(tmp_path / "cluster") == os.listdir(folder) == []


def test_it_tells_what_an_interpreter_has(tmp_path: Path) -> None:
    status, said = run("check")
    assert status == 0
    assert said["executable"] == dask_python()
    assert set(said["packages"]) >= {"dask", "distributed", "dask-jobqueue", "dask-lxplus", "bokeh"}
    assert said["packages"]["dask-jobqueue"] == "0.9.0"
    # And of one that has nothing of it.
    bare = bare_python(tmp_path)
    done = subprocess.run([bare, FOLDER, "check"], capture_output=True, text=True)
    jsonschema.validate(json.loads(done.stdout), SCHEMA["check"])
    assert json.loads(done.stdout)["packages"]["dask-jobqueue"] is None


def test_one_file_made_of_it_runs_a_cluster_elsewhere(folder: Path) -> None:
    made = subprocess.run([sys.executable, FOLDER, "bundle"], capture_output=True, check=True)
    file = folder / "supervisor.pyz"
    file.write_bytes(made.stdout)
    file.chmod(0o644)
    asked = request_of(folder, "dask-local", workers=1)
    done = as_bed_user(dask_python(), str(file), "start", stdin=json.dumps(asked))
    cluster = Supervised(asked, json.loads(done.stdout))
    cluster.until_workers(1)
    assert cluster.computed("who", 1, 0)
    cluster.stop()
    assert cluster.left_on_disk() == []
    assert cluster.processes() == []
    file.unlink()


# As the real ones were seen to answer; the machines of tests have no systemd.
BUSCTL = "#!/bin/sh\necho 'b true'\n"
SYSTEMD_RUN = """#!/bin/sh
printf '%s\\n' "$*" >>{folder}/asked
while case $1 in --*) true ;; *) false ;; esac; do shift; done
exec "$@"
"""


def test_where_a_log_out_ends_sessions_it_is_a_scope_of_the_users_systemd(folder: Path) -> None:
    bin = folder / "bin"
    bin.mkdir()
    asked = folder / "asked"
    asked.touch()
    asked.chmod(0o666)
    for name, text in {"busctl": BUSCTL, "systemd-run": SYSTEMD_RUN}.items():
        (bin / name).write_text(text.format(folder=folder))
        (bin / name).chmod(0o755)
    path = {"PATH": f"{bin}:/usr/bin:/bin"}
    with supervised(request_of(folder, "dask-local"), **path) as cluster:
        assert cluster.describe()["state"] in ("starting", "running")
        wanted = f"--user --scope --quiet --collect --unit=hepbatch-{cluster.id} "
        assert asked.read_text().splitlines()[-1].startswith(wanted)
    asked.write_text("")
    (bin / "busctl").write_text(BUSCTL.replace("true", "false"))
    with supervised(request_of(folder, "dask-local"), **path) as cluster:
        assert os.getsid(cluster.pid) == cluster.pid
        assert asked.read_text() == ""


def test_modules_of_ours_do_not_hide_those_of_the_user() -> None:
    code = f"import sys; sys.argv = ['x', 'none']; import runpy; runpy.run_path({str(FOLDER)!r})"
    show = f"print({str(FOLDER)!r} in sys.path, 'logs' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {show}"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False False\n"


@pytest.mark.parametrize("module", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_it_is_written_in_the_python_of_old_hosts(module: Path) -> None:
    ast.parse(module.read_text(), feature_version=(3, 9))
    has_annotations = "->" in module.read_text()
    assert not has_annotations or "from __future__ import annotations" in module.read_text()


@pytest.mark.parametrize("arguments", [[], ["fly"], ["start", "now"]])
def test_other_words_are_answered_by_the_usage(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, FOLDER, *arguments], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: supervisor start|")
