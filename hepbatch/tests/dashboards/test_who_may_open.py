"""Who may open the address of a dashboard, and who may close it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hepbatch.tests.answers import Asked, failure
from hepbatch.tests.hostile import Hostile
from hepbatch.tests.showing import BASE, Fetch

OPEN = f"{BASE}/hepbatch/api/dashboards/open"
CLOSE = f"{BASE}/hepbatch/api/dashboards/close"
KEEP = f"{BASE}/hepbatch/api/dashboards/keep"


@pytest.mark.parametrize("path", [OPEN, CLOSE, KEEP])
async def test_a_stranger_opens_keeps_and_closes_nothing(
    place: Path, fetch: Fetch, path: str
) -> None:
    for verb in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
        response = await fetch(path, method=verb, body='{"id":"x"}')
        assert response.code == 403
    assert not place.exists(), "an agent was started for a stranger"


async def test_who_has_only_a_cookie_needs_the_xsrf_token_and_our_own_origin(
    opened: str, fetch: Fetch, jp_serverapp: Any, hostile: Hostile
) -> None:
    dashboard = opened.split("/")[-3]
    login = await fetch(f"{BASE}/api/me?token={jp_serverapp.identity_provider.token}")
    xsrf = "0123456789abcdef" * 2
    cookies = [line.split(";")[0] for line in login.headers.get_list("Set-Cookie")]
    cookie = {"Cookie": "; ".join([*cookies, f"_xsrf={xsrf}"])}
    body = json.dumps({"id": dashboard})
    for headers in (
        cookie,
        {**cookie, "X-XSRFToken": xsrf[::-1]},
        {**cookie, "X-XSRFToken": xsrf, "Origin": "http://evil.example"},
        {**cookie, "X-XSRFToken": xsrf, "Origin": "null"},
    ):
        refused = await fetch(OPEN, method="POST", body=body, headers=headers)
        assert failure(refused)[0] in (403, 404), headers
    headers = {**cookie, "X-XSRFToken": xsrf}
    assert (await fetch(OPEN, method="POST", body=body, headers=headers)).code == 200


async def test_the_authorizer_is_asked_and_obeyed(opened: str, post: Fetch) -> None:
    Asked.allow = False
    body = {"id": opened.split("/")[-3]}
    assert failure(await post("/dashboards/open", body))[:2] == (403, "denied")
    for verb in ("close", "keep"):
        refused = await post(f"/dashboards/{verb}", {"path": opened})
        assert failure(refused)[:2] == (403, "denied")


async def test_what_is_no_dashboard_is_not_opened(place: Path, post: Fetch) -> None:
    asked = post("/dashboards/open", {"id": "nowhere"})
    assert failure(await asked)[:2] == (404, "not-found")
    wrong: list[Any] = [{"id": 7}, {}, [], {"id": "../x"}, {"id": "a/b"}, {"id": ""}]
    for body in wrong:
        assert failure(await post("/dashboards/open", body))[:2] == (400, "bad-request")
    assert failure(await post("/dashboards/close", {"path": 7}))[:2] == (400, "bad-request")
    assert failure(await post("/dashboards/keep", {"path": 7}))[:2] == (400, "bad-request")
    assert (await post("/dashboards/close", {"path": "/elsewhere/"})).code == 200
    assert json.loads((await post("/dashboards/keep", {"path": "/elsewhere/"})).body) == {
        "kept": False
    }
