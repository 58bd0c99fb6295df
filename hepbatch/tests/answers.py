"""What tests ask of answers, of Jupyter's authorizer and of its memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyter_server.auth import AllowAllAuthorizer
from tornado.httpclient import HTTPResponse

from hepbatch.door import Door


class Asked(AllowAllAuthorizer):
    """Allows what `allow` says, and remembers what it was asked."""

    allow = True
    asked: list[tuple[str, str]] = []  # noqa: RUF012

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        if isinstance(handler, Door):
            self.asked.append((action, resource))
            return self.allow
        return True


def failure(response: HTTPResponse) -> tuple[int, str, str]:
    """Status, code and message of a refusal, which always has a next step."""
    said = json.loads(response.body)
    assert set(said) == {"code", "message", "data"}
    assert said["data"]["next"]
    assert response.headers["Content-Type"] == "application/json"
    return response.code, said["code"], said["message"]


def resident_mb() -> float:
    """Resident memory of this process, which Jupyter runs in."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / (1 << 20)
