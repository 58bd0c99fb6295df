"""Measure `hepbatch audit` beside `find` and `os.scandir` on one million parquet files.

All of it in one run, taking turns, so that the ratios hold whatever else the machine does. Prints
the table of docs/performance.md; with ``--write`` puts it there. With ``--on NAME``, a connection
that is open and whose host sees the same folder, it measures the audit through that connection
beside the same one here.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "performance.md"
# A million names as gzip -1 makes them.
BYTES_A_NAME = 20
TRANSFER = "the transfer alone"

SCAN = """
import os, sys
def walk(path):
    n = 0
    for entry in os.scandir(path):
        n += walk(entry.path) if entry.is_dir(follow_symlinks=False) else 1
    return n
print(walk(sys.argv[1]))
"""


@dataclass
class Case:
    """One program that takes its turn."""

    name: str
    argv: list[str]
    beside: str | None = None
    budget: float | None = None
    # A case whose time the budget does not count.
    without: str | None = None
    fresh_cache: bool = False
    seconds: list[float] = field(default_factory=list)
    peak_mb: float = 0.0

    def run(self, env: dict[str, str]) -> None:
        """Run once; status 0 or the bench ends."""
        if self.fresh_cache:
            shutil.rmtree(Path(env["XDG_CACHE_HOME"]) / "hepbatch" / "tails", ignore_errors=True)
        begin = time.perf_counter()
        child = subprocess.Popen(self.argv, env=env, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        self.seconds.append(time.perf_counter() - begin)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"{self.name}: status {child.returncode}")
        self.peak_mb = max(self.peak_mb, usage.ru_maxrss / 1024)


def cases(tree: Path, hepbatch: str) -> list[Case]:
    """The programs: the peers, then the audit in its three ways."""
    source = str(tree / "outputs")
    names_only = [hepbatch, "audit", "-s", source, "-c", "DAS", "-j", str(tree / "samples.json")]
    audit = [*names_only, "--events", str(tree / "events.json")]
    names_only += ["--no-catalogue", "--names-only"]
    count = "find %s -type f%s | wc -l"
    names = ["sh", "-c", count % (source, "")]
    stats = ["sh", "-c", count % (source, " -printf '%s %T@\\n'")]
    return [
        Case("find -type f", names),
        Case("find -type f -printf '%s %T@'", stats),
        Case("os.scandir", [sys.executable, "-c", SCAN, source]),
        Case("hepbatch audit --names-only", names_only, "find -type f", 1.0),
        Case(
            "hepbatch audit, the first time",
            audit,
            "find -type f -printf '%s %T@'",
            3.0,
            fresh_cache=True,
        ),
        Case("hepbatch audit, later", audit, "find -type f -printf '%s %T@'", 1.5),
    ]


def cases_on(tree: Path, hepbatch: str, name: str, files: int) -> list[Case]:
    """The audit here and on a host, in its three ways, and as many bytes as its names are."""
    here = {case.name: case for case in cases(tree, hepbatch) if case.name.startswith("hepbatch")}
    ran = []
    for what, case in here.items():
        on = what.replace("audit", "audit --on", 1)
        budget, without = (2.0, TRANSFER) if "names" in what else (None, None)
        argv = [*case.argv[:2], "--on", name, *case.argv[2:]]
        ran.append(Case(what, case.argv, fresh_cache=case.fresh_cache))
        ran.append(Case(on, argv, what, budget, without, fresh_cache=case.fresh_cache))
    size = str(files * BYTES_A_NAME)
    transfer = [hepbatch, "exec", name, "--", "head", "-c", size, "/dev/urandom"]
    return [Case(TRANSFER, transfer), *ran]


def table(ran: list[Case], files: int) -> str:
    """The result as Markdown; `find` is piped into `wc -l`, which a table cannot hold."""
    median = {case.name: statistics.median(case.seconds) for case in ran}
    lines = [
        f"{files:,} parquet files, median of {len(ran[0].seconds)} turns, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}, warm:",
        "",
        "| program | seconds | beside | ratio | budget | peak memory |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
    ]
    for case in ran:
        counted = median[case.name] - (median[case.without] if case.without else 0)
        ratio = f"{counted / median[case.beside]:.2f}" if case.beside else ""
        beside = f"`{case.beside}`" if case.beside else ""
        lines.append(
            f"| `{case.name}` | {median[case.name]:.2f} | {beside} | {ratio} | "
            f"{case.budget or ''} | {case.peak_mb:.0f} MB |"
        )
    return "\n".join(lines)


def main() -> None:
    """Make the tree, take turns, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the tree is, or will be made (4 GB)")
    parser.add_argument("--datasets", type=int, default=200)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--hepbatch", default=shutil.which("hepbatch") or "hepbatch")
    parser.add_argument("--on", metavar="NAME", help="measure audits through this connection")
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    options = parser.parse_args()
    make = [sys.executable, str(HERE / "make_tree.py"), str(options.folder)]
    make += ["--datasets", str(options.datasets), "--inputs", str(options.inputs)]
    subprocess.run(make, check=True)
    files = options.datasets * options.inputs * 5
    ran = (
        cases(options.folder, options.hepbatch)
        if options.on is None
        else cases_on(options.folder, options.hepbatch, options.on, files)
    )
    with tempfile.TemporaryDirectory() as cache:
        env = {**os.environ, "XDG_CACHE_HOME": cache}
        for turn in range(options.turns + 1):
            for case in ran:
                case.run(env)
                print(f"{turn}: {case.seconds[-1]:6.2f} s  {case.name}", file=sys.stderr)
    for case in ran:
        case.seconds.pop(0)  # the first turn warms caches, ours and the system's
    text = table(ran, files)
    print(text)
    if options.write:
        page = PAGE.read_text()
        name = "bench/audit" if options.on is None else "bench/audit --on"
        first, last = (f"<!-- {name} {which} -->" for which in ("begin", "end"))
        begin, end = page.index(first) + len(first), page.index(last)
        PAGE.write_text(f"{page[:begin]}\n\n{text}\n\n{page[end:]}")


if __name__ == "__main__":
    main()
