"""`hepbatch.audit(...)` against the real agent: in a script, and in a real kernel."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import hepbatch
from hepbatch import HepbatchError
from hepbatch.tests.cell import Cell
from hepbatch.tests.real_agent import kill_agent, real_agent
from hepbatch.widgets.audit_widget import AuditWidget
from hepbatch.widgets.comm_widget import answer

WIDGET = "application/vnd.jupyter.widget-view+json"
FILES = [f"/inputs/file_{n}.root" for n in range(4)]


@pytest.fixture(scope="module")
def agent() -> Iterator[Path]:
    with real_agent() as folder:
        yield folder


@pytest.fixture
def work(agent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four input files of 100 events: two complete, one partial, one missing."""
    nominal = tmp_path / "outputs" / "DYto2L" / "nominal"
    nominal.mkdir(parents=True)
    table = pa.table({"pt": [1.0, 2.0]})
    for name in ("file_0_Events_0-100", "file_1_Events_0-50", "file_1_Events_50-100"):
        pq.write_table(table, nominal / f"{name}.parquet")
    pq.write_table(table, nominal / "file_2_Events_0-50.parquet")
    (tmp_path / "samples.json").write_text(json.dumps({"DYto2L": FILES}))
    (tmp_path / "events.json").write_text(json.dumps({"DYto2L": dict.fromkeys(FILES, 100)}))
    # A look-up that keeps an audit running.
    lfn = "/store/mc/Era/Primary/NANOAODSIM/Processing-v1/0000/file_0.root"
    (tmp_path / "das.json").write_text(json.dumps({"DYto2L": [lfn]}))
    (tmp_path / "slow-das").write_text("#!/bin/sh\nexec sleep 2\n")
    (tmp_path / "slow-das").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def start(**more: Any) -> hepbatch.Audit:
    return hepbatch.audit("samples.json", "outputs", events="events.json", **more)


def test_missing_is_what_is_to_be_processed_again(work: Path) -> None:
    found = start()
    assert found.missing == {"DYto2L": FILES[2:]}
    assert found.state == "done"
    assert found.progress["phase"] == "done"
    problems = found.report["datasets"]["DYto2L"]["problems"]
    assert [(p["file"], p["status"]) for p in problems] == [
        (FILES[2], "partial"),
        (FILES[3], "missing"),
    ]
    assert problems[0]["missing"] == [[50, 100]]


def test_relative_paths_are_those_of_this_process(work: Path) -> None:
    request = start().record["request"]
    assert request["samplesJson"] == str(work / "samples.json")
    assert request["source"] == str(work / "outputs")
    assert request["events"] == str(work / "events.json")


def test_outputs_may_lie_on_the_host_of_a_connection(work: Path) -> None:
    name = "vanilla-local"
    found = hepbatch.audit(
        f"{name}:{work}/samples.json",
        f"{work}/outputs",
        on=name,
        events=f"{name}:{work}/events.json",
    )
    assert found.missing == {"DYto2L": FILES[2:]}
    request = found.record["request"]
    assert (request["on"], request["inputsOn"]) == (name, "there")
    assert request["source"] == f"{work}/outputs"
    assert f"{name}:{work}/samples.json against {name}:{work}/outputs" in repr(found)
    here = hepbatch.audit("samples.json", f"{work}/outputs", on=name, events="events.json")
    assert here.missing == found.missing
    assert here.record["request"]["samplesJson"] == str(work / "samples.json")


def test_a_connection_that_is_not_open_is_an_error_with_a_next_step(work: Path) -> None:
    with pytest.raises(HepbatchError) as caught:
        hepbatch.audit("samples.json", "/eos/outputs", on="lxplus", events="events.json")
    assert caught.value.code == "unreachable"
    assert "closed" in caught.value.message
    with pytest.raises(HepbatchError, match="different machines"):
        hepbatch.audit("lxplus:/s.json", "/outputs", on="lxplus", events="events.json")


def test_samples_may_be_a_dictionary_and_stay_private(work: Path) -> None:
    first = hepbatch.audit({"DYto2L": FILES[:2]}, "outputs", events="events.json")
    second = hepbatch.audit({"DYto2L": FILES[:2]}, "outputs", events="events.json")
    assert first.missing == second.missing == {}
    path = Path(first.record["request"]["samplesJson"])
    assert second.record["request"]["samplesJson"] == str(path)
    assert path.stat().st_mode & 0o077 == 0
    assert [other.name for other in path.parent.iterdir()] == [path.name]


def test_export_writes_once_and_replaces_only_when_asked(work: Path) -> None:
    found = start()
    assert found.export("missing.json") == work / "missing.json"
    assert json.loads((work / "missing.json").read_text()) == {"DYto2L": FILES[2:]}
    (work / "missing.json").write_text("mine")
    with pytest.raises(HepbatchError) as caught:
        found.export("missing.json")
    assert caught.value.code == "conflict"
    assert (work / "missing.json").read_text() == "mine"
    found.export("missing.json", overwrite=True)
    assert json.loads((work / "missing.json").read_text()) == found.missing


def test_stale_chunks_are_moved_as_they_were_shown(work: Path) -> None:
    name = "DYto2L/nominal/file_2_Events_0-50.parquet"
    found = start().wait()
    (stale,) = found.stale
    assert stale["path"] == name
    whole = {"path": "DYto2L/nominal/file_0_Events_0-100.parquet", "bytes": 1, "mtimeNs": "1"}
    changed = {**stale, "bytes": 1}
    ends = [outcome["end"] for outcome in found.remove_stale([whole, changed, stale])]
    assert ends == ["refused", "changed", "removed"]
    assert not (work / "outputs" / name).exists()
    assert (work / "outputs" / f".hepbatch-stale-{found.id}" / name).exists()
    assert found.stale == []


def test_the_text_says_what_is_wrong_and_what_comes_next(work: Path) -> None:
    text = repr(start().wait())
    assert "2 complete, 1 missing, 1 partial" in text
    assert "Next: .export('missing.json')" in text
    assert "2 input files" in text
    whole = hepbatch.audit({"DYto2L": FILES[:1]}, "outputs", events="events.json").wait()
    assert "Nothing is missing." in repr(whole)


def test_a_file_that_is_not_there_is_an_error_with_a_next_step(work: Path) -> None:
    with pytest.raises(HepbatchError) as caught:
        assert hepbatch.audit("nowhere.json", "outputs").missing
    assert "nowhere.json" in caught.value.message
    assert caught.value.next


def test_two_sources_of_expected_events_are_refused(work: Path) -> None:
    with pytest.raises(HepbatchError, match="one of the two"):
        start(count=True)


def test_an_audit_goes_on_when_its_agent_dies(work: Path) -> None:
    found = hepbatch.audit("das.json", "outputs", dasgoclient="slow-das", timeout=60)
    assert found.state == "running"
    kill_agent()
    found.wait(40)
    # The agent that comes after it begins the audit again, and says so.
    assert found.state == "done"
    assert "begun again" in repr(found)


def test_an_agent_that_cannot_be_started_again_ends_the_wait(work: Path) -> None:
    found = start().wait()
    running = hepbatch.Audit({**found.record, "id": "nobody", "state": "running"})
    failure = {"code": "unsupported", "message": "no Node", "data": {"next": "Install Node."}}
    running.take_event({"topic": "lost", "failure": failure})
    with pytest.raises(HepbatchError, match="Install Node") as caught:
        assert running.missing
    assert caught.value.code == "unsupported"


def test_without_pandas_the_error_says_what_else_there_is(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(HepbatchError, match=r"\.report") as caught:
        start().to_pandas()
    assert caught.value.code == "unsupported"


def test_the_table_has_problems_or_all_files(work: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="pip install pandas")
    found = start()
    assert isinstance(found.to_pandas(), pandas.DataFrame)
    assert found.to_pandas()["status"].tolist() == ["partial", "missing"]
    assert found.to_pandas(all_files=True)["file"].tolist() == FILES


def test_a_plain_script_needs_neither_ipython_nor_widgets(work: Path) -> None:
    script = """
        import sys
        for name in ("IPython", "ipywidgets", "traitlets", "pandas", "tornado"):
            sys.modules[name] = None
        import hepbatch
        found = hepbatch.audit("samples.json", "outputs", events="events.json")
        print(len(found.missing["DYto2L"]), sorted(found._repr_mimebundle_()))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "2 ['text/plain']\n", done.stderr


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/events"),
        ("GET", "/other"),
        ("GET", "/audits/../agent/secret"),
        ("GET", "/auditsx"),
        ("GET", "audits"),
        ("GET", "/audits?x=/agent"),
        ("GET", "/audits\r\nHost: x"),
        ("DELETE", "/audits/remove"),
        (None, None),
    ],
)
def test_a_cell_may_ask_for_audits_only(method: Any, path: Any) -> None:
    status, failure = answer(method, path, None, AuditWidget.may_ask)
    assert (status, failure["code"]) == (400, "bad-request")


@pytest.fixture
def cell(work: Path) -> Iterator[Cell]:
    cell = Cell(work)
    yield cell
    cell.close()


def is_update(state: str) -> Callable[[dict[str, Any]], bool]:
    def fits(message: dict[str, Any]) -> bool:
        data = message["content"].get("data", {})
        audit = data.get("state", {}).get("audit") if data.get("method") == "update" else None
        return audit is not None and audit["state"] == state

    return fits


def is_widget(message: dict[str, Any]) -> bool:
    opened = message["msg_type"] == "comm_open"
    state = message["content"]["data"]["state"] if opened else {}
    return bool(state.get("_model_name") == "AuditModel")


START = """
    import hepbatch
    found = hepbatch.audit("samples.json", "outputs", events="events.json")
    found
"""


def test_a_cell_shows_the_widget_and_answers_while_the_kernel_is_idle(cell: Cell) -> None:
    cell.run(START)
    shown = cell.hear(lambda m: m["msg_type"] == "execute_result")["content"]["data"]
    assert shown["text/plain"].startswith("Audit of ")
    comm = shown[WIDGET]["model_id"]

    opened = cell.hear(is_widget)["content"]
    assert opened["comm_id"] == comm
    state = opened["data"]["state"]
    assert (state["_view_name"], state["_model_module"]) == ("AuditView", "hepbatch")
    assert state["_model_module_version"] == f"^{hepbatch.__version__}"
    assert state["audit"]["id"] == state["audit_id"]

    # Nothing runs in the kernel any more, and still the cell hears of the end.
    if state["audit"]["state"] == "running":
        assert cell.hear(is_update("done"))
        assert cell.custom("event")["event"]["audit"]["id"] == state["audit_id"]

    asked = {"method": "POST", "path": "/audits/datasets", "body": {"id": state["audit_id"]}}
    rows = cell.ask(comm, id=1, **asked)
    assert rows["status"] == 200
    assert rows["body"]["datasets"][0]["dataset"] == "DYto2L"
    failed = cell.ask(comm, id=2, method="POST", path="/audits/read", body={"id": "nobody"})
    assert (failed["status"], failed["body"]["code"]) == (404, "not-found")
    refused = cell.ask(comm, id=3, method="GET", path="/events", body=None)
    assert (refused["status"], refused["body"]["code"]) == (400, "bad-request")


def test_a_cell_that_waits_shows_progress_meanwhile(cell: Cell) -> None:
    # `.missing` keeps the kernel busy until the audit is done; the widget hears of it all the same.
    cell.run(
        """
        import hepbatch
        found = hepbatch.audit("das.json", "outputs", dasgoclient="slow-das")
        display(found)
        print(found._widget.audit["state"])
        print(found.wait().state, found._widget.audit["state"])
        """
    )
    printed = "".join(
        m["content"]["text"] for m in cell.heard if m["msg_type"] == "stream"
    ).splitlines()
    assert printed[0] == "running"
    state, shown = printed[1].split()
    assert state == shown != "running"


def test_without_ipywidgets_the_text_is_shown(cell: Cell) -> None:
    cell.run("import sys; sys.modules['ipywidgets'] = None")
    cell.run(START)
    shown = cell.hear(lambda m: m["msg_type"] == "execute_result")["content"]["data"]
    assert list(shown) == ["text/plain"]
