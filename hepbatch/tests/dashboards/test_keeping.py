"""An address lives as long as somebody uses it or says that it is needed, and no hour longer."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from hepbatch.capabilities import IDLE_SECONDS, Capabilities
from hepbatch.tests.hostile import Hostile
from hepbatch.tests.own_folders import ask_socket, end
from hepbatch.tests.showing import Fetch, Showing

ALMOST = IDLE_SECONDS - 1


class Clock:
    """The time that addresses are measured by, set forward by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def clock(jp_server_config: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock for the server of the test, made before it starts."""
    clock = Clock()
    monkeypatch.setattr("hepbatch.dashboards.Capabilities", lambda: Capabilities(clock.now))
    return clock


async def kept(lab: Showing, path: str) -> bool:
    answer: bool = (await lab.said("/dashboards/keep", {"path": path}))["kept"]
    return answer


async def test_a_panel_that_is_there_keeps_its_address(
    clock: Clock, opened: str, fetch: Fetch, lab: Showing
) -> None:
    forgotten = await lab.open(opened.split("/")[-3])
    for _ in range(3):
        clock.ahead += ALMOST
        assert await kept(lab, opened)
    assert (await fetch(f"{opened}status")).code == 200
    # Nobody spoke for the other one.
    assert (await fetch(f"{forgotten}status")).code == 404
    assert not await kept(lab, forgotten)


async def test_an_address_that_was_forgotten_for_an_hour_is_not_brought_back(
    clock: Clock, opened: str, fetch: Fetch, lab: Showing
) -> None:
    clock.ahead += IDLE_SECONDS
    assert not await kept(lab, opened)
    assert (await fetch(f"{opened}status")).code == 404


async def test_a_line_keeps_an_address_without_a_word(
    clock: Clock, opened: str, fetch: Fetch, join: Any
) -> None:
    line = await join(f"{opened}ws")
    clock.ahead += 2 * IDLE_SECONDS
    assert (await fetch(f"{opened}status")).code == 200
    line.close()


async def test_nothing_keeps_the_address_of_a_dashboard_that_is_gone(
    opened: str, fetch: Fetch, lab: Showing, hostile: Hostile
) -> None:
    dashboard = opened.split("/")[-3]
    await lab.said("/dashboards/remove", {"id": dashboard})
    assert not await kept(lab, opened)
    # The same place, known again: whoever has the old address sees nothing of it.
    assert await lab.add(hostile.address) == dashboard
    assert not await kept(lab, opened)
    assert (await fetch(f"{opened}status")).code == 404


async def test_nothing_keeps_an_address_of_another_agent(
    opened: str, lab: Showing, place: Path, hostile: Hostile
) -> None:
    end(ask_socket(place)["pid"])
    await lab.add(hostile.address)
    assert not await kept(lab, opened)
