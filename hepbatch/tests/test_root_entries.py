"""The counting helper, on real files and a real server."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest

uproot = pytest.importorskip("uproot", reason='pip install "hepbatch[root]"')

from hepbatch.root_entries import NoTreeError, is_transport, words  # noqa: E402
from testbed.fixtures import service  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]
ENV = {**os.environ, "PYTHONPATH": str(ROOT)}


def ask(urls: list[str], env: dict[str, str] = ENV) -> list[dict[str, Any]]:
    lines = "".join(json.dumps({"i": i, "url": url}) + "\n" for i, url in enumerate(urls))
    done = subprocess.run(
        [sys.executable, "-m", "hepbatch.root_entries", "--timeout", "3"],
        input=lines,
        capture_output=True,
        text=True,
        env=env,
        timeout=100,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return sorted(answers, key=lambda answer: int(answer.get("i", 0)))


def write(path: pathlib.Path, tree: str, entries: int) -> str:
    plain = path.with_name("plain")  # uproot writes no file with a colon in its name
    with uproot.recreate(plain) as file:
        file.mktree(tree, {"x": "int32"})
        file[tree].extend({"x": list(range(entries))})
    return str(plain.rename(path))


def test_counts_local_files_whatever_their_names(tmp_path: pathlib.Path) -> None:
    counts = {"a.root": 5, "with:colon.root": 7, "star*.root": 0, "ü ;1.root": 3}
    urls = [write(tmp_path / name, "Events", n) for name, n in counts.items()]
    assert ask(urls) == [{"i": i, "entries": n} for i, n in enumerate(counts.values())]


def test_takes_the_newest_cycle(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "cycles.root"
    with uproot.recreate(path) as file:
        for entries in (2, 9):
            file.mktree("Events", {"x": "int32"}).extend({"x": list(range(entries))})
    assert set(uproot.open(path).keys()) == {"Events;1", "Events;2"}
    assert ask([str(path)]) == [{"i": 0, "entries": 9}]


def test_says_what_is_wrong_with_which_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / "text.root").write_text("hello")
    (tmp_path / "empty.root").touch()
    cut = pathlib.Path(write(tmp_path / "cut.root", "Events", 10_000))
    cut.write_bytes(cut.read_bytes()[:200])
    os.mkfifo(tmp_path / "pipe.root")
    names = ["none.root", "text.root", "empty.root", "cut.root", "pipe.root", "."]
    urls = [str(tmp_path / name) for name in names] + [write(tmp_path / "r.root", "Runs", 1)]
    answers = ask([*urls, write(tmp_path / "good.root", "Events", 4)])
    assert answers.pop() == {"i": 7, "entries": 4}
    assert [answer["transport"] for answer in answers] == [False] * 7
    assert "no such file" in answers[0]["error"]
    assert answers[1]["error"] == "not a ROOT file"
    assert answers[6]["error"] == "it has no tree Events"


def test_counts_over_xrootd_and_bears_a_refusing_server() -> None:
    server = service("xrootd")["url"] + "/store/mc/Testbed/Small/NANOAODSIM/v1-v1/10000"
    names = ["uproot-issue76.root", "uproot-HZZ.root", "none.root"]
    urls = [f"{server}/{name}" for name in names] + ["root://127.0.0.1:9//x.root"]
    answers = ask(urls)
    assert answers[0] == {"i": 0, "entries": 1000}
    assert answers[1]["error"] == "it has no tree Events"
    assert [answers[2]["transport"], answers[3]["transport"]] == [False, True]


def test_says_what_to_install_where_uproot_is_missing(tmp_path: pathlib.Path) -> None:
    (tmp_path / "uproot.py").write_text("raise ImportError('not here')")
    env = {**ENV, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    assert 'pip install "hepbatch[root]"' in ask([], env)[0]["fatal"]


@pytest.mark.parametrize(
    ("error", "transport"),
    [
        (TimeoutError("late"), True),
        (OSError("XRootD error: [FATAL] Connection error"), True),
        (FileNotFoundError("[ERROR] Server responded with an error: [3011] gone"), False),
        (OSError("[ERROR] Operation expired"), True),
        (OSError(5, "Input/output error"), True),
        (FileNotFoundError(2, "No such file or directory"), False),
        (NoTreeError("no tree"), False),
        (ValueError("broken bytes"), False),
    ],
)
def test_sorts_errors(error: Exception, transport: bool) -> None:
    assert is_transport(error) is transport
    assert "\n" not in words(error)
