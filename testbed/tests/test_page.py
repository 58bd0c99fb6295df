"""docs/testbed.md tells of what there is, and of nothing else."""

from __future__ import annotations

import re
import subprocess

from testbed.fixtures import ROOT

BED = ROOT / "testbed"
PAGE = (ROOT / "docs" / "testbed.md").read_text()


def shell(line: str) -> str:
    """What bash prints, with the functions of the test bed at hand."""
    argv = ["bash", "-c", f". testbed/shared.sh; {line}"]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_page_has_every_service() -> None:
    rows = set(re.findall(r"^\| `(\w+)` +\|.*\| (?:no|yes|packages) +\|$", PAGE, re.M))
    assert rows == set(shell('echo "${SERVICES[@]}"').split())
    assert rows == {path.stem for path in (BED / "services").glob("*.sh")}


def test_the_page_has_every_variable_that_is_read_and_no_other() -> None:
    not_read = {"golden", "tests", "__pycache__"}
    paths = [path for path in BED.rglob("*") if path.is_file() and not not_read & {*path.parts}]
    text = "".join(path.read_text() for path in paths)
    read = set(re.findall(r"\bHEPBATCH_[A-Z_]+\b", text))
    assert set(re.findall(r"^\| `(HEPBATCH_[A-Z_]+)`", PAGE, re.M)) == read


def test_the_page_names_only_files_that_are_there() -> None:
    named = set(re.findall(r"(?<![\w/.-])(?:testbed|src)/[\w./-]*[\w/]", PAGE))
    assert {"testbed/capture", "testbed/fixtures.py"} <= named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_page_has_the_default_ports() -> None:
    for port in re.findall(r"_PORT:-(\d+)", "".join(p.read_text() for p in BED.rglob("*.sh"))):
        assert re.search(rf"\b{port}\b", PAGE), port
