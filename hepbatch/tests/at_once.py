"""Tests that wait most of the time run beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from testbed.fixtures import find, folder_of_bed_user, service

#: What a test does in a folder of the bed's user; others may run at the same time.
Story = Callable[[Path], None]
Told = dict[int, "Future[None]"]
#: The machine of a laptop has few cores, and each story is a scheduler with workers.
AT_ONCE = 4


def at_once(story: Story, needs: str | None = None) -> Callable[[Told], None]:
    """Make a test of a story, which begins together with all others of its file."""

    def test(told: Told) -> None:
        if needs is not None:
            service(needs)
        told[id(story)].result()

    test.__doc__ = story.__doc__
    # On the function itself, where pytest hands it on; functions have no such field in their type.
    test.story = (story, needs)  # type: ignore[attr-defined]
    return test


@pytest.fixture(name="told", scope="module")
def told_at_once(request: pytest.FixtureRequest) -> Iterator[Told]:
    """Begin all stories of the file that this run wants; a test waits for its own.

    Not those of other files: where several processes share the tests, each knows of all files.
    """
    items = [item for item in request.session.items if request.node in item.listchain()]
    wanted = [_story_of(item) for item in items]
    with folder_of_bed_user() as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            id(story): pool.submit(story, folder)
            for story, needs in filter(None, wanted)
            if needs is None or find(needs) is not None
        }


def _story_of(item: Any) -> tuple[Story, str | None] | None:
    return getattr(getattr(item, "function", None), "story", None)
