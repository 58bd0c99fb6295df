#!/usr/bin/env python
"""Do to the outputs of the example what happens to the outputs of batch jobs.

    accidents.py DUMP

One parquet file loses its second half, as when a job is killed while it copies its output; one
variation of another file never gets written; a third file is there twice, the second time in
chunks of another size, as when a job was run again with another `--chunk`; and somebody leaves a
merged file beside the chunks.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def first_chunk(dump: Path, dataset: str, variation: str, stem: str) -> Path:
    """The chunk of an input file that begins with its first event."""
    found = sorted((dump / dataset / variation).glob(f"{stem}_Events_0-*.parquet"))
    if not found:
        raise SystemExit(
            f"{dump / dataset / variation} has no chunk of {stem}; run the analysis first"
        )
    return found[0]


def main(arguments: list[str]) -> int:
    dump = Path(arguments[0] if arguments else "examples/output/dump")
    killed = first_chunk(dump, "Zmumu_data", "nominal", "nano_run148031_2")
    killed.write_bytes(killed.read_bytes()[: killed.stat().st_size // 2])
    print(f"killed while copying:    {killed.relative_to(dump)}")

    lost = first_chunk(dump, "HZZ_dimuon", "Smearing_up", "nano_hzz_2")
    lost.unlink(missing_ok=True)
    print(f"variation not written:   {lost.relative_to(dump)}")

    again = first_chunk(dump, "HZZ_dimuon", "nominal", "nano_hzz_6")
    twice = again.with_name("nano_hzz_6_Events_0-202.parquet")
    shutil.copy(again, twice)
    print(f"other chunk size, again: {twice.relative_to(dump)}")

    merged = dump / "Zmumu_data" / "nominal" / "merged.parquet"
    shutil.copy(first_chunk(dump, "Zmumu_data", "nominal", "nano_run148031_1"), merged)
    print(f"left by somebody:        {merged.relative_to(dump)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
