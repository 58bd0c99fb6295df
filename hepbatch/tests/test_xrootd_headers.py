"""The XRootD helper, on real files, a real server and sockets that misbehave."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from testbed.fixtures import service

ROOT = pathlib.Path(__file__).parents[2]
FOLDER = "store/mc/Testbed/Small/NANOAODSIM/v1-v1/10000"
ENV = {**os.environ, "PYTHONPATH": str(ROOT)}

pytest.importorskip("XRootD", reason='pip install "hepbatch[root]"')


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "hepbatch.xrootd_headers", *args]


def ask(urls: list[str], *args: str) -> dict[int, dict[str, Any]]:
    lines = "".join(json.dumps({"i": i, "url": url}) + "\n" for i, url in enumerate(urls))
    done = subprocess.run(
        command(*args),
        input=lines,
        capture_output=True,
        text=True,
        env=ENV,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(answer["i"] for answer in answers) == list(range(len(urls)))
    return {answer["i"]: answer for answer in answers}


@pytest.fixture(name="server")
def _server() -> str:
    return str(service("xrootd")["url"])


@pytest.fixture(name="silent")
def _silent() -> Iterator[str]:
    """Give a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        kept = []

        def accept() -> None:
            try:
                while True:
                    kept.append(listener.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield f"root://127.0.0.1:{listener.getsockname()[1]}/"
    for connection in kept:
        connection.close()


def test_reads_the_first_bytes_and_the_size_of_every_real_file(server: str) -> None:
    odd = {"secret.root"}
    folder = pathlib.Path(service("xrootd")["root"], FOLDER)
    paths = [path for path in folder.iterdir() if path.name not in odd]
    answers = ask([f"{server}/{FOLDER}/{path.name}" for path in paths])
    assert len(paths) > 120
    for i, path in enumerate(paths):
        content = path.read_bytes()
        assert answers[i] == {"i": i, "hex": content[:75].hex(), "size": len(content)}


def test_tells_bad_files_from_servers_that_do_not_answer(server: str) -> None:
    urls = [
        f"{server}/{FOLDER}/none.root",
        f"{server}/{FOLDER}/secret.root",
        f"{server}/{FOLDER}",
        "root://127.0.0.1:9//x.root",
        "root://no-such-host.invalid//x.root",
        "root://",
        f"{server}/{FOLDER}/uproot-HZZ.root",
    ]
    answers = ask(urls, "--timeout", "4")
    words = ["no such file", "permission denied", "is a directory"]
    for i, word in enumerate(words):
        assert word in answers[i]["error"]
    said = [answers[i].get("transport") for i in range(5)]
    assert said == [False, False, False, True, True]
    assert "error" in answers[5]
    assert "hex" in answers[6]


def test_a_silent_server_costs_two_bounded_tries(silent: str) -> None:
    start = time.monotonic()
    answers = ask([f"{silent}/x{i}.root" for i in range(40)], "--timeout", "2")
    assert time.monotonic() - start < 30
    assert all(answer["transport"] for answer in answers.values())


def test_a_lost_server_is_not_waited_for_file_by_file() -> None:
    start = time.monotonic()
    urls = [f"root://127.0.0.1:9//x{i}.root" for i in range(500)]
    answers = ask(urls, "--in-flight", "32", "--timeout", "2")
    assert time.monotonic() - start < 20
    assert "files in a row" in answers[499]["error"]


def test_answers_while_it_is_still_being_asked(server: str) -> None:
    with subprocess.Popen(
        command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENV
    ) as helper:
        assert helper.stdin
        assert helper.stdout
        for i in range(3):
            url = f"{server}/{FOLDER}/uproot-HZZ.root"
            helper.stdin.write(json.dumps({"i": i, "url": url}) + "\n")
            helper.stdin.flush()
            assert json.loads(helper.stdout.readline())["i"] == i
        helper.stdin.close()
        assert helper.wait(10) == 0


def test_ends_on_sigterm_while_it_waits(silent: str) -> None:
    with subprocess.Popen(
        command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENV
    ) as helper:
        assert helper.stdin
        helper.stdin.write(json.dumps({"i": 0, "url": f"{silent}/x.root"}) + "\n")
        helper.stdin.flush()
        time.sleep(1)
        helper.send_signal(signal.SIGTERM)
        assert helper.wait(5) == -signal.SIGTERM


def test_ends_when_nobody_listens_any_more(silent: str) -> None:
    with subprocess.Popen(
        command("--timeout", "1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ENV,
    ) as helper:
        assert helper.stdin
        assert helper.stdout
        helper.stdin.write(json.dumps({"i": 0, "url": f"{silent}/x.root"}) + "\n")
        helper.stdin.flush()
        helper.stdout.close()
        assert helper.wait(20) == 1


def test_says_what_to_install_where_the_bindings_are_missing(tmp_path: pathlib.Path) -> None:
    (tmp_path / "XRootD.py").write_text("raise ImportError('not here')")
    env = {**ENV, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        command(), input="", capture_output=True, text=True, env=env, timeout=60, check=False
    )
    assert 'pip install "hepbatch[root]"' in json.loads(done.stdout)["fatal"]
