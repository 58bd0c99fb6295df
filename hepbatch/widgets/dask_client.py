"""`hepbatch.client("name")`: a Dask client of a cluster, with its certificate."""

from __future__ import annotations

import importlib.metadata
import sys
import warnings
from typing import Any

from hepbatch.errors import HepbatchError
from hepbatch.widgets.asked import asked

# Where these differ between client and workers, Dask warns or fails.
EQUAL = ("dask", "distributed", "msgpack", "cloudpickle")
LIVE = ("starting", "running", "stopping", "lost")


def client(name: str | None = None, **options: Any) -> Any:
    """Connect to a cluster by its name.

    Parameters
    ----------
    name
        Its name or id; may be left out where exactly one cluster runs.
    options
        As for `distributed.Client`.

    Returns
    -------
    A `distributed.Client` that holds the certificate of the cluster. Versions that differ from those
    of the workers are told as a warning, with the command that mends them.

    Raises
    ------
    HepbatchError
        `not-found`; `conflict` where it does not run, or runs on another host and has no port here
        (see `Cluster.open_port`); `unsupported` where this Python has no Dask.
    """
    card = find(name)
    info = asked("POST", "/clusters/client", {"id": card["id"]})
    for words in mismatches(info["versions"]):
        warnings.warn(words, stacklevel=2)
    return connect(info, options)


def find(name: str | None) -> dict[str, Any]:
    """The cluster of that id or name, one that lives first; without a name the one that runs."""
    cards: list[dict[str, Any]] = asked("GET", "/clusters")["clusters"]
    live = [card for card in cards if card["state"] in LIVE]
    if name is None:
        running = [card for card in live if card["state"] == "running"]
        if len(running) == 1:
            return running[0]
        names = ", ".join(card["name"] for card in running)
        what = f"{len(running)} clusters run: {names}" if running else "no cluster runs"
        next = "Give a name." if running else "Start one with hepbatch.Cluster(...).start()."
        raise HepbatchError("not-found", what, next)
    for those, key in ((cards, "id"), (live, "name"), (cards, "name")):
        for card in those:
            if card[key] == name:
                return card
    names = ", ".join(card["name"] for card in cards) or "none"
    raise HepbatchError("not-found", f"there is no cluster {name}", f"There are: {names}.")


def connect(info: dict[str, Any], options: dict[str, Any]) -> Any:
    """Make a client of what the agent says of a cluster."""
    try:
        from distributed import Client, Security
    except ImportError as error:
        raise HepbatchError(
            "unsupported",
            f"{sys.executable} has no distributed: {error}",
            f"{sys.executable} -m pip install distributed=={info['versions'].get('distributed')}",
        ) from error
    tls = info["tls"]
    if tls is not None:
        options = {
            "security": Security(
                require_encryption=True,
                tls_ca_file=tls["ca"],
                tls_client_cert=tls["cert"],
                tls_client_key=tls["key"],
            ),
            **options,
        }
    return Client(info["address"], **options)


def mismatches(workers: dict[str, str | None]) -> list[str]:
    """What differs between this Python and that of the workers, with what to do, in sentences."""
    told = []
    here, there = sys.version.split()[0], workers.get("python")
    if there is not None and here.split(".")[:2] != there.split(".")[:2]:
        told.append(
            f"Python is {here} here and {there} on the workers, so functions may not arrive: start "
            "the cluster with the Python of this kernel."
        )
    pins = [
        f"{name}=={workers[name]}"
        for name in EQUAL
        if workers.get(name) is not None and _version(name) != workers[name]
    ]
    if pins:
        told.append(
            "Versions differ from those of the workers. To make them equal: "
            f"{sys.executable} -m pip install {' '.join(pins)}"
        )
    return told


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
