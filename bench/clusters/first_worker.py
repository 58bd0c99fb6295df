"""Start a cluster in one of two ways, and say when its first worker has answered.

``first_worker.py plain|hepbatch local|htcondor``, run as a script of a user would be. Prints one
line once a task has come back, and ends the cluster.
"""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from typing import Any

SIZE: dict[str, Any] = {"cores": 1, "memory": "600MB"}
DISK = "100MB"


def plain(where: str) -> AbstractContextManager[Any]:
    """A cluster as the documentation of Dask makes it."""
    from distributed import LocalCluster

    if where == "local":
        return LocalCluster(n_workers=1, threads_per_worker=1, memory_limit=SIZE["memory"])
    from dask_jobqueue import HTCondorCluster

    return HTCondorCluster(**SIZE, disk=DISK, log_directory=os.environ["HOME"])


def hepbatch(where: str) -> AbstractContextManager[Any]:
    """The same cluster of ours."""
    from hepbatch import Cluster

    if where == "local":
        return Cluster("dask-local", workers=1, **SIZE)
    return Cluster("dask-htcondor", workers=1, disk=DISK, **SIZE)


def client_of(cluster: Any) -> AbstractContextManager[Any]:
    """A client, by either way."""
    from distributed import Client

    return cluster.client() if type(cluster).__module__.startswith("hepbatch") else Client(cluster)


def main(how: str, where: str) -> None:
    """Start, compute one thing, say so, end."""
    with {"plain": plain, "hepbatch": hepbatch}[how](where) as cluster:
        if how == "plain" and where != "local":
            cluster.scale(1)
        with client_of(cluster) as client:
            client.submit(sum, [1, 2]).result(timeout=240)
            print("came", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
