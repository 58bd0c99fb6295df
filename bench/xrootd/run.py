"""Measure the Legacy convention over XRootD: 2,000 headers, one after the other and 128 in flight.

All of it in one run, taking turns, on the two servers of the test bed (`testbed/up xrootd`): one on
this machine, and the same 20 ms away and back. Beside it the whole audit, which reads the same
headers the first time and remembers them. Prints the table of docs/performance.md; with ``--write``
puts it there.
"""

from __future__ import annotations

import argparse
import json
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

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
MARKS = ("<!-- bench/xrootd begin -->", "<!-- bench/xrootd end -->")
#: The header is read up to here; the UUID lies at these bytes of a small one.
UUID_AT = slice(47, 63)
EVENTS = 100


@dataclass
class Case:
    """One way to come by the headers of one server."""

    name: str
    server: str
    argv: list[str]
    stdin: str = ""
    fresh_cache: bool = False
    seconds: list[float] = field(default_factory=list)

    def run(self, cache: Path, files: int) -> None:
        """Run once; every header must have come, or the bench ends."""
        if self.fresh_cache:
            shutil.rmtree(cache / self.server, ignore_errors=True)
        env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HEPBATCH_PYTHON": sys.executable,
            "XDG_CACHE_HOME": str(cache / self.server),
        }
        begin = time.perf_counter()
        done = subprocess.run(self.argv, input=self.stdin, env=env, capture_output=True, text=True)
        self.seconds.append(time.perf_counter() - begin)
        came = done.stdout.count('"hex"') if self.stdin else files  # status 0: all complete
        if done.returncode != 0 or came != files:
            sys.exit(f"{self.name}: status {done.returncode}, {came} of {files}\n{done.stderr}")


def header_case(name: str, server: str, urls: list[str], in_flight: int) -> Case:
    """The program that the audit uses for this, alone."""
    helper = [sys.executable, "-m", "hepbatch.xrootd_headers", "--in-flight", str(in_flight)]
    lines = "".join(json.dumps({"i": i, "url": url}) + "\n" for i, url in enumerate(urls))
    return Case(name, server, helper, lines)


def make_outputs(folder: Path, server: str, urls: list[str], files: list[Path]) -> list[str]:
    """Write the outputs of a complete analysis of these files; the audit of them as argv."""
    nominal = folder / server / "outputs" / "Many" / "nominal"
    nominal.mkdir(parents=True)
    for path in files:
        digits = path.read_bytes()[UUID_AT].hex()
        parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        (nominal / f"{'-'.join(parts)}_Events_0-{EVENTS}.parquet").touch()
    samples = folder / server / "samples.json"
    samples.write_text(json.dumps({"Many": urls}))
    events = folder / server / "events.json"
    events.write_text(json.dumps({"Many": dict.fromkeys(urls, EVENTS)}))
    source = str(nominal.parents[1])
    argv = [sys.executable, "-m", "hepbatch.command", "audit", "-c", "Legacy", "-s", source]
    return [*argv, "-j", str(samples), "--events", str(events), "--names-only"]


def cases(folder: Path, told: dict[str, str], server: str, key: str, number: int) -> list[Case]:
    """What is measured on one server."""
    served = Path(told["root"], told["manyFiles"])
    files = sorted(served.iterdir())[:number]
    urls = [f"{told[key]}/{told['manyFiles']}/{path.name}" for path in files]
    audit = make_outputs(folder, server, urls, files)
    return [
        header_case("headers, one after the other", server, urls, 1),
        header_case("headers, 128 in flight", server, urls, 128),
        Case("hepbatch audit, the first time", server, audit, fresh_cache=True),
        Case("hepbatch audit, later", server, audit),
    ]


def table(ran: list[Case], number: int) -> str:
    """The result as Markdown; each server's ratios are to its first line."""
    lines = [
        f"{number:,} files, median of {len(ran[0].seconds)} turns, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}:",
        "",
        "| server | program | seconds | files/s | times as fast |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    serial = 0.0
    for case in ran:
        seconds = statistics.median(case.seconds)
        serial = seconds if "one after" in case.name else serial
        lines.append(
            f"| {case.server} | {case.name} | {seconds:.2f} | {number / seconds:,.0f} | "
            f"{serial / seconds:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Ask the test bed where the servers are, take turns, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    options = parser.parse_args()
    bed = Path(os.environ.get("HEPBATCH_TESTBED", ROOT / ".testbed"))
    try:
        told = json.loads((bed / "xrootd" / "env.json").read_text())
    except OSError:
        sys.exit("bring the servers up with: testbed/up xrootd")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ran = cases(folder, told, "on this machine", "url", options.files)
        ran += cases(folder, told, "20 ms away", "slowUrl", options.files)
        for turn in range(options.turns):
            for case in ran:
                case.run(folder / "cache", options.files)
                print(
                    f"{turn}: {case.seconds[-1]:6.2f} s  {case.server}, {case.name}",
                    file=sys.stderr,
                )
    text = table(ran, options.files)
    print(text)
    if options.write:
        page = PAGE.read_text()
        begin, end = (page.index(mark) for mark in MARKS)
        PAGE.write_text(f"{page[: begin + len(MARKS[0])]}\n\n{text}\n\n{page[end:]}")


if __name__ == "__main__":
    main()
