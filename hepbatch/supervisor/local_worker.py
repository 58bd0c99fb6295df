"""Loaded by Dask into each worker of this machine: its log is a file, its pages are on a socket.

The supervisor copies this file beside the cluster and names the folders in the environment.
"""

from __future__ import annotations

import os
from typing import Any


def dask_setup(worker: Any) -> None:
    """Send output to the worker's log, and take its pages off the loopback address.

    There any user of this machine could read them.
    """
    path = os.path.join(os.environ["HEPBATCH_WORKER_LOGS"], f"worker-{worker.name}.log")
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    move_to_socket(worker.http_server, os.environ["HEPBATCH_WORKER_SOCKETS"], str(worker.name))


def move_to_socket(server: Any, folder: str, name: str) -> None:
    """Let an HTTP server listen on a socket of mode 0600 instead of its ports."""
    from tornado.netutil import bind_unix_socket

    for number in list(server._sockets):
        server._handlers.pop(number)()
        server._sockets.pop(number).close()
    path = os.path.join(folder, name + ".sock")
    server.add_sockets([bind_unix_socket(path, mode=0o600)])
