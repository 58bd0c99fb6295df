"""Keep a Dask cluster at work until stdin ends, so that its plots move: `work.py SCHEDULER`."""

from __future__ import annotations

import sys
import threading
import time

from distributed import Client


def main(scheduler: str) -> None:
    """Say so once the first tasks are done, and go on."""
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    with Client(scheduler) as client:
        said = False
        while not over.wait(0.05):
            client.gather(client.map(_work, range(2), pure=False))
            if not said:
                print("works", flush=True)
                said = True


def _work(number: int) -> int:
    time.sleep(0.05)
    return number


if __name__ == "__main__":
    main(sys.argv[1])
