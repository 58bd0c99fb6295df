"""Fields of a request as Python has them, turned into those of the contract."""

from __future__ import annotations

import re

from hepbatch.errors import HepbatchError


def camel(name: str) -> str:
    """The contract's name of a field: `files_per_job` is `filesPerJob`."""
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def interpreter(kernel: str | None, python: str | None) -> dict[str, str] | None:
    """The Python that is meant; None where nobody says."""
    if kernel is not None and python is not None:
        raise HepbatchError(
            "bad-request", "kernel and python are both given", "Give one of the two."
        )
    if kernel is not None:
        return {"kind": "kernel", "name": kernel}
    return None if python is None else {"kind": "python", "path": python}
