"""Where the files that an audit reads lie, as the agent is told of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hepbatch.agent_client import json_of
from hepbatch.errors import HepbatchError


def absolute(path: str | os.PathLike[str]) -> str:
    """A path as the agent needs it, which has another working directory; URLs stay."""
    text = os.fspath(path)
    return text if "://" in text else os.path.abspath(os.path.expanduser(text))


def inputs(
    on: str | None,
    samples: str | os.PathLike[str] | Mapping[str, Sequence[str]],
    events: str | os.PathLike[str] | None,
) -> dict[str, str | None]:
    """Where samples JSON and events file lie: there if they are given as `NAME:/path`."""
    prefix = f"{on}:"
    paths = [samples] if events is None else [samples, events]
    there = [on is not None and isinstance(path, str) and path.startswith(prefix) for path in paths]
    if any(there) and not all(there):
        raise HepbatchError(
            "bad-request",
            "samples_json= and events= lie on different machines",
            f'Give both as "{prefix}/path", or none.',
        )
    if not all(there):
        return {
            "inputsOn": "here",
            "samplesJson": _samples_path(samples),
            "events": None if events is None else absolute(events),
        }
    path, *more = (str(path)[len(prefix) :] for path in paths)
    return {"inputsOn": "there", "samplesJson": path, "events": more[0] if more else None}


def _samples_path(samples: str | os.PathLike[str] | Mapping[str, Sequence[str]]) -> str:
    """The path of the samples JSON; a dictionary is written to a private file first.

    The file is named by its content, so that the same samples are known again next time.
    """
    if not isinstance(samples, Mapping):
        return absolute(samples)
    text = json_of({name: list(files) for name, files in samples.items()}, indent=4)
    folder = _state_folder() / "samples"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
    if not path.exists():
        partly = folder / f"{path.name}.{os.getpid()}.tmp"
        with open(os.open(partly, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partly.rename(path)
    return str(path)


def _state_folder() -> Path:
    base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(base) / "hepbatch"
