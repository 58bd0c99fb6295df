"""The services of the test bed, for pytest: a test asks for one by its name.

Where it is not up the test is skipped with the command that brings it up; in CI it fails.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
BED = Path(os.environ.get("HEPBATCH_TESTBED", ROOT / ".testbed"))


def find(name: str) -> dict[str, Any] | None:
    """What a service tells in its env.json; None where it is not up."""
    path = BED / name / "env.json"
    if not path.exists():
        return None
    told: dict[str, Any] = json.loads(path.read_text())
    return told if listens(told["probe"]) else None


def service(name: str) -> dict[str, Any]:
    """What a service tells; the test ends here where it is not up."""
    told = find(name)
    if told is not None:
        return told
    hint = f"bring {name} up with: testbed/up {name}"
    if os.environ.get("CI") == "true":
        pytest.fail(hint)
    pytest.skip(hint)


def listens(port: int) -> bool:
    """Whether somebody takes connections at a port of this host."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


@contextmanager
def folder_of_bed_user() -> Iterator[Path]:
    """A folder that the ordinary user of the bed owns; pytest's own are open to root alone."""
    made = as_bed_user("mktemp", "-d", "/tmp/hepbatch-testbed-XXXXXX")
    assert made.returncode == 0, made.stderr
    folder = Path(made.stdout.strip())
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def as_bed_user(
    *argv: str,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path = Path("/"),
    timeout: float = 60,
) -> subprocess.CompletedProcess[str]:
    """Run a program as the ordinary user of the bed, with the commands of the services that are up.

    Its environment is clean but for `env`.
    """
    return subprocess.run(
        argv_as_bed_user(*argv, env=env),
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=timeout,
        check=False,
    )


def argv_as_bed_user(*argv: str, env: Mapping[str, str] | None = None) -> list[str]:
    """What to start instead of a program, so that it runs like that."""
    more = [f"{name}={value}" for name, value in (env or {}).items()]
    return [str(ROOT / "testbed" / "as-user"), "env", "--", *more, *argv]
