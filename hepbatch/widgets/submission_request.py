"""What `hepbatch.Submission(...)` asks for: paths, dictionaries and fields, made into a request."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hepbatch.agent_client import plain
from hepbatch.errors import HepbatchError
from hepbatch.widgets.asked import asked

Source = str | os.PathLike[str] | Mapping[str, Any]


@dataclass
class Wanted:
    """What a submission is to be, before it is known where paths are."""

    runner: Source
    samples: Source | None
    connection: str | None
    cluster_per_sample: bool
    interpreter: dict[str, str] | None
    program: Sequence[str] | None
    arguments: Sequence[str]
    framework: str
    folder: str | os.PathLike[str] | None
    options: dict[str, Any] = field(default_factory=dict)

    def request(self) -> dict[str, Any]:
        """The request of the contract; paths of this machine are relative to this process."""
        connection = self.connection or default_connection()
        profile = asked("POST", "/connections/read", {"id": connection})["profile"]
        is_here = profile["host"]["kind"] == "local"
        interpreter = self.interpreter
        if interpreter is None and is_here and profile["defaults"].get("python") is None:
            interpreter = {"kind": "python", "path": sys.executable}
        folder = self.folder if self.folder is not None or not is_here else Path.cwd()
        request = {
            "connection": connection,
            "runner": source(self.runner, "runner.json", is_here),
            "samples": None
            if self.samples is None
            else source(self.samples, "samples.json", is_here),
            "clusterPerSample": self.cluster_per_sample,
            "interpreter": interpreter,
            "program": None if self.program is None else list(self.program),
            "arguments": list(self.arguments),
            "framework": self.framework,
            "folder": None if folder is None else _path(folder, is_here),
            "options": self.options,
        }
        return dict(plain(request))


def default_connection() -> str:
    """Where jobs go if nobody says: the one batch system there is for them, else this machine."""
    batch = [
        card["profile"]["id"]
        for card in asked("GET", "/connections")["connections"]
        if card["profile"]["backend"].startswith("vanilla-")
        and card["profile"]["backend"] != "vanilla-local"
        and card["unusable"] is None
        # One that comes with hepbatch and is elsewhere counts once it is open.
        and (
            card["profile"]["host"]["kind"] == "local"
            or card["origin"] != "built-in"
            or card["state"] == "open"
        )
    ]
    return batch[0] if len(batch) == 1 else "vanilla-local"


def source(given: Source, name: str, is_here: bool) -> dict[str, Any]:
    """A JSON file by its path, or what is in it."""
    if isinstance(given, Mapping):
        return {"kind": "content", "name": name, "json": dict(given)}
    return {"kind": "path", "path": _path(given, is_here)}


def read_samples(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What is in a samples JSON of this machine; `bad-request` where it cannot be read."""
    try:
        read = json.loads(Path(path).expanduser().read_text())
    except (OSError, ValueError) as error:
        read = error
    if isinstance(read, dict):
        return read
    what = read if isinstance(read, Exception) else "it is no JSON object"
    raise HepbatchError(
        "bad-request",
        f"{os.fspath(path)} is no samples JSON: {what}",
        "Give the path of what .export() of an audit wrote.",
    )


def _path(given: str | os.PathLike[str], is_here: bool) -> str:
    text = os.fspath(given)
    return text if not is_here or text.startswith("~") else os.path.abspath(text)
