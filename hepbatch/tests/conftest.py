"""Fixtures that several files of tests share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from hepbatch.tests.at_once import told_at_once as told_at_once
from hepbatch.tests.own_folders import own_folders, use_stand_in


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """Ctrl-C reaches programs of the tests, also where pytest runs in the background of a shell."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def place() -> Iterator[Path]:
    """Where the agent's socket will be: empty folders, whose agent is ended afterwards."""
    with own_folders() as path:
        yield path


@pytest.fixture
def stand_in(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, and what is started there is the stand-in."""
    use_stand_in(monkeypatch)
    return place
