#!/usr/bin/env python
"""Write the inputs of the example: ROOT files with an `Events` tree, and the JSON files.

The events are real: collisions recorded by CMS (`uproot-Zmumu.root`) and simulated ZZ decays with
their weights (`uproot-HZZ.root`), both from the package scikit-hep-testdata. Their trees have
other names and columns than an analysis of NanoAOD expects, so this script copies the muons into
new files, under the names NanoAOD gives them. One file is left cut off, as a broken transfer
leaves it; `prepare.py --fix` writes it whole.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import skhep_testdata
import uproot

HERE = Path(__file__).resolve().parent
BROKEN = ("HZZ_dimuon", "nano_hzz_4.root")
# Events per basket. Several baskets a file, so that a cut-off file still holds its first events.
BASKET = 100


@dataclass(frozen=True)
class Dataset:
    """One dataset of the samples JSON: which real file it is cut from, and into how many files."""

    name: str
    source: str
    stem: str
    files: int
    with_empty_file: bool = False


DATASETS = [
    Dataset("HZZ_dimuon", "uproot-HZZ.root", "nano_hzz", 6),
    Dataset("HZZ_trimuon", "uproot-HZZ-zlib.root", "nano_hzz", 4),
    # The last file has an `Events` tree without events, as a short data-taking run leaves it.
    Dataset("Zmumu_data", "uproot-Zmumu.root", "nano_run148031", 4, with_empty_file=True),
]


def muons_of_hzz(tree: Any) -> dict[str, Any]:
    """Muons, weight and numbers of each simulated event; momenta as pt, eta, phi."""
    found = tree.arrays(["Muon_Px", "Muon_Py", "Muon_Pz", "Muon_Charge", "EventWeight"])
    pt = np.hypot(found.Muon_Px, found.Muon_Py)
    muon = {
        "pt": pt,
        "eta": np.arcsinh(found.Muon_Pz / pt),
        "phi": np.arctan2(found.Muon_Py, found.Muon_Px),
        "charge": found.Muon_Charge,
    }
    numbers = np.arange(len(found), dtype=np.uint64)
    return {
        "run": np.ones(len(found), dtype=np.uint32),
        "event": numbers,
        "Muon": ak.zip({key: ak.values_astype(value, np.float32) for key, value in muon.items()}),
        "genWeight": ak.to_numpy(found.EventWeight).astype(np.float32),
    }


def muons_of_zmumu(tree: Any) -> dict[str, Any]:
    """The two muons of each recorded event."""
    found = tree.arrays(filter_name=["Run", "Event", "/(pt|eta|phi|Q)[12]/"])

    def both(name: str) -> Any:
        pair = np.stack([ak.to_numpy(found[f"{name}1"]), ak.to_numpy(found[f"{name}2"])], axis=1)
        return ak.from_regular(ak.from_numpy(pair.astype(np.float32), regulararray=True))

    return {
        "run": ak.to_numpy(found.Run).astype(np.uint32),
        "event": ak.to_numpy(found.Event).astype(np.uint64),
        "Muon": ak.zip(
            {"pt": both("pt"), "eta": both("eta"), "phi": both("phi"), "charge": both("Q")}
        ),
    }


def columns_of(dataset: Dataset) -> dict[str, Any]:
    """All events of a dataset, column by column."""
    with uproot.open(skhep_testdata.data_path(dataset.source)) as file:
        tree = file["events"]
        return muons_of_zmumu(tree) if "Zmumu" in dataset.source else muons_of_hzz(tree)


def write_events(path: Path, columns: dict[str, Any]) -> int:
    """Write one ROOT file with an `Events` tree; returns how many events it holds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with uproot.recreate(path) as file:
        tree = file.mktree("Events", {key: ak.type(value) for key, value in columns.items()})
        for start in range(0, len(columns["run"]), BASKET):
            tree.extend({key: value[start : start + BASKET] for key, value in columns.items()})
    return len(columns["run"])


def write_inputs(folder: Path, only: tuple[str, str] | None = None) -> dict[str, dict[str, int]]:
    """Write the input files, or only one; returns `{dataset: {file: events}}` of all."""
    events: dict[str, dict[str, int]] = {}
    for dataset in DATASETS:
        columns = columns_of(dataset)
        cuts = np.linspace(0, len(columns["run"]), dataset.files + 1).astype(int).tolist()
        parts = [*itertools.pairwise(cuts)] + ([(0, 0)] if dataset.with_empty_file else [])
        events[dataset.name] = {}
        for number, (start, stop) in enumerate(parts, 1):
            path = folder / dataset.name / f"{dataset.stem}_{number}.root"
            if only in (None, (dataset.name, path.name)):
                write_events(path, {key: value[start:stop] for key, value in columns.items()})
            events[dataset.name][str(path)] = stop - start
    return events


def cut_off(path: Path) -> None:
    """Leave the first four fifths of a file, as a broken transfer does."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 4 // 5])


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the inputs of the example analysis.")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="folder to write into")
    parser.add_argument("--fix", action="store_true", help="write the cut-off input file whole")
    parser.add_argument("--convention", choices=["DAS", "Legacy"], default="DAS")
    options = parser.parse_args(arguments)
    data: Path = options.data.resolve()
    if options.fix:
        write_inputs(data / "inputs", only=BROKEN)
        print(f"{'/'.join(BROKEN)} is whole again.")
        return 0
    shutil.rmtree(data / "inputs", ignore_errors=True)
    events = write_inputs(data / "inputs")
    cut_off(data / "inputs" / BROKEN[0] / BROKEN[1])
    runner = json.loads((HERE / "runner.template.json").read_text())
    runner["samplejson"] = str(data / "samples.json")
    runner["name_convention"] = options.convention
    write_json(data / "runner.json", runner)
    write_json(data / "samples.json", {name: list(files) for name, files in events.items()})
    write_json(data / "events.json", events)
    files = sum(map(len, events.values()))
    print(
        f"{files} input files of {len(events)} datasets in {data}; {'/'.join(BROKEN)} is cut off."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
