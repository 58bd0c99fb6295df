"""The fakes of the VOMS commands speak as the real ones were seen to speak."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

FAKES = Path(__file__).parents[1] / "fakes"
HOUR = 3600


class Grid:
    """A data file for the fakes, and calls of them."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "voms.json"
        self.proxy = folder / "x509up_u1000"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": "/home/user",
            "TZ": "Europe/Zurich",
            "FAKE_VOMS_DATA": str(self.data),
            "X509_USER_PROXY": str(self.proxy),
        }
        self.tell()

    def tell(self, hours_left: float | None = None, **more: object) -> None:
        """Write the data file, and a proxy that lasts so long."""
        proxies: dict[str, float] = {}
        if hours_left is not None:
            self.proxy.touch()
            proxies[str(self.proxy)] = time.time() + hours_left * HOUR + 0.9
        self.data.write_text(json.dumps({"proxies": proxies, **more}))

    def call(self, *argv: str, stdin: str = "") -> tuple[int, str, str]:
        """Status, stdout and stderr, without a terminal."""
        done = subprocess.run(
            [FAKES / f"voms-proxy-{argv[0]}", *argv[1:]],
            input=stdin,
            env=self.env,
            start_new_session=True,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture(name="grid")
def _grid(tmp_path: Path) -> Grid:
    return Grid(tmp_path)


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ("java", "Proxy not found: {} (No such file or directory)\n"),
        ("cpp", "\nCouldn't find a valid proxy.\n\n"),
    ],
)
def test_no_proxy(grid: Grid, client: str, words: str) -> None:
    grid.tell(client=client)
    for options in ([], ["-e", "-p"], ["-timeleft"], ["-all"], ["-exists", "-valid", "5:00"]):
        assert grid.call("info", *options) == (1, "", words.format(grid.proxy))


def test_a_good_proxy(grid: Grid) -> None:
    grid.tell(hours_left=6)
    assert grid.call("info", "-e", "-p") == (0, f"{grid.proxy}\n", "")
    assert grid.call("info", "--path", "-file", str(grid.proxy)) == (0, f"{grid.proxy}\n", "")
    assert grid.call("info", "-e", "--valid", "5:00") == (0, "", "")
    assert grid.call("info", "-exists", "-valid", "7:00") == (
        1,
        "",
        "Proxy not valid for the specified period\n",
    )
    assert grid.call("info", "-acexists", "atlas")[2] == "AC not found for VO atlas\n"
    status, stdout, _ = grid.call("info", "-all")
    rows = [row.split(" : ", 1) for row in stdout.splitlines() if " : " in row]
    assert status == 0
    assert [row[0].strip() for row in rows].count("timeleft") == 2
    assert ["path      ", str(grid.proxy)] in [[f"{name:10}", value] for name, value in rows]
    assert "=== VO cms extension information ===\n" in stdout


def test_the_two_programs_tell_the_time_left_differently(grid: Grid) -> None:
    grid.tell(hours_left=100)
    assert re.fullmatch(r"(100:00:00|99:59:59)\n", grid.call("info", "-timeleft")[1])
    grid.tell(hours_left=100, client="cpp")
    assert re.fullmatch(r"(360000|359999)\n", grid.call("info", "-timeleft")[1])


def test_an_expired_proxy(grid: Grid) -> None:
    grid.tell(hours_left=-1)
    assert grid.call("info", "-timeleft") == (0, "00:00:00\n", "")
    status, stdout, stderr = grid.call("info", "-e", "-p")
    assert (status, stdout) == (1, f"{grid.proxy}\n")
    assert stderr.startswith("The current proxy is not valid: certificate expired on 20")
    assert grid.call("info", "-all")[0] == 0
    grid.tell(hours_left=-1, client="cpp")
    assert grid.call("info", "-timeleft") == (0, "0\n", "")
    assert grid.call("info", "-e") == (1, "", "")


def test_makes_a_proxy_that_the_other_then_tells_of(grid: Grid) -> None:
    options = ("-voms", "cms", "--valid", "192:00")
    status, stdout, stderr = grid.call("init", *options, stdin="grid\n")
    assert (status, stderr) == (0, "")
    prompt, told = stdout.split(":", 1)
    assert prompt == "Enter GRID pass phrase for this identity"
    assert re.search(r"Contacting \S+:\d+ \[/DC=ch\S+\] \"cms\"\.\.\.\nRemote VOMS server", told)
    assert f"\n\nCreated proxy in {grid.proxy}.\n\nYour proxy is valid until " in told
    assert re.search(r"until \w{3} \w{3} \d\d \d\d:\d\d:\d\d CES?T 20\d\d\n$", told)
    assert grid.proxy.stat().st_mode & 0o777 == 0o600
    assert grid.call("info", "-exists", "-valid", "191:59")[0] == 0
    assert grid.call("info", "-exists", "-valid", "192:01")[0] == 1


def test_makes_none_with_a_wrong_pass_phrase_or_without_a_key(grid: Grid) -> None:
    status, _, stderr = grid.call("init", "-voms", "cms", "-pwstdin", stdin="wrong\n")
    assert status == 1
    assert "exception using cipher - please check password and data.\nNo credentials" in stderr
    grid.tell(client="cpp")
    wrong = (3, "Enter GRID pass phrase:", "wrong pass phrase\nFunction: proxy_init_cred\n")
    assert grid.call("init", "-voms", "cms", stdin="wrong\n") == wrong
    grid.tell(credentials=False)
    assert grid.call("init", "-voms", "cms") == (1, "", "No credentials found!\n")
    assert not grid.proxy.exists()


def test_makes_none_where_no_server_answers_and_one_that_nobody_could_verify(grid: Grid) -> None:
    grid.tell(fault="server")
    status, _, stderr = grid.call("init", "-voms", "cms", stdin="grid\n")
    assert (status, grid.proxy.exists()) == (1, False)
    assert "None of the contacted servers for cms were capable" in stderr
    grid.tell(fault="unverified", client="cpp")
    status, stdout, _ = grid.call("init", "-voms", "cms", stdin="grid\n")
    assert (status, grid.proxy.exists()) == (1, True)
    assert "Your proxy is valid until" in stdout


def test_asks_on_the_terminal_without_echo_and_waits_there(grid: Grid) -> None:
    program = str(FAKES / "voms-proxy-init")
    child, terminal = pty.fork()
    if child == 0:
        os.execve(program, [program, "-voms", "cms"], grid.env)
    said = b""
    while not said.endswith(b"identity:"):
        said += os.read(terminal, 1000)
    os.write(terminal, b"grid\n")
    said += read_all(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)
    assert b"Your proxy is valid until" in said
    assert b"grid\r\n" not in said


def read_all(terminal: int) -> bytes:
    said = b""
    while True:
        try:
            said += os.read(terminal, 1000)
        except OSError:  # how Linux says that the other side has gone
            return said


def test_notes_its_calls_and_can_be_killed(grid: Grid, tmp_path: Path) -> None:
    grid.tell(fault="killed", log=str(tmp_path / "log"))
    assert grid.call("info", "-e", "-p")[0] == -9
    calls: list[Any] = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert calls == [["voms-proxy-info", "-e", "-p"]]
