"""The recorded answers are complete, and tell nothing of the machine that they were recorded on."""

from __future__ import annotations

import getpass
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

from testbed.captures.scrub import scrub
from testbed.fixtures import BED, ROOT, service

GOLDEN = ROOT / "testbed" / "golden"
FOLDERS = sorted(path for path in GOLDEN.iterdir() if path.is_dir())


def named(folder: Path, suffix: str) -> set[str]:
    return {path.stem for path in folder.glob(f"*.{suffix}")}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_folder_is_whole_and_of_one_version(folder: Path) -> None:
    index = (folder / "INDEX.md").read_text()
    in_index = re.findall(r"^- `(.+?)`: (?:the file )?`.+`$", index, re.M)
    assert re.fullmatch(r"[a-z]+-\d+[\w.-]*", folder.name)
    assert index.startswith(f"# {folder.name.replace('-', ' ', 1)}\n")
    assert len(in_index) == len(set(in_index)) >= 10
    assert set(in_index) == named(folder, "rc") == named(folder, "stdout")
    assert named(folder, "stderr") <= set(in_index)
    others = {path.suffix for path in folder.iterdir()} - {".rc", ".stdout", ".stderr", ".md"}
    assert not others
    for path in folder.glob("*.rc"):
        assert path.read_text().strip().isdecimal()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 150_000


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nothing_is_told_of_the_machine(folder: Path) -> None:
    machine = {socket.gethostname(), socket.getfqdn(), "hepuser", getpass.getuser(), str(ROOT)}
    machine -= {"localhost", "root", "user", "host", "runner"}
    word = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in machine))
    for path in folder.iterdir():
        text = path.read_bytes().decode("utf-8", "replace")
        assert not word.search(text), f"{path.name}: {word.search(text)}"


def test_names_are_replaced_where_they_are_words() -> None:
    names = {
        "hepuser": "user",
        "/state": "/testbed",
        "/state/work": "/home/user/jobs",
        "n1": "host",
    }
    text = r'hepuser@n1 "\/state\/work\/a" /state/log hepusers n10 n1-b'
    assert scrub(text, names) == r'user@host "\/home\/user\/jobs\/a" /testbed/log hepusers n10 n1-b'


def test_a_capture_can_be_renewed(tmp_path: Path) -> None:
    told = service("xrootd")
    if "kerberosUrl" not in told:
        service("kerberos")
    env = {**os.environ, "HEPBATCH_TESTBED": str(BED)}
    argv = [str(ROOT / "testbed" / "capture"), "--to", str(tmp_path), "xrootd"]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    [folder] = tmp_path.iterdir()
    assert folder.name == f"xrootd-{told['version']}"
    test_a_folder_is_whole_and_of_one_version(folder)
    test_nothing_is_told_of_the_machine(folder)
    for name in ("stat-none", "refused", "silent", "no-ticket"):
        before = GOLDEN / "xrootd-5.5.3" / f"{name}.stderr"
        assert (folder / f"{name}.stderr").read_text() == before.read_text()
