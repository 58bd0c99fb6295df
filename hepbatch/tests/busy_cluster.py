"""A real Dask cluster that never rests, in a process of its own: `python busy_cluster.py [HOST]`.

Prints one line of JSON with the address of its dashboard, and lives until its stdin ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def busy_cluster(host: str = "127.0.0.1") -> Iterator[str]:
    """Start such a cluster; yields `host:port` of its dashboard."""
    # Bokeh lets in whom a server without any configuration would let in: pages of localhost.
    strict = "DASK_DISTRIBUTED__SCHEDULER__DASHBOARD__BOKEH_APPLICATION__ALLOW_WEBSOCKET_ORIGIN"
    child = subprocess.Popen(
        [sys.executable, __file__, host],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **({strict: "[]"} if host == "127.0.0.1" else {})},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        address: str = json.loads(child.stdout.readline())["dashboard"]
        yield address
    finally:
        child.stdin.close()
        child.stdout.close()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def main(host: str) -> None:
    """Keep two threads of one worker at work."""
    from distributed import Client, LocalCluster

    over = threading.Event()

    def wait_for_end() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=wait_for_end, daemon=True).start()
    with (
        LocalCluster(
            n_workers=1,
            threads_per_worker=2,
            processes=False,
            protocol="tcp://",
            host=host,
            dashboard_address=f"{host}:0",
            worker_dashboard_address=f"{host}:0",
            memory_limit="2GiB",
        ) as cluster,
        Client(cluster) as client,
    ):
        port = cluster.scheduler.http_server.port
        print(json.dumps({"dashboard": f"{host}:{port}"}), flush=True)
        first = 0
        while not over.is_set():
            numbers = range(first, first + 4)
            client.gather(client.map(_work, numbers))
            first += 4
            over.wait(0.2)


def _work(number: int) -> int:
    time.sleep(0.05)
    return number


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1")
