"""A client of a cluster of a test, run by the Python with Dask: its orders come as one argument."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from distributed import Client, KilledWorker, Security


def who(seconds: float) -> str:
    """The process that runs this, after a while in which another worker gets the next task."""
    time.sleep(seconds)
    return f"{os.getpid()}"


def eat(megabytes: int, seconds: float) -> int:
    """Use memory for a while."""
    eaten = b"x" * (megabytes << 20)
    time.sleep(seconds)
    return len(eaten)


def variable(name: str) -> str | None:
    """An environment variable of a worker."""
    return os.environ.get(name)


def run(client: Any, what: str, arguments: list[Any]) -> Any:
    """Do what the test asks for."""
    if what == "who":
        tasks, seconds = arguments
        futures = [client.submit(who, seconds, pure=False) for _ in range(tasks)]
        return sorted(set(client.gather(futures)))
    if what == "variables":
        return client.gather(client.map(variable, arguments))
    if what == "retire":
        return len(client.retire_workers(close_workers=True, remove=True))
    try:
        return client.submit(eat, *arguments).result(timeout=90)
    except KilledWorker as error:
        return f"KilledWorker: {error.task}"


if __name__ == "__main__":
    orders = json.loads(sys.argv[1])
    tls = orders["tls"]
    security = tls and Security(
        require_encryption=True,
        tls_ca_file=tls["ca"]["path"],
        tls_client_cert=tls["cert"]["path"],
        tls_client_key=tls["key"]["path"],
    )
    with Client(orders["address"], security=security, timeout=30) as client:
        print(json.dumps(run(client, orders["do"], orders["with"])))
