"""`hepbatch.Submission(...)` with the real agent and real jobs of this machine."""

from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import hepbatch
from hepbatch import HepbatchError, Submission
from hepbatch.tests.cell import Cell
from hepbatch.tests.real_agent import kill_agent, real_agent
from hepbatch.widgets import submission_request

WIDGET = "application/vnd.jupyter.widget-view+json"
PROGRAM = """import json, os, sys, time
name = json.load(open(sys.argv[sys.argv.index("--json-analysis") + 1]))["samplejson"]
(files,) = json.load(open(name)).values()
out = sys.argv[sys.argv.index("--dump") + 1]
for file in files:
    if "slow" in file:
        time.sleep(60)
    if os.path.getsize(file) == 0:
        raise OSError(f"file {file} is empty")
    with open(os.path.join(out, os.path.basename(file) + ".ran"), "a") as ran:
        ran.write("once\\n")
"""


@pytest.fixture(scope="module", autouse=True)
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path_factory.mktemp("config")))
        with real_agent() as folder:
            yield folder


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """A test that failed leaves no job behind."""
    yield
    for submission in hepbatch.submissions():
        with suppress(HepbatchError):
            submission.remove()
            submission.wait(timeout=30)
        with suppress(HepbatchError):
            submission.forget()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an analysis, where this process is."""
    (tmp_path / "out").mkdir()
    (tmp_path / "program.py").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def analysis(here: Path, samples: dict[str, list[str]], **more: Any) -> Submission:
    """A submission of that program; files whose name says so are empty."""
    for files in samples.values():
        for name in files:
            (here / name).write_text("" if "bad" in name else "x")
    each = {dataset: [here / name for name in files] for dataset, files in samples.items()}
    runner = {
        "samplejson": "samples.json",
        "workflow": "base",
        "metaconditions": "Era2022_v1",
        "year": {dataset: ["2022postEE"] for dataset in samples},
        "corrections": {},
        "systematics": {},
    }
    (here / "my.json").write_text(json.dumps(runner))
    program = [sys.executable, str(here / "program.py")]
    options = {"connection": "vanilla-local", "program": program, "output": here / "out", **more}
    return Submission("my.json", each, **options)


def test_a_preview_writes_nothing_and_has_every_file(here: Path) -> None:
    submission = analysis(here, {"GJet": ["a.root", "b.root"]}, cluster_per_sample=False)
    before = sorted(here.iterdir())
    preview = submission.preview()
    assert (preview["counts"]["jobs"], preview["counts"]["clusters"]) == (2, 2)
    assert len(preview["files"]) == preview["total"]
    assert preview["folder"].startswith(f"{here}/.higgs_dna_vanilla_local/my_")
    assert sorted(here.iterdir()) == before
    assert (submission.state, submission.token, submission.counts) == ("ready", None, {})
    assert repr(submission) == "Submission: not submitted; .submit() submits it"


def test_it_runs_says_what_failed_and_runs_exactly_that_again(here: Path) -> None:
    submission = analysis(here, {"GJet": ["a.root", "bad.root"], "Data": ["c.root"]})
    submission.submit(timeout=60).wait(timeout=60)
    assert submission.state == "done"
    assert submission.counts == {"succeeded": 2, "failed": 1}
    (group,) = submission.groups
    assert "OSError" in group["words"]
    assert "is empty" in submission.log("AN-GJet.1")
    assert submission.reproduce("AN-GJet.1").endswith("/jobs/AN-GJet.sh 1")
    assert "2 succeeded, 1 failed" in repr(submission)

    # Asked again it is the same one.
    assert submission.submit().token == submission.token
    assert hepbatch.submissions().names == [submission.name]

    (here / "bad.root").write_text("x")
    child = submission.retry()
    assert child is not None
    child.wait(timeout=60)
    card = child.card
    assert card is not None
    assert (card["parent"], child.counts) == (submission.token, {"succeeded": 1})
    ran = {path.name: path.read_text() for path in (here / "out").iterdir()}
    assert ran == {f"{name}.root.ran": "once\n" for name in ("a", "bad", "c")}


def test_jobs_are_a_table_also_without_pandas(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = analysis(here, {"GJet": ["a.root", "bad.root"]}).submit().wait(timeout=60)
    real = builtins.__import__

    def without_pandas(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == "pandas":
            raise ImportError(name)
        return real(name, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", without_pandas)
        patch.setitem(sys.modules, "pandas", None)
        rows = submission.jobs
    assert [(row["cluster"], row["proc"], row["state"]) for row in rows] == [
        ("AN-GJet", 0, "succeeded"),
        ("AN-GJet", 1, "failed"),
    ]
    pandas = pytest.importorskip("pandas")
    table = submission.jobs
    assert isinstance(table, pandas.DataFrame)
    assert list(table["state"]) == ["succeeded", "failed"]


def test_the_missing_files_run_again_as_the_others_did(here: Path) -> None:
    submission = analysis(here, {"GJet": ["a.root", "b.root"]}).submit().wait(timeout=60)
    (here / "missing.json").write_text(json.dumps({"GJet": [str(here / "b.root")]}))
    again = submission.again(here / "missing.json", memory="900MB")
    assert again.state == "ready"
    assert again.request["options"]["memory"] == "900MB"
    assert again.preview()["counts"]["files"] == 1
    again.submit().wait(timeout=60)
    assert again.counts == {"succeeded": 1}
    assert (here / "out" / "a.root.ran").read_text() == "once\n"
    assert (here / "out" / "b.root.ran").read_text() == "once\nonce\n"
    card = again.card
    assert card is not None
    assert card["parent"] == submission.token


def test_it_goes_on_without_the_agent_and_is_removed_by_the_next(here: Path) -> None:
    submission = analysis(here, {"GJet": ["slow.root"]}).submit(timeout=60)
    kill_agent()
    name = submission.name
    assert name is not None
    found = hepbatch.submissions()[name]
    assert found.token == submission.token
    with pytest.raises(HepbatchError, match=r"after 0\.1 s") as late:
        found.wait(timeout=0.1)
    assert late.value.code == "timed-out"
    (outcome,) = found.remove(jobs="AN-GJet.0")
    assert (outcome["end"], outcome["jobs"]) == ("done", 1)
    assert found.wait(timeout=60).counts == {"removed": 1}
    found.forget()
    with pytest.raises(HepbatchError, match="there is no submission"):
        hepbatch.submissions()[name]


def test_the_audit_is_filled_in(here: Path) -> None:
    submission = analysis(here, {"GJet": ["a.root"]}, arguments=["--chunk", "100"])
    submission.submit().wait(timeout=60)
    audit = submission.audit(expected="none")
    assert audit.record["request"]["source"] == str(here / "out")
    assert audit.record["request"]["chunk"] == 100
    assert audit.missing == {"GJet": [str(here / "a.root")]}


def test_what_cannot_be_done_says_why(here: Path) -> None:
    submission = analysis(here, {"GJet": ["a.root"]}, queue="workday")
    with pytest.raises(HepbatchError, match="vanilla-local has no such field"):
        submission.preview()
    with pytest.raises(HepbatchError, match="it is not submitted"):
        submission.hold()
    with pytest.raises(HepbatchError, match="both given"):
        Submission("my.json", kernel="a", python="b")
    gone = analysis(here, {"GJet": ["a.root"]})
    (here / "a.root").unlink()
    with pytest.raises(HepbatchError, match="1 input file"):
        gone.submit()
    assert gone.state == "ready"
    done = analysis(here, {"GJet": ["a.root"]}).submit().wait(timeout=60)
    for name, text in {"gone.json": None, "cut.json": '{"GJet": [', "list.json": "[]"}.items():
        if text is not None:
            (here / name).write_text(text)
        with pytest.raises(HepbatchError, match=f"{name} is no samples JSON") as caught:
            done.again(name)
        assert caught.value.code == "bad-request"
    with pytest.raises(HepbatchError, match="'AN-GJet' is no job"):
        done.log("AN-GJet")
    with pytest.raises(HepbatchError, match="names jobs already"):
        done.remove(jobs="AN-GJet.0", states="held")


def test_jobs_go_to_this_machine_where_nobody_says_and_there_is_no_other() -> None:
    assert submission_request.default_connection() == "vanilla-local"


@pytest.fixture
def cell(here: Path) -> Iterator[Cell]:
    cell = Cell(here)
    yield cell
    cell.close()


def test_a_cell_submits_what_its_form_says_and_hears_what_becomes_of_it(
    here: Path, cell: Cell
) -> None:
    analysis(here, {"GJet": ["a.root", "bad.root"]})
    samples = {"GJet": [str(here / name) for name in ("a.root", "bad.root")]}
    cell.run(
        f"""
        import hepbatch, pathlib
        samples = {{"GJet": [pathlib.Path(name) for name in {samples["GJet"]!r}]}}
        submission = hepbatch.Submission(
            "my.json", samples, connection="vanilla-local",
            program=["python3", {str(here / "program.py")!r}], output={str(here / "out")!r},
            environment={{"MY_SETTING": "of-nobodys-business"}},
        )
        submission
        """
    )
    data = cell.hear(lambda m: m["msg_type"] == "execute_result")["content"]["data"]
    assert "not submitted" in data["text/plain"]
    comm = data[WIDGET]["model_id"]
    opened = cell.hear(lambda m: m["msg_type"] == "comm_open" and m["content"]["comm_id"] == comm)
    assert opened["content"]["data"]["state"]["_model_name"] == "SubmissionWidgetModel"
    assert "of-nobodys-business" not in json.dumps(opened, default=str)

    of_cell = cell.ask(comm, id=1, method="GET", path="/submissions/of-cell", body=None)["body"]
    request = of_cell["request"]
    assert (of_cell["submission"], request["clusterPerSample"]) == (None, True)

    request["clusterPerSample"] = False
    body = {"token": "made-by-the-kernel", "request": request}
    submitted = cell.ask(comm, id=2, method="POST", path="/submissions/submit", body=body)["body"]
    again = cell.ask(comm, id=3, method="POST", path="/submissions/submit", body=body)["body"]
    assert again["token"] == submitted["token"]
    done = cell.hear_event("submission", lambda e: e["submission"]["state"] == "done")
    assert done["submission"]["counts"] == {"succeeded": 1, "failed": 1}
    assert done["submission"]["clusters"] == {"submitted": 2}
    cell.run("print(submission.token, submission.state)")
    stream = cell.hear(lambda m: m["msg_type"] == "stream")["content"]["text"]
    assert stream == f"{submitted['token']} done\n"
    refused = cell.ask(comm, id=4, method="POST", path="/connections/open", body={})
    assert (refused["status"], refused["body"]["code"]) == (400, "bad-request")
