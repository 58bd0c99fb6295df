"""The pages: what they tell a user to type is run, on the example's real outputs."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest

import hepbatch
from hepbatch.tests.real_agent import real_agent

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
AUDITS = ROOT / "docs" / "audits.md"
CLUSTERS = ROOT / "docs" / "clusters.md"
CONNECTIONS = ROOT / "docs" / "connections.md"
SUBMISSIONS = ROOT / "docs" / "submissions.md"
SITE = ROOT / "docs" / "site.md"
README = ROOT / "README.md"
PAGES = (
    sorted(ROOT.glob("*.md"))
    + sorted((ROOT / "docs").glob("*.md"))
    + [
        EXAMPLES / "README.md",
        ROOT / "testbed" / "README.md",
    ]
)
# The exit statuses that the commands of a page show.
STATUSES = {AUDITS: {0, 1, 2}, README: {1}, CONNECTIONS: {0, 3}, CLUSTERS: {0}, SUBMISSIONS: {0, 1}}
# What a command says while it waits.
PROGRESS = re.compile(r"^\S+ is starting.*\n", re.M)
STATUS = re.compile(r"^# exit status (\d+)\b", re.M)


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    text: str


class Ran(NamedTuple):
    """What a block did."""

    block: Block
    status: int
    stdout: str
    stderr: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks, in order."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(), re.M | re.S)
    return [Block(language, text) for language, text in found]


def section(page: Path, title: str) -> str:
    """The text below a heading, up to the next one."""
    found = re.search(rf"^##+ {re.escape(title)}\n(.*?)(?=^##|\Z)", page.read_text(), re.M | re.S)
    assert found, f"{page.name} has no section {title!r}"
    return found[1]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment whose `hepbatch` and `python` are ours, and that has no dasgoclient."""
    programs = tmp_path_factory.mktemp("bin")
    for name, more in (("python", ""), ("hepbatch", "-m hepbatch.command ")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {more}"$@"\n')
        (programs / name).chmod(0o755)
    with real_agent():
        yield {**os.environ, "PATH": f"{programs}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, world: dict[str, str]) -> Path:
    """A folder with samples.json, events.json and outputs that have been through accidents."""
    folder = tmp_path_factory.mktemp("analysis")
    run_badly(folder, world)
    return folder


def run_badly(folder: Path, world: dict[str, str]) -> None:
    """Run the analysis; one job fails, and other accidents happen."""
    example(folder, world, "prepare.py", "--data", ".")
    process(folder, world, "runner.json", status=1)
    example(folder, world, "accidents.py", "outputs")


def example(folder: Path, world: dict[str, str], script: str, *more: str, status: int = 0) -> None:
    """Run a script of the example in a folder."""
    argv = [sys.executable, str(EXAMPLES / script), *more]
    done = subprocess.run(argv, cwd=folder, env=world, capture_output=True, text=True, timeout=120)
    assert done.returncode == status, done.stdout + done.stderr


def process(folder: Path, world: dict[str, str], runner: str, status: int = 0) -> None:
    """Run the analysis, as a user would submit it."""
    where = ("--dump", "outputs", "--chunk", "100", "--submission", "submission")
    example(folder, world, "run_analysis.py", "--json-analysis", runner, *where, status=status)


def resubmit(folder: Path, world: dict[str, str]) -> None:
    """Process what missing.json says, after the input file was copied again."""
    example(folder, world, "prepare.py", "--data", ".", "--fix")
    runner = json.loads((folder / "runner.json").read_text())
    runner["samplejson"] = str(folder / "missing.json")
    (folder / "again.json").write_text(json.dumps(runner))
    process(folder, world, "again.json")


def type_in(page: Path, folder: Path, world: dict[str, str]) -> list[Ran]:
    """Run a page's `sh` and `python` blocks in order; resubmit where it removes chunks."""
    ran = []
    names: dict[str, Any] = {}
    for block in blocks(page):
        if "--missing" in block.text:
            example(folder, world, "prepare.py", "--data", ".", "--fix")
        if block.language == "sh":
            shell = ["sh", "-c", block.text]
            done = subprocess.run(
                shell, cwd=folder, env=world, capture_output=True, text=True, timeout=120
            )
            stderr = PROGRESS.sub("", done.stderr)
            ran.append(Ran(block, done.returncode, done.stdout, stderr))
            if "--remove-stale" in block.text and "samples.json" in block.text:
                resubmit(folder, world)
        elif block.language == "python":
            with standing_in(folder):
                exec(compile(block.text, str(page), "exec"), names)
    return ran


@contextlib.contextmanager
def standing_in(folder: Path) -> Iterator[None]:
    """What `contextlib.chdir` is from Python 3.11 on."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.mark.skipif(not find_spec("pandas"), reason="the page shows .to_pandas()")
@pytest.mark.parametrize("page", STATUSES, ids=lambda page: page.name)
def test_commands_give_the_exit_status_the_page_says(
    page: Path, world: dict[str, str], tmp_path: Path
) -> None:
    run_badly(tmp_path, world)
    shutil.copy(EXAMPLES / "run_analysis.py", tmp_path)
    ran = type_in(page, tmp_path, world)
    for block, status, stdout, stderr in ran:
        said = STATUS.findall(block.text)
        assert len(said) == 1, f"this block does not say its exit status:\n{block.text}"
        assert status == int(said[0]), block.text + stdout + stderr
        # Submissions say there how far they are, and why some jobs do not succeed.
        if page != SUBMISSIONS:
            assert stderr.count("\n") == (1 if status == 2 else 0), stderr
    assert {status for _, status, _, _ in ran} == STATUSES[page]


def test_no_command_of_hepbatch_stands_in_a_block_that_is_not_run() -> None:
    for page in PAGES:
        for block in blocks(page):
            if re.search(r"^hepbatch ", block.text, re.M):
                assert block.language == "sh" and page in STATUSES, f"{page}: {block.text}"


def test_the_readme_shows_what_the_command_prints(broken: Path, world: dict[str, str]) -> None:
    command, shown = [block for block in blocks(README) if block.language in ("sh", "text")]
    done = subprocess.run(
        ["sh", "-c", command.text], cwd=broken, env=world, capture_output=True, text=True
    )
    assert done.stdout.startswith(shown.text), done.stdout


def test_the_report_fits_its_published_schema(broken: Path, world: dict[str, str]) -> None:
    command = next(block for block in blocks(README) if block.language == "sh")
    subprocess.run(["sh", "-c", command.text], cwd=broken, env=world, check=False)
    report = json.loads((broken / "report.json").read_text())
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    validator.validate(report)
    del report["datasets"]["Zmumu_data"]["files"]["unreadable"]
    with pytest.raises(jsonschema.ValidationError, match="unreadable"):
        validator.validate(report)


def test_the_page_has_the_options_of_the_help_and_no_other(world: dict[str, str]) -> None:
    argv = ["hepbatch", "audit", "--help"]
    done = subprocess.run(argv, env=world, capture_output=True, text=True, check=True)
    helped = set(re.findall(r"^ {2,6}(?:(-\w), )?(--[a-z-]+)", done.stdout, re.M))
    rows = re.findall(r"^\| (?:`(-\w)`, )?`(--[a-z-]+)", section(AUDITS, "All options"), re.M)
    assert len(rows) == len(set(rows)) >= 19
    assert set(rows) == helped


def test_the_page_has_every_status_and_every_exit_status() -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
    dataset = schema["properties"]["datasets"]["additionalProperties"]["properties"]
    table = section(AUDITS, "What is said of an input file")
    assert re.findall(r"^\| `([a-z-]+)`", table, re.M) == dataset["files"]["required"]
    fields = section(AUDITS, "report.json")
    for name in (*dataset, *dataset["problems"]["items"]["properties"]):
        assert re.search(rf"[`.]{name}`", fields), name
    assert re.findall(r"^\| (\d+)", section(AUDITS, "Exit status"), re.M) == ["0", "1", "2", "130"]


def test_the_page_has_every_argument_of_the_cell() -> None:
    arguments = list(inspect.signature(hepbatch.audit).parameters)[3:]
    text = section(AUDITS, "In a cell or a script")
    assert [name for name in arguments if f"`{name}`" not in text] == []


def test_the_page_has_every_variable_that_is_read() -> None:
    asked = re.compile(r"""(?:environ\.get\(|environ\[|env\[)["']((?:HEPBATCH|XDG)_\w+)["']""")
    sources = [*(ROOT / "src").rglob("*.ts"), *(ROOT / "hepbatch").rglob("*.py")]
    code = [path.read_text() for path in sources if not {"__tests__", "tests"} & {*path.parts}]
    variables = {name for text in code for name in asked.findall(text)}
    assert {"HEPBATCH_NODE", "HEPBATCH_IDLE_MINUTES", "XDG_RUNTIME_DIR"} <= variables
    table = section(ROOT / "docs" / "agent.md", "Environment variables")
    assert [name for name in sorted(variables) if f"| `{name}`" not in table] == []


@pytest.mark.parametrize("page", [CONNECTIONS, SITE], ids=lambda page: page.name)
def test_the_site_files_of_the_pages_are_without_fault(page: Path, tmp_path: Path) -> None:
    (example,) = [block.text for block in blocks(page) if block.language == "json"]
    folder = tmp_path / "hepbatch" / "connections"
    folder.mkdir(parents=True)
    (folder / "site.json").write_text(example)
    with pytest.MonkeyPatch.context() as patch, real_agent():
        patch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
        patch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "user"))
        argv = [sys.executable, "-m", "hepbatch.command", "connections", "--json"]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert said["problems"] == []
    found = {one["profile"]["id"]: one["profile"] for one in said["connections"]}
    for profile in json.loads(example)["profiles"]:
        assert found[profile["id"]]["defaults"] == profile["defaults"]
        assert found[profile["id"]].get("locked") == profile.get("locked")
    assert not set(json.loads(example)["hide"]) & set(found)


def test_the_page_for_sites_has_every_default_of_a_cluster() -> None:
    schema = json.loads((ROOT / "docs" / "supervisor.schema.json").read_text())
    backends = schema["request"]["oneOf"]
    options = {name for one in backends for name in one["properties"]["options"]["properties"]}
    rows = re.findall(r"^\| `(\w+)`", section(SITE, "Defaults of Dask clusters"), re.M)
    assert sorted(rows) == sorted([*options, "python"])


def test_the_page_of_clusters_has_every_verb_of_the_command(world: dict[str, str]) -> None:
    argv = ["hepbatch", "clusters", "--help"]
    done = subprocess.run(argv, env=world, capture_output=True, text=True, check=True)
    (verbs,) = re.findall(r"^  (\w+), (\w+)  ", done.stdout, re.M)
    helped = {*verbs, *re.findall(r"^  (\w+) (?:NAME|CONNECTION)", done.stdout, re.M)}
    told = re.findall(r"^\| `hepbatch clusters (\w+)", section(CLUSTERS, "In the terminal"), re.M)
    assert set(told) == helped >= {"start", "scale", "adapt", "logs", "stop", "clean", "remove"}


def test_the_readme_names_the_test_command() -> None:
    assert re.search(r"`make test`.*the test command", README.read_text())
    assert re.search(r"^test:", (ROOT / "Makefile").read_text(), re.M)


def anchor(title: str) -> str:
    """The anchor that GitHub and GitLab give a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            if "://" in target:
                continue
            path, _, wanted = target.partition("#")
            other = page.parent / path if path else page
            assert other.exists(), f"{page.name} links to {target}"
            if wanted:
                titles = re.findall(r"^#+ (.+)$", other.read_text(), re.M)
                assert wanted in map(anchor, titles), f"{page.name} links to {target}"
