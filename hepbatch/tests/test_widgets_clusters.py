"""`hepbatch.Cluster(...)` and `hepbatch.client("name")` with real clusters of this machine."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import textwrap
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import hepbatch
from hepbatch import HepbatchError
from hepbatch.tests.cell import Cell
from hepbatch.tests.real_agent import real_agent
from hepbatch.tests.supervised import dask_python

ROOT = Path(hepbatch.__file__).parents[1]
WIDGET = "application/vnd.jupyter.widget-view+json"
SECRET = "MY_SETTING=of-nobodys-business"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path_factory.mktemp("config")))
        with real_agent() as folder:
            yield folder


@pytest.fixture(autouse=True)
def nothing_left(agent: Path) -> Iterator[None]:
    """Every test ends its clusters; one that failed leaves none behind either."""
    yield
    left = [
        cluster for cluster in hepbatch.clusters() if cluster.state not in ("stopped", "failed")
    ]
    for cluster in left:
        with suppress(HepbatchError):
            cluster.stop(timeout=60)
    for cluster in hepbatch.clusters():
        with suppress(HepbatchError):
            cluster.remove()
    assert [cluster.name for cluster in left] == []


def argv(code: str) -> list[str]:
    """A script in the Python that has Dask, with names that most scripts need."""
    head = """
        import hepbatch, json, os, time
        from hepbatch import HepbatchError
        def say(value):
            print(json.dumps(value), flush=True)
        def who(_):
            time.sleep(0.5)
            return os.getpid()
        size = {"memory": "300MB", "idle_minutes": 5}
    """
    return [dask_python(), "-c", textwrap.dedent(head) + textwrap.dedent(code)]


def environment(*paths: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*paths, ROOT)))}


def script(code: str, *paths: Path, status: int = 0) -> tuple[list[Any], str]:
    """Run a script; what it said, and its errors."""
    done = subprocess.run(
        argv(code), capture_output=True, text=True, timeout=180, env=environment(*paths)
    )
    assert done.returncode == status, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_a_script_computes_on_two_workers_scales_adapts_and_stops() -> None:
    said, stderr = script(
        """
        cluster = hepbatch.Cluster(name="mine", workers=2, **size)
        say([cluster.state, repr(cluster)])
        with cluster.client() as client:
            cluster.wait_for_workers(2, timeout=90)
            say(len(set(client.gather(client.map(who, range(8))))))
            say([client.scheduler.address[:6], hepbatch.clusters().names])
            cluster.scale(1)
            say(cluster.card["mode"])
            cluster.adapt(0, 2, idle_seconds=5)
            say(cluster.card["mode"])
        say([log["id"] for log in cluster.logs()][0])
        say("Register worker" in cluster.read_log())
        cluster.stop()
        say([cluster.state, repr(cluster).splitlines()[0]])
        cluster.remove()
        say(repr(hepbatch.clusters()))
        """
    )
    assert said == [
        ["ready", "Cluster on dask-local: not started; .start() starts it"],
        2,
        ["tls://", ["mine"]],
        {"kind": "fixed", "workers": 1},
        {"kind": "adaptive", "minimum": 0, "maximum": 2, "idleSeconds": 5},
        "scheduler.log",
        True,
        ["stopped", "Cluster mine on dask-local: stopped"],
        "There is no cluster: hepbatch.Cluster(...).start() starts one.",
    ]
    # Nothing is told where nobody looks, and Dask has nothing to warn of.
    assert stderr == ""


def test_the_next_script_finds_it_and_versions_that_differ_are_told(tmp_path: Path) -> None:
    script('hepbatch.Cluster(name="kept", workers=1, **size).start()')
    code = """
        with hepbatch.client("kept") as client:
            say(client.submit(len, "four").result(timeout=60))
        with hepbatch.client() as client:  # the only one
            say(client.security is not None)
    """
    assert script(code) == ([4, True], "")
    other = tmp_path / "cloudpickle-0.9.9.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: cloudpickle\nVersion: 0.9.9\n")
    said, stderr = script(code, tmp_path)
    assert said == [4, True]
    assert "Versions differ from those of the workers. To make them equal: " in stderr
    assert f"{dask_python()} -m pip install cloudpickle==" in stderr
    assert "distributed==" not in stderr
    script(
        """
        cluster = hepbatch.clusters()["kept"]
        say(cluster.state)
        cluster.stop()
        """
    )


def test_another_python_is_told_with_what_to_do() -> None:
    from hepbatch.widgets.dask_client import mismatches

    (told,) = mismatches({"python": "2.7.18", "dask": None})
    assert "2.7.18 on the workers" in told
    assert "hepbatch.Cluster(..., python=" in told


@pytest.mark.parametrize("error", ["ValueError('mine')", "KeyboardInterrupt()"])
def test_the_context_stops_also_when_something_is_raised(error: str) -> None:
    said, _ = script(
        f"""
        try:
            with hepbatch.Cluster(name="short", workers=1, **size) as cluster:
                say(cluster.state)
                raise {error}
        except BaseException as error:
            say(repr(error))
        say(cluster.state)
        """
    )
    assert said == ["running", error, "stopped"]


def test_ctrl_c_while_it_starts_stops_it() -> None:
    said, _ = script(
        """
        import _thread, threading
        cluster = hepbatch.Cluster(name="early", **size)
        def interrupt():
            while cluster.state == "ready":
                time.sleep(0.05)
            _thread.interrupt_main()
        threading.Thread(target=interrupt).start()
        try:
            with cluster:
                time.sleep(60)
        except KeyboardInterrupt:
            say("interrupted")
        say(cluster.state)
        """
    )
    assert said == ["interrupted", "stopped"]


def test_a_terminal_is_told_how_far_it_is() -> None:
    code = """
        with hepbatch.Cluster(name="seen", workers=1, **size) as cluster:
            cluster.wait_for_workers(1, timeout=90)
    """
    own, other = pty.openpty()
    child = subprocess.Popen(
        argv(code), stdin=other, stdout=subprocess.DEVNULL, stderr=other, env=environment()
    )
    os.close(other)
    heard: list[bytes] = []

    def hear() -> None:
        with suppress(OSError):  # the other end is closed
            while piece := os.read(own, 4096):
                heard.append(piece)

    listening = threading.Thread(target=hear)
    listening.start()
    assert child.wait(180) == 0
    listening.join(10)
    os.close(own)
    lines = b"".join(heard).decode().splitlines()
    assert lines[0].startswith("seen is starting")
    assert "seen is running: 1 worker" in lines
    assert lines[-1] == "seen is stopped"
    assert len(set(lines)) == len(lines)


def test_what_cannot_be_done_says_why(agent: Path) -> None:
    with pytest.raises(HepbatchError, match="there is no cluster nobody") as caught:
        hepbatch.client("nobody")
    assert caught.value.next == "There are: none."
    with pytest.raises(HepbatchError, match="no cluster runs"):
        hepbatch.client()
    with pytest.raises(HepbatchError, match="is not started"):
        hepbatch.Cluster().scale(2)
    with pytest.raises(HepbatchError, match="both given"):
        hepbatch.Cluster(kernel="python3", python="/usr/bin/python3")
    with pytest.raises(HepbatchError, match="dask-local has no such field"):
        hepbatch.Cluster(flavour="workday").preview()
    failing = hepbatch.Cluster(name="failing", python="/bin/false")
    with pytest.raises(HepbatchError, match=r"/bin/false .*: it ended with status 1"):
        failing.start()
    assert failing.state == "failed"
    failing.stop()  # there is nothing to stop


def test_a_kernel_without_dask_gets_the_command_that_installs_it() -> None:
    said, _ = script(
        """
        import sys
        with hepbatch.Cluster(name="bare", **size):
            sys.modules["distributed"] = None
            try:
                hepbatch.client("bare")
            except HepbatchError as error:
                say([error.code, error.next])
        """
    )
    ((code, next),) = said
    assert code == "unsupported"
    assert f"{dask_python()} -m pip install distributed==20" in next


@pytest.fixture
def cell(agent: Path, tmp_path: Path) -> Iterator[Cell]:
    cell = Cell(tmp_path)
    yield cell
    cell.close()


def test_a_cell_has_a_form_that_starts_it_and_hears_what_becomes_of_it(cell: Cell) -> None:
    name, value = SECRET.split("=")
    cell.run(
        f"""
        import hepbatch
        cluster = hepbatch.Cluster(
            name="cell", workers=0, memory="300MB", python={dask_python()!r},
            environment={{{name!r}: {value!r}}},
        )
        cluster
        """
    )
    data = cell.hear(lambda m: m["msg_type"] == "execute_result")["content"]["data"]
    assert "not started" in data["text/plain"]
    comm = data[WIDGET]["model_id"]
    opened = cell.hear(lambda m: m["msg_type"] == "comm_open" and m["content"]["comm_id"] == comm)
    assert opened["content"]["data"]["state"]["_model_name"] == "ClusterWidgetModel"
    assert value not in json.dumps(opened, default=str)

    of_cell = cell.ask(comm, id=1, method="GET", path="/clusters/of-cell", body=None)["body"]
    assert of_cell["cluster"] is None
    request = of_cell["request"]
    assert request["options"]["environment"] == {name: value}
    assert request["interpreter"] == {"kind": "python", "path": dask_python()}

    request["options"]["workers"] = 1
    started = cell.ask(comm, id=2, method="POST", path="/clusters/start", body=request)["body"]
    assert (started["name"], started["state"]) == ("cell", "starting")
    again = cell.ask(comm, id=3, method="POST", path="/clusters/start", body=request)["body"]
    assert again["id"] == started["id"]
    cell.hear_event("cluster", lambda e: (e["cluster"]["workers"] or {"joined": 0})["joined"] == 1)
    cell.run("print(cluster.state, cluster.id)")
    stream = cell.hear(lambda m: m["msg_type"] == "stream")["content"]["text"]
    assert stream == f"running {started['id']}\n"
    refused = cell.ask(comm, id=4, method="POST", path="/connections/open", body={})
    assert (refused["status"], refused["body"]["code"]) == (400, "bad-request")

    body = {"id": started["id"]}
    assert cell.ask(comm, id=5, method="POST", path="/clusters/stop", body=body)["status"] == 200
    cell.hear_event("cluster", lambda e: e["cluster"]["state"] == "stopped")


def test_start_in_a_cell_shows_it_once(cell: Cell) -> None:
    cell.run(
        f"""
        import hepbatch
        with hepbatch.Cluster(name="shown", workers=0, python={dask_python()!r}) as cluster:
            print(cluster.state)
        print(cluster.state)
        """
    )
    shown = [m for m in cell.heard if m["msg_type"] == "display_data"]
    assert [WIDGET in m["content"]["data"] for m in shown] == [True]
    said = "".join(m["content"]["text"] for m in cell.heard if m["msg_type"] == "stream")
    assert said == "running\nstopped\n"
