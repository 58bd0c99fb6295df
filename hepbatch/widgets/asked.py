"""Answers of the agent to objects in cells and scripts, and whether they are in a kernel."""

from __future__ import annotations

from typing import Any

from hepbatch.agent_client import ask
from hepbatch.errors import HepbatchError


def asked(method: str, path: str, body: Any = None) -> Any:
    """Ask the agent; its failures are raised."""
    status, answer = ask(method, path, body)
    if status < 400:
        return answer
    failure = answer if isinstance(answer, dict) else {}
    raise HepbatchError(
        str(failure.get("code", "internal")),
        str(failure.get("message", f"the agent answered {path} with status {status}")),
        str(failure.get("data", {}).get("next", "Try again.")),
    )


def in_kernel() -> bool:
    """Whether this process is a Jupyter kernel."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return getattr(shell, "kernel", None) is not None
