"""Measure how long it takes from a script's start to the answer of its first worker.

Through hepbatch beside plain Dask, with processes of this machine and with jobs of the test bed's
HTCondor (`testbed/up htcondor`). All of it in one run, taking turns, each time in a new process.
Prints the table of docs/performance.md; with ``--write`` puts it there.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from testbed.fixtures import argv_as_bed_user, find, folder_of_bed_user  # noqa: E402

PAGE = ROOT / "docs" / "performance.md"
MARKS = ("<!-- bench/clusters begin -->", "<!-- bench/clusters end -->")
SCRIPT = (ROOT / "bench" / "clusters" / "first_worker.py").read_text()
WHERE = {"local": "processes of this machine", "htcondor": "jobs of HTCondor"}
HOW = {"plain": "plain Dask", "hepbatch": "hepbatch"}


@dataclass
class Case:
    """One way to come by a worker."""

    how: str
    where: str
    seconds: list[float] = field(default_factory=list)

    def run(self, python: str, env: dict[str, str]) -> None:
        """Run once, to its end."""
        argv = argv_as_bed_user(python, "-c", SCRIPT, self.how, self.where, env=env)
        begin = time.perf_counter()
        child = subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/"
        )
        assert child.stdout is not None
        said = child.stdout.readline()
        self.seconds.append(time.perf_counter() - begin)
        _, stderr = child.communicate(timeout=300)
        if said != "came\n" or child.returncode != 0:
            sys.exit(f"{self.how}, {self.where}: status {child.returncode}\n{stderr}")


def table(ran: list[Case]) -> str:
    """The result as Markdown; the ratios are to plain Dask."""
    lines = [
        f"Median of {len(ran[0].seconds)} turns, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}:",
        "",
        "| workers are | program | seconds | of plain Dask |",
        "| --- | --- | ---: | ---: |",
    ]
    beside = 0.0
    for case in ran:
        seconds = statistics.median(case.seconds)
        beside = seconds if case.how == "plain" else beside
        lines.append(
            f"| {WHERE[case.where]} | {HOW[case.how]} | {seconds:.2f} | {seconds / beside:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Take turns, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    options = parser.parse_args()
    if find("htcondor") is None:
        sys.exit("bring HTCondor up with: testbed/up htcondor")
    made = subprocess.run([ROOT / "testbed" / "jobs-python"], capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(made.stderr)
    python = made.stdout.strip()
    ran = [Case(how, where) for where in WHERE for how in HOW]
    with folder_of_bed_user() as folder:
        env = {
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "PYTHONPATH": str(ROOT),
            "DASK_TEMPORARY_DIRECTORY": str(folder),
            # The agent ends soon after the last turn; between two turns it stays.
            "HEPBATCH_IDLE_MINUTES": "1",
        }
        for turn in range(options.turns + 1):
            for case in ran:
                case.run(python, env)
                print(
                    f"{turn}: {case.seconds[-1]:6.2f} s  {case.how}, {case.where}", file=sys.stderr
                )
        for case in ran:
            del case.seconds[0]  # the first turn warms up, and starts the agent
    text = table(ran)
    print(text)
    if options.write:
        page = PAGE.read_text()
        begin, end = (page.index(mark) for mark in MARKS)
        PAGE.write_text(f"{page[: begin + len(MARKS[0])]}\n\n{text}\n\n{page[end:]}")


if __name__ == "__main__":
    main()
