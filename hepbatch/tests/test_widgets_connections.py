"""`hepbatch.connections()` against the real agent: in a script, and in a real kernel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hepbatch
from hepbatch import HepbatchError
from hepbatch.agent_client import ask
from hepbatch.tests.cell import Cell
from hepbatch.tests.real_agent import real_agent
from hepbatch.tests.test_terminal_prompts import KINIT, SECRET
from hepbatch.widgets.comm_widget import answer
from hepbatch.widgets.connections_widget import ConnectionsWidget

WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    programs = tmp_path_factory.mktemp("bin")
    (programs / "kinit").write_text(KINIT)
    (programs / "kinit").chmod(0o755)
    config = tmp_path_factory.mktemp("config")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        patch.setenv("JUPYTER_CONFIG_DIR", str(config))
        with real_agent() as folder:
            yield folder


@pytest.fixture
def found(agent: Path) -> hepbatch.Connections:
    """The connections, with the line to this machine closed."""
    found = hepbatch.connections()
    found.close("dask-local")
    return found


def test_the_table_names_all_with_how_and_where_work_runs(found: hepbatch.Connections) -> None:
    lines = repr(found).splitlines()
    assert lines[0].split() == ["name", "work", "where", "state"]
    assert [line.split()[0] for line in lines[1:]] == found.names
    local = next(line for line in lines if line.startswith("dask-local"))
    assert "Dask on the host itself" in local
    assert "this machine" in local
    assert local.endswith("closed")
    assert "lxplus.cern.ch" in repr(found)
    assert "not usable here: " in repr(found)
    assert len(found) == len(list(found)) == len(lines) - 1


def test_a_script_opens_and_returns_when_it_is_open(found: hepbatch.Connections) -> None:
    found.open("dask-local")
    assert found["dask-local"]["state"] == "open"
    assert found.probe("dask-local")["details"]["python"]["state"] == "found"
    found.open("Dask on this machine", timeout=5)  # by its title; it is open already
    found.close("dask-local")
    assert found["dask-local"]["state"] == "closed"


def test_what_cannot_be_opened_says_why(found: hepbatch.Connections) -> None:
    with pytest.raises(HepbatchError, match="dask-local") as caught:
        found.open("nowhere")
    assert caught.value.code == "not-found"
    with pytest.raises(HepbatchError, match="sbatch is not on PATH") as caught:
        found.open("vanilla-slurm")
    assert caught.value.code == "unsupported"
    with pytest.raises(HepbatchError) as caught:
        found.wait("dask-local")
    assert caught.value.code == "cancelled"


def test_what_fails_to_open_is_raised_with_its_reason(found: hepbatch.Connections) -> None:
    host = {"kind": "ssh", "destination": "nobody.invalid", "client": "ssh2"}
    profile = {"id": "far", "title": "Far", "backend": "vanilla-local", "host": host}
    assert ask("POST", "/connections/save", {"profile": profile})[0] == 200
    with pytest.raises(HepbatchError) as caught:
        found.open("far", timeout=30)
    assert caught.value.code in ("unreachable", "not-found", "timed-out", "unsupported")
    assert "failed: " in repr(found)


def test_a_plain_script_needs_neither_ipython_nor_widgets(agent: Path) -> None:
    script = """
        import sys
        for name in ("IPython", "ipywidgets", "traitlets", "tornado"):
            sys.modules[name] = None
        import hepbatch
        found = hepbatch.connections()
        found.open("dask-local")
        print(found["dask-local"]["state"], sorted(found._repr_mimebundle_()))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "open ['text/plain']\n", done.stderr


@pytest.mark.parametrize(
    "path", ["/exec/start", "/audits", "/connections/../exec", "/events", "/promptsx"]
)
def test_a_cell_may_ask_for_connections_and_prompts_only(path: str) -> None:
    status, failure = answer("POST", path, None, ConnectionsWidget.may_ask)
    assert (status, failure["code"]) == (400, "bad-request")


@pytest.fixture
def cell(agent: Path, tmp_path: Path) -> Iterator[Cell]:
    cell = Cell(tmp_path)
    yield cell
    cell.close()


def shown(cell: Cell, kind: str) -> Any:
    return cell.hear(lambda m: m["msg_type"] == kind)["content"]["data"]


def test_a_cell_shows_the_cards_and_hears_what_happens_while_the_kernel_is_idle(
    cell: Cell, found: hepbatch.Connections
) -> None:
    cell.run("import hepbatch; hepbatch.connections()")
    data = shown(cell, "execute_result")
    assert "dask-local" in data["text/plain"]
    comm = data[WIDGET]["model_id"]
    opened = cell.hear(lambda m: m["msg_type"] == "comm_open" and m["content"]["comm_id"] == comm)[
        "content"
    ]["data"]["state"]
    assert opened["_model_name"] == "ConnectionsWidgetModel"
    # Names of users and hosts are not saved with a notebook.
    assert "lxplus" not in json.dumps(opened)

    listed = cell.ask(comm, id=1, method="GET", path="/connections", body=None)
    assert listed["body"]["connections"][0]["profile"]["id"] == "dask-local"
    # The front end asks for everything once the kernel listens; from then on it hears.
    cell.hear_event("reset")
    found.open("dask-local")
    heard = cell.hear_event("connection", lambda e: e["connection"]["state"] == "open")
    assert heard["connection"]["profile"]["id"] == "dask-local"
    refused = cell.ask(comm, id=2, method="POST", path="/audits/start", body={})
    assert (refused["status"], refused["body"]["code"]) == (400, "bad-request")


def test_a_question_is_answered_in_the_cell(cell: Cell, found: hepbatch.Connections) -> None:
    cell.run("import hepbatch; hepbatch.connections()")
    comm = shown(cell, "execute_result")[WIDGET]["model_id"]
    found.open("dask-local")
    body = {"id": "dask-local"}
    cell.send(comm, id=1, method="POST", path="/connections/ticket", body=body)
    prompt = cell.hear_event("prompt")["prompt"]
    assert (prompt["kind"], prompt["connection"]) == ("secret", "dask-local")
    typed = {"id": prompt["id"], "answer": SECRET}
    told = cell.ask(comm, id=2, method="POST", path="/prompts/answer", body=typed)
    assert told["status"] == 200
    assert cell.hear_event("prompt-closed")["how"] == "answered"
    assert cell.custom("answer", id=1)["status"] == 200
    assert SECRET not in json.dumps(cell.heard, default=str)


def test_the_end_of_another_subshell_does_not_make_the_cell_deaf(
    cell: Cell, found: hepbatch.Connections
) -> None:
    # JupyterLab talks to comms in subshells of the kernel, and ends them; seen with ipykernel 7.4.
    cell.run("import hepbatch; hepbatch.connections()")
    comm = shown(cell, "execute_result")[WIDGET]["model_id"]
    cell.hear_event("reset")
    subshell = cell.control("create_subshell_request").get("subshell_id")
    assert subshell is not None, "ipykernel 7 has subshells"
    # The latest message of all is one of that subshell, and then the agent tells something.
    cell.run("1", subshell=subshell)
    found.open("dask-local")
    cell.hear_event("connection", lambda e: e["connection"]["state"] == "open")
    cell.control("delete_subshell_request", subshell_id=subshell)
    assert cell.ask(comm, id=9, method="GET", path="/agent", body=None)["status"] == 200


def test_open_in_a_cell_shows_the_cards_and_returns_at_once(cell: Cell) -> None:
    cell.run(
        """
        import hepbatch
        found = hepbatch.connections()
        found.open("dask-local")
        found.wait("dask-local")
        print(found["dask-local"]["state"])
        """
    )
    assert WIDGET in shown(cell, "display_data")
    said = [m["content"]["text"] for m in cell.heard if m["msg_type"] == "stream"]
    assert said == ["open\n"]


def test_without_ipywidgets_the_table_is_shown(cell: Cell) -> None:
    cell.run("import sys; sys.modules['ipywidgets'] = None; import hepbatch")
    cell.run("hepbatch.connections()")
    assert list(shown(cell, "execute_result")) == ["text/plain"]
