"""Counts what bench/faults/run.sh tried and came out right: a table for docs/reliability.md."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

tries: Counter[tuple[str, str]] = Counter()
states: Counter[tuple[str, str]] = Counter()
for line in Path(sys.argv[1]).read_text().splitlines():
    told = json.loads(line)
    tries[told["connection"], told["kind"]] += 1
    for state in (told.get("told") or {}).get("seen", []):
        states[told["connection"], state] += 1

print("| scheduler | fault | tries, each file run once |\n|---|---|---|")
for (connection, kind), times in sorted(tries.items()):
    print(f"| {connection} | {kind} | {times} |")
if states:
    print("\n| scheduler | found by the next agent | kills |\n|---|---|---|")
for (connection, state), times in sorted(states.items()):
    print(f"| {connection} | {state} | {times} |")
