"""Performance reports, made by a real scheduler between two commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hepbatch.supervisor.report import Recording
from hepbatch.tests.supervised import Supervised, request_of, supervised
from testbed.fixtures import folder_of_bed_user


@pytest.fixture(name="cluster", scope="module")
def _cluster() -> Iterator[Supervised]:
    with (
        folder_of_bed_user() as folder,
        supervised(request_of(folder, "dask-local", workers=1, memory="400MB")) as cluster,
    ):
        cluster.until_workers(1)
        yield cluster


def whole(cluster: Supervised) -> str:
    """The report that was made, from its pieces."""
    text, size = "", cluster.ask("report")["size"]
    while len(text) < size:
        piece = cluster.ask("reportPiece", offset=len(text))
        assert piece["size"] == size
        assert piece["next"] == len(text) + len(piece["text"])
        text += piece["text"]
    return text


def test_a_report_has_what_was_done_since_it_was_begun(cluster: Supervised) -> None:
    cluster.computed("who", 3, 0)
    since = cluster.ask("record", on=True)["since"]
    assert cluster.describe()["recordingSince"] == since
    cluster.computed("who", 2, 0)
    assert cluster.ask("record", on=True)["since"] == since, "a second begin moves nothing"
    html = whole(cluster)
    assert "Dask Performance Report" in html
    assert "bokeh" in html
    assert "number of tasks: 2 " in html
    cluster.computed("who", 2, 0)
    assert "number of tasks: 4 " in whole(cluster), "it goes on until it is ended"
    assert cluster.ask("record", on=False)["since"] is None
    assert cluster.describe()["recordingSince"] is None
    assert cluster.ask("reportPiece", offset=0) == {"text": "", "next": 0, "size": 0}


def test_without_a_begin_there_is_no_report(cluster: Supervised) -> None:
    said = cluster.raw("report")["error"]
    assert said["code"] == "conflict"
    assert said["data"]["next"] == "Start a performance report first."


def test_a_long_report_comes_in_pieces() -> None:
    recording = Recording()
    recording._html = "ä" * ((1 << 20) + 5)
    first = recording.piece(0)
    last = recording.piece(first["next"])
    assert (len(first["text"]), last["text"]) == (1 << 20, "ä" * 5)
    assert last["next"] == last["size"] == (1 << 20) + 5
