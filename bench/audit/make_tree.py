"""Make the tree of the audit's benchmark: real parquet files under the names of a HiggsDNA run.

200 datasets, 1,000 input files each, 5 chunks of 100,000 events a file are one million parquet
files; ``--inputs`` makes fewer. Writes ``samples.json``, ``events.json`` and ``outputs/``.
"""

from __future__ import annotations

import argparse
import io
import json
import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

CHUNK = 100_000
CHUNKS = 5


def parquet_bytes() -> bytes:
    """Return one small real parquet file."""
    rows = 3
    table = pa.table({"pt": [30.0 + i for i in range(rows)], "weight": [1.0] * rows})
    sink = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"sum_genw_presel": "3.0"}), sink)
    return sink.getvalue()


def main() -> None:
    """Make the tree, unless the same one is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--datasets", type=int, default=200)
    parser.add_argument("--inputs", type=int, default=1000, help="input files of each dataset")
    options = parser.parse_args()
    said = json.dumps([options.datasets, options.inputs])
    made = options.folder / "made.json"
    if made.exists() and made.read_text() == said:
        return
    content = parquet_bytes()
    samples: dict[str, list[str]] = {}
    events: dict[str, dict[str, int]] = {}
    for d in range(options.datasets):
        dataset = f"Sample_{d:03d}"
        nominal = options.folder / "outputs" / dataset / "nominal"
        nominal.mkdir(parents=True, exist_ok=True)
        samples[dataset] = []
        for i in range(options.inputs):
            stem = uuid.uuid5(uuid.NAMESPACE_OID, f"{d}/{i}")
            samples[dataset].append(
                "root://cms-xrd-global.cern.ch//store/mc/Run3Summer22EENanoAODv13/"
                f"{dataset}_TuneCP5_13p6TeV-pythia8/NANOAODSIM/133X-v2/2560000/{stem}.root"
            )
            for c in range(CHUNKS):
                start = c * CHUNK
                name = f"{stem}_Events_{start}-{start + CHUNK}.parquet"
                (nominal / name).write_bytes(content)
        events[dataset] = dict.fromkeys(samples[dataset], CHUNK * CHUNKS)
    (options.folder / "samples.json").write_text(json.dumps(samples, indent=4))
    (options.folder / "events.json").write_text(json.dumps(events, indent=4))
    made.write_text(said)


if __name__ == "__main__":
    main()
