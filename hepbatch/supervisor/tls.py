"""TLS between scheduler, workers and clients: one certificate of the cluster's own."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from .failure import SupervisorError
from .record import told, write_private

NAMES = ("ca.pem", "cert.pem", "key.pem")


def check_tls() -> None:
    """Say what is missing before anything starts. Raises `unsupported`."""
    if importlib.util.find_spec("cryptography") is None:
        raise SupervisorError(
            "unsupported",
            f"{sys.executable} has no cryptography, which makes the certificate of the cluster",
            f"{sys.executable} -m pip install cryptography; or switch TLS off, if you trust "
            "everybody who can reach this host's ports: without it they can run programs as you.",
        )


def make_certificate(folder: Path) -> None:
    """Write authority, certificate and key, readable by us alone."""
    from distributed import Security

    with told(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    made = Security.temporary()
    for name, text in zip(NAMES, (made.tls_ca_file, made.tls_client_cert, made.tls_client_key)):
        write_private(folder / name, text)


def security_of(folder: Path | None) -> Any:
    """Dask's security with the files in a folder; None: in the folder where a job starts."""
    from distributed import Security

    ca, cert, key = (name if folder is None else str(folder / name) for name in NAMES)
    return Security(
        require_encryption=True,
        tls_ca_file=ca,
        tls_scheduler_cert=cert,
        tls_scheduler_key=key,
        tls_worker_cert=cert,
        tls_worker_key=key,
        tls_client_cert=cert,
        tls_client_key=key,
    )
