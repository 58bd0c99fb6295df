"""Finding and starting the agent."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hepbatch import agent
from hepbatch.agent import ensure_agent, ensure_agent_async, runtime_folder, socket_path
from hepbatch.errors import STATUS, HepbatchError
from hepbatch.tests.own_folders import ask_socket, end

ROOT = Path(__file__).parents[2]


def processes_of(folder: Path) -> list[str]:
    """The other processes that have a folder of ours in their environment."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if os.fsencode(folder) in environment.read_bytes():
                found.append(environment.parent.name)
    return [pid for pid in found if pid != str(os.getpid())]


def test_the_real_agent_is_started_once_and_found_again(place: Path) -> None:
    assert ensure_agent() == place
    first = ask_socket(place)
    assert first["name"] == "hepbatch"
    assert ensure_agent() == place
    assert ask_socket(place)["pid"] == first["pid"]


def test_the_real_agent_is_in_a_session_of_its_own_and_is_not_left_a_zombie(place: Path) -> None:
    ensure_agent()
    pid = ask_socket(place)["pid"]
    assert os.getsid(pid) == pid != os.getsid(0)
    os.kill(pid, signal.SIGKILL)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            break
        time.sleep(0.05)
    else:
        pytest.fail("the agent stays a zombie")
    ensure_agent()
    assert ask_socket(place)["pid"] != pid


def test_processes_that_start_it_at_once_find_one_agent(place: Path) -> None:
    script = (
        "import hepbatch.agent as a, hepbatch.tests.own_folders as o;"
        "print(o.ask_socket(a.ensure_agent())['pid'])"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    pids = {process.communicate()[0].strip() for process in processes}
    assert pids == {str(ask_socket(place)["pid"])}


async def test_many_at_once_in_one_process_start_one_agent(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = 0
    start = agent._start

    def counted(path: Path) -> None:
        nonlocal starts
        starts += 1
        start(path)

    monkeypatch.setattr(agent, "_start", counted)
    threads = [asyncio.to_thread(ensure_agent) for _ in range(3)]
    paths = await asyncio.gather(*(ensure_agent_async() for _ in range(20)), *threads)
    assert set(paths) == {stand_in}
    assert starts == 1


def test_jupyters_keys_do_not_reach_the_agent(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "secret")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "secret")
    ensure_agent()
    names = ask_socket(stand_in)["environment"]
    assert "JUPYTER_TOKEN" not in names
    assert "JUPYTERHUB_API_TOKEN" not in names
    assert {"HEPBATCH_PYTHON", "HEPBATCH_PREFIX", "HEPBATCH_COMPILE_CACHE"} <= set(names)


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("failure", "denied", "^not yours\nask the owner$"),
        ("crash", "unreachable", "did not start: Error: broken on purpose"),
        ("mute", "timed-out", "not ready after"),
    ],
)
def test_an_agent_that_does_not_start_says_why(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch, fault: str, code: str, words: str
) -> None:
    monkeypatch.setenv("STAND_IN_FAULT", fault)
    monkeypatch.setattr(agent, "START_SECONDS", 1.5)
    begun = time.monotonic()
    with pytest.raises(HepbatchError, match=words) as caught:
        ensure_agent()
    assert caught.value.code == code
    assert caught.value.next
    # It was ended, and not waited for until it gave up by itself after a minute.
    assert time.monotonic() - begun < 30
    assert processes_of(stand_in.parents[2]) == []


def test_an_agent_of_another_contract_is_not_talked_to(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_CONTRACT", "7")
    with pytest.raises(HepbatchError, match="speaks contract 7") as caught:
        ensure_agent()
    assert caught.value.code == "unsupported"


def test_whoever_accepts_and_says_nothing_is_given_up(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "HANDSHAKE_SECONDS", 0.3)
    place.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        server.listen()
        with pytest.raises(HepbatchError) as caught:
            ensure_agent()
    assert caught.value.code == "timed-out"


def test_a_socket_that_a_killed_agent_left_is_no_agent(stand_in: Path) -> None:
    ensure_agent()
    pid = ask_socket(stand_in)["pid"]
    end(pid, signal.SIGKILL)
    assert stand_in.exists()
    ensure_agent()
    assert ask_socket(stand_in)["pid"] != pid


def test_a_folder_that_others_may_enter_is_refused(place: Path) -> None:
    place.parent.mkdir(mode=0o700)
    place.parent.chmod(0o755)
    with pytest.raises(HepbatchError, match="mode 0755") as caught:
        runtime_folder()
    assert caught.value.code == "denied"
    place.parent.rmdir()
    place.parent.symlink_to(place.parents[2])
    with pytest.raises(HepbatchError, match="is not a folder"):
        runtime_folder()
    place.parent.unlink()


def test_a_path_too_long_for_a_socket_is_named(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = place.parents[2] / ("l" * 100)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    with pytest.raises(HepbatchError, match="too long for a socket") as caught:
        socket_path()
    assert caught.value.code == "unsupported"


def test_without_a_session_folder_the_temporary_one_is_taken(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for absent in ("", "relative", str(place.parents[2] / "absent")):
        monkeypatch.setenv("XDG_RUNTIME_DIR", absent)
        monkeypatch.setenv("TMPDIR", f"{place.parents[2]}/")
        assert runtime_folder() == place.parents[2] / f"hepbatch-{os.getuid()}"


def test_the_codes_are_those_of_the_contract() -> None:
    source = (ROOT / "src" / "contract" / "errors.ts").read_text()
    table = source[source.index("STATUS = {") : source.index("} as const")]
    found = re.findall(r"^\s+'?([a-z-]+)'?: (\d{3})", table, re.MULTILINE)
    assert {code: int(status) for code, status in found} == STATUS


def test_the_contract_has_the_same_version_here_and_there() -> None:
    source = (ROOT / "src" / "contract" / "agent.ts").read_text()
    assert f"CONTRACT = {agent.CONTRACT};" in source


def test_importing_hepbatch_imports_no_jupyter() -> None:
    script = "import hepbatch, hepbatch.command, sys, json; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    heavy = {"jupyter_server", "tornado", "ipywidgets", "IPython", "traitlets", "asyncio"}
    assert not heavy & set(json.loads(done.stdout))
