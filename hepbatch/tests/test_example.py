"""The example analysis: what it writes, and what an audit then finds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pyarrow.parquet as pq
import pytest
import uproot
from nbclient import NotebookClient

import hepbatch
from hepbatch.tests.real_agent import real_agent

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CHUNK = 100


def script(name: str) -> ModuleType:
    """One of the example's scripts, as a module."""
    sys.path.insert(0, str(EXAMPLES))
    try:
        return __import__(name)
    finally:
        sys.path.pop(0)


prepare = script("prepare")
run_analysis = script("run_analysis")
accidents = script("accidents")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inputs, with one file cut off."""
    data: Path = tmp_path_factory.mktemp("data")
    assert prepare.main(["--data", str(data)]) == 0
    return data


@pytest.fixture(scope="module")
def ran(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of one run over all inputs."""
    folder: Path = tmp_path_factory.mktemp("output")
    assert analyse(prepared / "runner.json", folder) == 1
    return folder


def analyse(runner: Path, folder: Path, *more: str) -> int:
    arguments = ["--json-analysis", str(runner), "--dump", str(folder / "dump")]
    arguments += ["--chunk", str(CHUNK), "--executor", "iterative"]
    arguments += ["--submission", str(folder / "submission"), *more]
    status: int = run_analysis.main(arguments)
    return status


def load(path: Path) -> Any:
    return json.loads(path.read_text())


def chunks(folder: Path, dataset: str, variation: str = "nominal") -> list[Path]:
    return sorted((folder / "dump" / dataset / variation).iterdir())


def ranges(paths: list[Path], stem: str) -> list[tuple[int, int]]:
    found = []
    for path in paths:
        name, _, span = path.stem.rpartition("_Events_")
        if name == stem:
            start, stop = span.split("-")
            found.append((int(start), int(stop)))
    return sorted(found)


def test_events_json_tells_what_the_input_files_hold(prepared: Path) -> None:
    samples, events = load(prepared / "samples.json"), load(prepared / "events.json")
    assert {name: list(files) for name, files in events.items()} == samples
    assert len(samples) == 3
    for files in events.values():
        for path, expected in files.items():
            if Path(path).name != prepare.BROKEN[1]:
                with uproot.open(path) as file:
                    assert file["Events"].num_entries == expected
    assert 0 in events["Zmumu_data"].values()


def test_no_event_of_the_real_file_is_lost_or_there_twice(prepared: Path) -> None:
    files = load(prepared / "samples.json")["Zmumu_data"]
    numbers = [n for path in files for n in uproot.open(path)["Events"]["event"].array().tolist()]
    source = prepare.skhep_testdata.data_path("uproot-Zmumu.root")
    assert numbers == uproot.open(source)["events"]["Event"].array().tolist()


def test_chunks_have_the_names_and_ranges_of_coffea(prepared: Path, ran: Path) -> None:
    events = load(prepared / "events.json")
    for path, expected in events["Zmumu_data"].items():
        found = ranges(chunks(ran, "Zmumu_data"), Path(path).stem)
        assert found == run_analysis.chunk_ranges(expected, CHUNK)


@pytest.mark.parametrize(
    ("entries", "target", "sizes"),
    [
        (1_200_000, 500_000, [600_000] * 2),
        (1_250_000, 500_000, [625_000] * 2),
        (1_750_000, 500_000, [437_500] * 4),
        (200_000, 500_000, [200_000]),
        (0, 100, []),
        (5, 3, [3, 2]),
        (7, 1, [1] * 7),
    ],
)
def test_halves_round_to_even(entries: int, target: int, sizes: list[int]) -> None:
    cut = run_analysis.chunk_ranges(entries, target)
    assert [stop - start for start, stop in cut] == sizes


def test_variations_are_written_for_simulation_only(ran: Path) -> None:
    names = [path.name for path in chunks(ran, "HZZ_dimuon")]
    for variation in ("Smearing_up", "Smearing_down"):
        assert [path.name for path in chunks(ran, "HZZ_dimuon", variation)] == names
    assert [path.name for path in (ran / "dump" / "Zmumu_data").iterdir()] == ["nominal"]

    nominal, up = (
        pq.read_table(chunks(ran, "HZZ_dimuon", v)[0]) for v in ("nominal", "Smearing_up")
    )
    shift = up["lead_pt"].to_numpy() / nominal["lead_pt"].to_numpy()
    assert shift == pytest.approx(1.01)


def test_metadata_carry_the_sums_of_higgsdna(prepared: Path, ran: Path) -> None:
    path = chunks(ran, "HZZ_dimuon")[0]
    table = pq.read_table(path)
    metadata = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    [(start, stop)] = ranges([path], "nano_hzz_1")
    tree = uproot.open(load(prepared / "samples.json")["HZZ_dimuon"][0])["Events"]
    weights = tree["genWeight"].array(entry_start=start, entry_stop=stop)
    assert float(metadata["sum_genw_presel"]) == pytest.approx(float(sum(weights)), rel=1e-5)
    assert float(metadata["sum_weight_central"]) == pytest.approx(
        float(table["weight"].to_numpy().sum()), rel=1e-5
    )
    assert float(metadata["sum_weight_central"]) < float(metadata["sum_genw_presel"])
    data = pq.read_schema(chunks(ran, "Zmumu_data")[0]).metadata
    assert data[b"sum_genw_presel"] == b"Data"


def test_a_chunk_without_selected_event_leaves_no_file_but_a_line_in_the_log(
    prepared: Path, ran: Path
) -> None:
    absent = written = 0
    for path, entries in load(prepared / "events.json")["HZZ_trimuon"].items():
        stem = Path(path).stem
        expected = run_analysis.chunk_ranges(entries, CHUNK)
        found = ranges(chunks(ran, "HZZ_trimuon"), stem)
        log = (ran / "submission" / "jobs" / f"AN-HZZ_trimuon-{stem}.out").read_text()
        assert log.count(run_analysis.EMPTY) == len(expected) - len(found)
        absent += len(expected) - len(found)
        written += len(found)
    assert absent >= 1
    # Fewer chunks with rows are no evidence for the audit.
    assert written >= 10
    assert all(pq.read_metadata(path).num_rows > 0 for path in chunks(ran, "HZZ_trimuon"))


def test_a_cut_off_input_fails_its_own_job_only(
    prepared: Path, ran: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = ran / "submission" / "jobs" / "AN-HZZ_dimuon-nano_hzz_4.out"
    assert "Job failed" in log.read_text()
    done = ranges(chunks(ran, "HZZ_dimuon"), "nano_hzz_4")
    assert done == [(0, 101)], "the first chunk is still readable"
    for number in (1, 2, 3, 5, 6):
        assert len(ranges(chunks(ran, "HZZ_dimuon"), f"nano_hzz_{number}")) == 4

    assert analyse(prepared / "runner.json", tmp_path, "--skipbadfiles") == 0
    assert "skipped HZZ_dimuon nano_hzz_4.root" in capfd.readouterr().err


def test_limit_takes_the_first_files_of_each_dataset(prepared: Path, tmp_path: Path) -> None:
    assert analyse(prepared / "runner.json", tmp_path, "--limit", "1") == 0
    stems = {path.name.split("_Events_")[0] for path in tmp_path.glob("dump/*/nominal/*")}
    assert stems == {"nano_hzz_1", "nano_run148031_1"}


def test_legacy_names_begin_with_the_uuid_in_the_header(prepared: Path, tmp_path: Path) -> None:
    runner = {**load(prepared / "runner.json"), "name_convention": "Legacy"}
    (tmp_path / "runner.json").write_text(json.dumps(runner))
    assert analyse(tmp_path / "runner.json", tmp_path, "--limit", "1") == 0
    file = load(prepared / "samples.json")["Zmumu_data"][0]
    uuid = str(uproot.open(file).file.uuid)
    cut = run_analysis.chunk_ranges(576, CHUNK)
    assert ranges(chunks(tmp_path, "Zmumu_data"), uuid) == cut


def test_workers_write_the_same_as_one_process(prepared: Path, ran: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "run_analysis.py"), "--executor", "futures"]
    command += ["--json-analysis", str(prepared / "runner.json"), "--chunk", str(CHUNK)]
    done = subprocess.run(
        [*command, "--dump", str(tmp_path / "dump")], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1, done.stderr
    assert "FAILED HZZ_dimuon nano_hzz_4.root" in done.stderr
    both = [
        {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}
        for folder in (ran, tmp_path)
    ]
    assert both[0] == both[1]


def test_fixing_makes_the_cut_off_file_whole(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared / "inputs", tmp_path / "inputs")
    path = tmp_path / "inputs" / prepare.BROKEN[0] / prepare.BROKEN[1]
    others = {p: p.read_bytes() for p in tmp_path.rglob("*.root") if p != path}
    assert prepare.main(["--data", str(tmp_path), "--fix"]) == 0
    with uproot.open(path) as file:
        assert len(file["Events"].arrays()) == 404
    assert {p: p.read_bytes() for p in others} == others


def test_accidents_break_what_they_say(ran: Path, tmp_path: Path) -> None:
    shutil.copytree(ran / "dump", tmp_path / "dump")
    assert accidents.main([str(tmp_path / "dump")]) == 0
    cut = [path for path in chunks(tmp_path, "Zmumu_data") if path.read_bytes()[-4:] != b"PAR1"]
    assert [path.name for path in cut] == ["nano_run148031_2_Events_0-96.parquet"]
    assert (
        len(chunks(tmp_path, "HZZ_dimuon", "Smearing_up"))
        == len(chunks(ran, "HZZ_dimuon", "Smearing_up")) - 1
    )
    assert (0, 202) in ranges(chunks(tmp_path, "HZZ_dimuon"), "nano_hzz_6")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The scripts of the example in a folder of their own, so that its outputs land there."""
    skip = shutil.ignore_patterns("data", "output", "__pycache__", ".ipynb_checkpoints")
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=skip)
    return tmp_path / "examples"


def programs(folder: Path) -> str:
    """A PATH on which `python` and `hepbatch` are those that run this test."""
    folder.mkdir()
    for name, more in (("python", ""), ("hepbatch", "-m hepbatch.command ")):
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {more}"$@"\n')
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_the_demo_ends_complete_and_may_be_run_again(copied: Path, tmp_path: Path) -> None:
    with real_agent():
        path = programs(tmp_path / "bin")
        package = str(Path(hepbatch.__file__).resolve().parents[1])
        for _ in range(2):
            done = subprocess.run(
                ["bash", str(copied / "demo.sh")],
                capture_output=True,
                text=True,
                timeout=480,
                env={**os.environ, "PATH": path, "PYTHONPATH": package},
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert "Done: nothing is missing" in done.stdout
        first, second = list(hepbatch.submissions())
        # What the demo before left is forgotten.
        assert (first.counts, second.counts) == ({"succeeded": 4}, {"succeeded": 14, "failed": 1})
        assert first.card is not None
        assert first.card["parent"] == second.token
    report = load(copied / "output" / "report.json")
    assert report["datasets"]["HZZ_dimuon"]["files"]["complete"] == 6
    assert report["datasets"]["Zmumu_data"]["foreign"] == ["merged.parquet"]
    assert load(copied / "output" / "missing.json") == {}


def test_the_notebook_tells_the_same_story(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(hepbatch.__file__).resolve().parents[1]))
    notebook = nbformat.read(copied / "audit.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "outputs were committed"
    with real_agent():
        client = NotebookClient(notebook, timeout=240, resources={"metadata": {"path": copied}})
        client.execute()
    text = json.dumps(notebook)
    assert "Nothing is missing." in text
    assert load(copied / "output" / "missing.json") == {
        "HZZ_dimuon": [
            str(copied / f"data/inputs/HZZ_dimuon/nano_hzz_{n}.root") for n in (2, 4, 6)
        ],
        "Zmumu_data": [str(copied / "data/inputs/Zmumu_data/nano_run148031_2.root")],
    }
