"""Real supervisors for tests: started as the user of the test bed, and asked over their sockets."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from testbed.fixtures import BED, argv_as_bed_user, as_bed_user

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "hepbatch" / "supervisor"
CLIENT = Path(__file__).parent / "dask_client.py"
# Python's expressions have no classes of Unicode; these are the characters that matter.
CONTROL = r"\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029"
SCHEMA: dict[str, Any] = json.loads(
    (ROOT / "docs" / "supervisor.schema.json")
    .read_text()
    .replace(r"\\p{Cc}\\p{Zl}\\p{Zp}", CONTROL)
    .replace(r"\\p{C}", CONTROL)
)
Described = dict[str, Any]


@lru_cache(maxsize=1)
def dask_python() -> str:
    """The Python with Dask that supervisors and workers of tests run in."""
    made = subprocess.run(
        [ROOT / "testbed" / "jobs-python"],
        capture_output=True,
        text=True,
        env={**os.environ, "HEPBATCH_TESTBED": str(BED)},
    )
    if made.returncode != 0:
        if os.environ.get("CI") == "true":
            pytest.fail(made.stderr)
        # Made by the test bed; who has none can still run the rest.
        pytest.skip(f"no Python with Dask: {made.stderr.strip()[-300:]}")
    return made.stdout.strip()


def run(command: str, request: Any = None, **env: str) -> tuple[int, dict[str, Any]]:
    """Run one command of the program; its status, and its line."""
    stdin = request if isinstance(request, str) else json.dumps(request)
    done = as_bed_user(dask_python(), str(FOLDER), command, stdin=stdin, env=env, timeout=120)
    assert done.stdout.count("\n") == 1, done.stdout + done.stderr
    said = json.loads(done.stdout)
    if done.returncode == 0 and command in SCHEMA:
        jsonschema.validate(said, SCHEMA[command])
    return done.returncode, said


def request_of(folder: Path, backend: str, **options: Any) -> dict[str, Any]:
    """A request that the contract allows, for a cluster whose id nobody else has."""
    id = f"t-{secrets.token_hex(4)}"
    request = {
        "version": 1,
        "id": id,
        "name": f"test of {backend}",
        "backend": backend,
        "folder": str(folder / id),
        "socketFolder": str(folder / "s"),
        "options": options,
    }
    jsonschema.validate(request, SCHEMA["request"])
    return request


class Supervised:
    """A supervisor that was started; every answer of it is held to the contract."""

    def __init__(self, request: dict[str, Any], ready: dict[str, Any]) -> None:
        self.request = request
        self.ready = ready
        self.id: str = request["id"]
        self.folder = Path(request["folder"])
        self.socket = Path(ready["socketPath"])
        self.pid: int = ready["process"]["pid"]

    @contextmanager
    def line(self) -> Iterator[Any]:
        """A connection to its socket, as a file."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(60)
            line.connect(str(self.socket))
            with line.makefile("rw") as file:
                yield file

    def raw(self, command: str, **body: Any) -> dict[str, Any]:
        """Ask, and give the whole line that answers."""
        with self.line() as line:
            line.write(json.dumps({"command": command, **body}) + "\n")
            line.flush()
            said: dict[str, Any] = json.loads(line.readline())
        return said

    def ask(self, command: str, **body: Any) -> dict[str, Any]:
        """Ask what must be answered."""
        jsonschema.validate(body, SCHEMA["commands"][command]["body"])
        said = self.raw(command, **body)
        assert "reply" in said, said
        reply: dict[str, Any] = said["reply"]
        jsonschema.validate(reply, SCHEMA["commands"][command]["reply"])
        return reply

    def describe(self) -> Described:
        return self.ask("describe")

    def until(self, holds: Callable[[Described], Any], seconds: float = 60) -> Described:
        """Wait until a description is the awaited one."""
        end = time.monotonic() + seconds
        while not holds(said := self.describe()):
            assert time.monotonic() < end, f"after {seconds} s still {said}"
            time.sleep(0.2)
        return said

    def until_workers(self, count: int, seconds: float = 60) -> Described:
        """Wait until so many workers are there."""
        return self.until(lambda said: len(said["workers"]) == count, seconds)

    def news(self, topic: str) -> list[dict[str, Any]]:
        """What it told of a topic until now."""
        found = []
        with self.line() as line:
            line.write('{"command": "events", "since": 0}\n')
            line.flush()
            last = self.describe()["sequence"]
            while True:
                event = json.loads(line.readline())["reply"]
                jsonschema.validate(event, SCHEMA["commands"]["events"]["reply"])
                if event["topic"] == topic:
                    found.append(event)
                if event["sequence"] >= last:
                    return found

    def compute(self, what: str, *arguments: object, **env: str) -> subprocess.Popen[str]:
        """Start a client of the same user that does one of the things of dask_client.py."""
        security = self.ask("security", contents=False)
        said = json.dumps({**security, "do": what, "with": arguments})
        return subprocess.Popen(
            argv_as_bed_user(dask_python(), "-c", CLIENT.read_text(), said, env=env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        )

    def computed(self, what: str, *arguments: object) -> Any:
        """What a client computes."""
        out, err = self.compute(what, *arguments).communicate(timeout=90)
        assert out, err
        return json.loads(out)

    def stop(self) -> None:
        """Stop it, and wait until it has gone."""
        self.ask("stop")
        self.wait_until_gone()

    def wait_until_gone(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while is_running(self.pid):
            assert time.monotonic() < end, f"process {self.pid} does not end"
            time.sleep(0.1)

    def left_on_disk(self) -> list[str]:
        """What is left of it; its logs are meant to stay."""
        places = [self.folder / name for name in ("record.json", "tls")]
        found = [str(place) for place in places if place.exists()]
        return found + [str(path) for path in self.socket.parent.glob(f"{self.id}*")]

    def processes(self) -> list[int]:
        """Processes that carry its id: supervisor, workers and jobs."""
        mark = self.id.encode()
        found = []
        for proc in Path("/proc").glob("[0-9]*"):
            try:
                told = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
            except OSError:
                continue  # it ended, or is somebody else's
            if mark in told and is_running(int(proc.name)):
                found.append(int(proc.name))
        return found


def is_running(pid: int) -> bool:
    """Whether a process runs; what only waits for its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def start(request: dict[str, Any], **env: str) -> Supervised:
    """Start a supervisor, which must succeed."""
    status, said = run("start", request, **env)
    assert status == 0, said
    jsonschema.validate(said, SCHEMA["ready"])
    return Supervised(request, said)


@contextmanager
def supervised(request: dict[str, Any], **env: str) -> Iterator[Supervised]:
    """A supervisor that is ended whatever happens."""
    cluster = start(request, **env)
    try:
        yield cluster
    finally:
        if is_running(cluster.pid):
            cluster.stop()
