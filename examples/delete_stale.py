#!/usr/bin/env python
"""Delete the stale chunks that a report of `hepbatch audit` lists.

    delete_stale.py REPORT

Before an input file is processed again its old chunks must go: new ones may have other ranges, and
merging would count events twice.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    report = json.loads(Path(arguments[0]).read_text())
    source = Path(report["source"]).resolve()
    stale = [name for dataset in report["datasets"].values() for name in dataset["stale"]]
    for name in stale:
        path = source / name
        if source not in path.parent.resolve().parents:
            raise SystemExit(f"{name} lies outside {source}: nothing more is deleted")
        path.unlink(missing_ok=True)
    print(f"{len(stale)} stale chunks deleted from {source}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
