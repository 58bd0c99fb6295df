"""Adds up the JUnit reports of the test runners; fails where one is absent or ran nothing."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def count(report: Path) -> tuple[int, int]:
    """Return how many tests of a report passed and failed; skipped ones are neither."""
    passed = failed = 0
    root = ET.parse(report).getroot()
    for case in root.iter("testcase"):
        outcomes = {child.tag for child in case}
        if outcomes & {"failure", "error"}:
            failed += 1
        elif "skipped" not in outcomes:
            passed += 1
    return passed, failed


def main(folder: str, *runners: str) -> int:
    """Print a line for each fault, and at the end the sum."""
    passed = failed = 0
    status = 0
    for runner in runners:
        report = Path(folder, f"{runner}.xml")
        try:
            ours, theirs = count(report)
        except (OSError, ET.ParseError) as error:
            print(f"{runner}: no report ({error})", file=sys.stderr)
            status = 1
            continue
        if ours + theirs == 0:
            print(f"{runner}: ran no test", file=sys.stderr)
            status = 1
        passed += ours
        failed += theirs
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
