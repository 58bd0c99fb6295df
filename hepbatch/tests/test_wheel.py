"""The wheel as users install it: a clean environment, and no Node on PATH."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hepbatch.tests.own_folders import own_folders

pytestmark = pytest.mark.wheel
ROOT = Path(__file__).parents[2]
# What is built or fetched; the wheel must not need any of it.
MADE = (
    ".git", ".venv", ".cache", ".testbed", "node_modules", "lib", "labextension", "node", "dist",
    "__pycache__", "output", ".eslintcache",
)  # fmt: skip
TOKEN = "only-for-this-test"


def run(argv: list[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program; what it printed is shown where it fails."""
    done = subprocess.run(argv, capture_output=True, text=True, **options)
    if done.returncode != 0:
        pytest.fail(f"{argv}: status {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done


@pytest.fixture(scope="module")
def without_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """This environment with a PATH that has the system's programs, and no Node."""
    folder = tmp_path_factory.mktemp("bin")
    for place in ("/usr/local/bin", "/usr/bin", "/bin"):
        for program in Path(place).glob("*"):
            link = folder / program.name
            hidden = re.match(r"node|npm|npx|corepack|yarn|python|pip", program.name)
            if not hidden and not link.is_symlink():
                link.symlink_to(program)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not re.match(r"(PYTHON|VIRTUAL_ENV|JUPYTER|npm_|HEPBATCH|NODE)", name)
    }
    environment["PATH"] = str(folder)
    assert shutil.which("node", path=environment["PATH"]) is None
    return environment


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, without_node: dict[str, str]) -> Path:
    """The wheel, built from a copy of the sources as a fresh clone has them."""
    source = tmp_path_factory.mktemp("clone") / "hepbatch"
    shutil.copytree(
        ROOT, source, ignore=shutil.ignore_patterns(*MADE), ignore_dangling_symlinks=True
    )
    out = tmp_path_factory.mktemp("wheel")
    pip: list[str | Path] = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", out, source]
    run(pip, env=without_node, cwd=out)
    shutil.rmtree(source)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean(
    wheel: Path, without_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The programs of a clean environment with the wheel and JupyterLab."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    run(
        [folder / "bin" / "python", "-m", "pip", "install", "--quiet", f"{wheel}[lab]"],
        env=without_node,
    )
    return folder / "bin"


@pytest.fixture
def world(without_node: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment without Node, with folders of its own."""
    with own_folders() as path:
        folder = path.parents[2]
        own = {name: os.environ[name] for name in os.environ if name.startswith("XDG_")}
        home = {"HOME": str(folder), "JUPYTER_PLATFORM_DIRS": "0"}
        yield {**without_node, **own, **home, "HEPBATCH_IDLE_MINUTES": "2"}


def test_the_wheel_holds_what_is_needed_and_no_tests(wheel: Path) -> None:
    names = run([sys.executable, "-m", "zipfile", "-l", wheel]).stdout
    for wanted in (
        "hepbatch/node/main.cjs",
        "hepbatch/node/hepbatch.cjs",
        "hepbatch/relay.py",
        "share/jupyter/labextensions/hepbatch/package.json",
        "share/jupyter/labextensions/hepbatch/install.json",
        "jupyter_server_config.d/hepbatch.json",
        "LICENSE",
    ):
        assert wanted in names, wanted
    for unwanted in ("hepbatch/tests", "node_modules", "tsbuildinfo"):
        assert unwanted not in names, unwanted


def test_the_command_line_works(clean: Path, world: dict[str, str], tmp_path: Path) -> None:
    assert "--source" in run([clean / "hepbatch", "audit", "--help"], env=world).stdout
    samples = tmp_path / "samples.json"
    samples.write_text('{"DYto2L": ["/store/a/one.root"]}')
    (tmp_path / "outputs" / "DYto2L" / "nominal").mkdir(parents=True)
    missing = tmp_path / "missing.json"
    done = subprocess.run(
        [
            clean / "hepbatch", "audit", "--json", samples, "--source", tmp_path / "outputs",
            "--convention", "DAS", "--output", missing,
        ],
        env=world, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert json.loads(missing.read_text()) == {"DYto2L": ["/store/a/one.root"]}


def test_jupyter_lists_both_halves_as_enabled(clean: Path, world: dict[str, str]) -> None:
    front = run([clean / "jupyter", "labextension", "list"], env=world)
    said = re.sub(r"\x1b\[[0-9;]*m", "", front.stdout + front.stderr)
    assert re.search(r"hepbatch v\S+ enabled OK", said), said
    back = run([clean / "jupyter", "server", "extension", "list"], env=world)
    said = re.sub(r"\x1b\[[0-9;]*m", "", back.stdout + back.stderr)
    assert re.search(r"hepbatch enabled", said), said
    assert re.search(r"hepbatch \S+ OK", said), said


def test_jupyterlab_starts_and_the_agent_answers_through_it(
    clean: Path, world: dict[str, str], tmp_path: Path
) -> None:
    argv: list[str | Path] = [
        clean / "jupyter-lab", "--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root",
        f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={tmp_path}",
    ]  # fmt: skip
    log = tmp_path / "log"
    with log.open("w") as out:
        server = subprocess.Popen(argv, env=world, stdout=out, stderr=out, cwd=tmp_path)
    try:
        base = address(server, log)
        page = ask(base, "lab").decode()
        listed = json.loads(
            re.findall(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[0]
        )
        assert "hepbatch" in [extension["name"] for extension in listed["federated_extensions"]]
        info = json.loads(ask(base, "hepbatch/api/agent"))
        assert info["name"] == "hepbatch"
    finally:
        server.terminate()
        server.wait(20)


def address(server: subprocess.Popen[bytes], log: Path) -> str:
    """Where the server listens, once it says so."""
    for _ in range(600):
        found = re.search(r"http://127\.0\.0\.1:\d+/", log.read_text())
        if found:
            return found[0]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"JupyterLab does not start:\n{log.read_text()[-3000:]}")


def ask(base: str, path: str) -> bytes:
    """Ask with the token."""
    request = urllib.request.Request(base + path, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=30) as response:
        body: bytes = response.read()
    return body
