"""Run HiggsDNA-style analyses on batch systems, and audit their outputs.

Importing this package is cheap: the command line and kernels start it, so Jupyter, Tornado and
ipywidgets are imported only by those who ask for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hepbatch.errors import HepbatchError

if TYPE_CHECKING:
    from hepbatch.widgets.audits import Audit, audit
    from hepbatch.widgets.cluster_list import Clusters, clusters
    from hepbatch.widgets.clusters import Cluster
    from hepbatch.widgets.connections import Connections, connections
    from hepbatch.widgets.dask_client import client
    from hepbatch.widgets.submission_list import Submissions, submissions
    from hepbatch.widgets.submissions import Submission

__all__ = [
    "Audit",
    "Cluster",
    "Clusters",
    "Connections",
    "HepbatchError",
    "Submission",
    "Submissions",
    "__version__",
    "audit",
    "client",
    "clusters",
    "connections",
    "submissions",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for (PEP 562)."""
    if name in ("Audit", "audit"):
        from hepbatch.widgets import audits

        return getattr(audits, name)
    if name == "Cluster":
        from hepbatch.widgets.clusters import Cluster

        return Cluster
    if name in ("Clusters", "clusters"):
        from hepbatch.widgets import cluster_list

        return getattr(cluster_list, name)
    if name == "client":
        from hepbatch.widgets.dask_client import client

        return client
    if name in ("Connections", "connections"):
        from hepbatch.widgets import connections

        return getattr(connections, name)
    if name == "Submission":
        from hepbatch.widgets.submissions import Submission

        return Submission
    if name in ("Submissions", "submissions"):
        from hepbatch.widgets import submission_list

        return getattr(submission_list, name)
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("hepbatch")
        except PackageNotFoundError:
            return "0+source"  # run from a source tree that is not installed
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where JupyterLab finds the front end."""
    return [{"src": "labextension", "dest": "hepbatch"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Where the Jupyter Server finds the relay."""
    return [{"module": "hepbatch.extension"}]
