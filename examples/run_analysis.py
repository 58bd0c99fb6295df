#!/usr/bin/env python
"""A small analysis in the manner of HiggsDNA: read the events, select, write parquet files.

    run_analysis.py --json-analysis runner.json --dump FOLDER

One job per input file. A job cuts its file into chunks as coffea does and writes, for each chunk
and each variation, `<dump>/<dataset>/<variation>/<id>_Events_<start>-<stop>.parquet`. A chunk
without any selected event leaves no file, only a line in the log of its job. An input file that
cannot be read fails its own job; the others go on, and the run ends with status 1.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import multiprocessing
import shutil
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import uproot

MUON_MASS = 0.1056584
SMEARING = 0.01
EMPTY = "No surviving events in this run, return now!"
log = logging.getLogger("run_analysis")


@dataclass(frozen=True)
class Job:
    """What one job works on: an input file of a dataset, and how the runner JSON wants it done."""

    dataset: str
    file: str
    muons: int
    systematics: tuple[str, ...]
    convention: str
    dump: str
    chunk: int
    logs: str | None

    @property
    def stem(self) -> str:
        return Path(self.file).name.split(".")[0]

    @property
    def variations(self) -> list[str]:
        return [
            "nominal",
            *(f"{name}_{way}" for name in self.systematics for way in ("up", "down")),
        ]


def chunk_ranges(entries: int, target: int) -> list[tuple[int, int]]:
    """Cut a file as coffea does: chunks of about `target` entries, all of one size but the last."""
    if entries == 0:
        return []
    size = math.ceil(entries / max(round(entries / target), 1))
    return [(start, min(start + size, entries)) for start in range(0, entries, size)]


def identifier(file: str, uuid: object, convention: str) -> str:
    """What the names of the chunks begin with: the file's own name, or the UUID in its header."""
    if convention == "DAS":
        return file.split("/")[-1].replace(".root", "")
    if convention == "Legacy":
        return str(uuid)
    raise ValueError(f"Invalid naming convention specified: {convention!r}")


def select(events: Any, muons: int) -> Any:
    """Events with at least so many muons, the first two of them of opposite charge."""
    enough = events[events.nMuon >= muons]
    charge = enough.Muon_charge
    return enough[charge[:, 0] * charge[:, 1] < 0]


def vary(pt: Any, variation: str) -> Any:
    """Momenta in one variation: `Smearing` moves them by one percent."""
    shift = {"Smearing_up": SMEARING, "Smearing_down": -SMEARING}.get(variation, 0.0)
    return pt * (1 + shift)


def table_of(events: Any, variation: str, genw_presel: float | None) -> pa.Table:
    """The columns that are kept, with the sums that the merging needs as metadata of the file."""
    pt = vary(events.Muon_pt, variation)
    pt1, pt2 = ak.to_numpy(pt[:, 0]), ak.to_numpy(pt[:, 1])
    eta1, eta2 = ak.to_numpy(events.Muon_eta[:, 0]), ak.to_numpy(events.Muon_eta[:, 1])
    dphi = ak.to_numpy(events.Muon_phi[:, 0] - events.Muon_phi[:, 1])
    mass = np.sqrt(2 * pt1 * pt2 * (np.cosh(eta1 - eta2) - np.cos(dphi)) + 2 * MUON_MASS**2)
    weight = ak.to_numpy(events.genWeight) if genw_presel is not None else np.ones(len(events))
    columns = {
        "run": ak.to_numpy(events.run),
        "event": ak.to_numpy(events.event),
        "lead_pt": pt1,
        "lead_eta": eta1,
        "sublead_pt": pt2,
        "sublead_eta": eta2,
        "mass": mass,
        "weight": weight,
    }
    sums = {
        "sum_genw_presel": "Data" if genw_presel is None else str(genw_presel),
        "sum_weight_central": str(float(np.sum(weight))),
    }
    return pa.table(columns).replace_schema_metadata(sums)


def dump(table: pa.Table, folder: Path, name: str) -> None:
    """Write beside the job first, then copy, as HiggsDNA does; a copy may break off."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as local:
        pq.write_table(table, Path(local) / name)
        shutil.copy(Path(local) / name, folder / name)


def process_chunk(tree: Any, job: Job, ident: str, start: int, stop: int) -> int:
    """Process entries `[start, stop)` of one file; returns how many parquet files were written."""
    events = tree.arrays(entry_start=start, entry_stop=stop)
    is_mc = "genWeight" in events.fields
    genw_presel = float(ak.sum(events.genWeight)) if is_mc else None
    selected = select(events, job.muons)
    if len(selected) == 0:
        log.info("%s entries %d-%d", job.file, start, stop)
        log.info(EMPTY)
        return 0
    for variation in job.variations:
        table = table_of(selected, variation, genw_presel)
        folder = Path(job.dump) / job.dataset / variation
        dump(table, folder, f"{ident}_Events_{start}-{stop}.parquet")
    return len(job.variations)


def process_file(job: Job) -> int:
    """Process one input file, chunk by chunk."""
    with uproot.open(job.file) as file:
        tree = file["Events"]
        ident = identifier(job.file, file.file.uuid, job.convention)
        ranges = chunk_ranges(tree.num_entries, job.chunk)
        log.info("%s: %d events in %d chunks", job.file, tree.num_entries, len(ranges))
        return sum(process_chunk(tree, job, ident, start, stop) for start, stop in ranges)


def run_job(job: Job) -> tuple[Job, int, str | None]:
    """Run one job with its own log; never raises, but tells what went wrong."""
    handler: logging.Handler = logging.NullHandler()
    if job.logs is not None:
        # As in a vanilla submission with one cluster per file.
        handler = logging.FileHandler(Path(job.logs) / f"AN-{job.dataset}-{job.stem}.out")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        return job, process_file(job), None
    except Exception as error:
        log.error("Job failed:\n%s", traceback.format_exc())
        return job, 0, f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
    finally:
        log.removeHandler(handler)
        handler.close()


def write_submission(folder: Path, runner: dict[str, Any], samples: dict[str, list[str]]) -> Path:
    """Lay out `inputs/` and `jobs/` as a vanilla submission does; returns the logs' folder."""
    inputs, jobs = folder / "inputs", folder / "jobs"
    inputs.mkdir(parents=True, exist_ok=True)
    jobs.mkdir(parents=True, exist_ok=True)
    for dataset, files in samples.items():
        for file in files:
            stem = Path(file).name.split(".")[0]
            sample = inputs.resolve() / f"{dataset}-{stem}.json"
            sample.write_text(json.dumps({dataset: [file]}, indent=4))
            own = {**runner, "samplejson": str(sample)}
            (inputs / f"AN-{dataset}-{stem}.json").write_text(json.dumps(own, indent=4))
    return jobs


def jobs_of(runner: dict[str, Any], samples: dict[str, list[str]], **common: Any) -> list[Job]:
    """One job per input file of the datasets that the runner JSON names under `year`."""
    return [
        Job(
            dataset,
            file,
            muons=runner["muons"].get(dataset, 2),
            systematics=tuple(runner["systematics"].get(dataset, [])),
            convention=runner["name_convention"],
            **common,
        )
        for dataset, files in samples.items()
        if dataset in runner["year"]
        for file in files
    ]


def run(jobs: list[Job], executor: str, workers: int, skip_bad_files: bool) -> int:
    """Run all jobs and say how each failed one failed; returns how many did."""
    began = time.monotonic()
    if executor == "iterative":
        results = [run_job(job) for job in jobs]
    else:
        # Forked children would inherit the threads of pyarrow and uproot half alive.
        with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
            results = list(pool.map(run_job, jobs))
    failed = [(job, reason) for job, _, reason in results if reason is not None]
    for job, reason in failed:
        word = "skipped" if skip_bad_files else "FAILED"
        print(f"{word} {job.dataset} {Path(job.file).name}: {reason}", file=sys.stderr)
    written = sum(files for _, files, _ in results)
    seconds = time.monotonic() - began
    print(f"{len(jobs)} jobs, {len(failed)} failed; {written} parquet files in {seconds:.1f} s")
    return len(failed)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Select dimuon events and write parquet files.")
    parser.add_argument("--json-analysis", type=Path, required=True, help="runner JSON")
    parser.add_argument("-d", "--dump", type=Path, required=True, help="output folder")
    parser.add_argument("--executor", choices=["iterative", "futures"], default="futures")
    parser.add_argument("-j", "--workers", type=int, default=2)
    parser.add_argument("--chunk", type=int, default=500000, help="target events per chunk")
    parser.add_argument("--limit", type=int, help="first N files of each dataset")
    parser.add_argument("--skipbadfiles", action="store_true")
    parser.add_argument("--submission", type=Path, help="folder for inputs/ and jobs/ with logs")
    options = parser.parse_args(arguments)
    runner = json.loads(options.json_analysis.read_text())
    samples = {
        dataset: files[: options.limit]
        for dataset, files in json.loads(Path(runner["samplejson"]).read_text()).items()
    }
    logs = write_submission(options.submission, runner, samples) if options.submission else None
    make = partial(jobs_of, runner, samples, dump=str(options.dump), chunk=options.chunk)
    jobs = make(logs=None if logs is None else str(logs))
    failed = run(jobs, options.executor, options.workers, options.skipbadfiles)
    return 1 if failed and not options.skipbadfiles else 0


if __name__ == "__main__":
    sys.exit(main())
