"""How tests ask for a service, and as whom they run programs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from testbed import fixtures


def tell(bed: Path, port: int) -> None:
    (bed / "thing").mkdir()
    told = {"service": "thing", "probe": port, "word": "hello"}
    (bed / "thing" / "env.json").write_text(json.dumps(told))


def test_a_service_that_listens_tells_what_it_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixtures, "BED", tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        tell(tmp_path, server.getsockname()[1])
        assert fixtures.service("thing")["word"] == "hello"


@pytest.mark.parametrize("has_state", [False, True])
def test_one_that_is_not_up_skips_the_test_and_fails_it_in_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_state: bool
) -> None:
    monkeypatch.setattr(fixtures, "BED", tmp_path)
    if has_state:
        with socket.create_server(("127.0.0.1", 0)) as server:
            tell(tmp_path, server.getsockname()[1])
    monkeypatch.setenv("CI", "false")
    with pytest.raises(pytest.skip.Exception, match="testbed/up thing"):
        fixtures.service("thing")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="testbed/up thing"):
        fixtures.service("thing")


def test_the_ordinary_user_is_not_root_and_sees_nothing_else_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fixtures.service("xrootd")
    monkeypatch.setenv("OURS", "secret")
    script = 'id -u; echo "$WORD$OURS"; cat; exit 3'
    ran = fixtures.as_bed_user("sh", "-c", script, stdin="said", env={"WORD": 'a "b"'})
    uid, *words = ran.stdout.split("\n")
    assert (ran.returncode, words, ran.stderr) == (3, ['a "b"', "said"], "")
    assert int(uid) > 0


@pytest.mark.parametrize(
    ("there", "name"),
    [
        ({}, "hepuser"),
        ({"hepuser": "ours"}, "hepuser"),
        ({"hepuser": "hepbatch test bed /gone"}, "hepuser2"),
        ({"hepuser": "a person", "hepuser2": "ours"}, "hepuser2"),
        ({"hepuser": "a person", "hepuser2": "hepbatch test bed"}, "hepuser3"),
    ],
)
def test_the_user_of_another_bed_is_left_alone(there: dict[str, str], name: str) -> None:
    users = "".join(
        f'{user}) echo "{user}:x:1:1:{mark}:/:" ;; ' for user, mark in there.items()
    ).replace(":ours:", ":hepbatch test bed /bed:")
    script = f"getent() {{ case $2 in {users}*) return 2 ;; esac; }}; . testbed/shared.sh; bed_user"
    told = subprocess.run(
        ["bash", "-c", script],
        cwd=fixtures.ROOT,
        env={"PATH": os.environ["PATH"], "HEPBATCH_TESTBED": "/bed"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == f"{name}\n"
