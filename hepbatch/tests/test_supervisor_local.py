"""The supervisor with a real LocalCluster: its protocol, its end, what it tells of its workers."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hepbatch.supervisor.ports import choose_port
from hepbatch.tests.at_once import at_once
from hepbatch.tests.supervised import (
    Supervised,
    dask_python,
    is_running,
    request_of,
    run,
    start,
    supervised,
)
from testbed.fixtures import folder_of_bed_user


@pytest.fixture(name="folder", scope="module")
def _folder() -> Iterator[Path]:
    with folder_of_bed_user() as folder:
        yield folder


@pytest.fixture(name="shared", scope="module")
def _shared(folder: Path) -> Iterator[Supervised]:
    """Two workers that tests look at, and leave as they are."""
    request = request_of(
        folder, "dask-local", workers=2, memory="400MB", environment={"COLOUR": "it's $blue"}
    )
    with supervised(request) as cluster:
        cluster.until_workers(2)
        yield cluster


def test_two_workers_compute_for_a_client_with_tls(shared: Supervised) -> None:
    said = shared.describe()
    assert said["state"] == "running"
    assert said["scheduler"]["address"].startswith("tls://127.0.0.1:")
    assert said["why"] == []
    assert len(shared.computed("who", 4, 1)) == 2
    assert {worker["threads"] for worker in said["workers"]} == {1}
    assert {worker["memoryLimitBytes"] for worker in said["workers"]} == {400_000_000}


def test_a_worker_has_the_environment_as_it_was_written(shared: Supervised) -> None:
    assert shared.computed("variables", "COLOUR") == ["it's $blue"]


def test_nobody_gets_in_without_the_certificate(shared: Supervised) -> None:
    address = shared.describe()["scheduler"]["address"]
    intruder = f"""
from distributed import Client, Security
def enter(address, security):
    try:
        print("in", Client(address, security=security, timeout=3))
    except OSError:
        print("out")
enter({address!r}, Security.temporary())
enter({address!r}.replace("tls", "tcp"), None)
"""
    done = subprocess.run([dask_python(), "-c", intruder], capture_output=True, text=True)
    assert done.stdout == "out\nout\n", done.stderr


def test_only_its_user_can_enter_what_it_made(shared: Supervised) -> None:
    tls = shared.ask("security", contents=True)["tls"]
    for file in tls.values():
        assert stat.S_IMODE(os.stat(file["path"]).st_mode) == 0o600
        assert Path(file["path"]).read_text() == file["text"]
    assert tls["key"]["text"].startswith("-----BEGIN PRIVATE KEY")
    assert shared.ask("security", contents=False)["tls"]["key"]["text"] is None
    for path in (shared.folder, shared.socket.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for path in (shared.socket, shared.folder / "record.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_pages_are_on_sockets_and_on_no_port(shared: Supervised) -> None:
    said = shared.describe()
    pages = [said["scheduler"]["dashboard"], *(worker["dashboard"] for worker in said["workers"])]
    for page, path in zip(pages, ["/individual-plots.json", "/status", "/status"], strict=True):
        assert stat.S_IMODE(os.stat(page["socketPath"]).st_mode) == 0o600
        assert get(page["socketPath"], path).startswith("HTTP/1.1 200 OK")
    listening = ports_of({shared.pid, *children_of(shared.pid)})
    known = {int(each["address"].rpartition(":")[2]) for each in said["workers"]}
    known.add(int(said["scheduler"]["address"].rpartition(":")[2]))
    # What else listens are Dask's nannies, which want the certificate as well.
    for port in listening - known:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(b"GET / HTTP/1.0\r\n\r\n")
            with contextlib.suppress(ConnectionError):
                assert b"HTTP" not in line.recv(100)


def get(path: str, page: str) -> str:
    """Ask for a page on a socket."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        line.sendall(f"GET {page} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return line.makefile().read()


def children_of(pid: int) -> set[int]:
    """The processes that a process started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text().split()}


def ports_of(pids: set[int]) -> set[int]:
    """TCP ports on which processes listen."""
    inodes = set()
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            target = os.readlink(descriptor)
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A" and row[9] in inodes}


def test_logs_of_scheduler_and_workers_are_listed_read_and_followed(shared: Supervised) -> None:
    logs = {log["id"]: log for log in shared.ask("logs")["logs"]}
    assert set(logs) == {"scheduler.log", "worker-0.log", "worker-1.log"}
    assert logs["worker-1.log"]["worker"] == "1"
    piece = shared.ask("log", id="scheduler.log", offset=0, most=40)
    assert piece["next"] == len(piece["text"].encode()) == 40
    end = shared.ask("log", id="scheduler.log", offset=-30)
    assert end["next"] == end["size"] and end["offset"] == end["size"] - 30
    with shared.line() as line:
        line.write(json.dumps({"command": "follow", "id": "worker-0.log", "offset": 0}) + "\n")
        line.flush()
        assert "Start worker at" in json.loads(line.readline())["reply"]["text"]
        with (shared.folder / "logs" / "worker-0.log").open("a") as file:
            file.write("one more line\n")
        assert json.loads(line.readline())["reply"]["text"] == "one more line\n"


@pytest.mark.parametrize(
    ("command", "body", "code"),
    [
        ("log", {"id": "../record.json"}, "not-found"),
        ("log", {"id": "record.json"}, "not-found"),
        ("scale", {"workers": -1}, "bad-request"),
        ("scale", {"workers": True}, "bad-request"),
        ("adapt", {"minimum": 3, "maximum": 2}, "bad-request"),
        ("explain", {"job": "1.0"}, "not-found"),
        ("fly", {}, "bad-request"),
    ],
)
def test_what_cannot_be_is_refused(
    shared: Supervised, command: str, body: dict[str, object], code: str
) -> None:
    said = shared.raw(command, **body)["error"]
    assert said["code"] == code
    assert said["message"] and said["data"]["next"]


def test_a_line_that_is_no_command_leaves_the_next_one_in_peace(shared: Supervised) -> None:
    with shared.line() as line:
        line.write('nonsense\n[1]\n{"command": "logs"}\n')
        line.flush()
        codes = [json.loads(line.readline()).get("error", {}).get("code") for _ in range(3)]
    assert codes == ["bad-request", "bad-request", None]


def test_events_tell_what_happened_since_a_number(shared: Supervised) -> None:
    assert [event["state"] for event in shared.news("state")] == ["running"]
    assert {event["worker"] for event in shared.news("worker-joined")} == {"0", "1"}
    with shared.line() as line:
        line.write('{"command": "events", "since": 100000}\n')
        line.flush()
        assert json.loads(line.readline())["reply"]["topic"] == "reset"


def test_a_second_one_of_the_same_id_is_refused(shared: Supervised) -> None:
    status, said = run("start", shared.request)
    assert (status, said["code"]) == (1, "conflict")
    assert shared.describe()["state"] == "running"


def test_a_living_one_is_not_cleaned_up(shared: Supervised) -> None:
    status, said = run("clean", {"record": str(shared.folder / "record.json")})
    assert (status, said["code"]) == (1, "conflict")
    assert "Stop the cluster" in said["data"]["next"]
    assert len(shared.describe()["workers"]) == 2


@at_once
def test_it_scales_and_adapts_and_a_number_holds_again(folder: Path) -> None:
    with supervised(request_of(folder, "dask-local", workers=1)) as cluster:
        cluster.until_workers(1)
        assert cluster.ask("scale", workers=2)["mode"] == {"kind": "fixed", "workers": 2}
        cluster.until_workers(2)
        bounds = {"minimum": 0, "maximum": 2, "idleSeconds": 1}
        assert cluster.ask("adapt", **bounds)["mode"] == {"kind": "adaptive", **bounds}
        said = cluster.until_workers(0)
        assert said["why"] == [
            "No task waits, so no workers are asked for: they come when there is work."
        ]
        assert cluster.computed("who", 2, 0.1)
        cluster.ask("scale", workers=1)
        cluster.until_workers(1)
        time.sleep(3)  # adaptive scaling would have taken it away by now
        said = cluster.describe()
        assert (len(said["workers"]), said["mode"]) == (1, {"kind": "fixed", "workers": 1})
        assert said["losses"] == []
        assert all(event["expected"] for event in cluster.news("worker-left"))
        cluster.stop()
        assert cluster.left_on_disk() == []
        assert cluster.processes() == []


@at_once
def test_a_worker_over_its_memory_is_reported_with_its_task_and_advice(folder: Path) -> None:
    asked = request_of(folder, "dask-local", workers=1, memory="300MB")
    with supervised(asked, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1") as cluster:
        cluster.until_workers(1)
        answer = cluster.computed("eat", 400, 20)
        assert answer.startswith("KilledWorker: eat-")
        said = cluster.until(
            lambda said: [loss["isComplete"] for loss in said["losses"]] == [True] * 2
        )
    last = said["losses"][-1]
    assert [loss["tasks"][0]["deaths"] for loss in said["losses"]] == [1, 2]
    assert [loss["tasks"][0]["failed"] for loss in said["losses"]] == [False, True]
    assert (last["tasks"][0]["prefix"], last["taskCount"], last["cause"]) == ("eat", 1, "memory")
    assert last["memory"]["limitBytes"] == 300_000_000
    assert last["memory"]["peakBytes"] > 0.95 * 300_000_000
    assert last["evidence"][0].startswith("Dask's nanny ended it at 95 % of its memory: it used")
    assert last["advice"][0] == {"kind": "run-iteratively"}
    assert last["advice"][1]["kind"] == "raise-memory"
    assert last["advice"][1]["memory"] in ("500MB", "1GB")


@at_once
def test_a_worker_that_went_for_good_is_replaced(folder: Path) -> None:
    asked = request_of(folder, "dask-local", workers=1)
    with supervised(asked, DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT="1s") as cluster:
        cluster.until_workers(1)
        assert cluster.computed("retire") == 1
        # Its nanny went with it, and Dask does not start another one.
        cluster.until(lambda said: len(cluster.news("worker-left")) == 1)
        cluster.until_workers(1)
        assert cluster.computed("who", 1, 0.1)


@at_once
def test_without_tls_and_with_a_port_for_the_dashboard_where_the_request_says_so(
    folder: Path,
) -> None:
    open = request_of(folder, "dask-local", tls=False, dashboardAddress="127.0.0.1:0", workers=1)
    with supervised(open) as cluster:
        said = cluster.until_workers(1)
        assert said["scheduler"]["address"].startswith("tcp://127.0.0.1:")
        assert [line.partition(" ")[0] for line in said["warnings"]] == ["Without", "The"]
        page = said["scheduler"]["dashboard"]
        with socket.create_connection((page["host"], page["port"]), timeout=10) as line:
            line.sendall(b"GET /health HTTP/1.0\r\n\r\n")
            assert line.recv(100).startswith(b"HTTP/1.1 200 OK")
        assert cluster.ask("security")["tls"] is None
        assert cluster.computed("who", 1, 0)


@at_once
def test_it_stops_when_nobody_uses_it(folder: Path) -> None:
    cluster = start(request_of(folder, "dask-local", workers=1, idleMinutes=0.1))
    # A command keeps it, until the client is there, which keeps it for longer than its limit.
    cluster.until(lambda said: cluster.ask("scale", workers=1) and said["workers"])
    client = cluster.compute("who", 1, 15)
    cluster.until(lambda said: cluster.ask("scale", workers=1) and said["clients"] == 1)
    time.sleep(7)
    assert cluster.describe()["idleEndsAt"] is None
    out, err = client.communicate(timeout=120)
    assert json.loads(out), err
    cluster.wait_until_gone()
    assert cluster.left_on_disk() == []
    assert cluster.processes() == []


@at_once
def test_its_lifetime_ends_it(folder: Path) -> None:
    cluster = start(request_of(folder, "dask-local", lifetimeMinutes=0.05))
    cluster.wait_until_gone(30)
    assert cluster.left_on_disk() == []


@at_once
def test_a_signal_stops_it_and_it_leaves_nothing(folder: Path) -> None:
    cluster = start(request_of(folder, "dask-local"))
    cluster.until(lambda said: said["state"] == "running")
    os.kill(cluster.pid, signal.SIGTERM)
    cluster.wait_until_gone()
    assert cluster.left_on_disk() == []
    assert cluster.processes() == []


@at_once
def test_it_can_be_stopped_while_it_starts(folder: Path) -> None:
    cluster = start(request_of(folder, "dask-local", workers=2))
    assert cluster.describe()["state"] == "starting"
    cluster.stop()
    assert cluster.left_on_disk() == []
    assert cluster.processes() == []


@at_once
def test_killed_it_leaves_no_worker_and_what_is_left_is_cleaned_up(folder: Path) -> None:
    cluster = start(request_of(folder, "dask-local", workers=2))
    cluster.until_workers(2)
    workers = children_of(cluster.pid)
    assert len(workers) >= 2
    os.kill(cluster.pid, signal.SIGKILL)
    end = time.monotonic() + 20
    while any(map(is_running, workers)):
        assert time.monotonic() < end, "workers outlive their supervisor"
        time.sleep(0.1)
    assert cluster.left_on_disk() != []
    record = str(cluster.folder / "record.json")
    assert run("clean", {"record": record}) == (0, {"id": cluster.id, "cleaned": True})
    assert cluster.left_on_disk() == []
    status, said = run("clean", {"record": record})
    assert (status, said["code"]) == (1, "not-found")


def test_it_stays_to_be_found_whoever_cleans_folders_up(shared: Supervised) -> None:
    record = shared.folder / "record.json"
    said = json.loads(record.read_text())
    record.unlink()
    shared.socket.unlink()
    end = time.monotonic() + 60
    while not (record.exists() and shared.socket.exists()):
        assert time.monotonic() < end
        time.sleep(0.2)
    assert json.loads(record.read_text()) == said
    assert shared.describe()["state"] == "running"


def test_it_is_nobodys_child_and_in_a_session_of_its_own(shared: Supervised) -> None:
    assert os.getsid(shared.pid) == shared.pid != os.getsid(0)
    status = Path(f"/proc/{shared.pid}/status").read_text()
    assert "\nPPid:\t1\n" in status
    assert os.readlink(f"/proc/{shared.pid}/fd/1") == str(shared.folder / "logs/scheduler.log")


@at_once
def test_a_cluster_that_cannot_start_says_why_and_waits_to_be_asked(folder: Path) -> None:
    broken = {"DASK_DISTRIBUTED__SCHEDULER__PRELOAD": "no_such_module"}
    with supervised(request_of(folder, "dask-local"), **broken) as cluster:
        said = cluster.until(lambda said: said["state"] == "failed")
        assert "no_such_module" in said["failure"]["message"]
        assert said["why"][0] == said["failure"]["message"]
        record = json.loads((cluster.folder / "record.json").read_text())
        assert record["failure"] == said["failure"]
        cluster.stop()
    assert cluster.left_on_disk() == []


def test_a_port_that_is_taken_is_refused_at_once_with_who_has_it(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, said = run("start", request_of(folder, "dask-local", schedulerPort=port))
        assert (status, said["code"]) == (1, "conflict")
        owner = pwd.getpwuid(os.getuid()).pw_name
        assert said["message"].endswith(f"is taken by a program of {owner}")
        assert port < choose_port(port, port + 50) <= port + 50
