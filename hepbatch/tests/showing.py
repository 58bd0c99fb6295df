"""A Jupyter Server of a test that shows dashboards, and what asks it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from tornado.httpclient import HTTPResponse

BASE = "/a%40b"
Fetch = Callable[..., Awaitable[HTTPResponse]]


class Showing:
    """Asks as a sandboxed frame would, without any key, and posts as the user."""

    def __init__(self, client: Any, auth_header: dict[str, str]) -> None:
        self._client = client
        self._auth_header = auth_header

    def fetch(self, path: str, **options: Any) -> Awaitable[HTTPResponse]:
        """Ask without any key of Jupyter."""
        options.setdefault("raise_error", False)
        options.setdefault("allow_nonstandard_methods", True)
        options.setdefault("follow_redirects", False)
        options.setdefault("request_timeout", 60)
        answer: Awaitable[HTTPResponse] = self._client.fetch(path, **options)
        return answer

    def post(self, path: str, body: Any, **headers: str) -> Awaitable[HTTPResponse]:
        """Post to the contract with Jupyter's token."""
        return self.fetch(
            f"{BASE}/hepbatch/api{path}",
            method="POST",
            body=json.dumps(body),
            headers={**self._auth_header, **headers},
        )

    async def said(self, path: str, body: Any) -> Any:
        """Post to the contract; returns what it says to a question that is in order."""
        answer = await self.post(path, body)
        assert answer.code == 200, answer.body
        return json.loads(answer.body)

    async def add(self, address: str) -> str:
        """Have the agent know a dashboard; returns its id."""
        body = {"connection": "dask-local", "address": address}
        dashboard: str = (await self.said("/dashboards/add", body))["id"]
        return dashboard

    async def open(self, dashboard: str) -> str:
        """Return an address for a frame."""
        path: str = (await self.said("/dashboards/open", {"id": dashboard}))["path"]
        return path
