"""Who may ask the relay: Jupyter decides, and nothing goes past it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from hepbatch.dashboards import Frame
from hepbatch.relay import Relay
from hepbatch.tests.answers import Asked, failure
from hepbatch.tests.own_folders import ask_socket
from hepbatch.tests.relay.address import Fetch

VERBS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]


@pytest.mark.parametrize("path", ["/agent", "/events", "/echo", "/../x", ""])
@pytest.mark.parametrize("verb", VERBS)
async def test_every_verb_without_authentication_is_refused(
    stand_in: Path, fetch: Fetch, verb: str, path: str
) -> None:
    response = await fetch(path, method=verb)
    assert response.code == 403
    assert not stand_in.exists(), "an agent was started for a stranger"


async def test_an_upgrade_without_authentication_is_refused(stand_in: Path, fetch: Fetch) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    assert (await fetch("/agent", headers=headers)).code == 403
    assert not stand_in.exists()


async def test_an_upgrade_is_not_offered_to_users_either(stand_in: Path, jp_ws_fetch: Any) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_ws_fetch("hepbatch", "api", "agent")
    assert caught.value.code == 400
    assert not stand_in.exists()


@pytest.mark.parametrize("verb", VERBS[2:])
async def test_only_get_and_post_are_answered(stand_in: Path, ask: Fetch, verb: str) -> None:
    response = await ask("/agent", method=verb)
    assert response.code == 405
    assert response.headers["Allow"] == "GET, POST"
    assert not stand_in.exists()


async def test_a_post_by_cookie_needs_the_xsrf_token(
    stand_in: Path, fetch: Fetch, jp_serverapp: Any, http_server_client: Any
) -> None:
    login = await http_server_client.fetch(
        f"/a%40b/api/me?token={jp_serverapp.identity_provider.token}", raise_error=False
    )
    # Any value will do, if the page can read the cookie and repeat it: no other site can.
    xsrf = "0123456789abcdef" * 2
    cookies = [line.split(";")[0] for line in login.headers.get_list("Set-Cookie")]
    cookie = {"Cookie": "; ".join([*cookies, f"_xsrf={xsrf}"])}
    assert (await fetch("/seen", headers=cookie)).code == 200
    for headers in (cookie, {**cookie, "X-XSRFToken": xsrf[::-1]}):
        refused = await fetch("/drop", method="POST", body="x", headers=headers)
        assert failure(refused)[:2] == (403, "denied")
    assert ask_socket(stand_in, "/seen")["posts"] == 0
    with_token = await fetch(
        "/echo", method="POST", body="x", headers={**cookie, "X-XSRFToken": xsrf}
    )
    assert with_token.code == 200, with_token.body
    assert json.loads(with_token.body)["body"] == "x"


@pytest.mark.parametrize("verb", VERBS)
async def test_the_authorizer_is_asked_and_obeyed(stand_in: Path, ask: Fetch, verb: str) -> None:
    Asked.allow = False
    response = await ask("/agent", method=verb)
    assert response.code == 403
    action = "read" if verb in ("GET", "HEAD", "OPTIONS") else "write"
    assert Asked.asked == [(action, "hepbatch")]
    assert not stand_in.exists()


async def test_another_site_is_refused_where_it_has_only_cookies(
    stand_in: Path, fetch: Fetch, jp_serverapp: Any, http_server_client: Any
) -> None:
    login = await http_server_client.fetch(
        f"/a%40b/api/me?token={jp_serverapp.identity_provider.token}", raise_error=False
    )
    cookie = "; ".join(line.split(";")[0] for line in login.headers.get_list("Set-Cookie"))
    headers = {"Cookie": cookie, "Origin": "http://evil.example"}
    assert failure(await fetch("/agent", headers=headers))[:2] == (403, "denied")
    assert (await fetch("/agent", headers={"Cookie": cookie})).code == 200


async def test_every_handler_of_the_extension_requires_authentication(jp_serverapp: Any) -> None:
    def handlers(rules: list[Any]) -> Iterator[type]:
        for rule in rules:
            if inspect.isclass(rule.target):
                yield rule.target
            else:
                yield from handlers(getattr(rule.target, "rules", []))

    web_app = jp_serverapp.web_app
    found = [*handlers(web_app.default_router.rules), *handlers(web_app.wildcard_router.rules)]
    ours = {handler for handler in found if handler.__module__.startswith("hepbatch")}
    assert Relay in ours
    # Of a frame, which has no cookies: a secret in its address stands in for the login.
    assert Frame in ours
    assert Frame.SUPPORTED_METHODS == ("GET", "HEAD")
    for handler in ours - {Frame}:
        for verb in VERBS:
            method = getattr(handler, verb.lower())
            # The outermost wrapper has to be Tornado's: user first, then the authorizer.
            assert method.__code__.co_filename.endswith("tornado/web.py"), (handler, verb)
            assert hasattr(method, "__wrapped__"), (handler, verb)
