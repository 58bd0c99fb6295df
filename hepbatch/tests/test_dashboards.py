"""Dashboards through a real Jupyter Server and the real agent, with one that is hostile."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.simple_httpclient import HTTPStreamClosedError
from tornado.websocket import WebSocketClientConnection, websocket_connect
from traitlets.config import Config

from hepbatch import capabilities
from hepbatch.tests.hostile import MEGABYTE, Hostile, hostile_dashboard
from hepbatch.tests.own_folders import ask_socket, end
from hepbatch.tests.showing import BASE, Fetch, Showing
from hepbatch.tests.test_relay import Asked, failure, resident_mb

OPEN = f"{BASE}/hepbatch/api/dashboards/open"
CLOSE = f"{BASE}/hepbatch/api/dashboards/close"


@pytest.fixture
def jp_server_config() -> Config:
    """Our extension, and an authorizer that can say no."""
    Asked.allow = True
    Asked.asked = []
    return Config(
        {"ServerApp": {"jpserver_extensions": {"hepbatch": True}, "authorizer_class": Asked}}
    )


@pytest.fixture
def lab(jp_serverapp: Any, http_server_client: Any, jp_auth_header: dict[str, str]) -> Showing:
    """A real Jupyter Server, and those who ask it."""
    return Showing(http_server_client, jp_auth_header)


@pytest.fixture
def fetch(lab: Showing) -> Fetch:
    """Ask without any key of Jupyter, as a sandboxed frame would."""
    return lab.fetch


@pytest.fixture
def post(lab: Showing) -> Fetch:
    """Post to the contract with Jupyter's token."""
    return lab.post


@pytest.fixture
def hostile(jp_serverapp: Any, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Hostile]:
    """The hostile dashboard, in the event loop of the test."""
    serving = hostile_dashboard()
    yield jp_asyncio_loop.run_until_complete(serving.__aenter__())
    jp_asyncio_loop.run_until_complete(serving.__aexit__(None, None, None))


@pytest.fixture
def opened(
    place: Path, lab: Showing, hostile: Hostile, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> str:
    """The address of the hostile dashboard in a frame."""

    async def show() -> str:
        return await lab.open(await lab.add(hostile.address))

    path = jp_asyncio_loop.run_until_complete(show())
    hostile.heard.clear()
    return path


@pytest.fixture
def join(jp_http_port: int) -> Callable[..., Awaitable[WebSocketClientConnection]]:
    """Open a WebSocket as a sandboxed frame does."""

    def connect(path: str, origin: str = "null") -> Awaitable[WebSocketClientConnection]:
        request = HTTPRequest(
            f"ws://127.0.0.1:{jp_http_port}{path}", headers={"Origin": origin, "Cookie": "a=secret"}
        )
        return websocket_connect(request, subprotocols=["bokeh", "x.y-z"], max_message_size=1 << 30)

    return connect


async def until(holds: Callable[[], bool]) -> None:
    """Wait for a state, not for a time."""
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it does not come to pass")


# --- Who may open ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [OPEN, CLOSE])
async def test_a_stranger_opens_and_closes_nothing(place: Path, fetch: Fetch, path: str) -> None:
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
    assert failure(await post("/dashboards/close", {"path": opened}))[:2] == (403, "denied")


async def test_what_is_no_dashboard_is_not_opened(place: Path, post: Fetch) -> None:
    asked = post("/dashboards/open", {"id": "nowhere"})
    assert failure(await asked)[:2] == (404, "not-found")
    wrong: list[Any] = [{"id": 7}, {}, [], {"id": "../x"}, {"id": "a/b"}, {"id": ""}]
    for body in wrong:
        assert failure(await post("/dashboards/open", body))[:2] == (400, "bad-request")
    assert failure(await post("/dashboards/close", {"path": 7}))[:2] == (400, "bad-request")
    assert (await post("/dashboards/close", {"path": "/elsewhere/"})).code == 200


# --- What a frame gets --------------------------------------------------------------------------


def here(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}{path} ws://127.0.0.1:{port}{path}"


async def test_every_answer_is_told_to_be_nobodys(
    opened: str, fetch: Fetch, jp_http_port: int
) -> None:
    own = here(jp_http_port, opened)
    policy = (
        "sandbox allow-scripts; frame-ancestors 'self'; default-src 'none'; base-uri 'none'; "
        f"form-action 'none'; script-src {own} 'unsafe-inline' 'unsafe-eval'; "
        f"style-src {own} 'unsafe-inline'; img-src {own} data: blob:; font-src {own} data:; "
        f"connect-src {own}; worker-src blob:"
    )
    paths = ["status", "broken", "nowhere", "out", "within", "huge", "many", "nonsense"]
    paths += ["proxy/1/x/", "hepbatch-info.css"]
    for path in paths:
        headers = (await fetch(opened + path)).headers
        assert headers["Content-Security-Policy"] == policy, path
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers.get_list("Access-Control-Allow-Origin") == ["null"]
        allowed = {"Content-Type", "Content-Length", "Date", "Transfer-Encoding", "Location"}
        allowed |= {"Connection", "Content-Security-Policy", "Referrer-Policy", "Cache-Control"}
        allowed |= {"X-Content-Type-Options", "Access-Control-Allow-Origin"}
        assert set(headers) <= allowed, path


async def test_no_key_of_jupyter_reaches_a_dashboard(
    opened: str, fetch: Fetch, hostile: Hostile, jp_serverapp: Any
) -> None:
    token = jp_serverapp.identity_provider.token
    secret = opened.split("/")[-2]
    await fetch(
        f"{opened}status?a=1&token={token}&%5fxsrf=b&b=%20",
        headers={
            "Authorization": f"token {token}",
            "Cookie": f"username-localhost={token}; _xsrf={token}",
            "X-XSRFToken": token,
            "Referer": f"http://lab/?token={token}",
            "Accept": "text/html",
            "X-Forwarded-For": "1.2.3.4",
        },
    )
    (heard,) = hostile.heard
    assert heard.uri == "/status?a=1&b=%20"
    assert dict(heard.headers.get_all()) == {
        "Accept": "text/html",
        "Accept-Encoding": "gzip",
        "Connection": "close",
        "Host": f"localhost:{hostile.port}",
    }
    assert token not in str(heard.headers)
    assert secret not in str(heard.headers)


async def test_a_redirect_is_followed_only_within_the_address(opened: str, fetch: Fetch) -> None:
    within = await fetch(f"{opened}within")
    assert (within.code, within.headers["Location"]) == (302, "./status?a=1")
    # What leads above the dashboard leads above all there; it is not above the address.
    assert (await fetch(f"{opened}above")).headers["Location"] == "./api/contents"
    out = await fetch(f"{opened}out")
    assert out.code == 502
    assert "Location" not in out.headers
    assert b"evil" not in out.body


@pytest.mark.parametrize("path", ["huge", "many", "nonsense"])
async def test_an_answer_that_is_none_is_a_page_of_ours(
    opened: str, fetch: Fetch, path: str
) -> None:
    response = await fetch(opened + path)
    assert response.code == 502
    assert b"The dashboard is away" in response.body
    assert b"<script" not in response.body


async def test_only_get_and_head_are_answered(
    opened: str, fetch: Fetch, hostile: Hostile, jp_auth_header: dict[str, str]
) -> None:
    for verb in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        response = await fetch(f"{opened}status", method=verb, headers=jp_auth_header)
        assert response.code == 405
    assert not hostile.heard
    head = await fetch(f"{opened}status", method="HEAD")
    assert (head.code, head.body) == (200, b"")


async def test_an_answer_that_breaks_off_does_not_look_whole(opened: str, fetch: Fetch) -> None:
    with pytest.raises(HTTPStreamClosedError):
        await fetch(f"{opened}half")


async def test_a_slow_reader_holds_a_dashboard_back(
    opened: str, fetch: Fetch, hostile: Hostile, jp_http_port: int
) -> None:
    before = resident_mb()
    reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
    writer.write(f"GET {opened}endless HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    sent = -1
    while sent != hostile.sent:
        sent = hostile.sent
        await asyncio.sleep(0.5)
    assert sent < 60 * MEGABYTE
    for _ in range(200):
        await reader.readexactly(MEGABYTE)
    assert resident_mb() - before < 60
    writer.close()
    await until(lambda: hostile.streams == 0)


async def test_a_dashboard_cannot_take_all_of_jupyters_lines(
    opened: str, fetch: Fetch, hostile: Hostile, jp_http_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capabilities, "MOST_AT_ONCE", 3)
    writers = []
    for _ in range(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
        writer.write(f"GET {opened}slow HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        writers.append(writer)
    assert (await fetch(f"{opened}status")).code == 429
    for writer in writers:
        writer.close()
    await until(lambda: hostile.streams == 0)
    assert (await fetch(f"{opened}status")).code == 200


# --- Whose address it is ------------------------------------------------------------------------


async def test_a_forged_address_shows_nothing(
    opened: str, fetch: Fetch, hostile: Hostile, place: Path, lab: Showing
) -> None:
    *_, dash, dashboard, secret, _ = opened.split("/")
    root = f"{BASE}/hepbatch/{dash}"
    assert await lab.open(dashboard) != opened
    flipped = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    forged = [
        f"{root}/{dashboard}/{flipped}/status",
        f"{root}/{dashboard}/{secret[:-1]}/status",
        f"{root}/{dashboard}/{secret}A/status",
        f"{root}/{dashboard}/{secret.swapcase()}/status",
        f"{root}/{dashboard}/{'A' * 43}/status",
        f"{root}/other/{secret}/status",
        f"{root}/{dashboard.upper()}/{secret}/status",
        f"{root}/{dashboard}/{secret}",
        f"{root}/{dashboard}//{secret}/status",
        f"{root}/{dashboard}%2f{secret}/status",
        f"{root}/{dashboard}/{secret}%2fstatus",
        f"{root}/x/../{dashboard}/{secret}/status",
        f"{root}/%2e%2e/{dash}/{dashboard}/{secret}/status",
        f"{root}/.dash/{secret}/status",
        f"{root}/{dashboard}/%{ord(secret[0]):x}{secret[1:]}/status",
        f"{root}/{secret}/{dashboard}/status",
        f"{root}/{dashboard}/status",
        f"{root}/127.0.0.1:{hostile.port}/status",
        f"{root}/{str(place).replace('/', '%2f')}/{secret}/agent",
        f"{root}/",
        root,
    ]
    answers = [await fetch(path) for path in forged]
    for path, answer in zip(forged, answers, strict=True):
        assert answer.code == 404, path
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    # Nothing tells how near one was.
    assert len({answer.body for answer in answers}) == 1
    assert not hostile.heard


@pytest.mark.parametrize("tail", ["../status", "a/../status", "%2e%2e/x", "..%2fx", "a//b", "\\x"])
async def test_a_path_that_can_be_read_in_two_ways_is_not_passed_on(
    opened: str, hostile: Hostile, jp_http_port: int, tail: str
) -> None:
    # By hand: clients like to mend such paths.
    reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
    writer.write(f"GET {opened}{tail} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 404 ")
    writer.close()
    assert not hostile.heard


async def test_the_relay_of_the_contract_never_shows_a_dashboard(
    opened: str, fetch: Fetch, lab: Showing, hostile: Hostile, jp_auth_header: dict[str, str]
) -> None:
    ticket = (await lab.said("/dashboards/ticket", {"id": opened.split("/")[-3]}))["ticket"]
    for path in (f"/.dash/{ticket}/status", f"/%2edash/{ticket}/status"):
        response = await fetch(f"{BASE}/hepbatch/api{path}", headers=jp_auth_header)
        assert response.code == 400
    assert not hostile.heard


async def test_a_closed_address_leads_nowhere_and_what_it_showed_ends(
    opened: str, fetch: Fetch, lab: Showing, post: Fetch, hostile: Hostile, join: Any
) -> None:
    other = await lab.open(opened.split("/")[-3])
    line = await join(f"{opened}ws")
    stays = await join(f"{other}ws")
    assert (await post("/dashboards/close", {"path": opened})).code == 200
    assert await line.read_message() is None
    assert (await fetch(f"{opened}status")).code == 404
    assert (await fetch(f"{other}status")).code == 200
    await stays.write_message("still")
    assert await stays.read_message() == "still"
    stays.close()


async def test_an_address_goes_with_its_dashboard(opened: str, fetch: Fetch, post: Fetch) -> None:
    await post("/dashboards/remove", {"id": opened.split("/")[-3]})
    response = await fetch(f"{opened}status")
    assert response.code == 404
    assert response.headers["Content-Type"].startswith("text/plain")
    assert b"no dashboard at this address" in response.body


async def test_an_address_goes_with_the_agent_and_starts_no_other(
    opened: str, fetch: Fetch, lab: Showing, place: Path, hostile: Hostile
) -> None:
    end(ask_socket(place)["pid"])
    assert (await fetch(f"{opened}status")).code == 404
    assert not place.exists(), "an agent was started for a stranger"
    # The next agent knows the same dashboard by the same id; the old address is none the less dead.
    assert await lab.add(hostile.address) == opened.split("/")[-3]
    assert (await fetch(f"{opened}status")).code == 404


async def test_the_secret_is_in_no_log(
    opened: str,
    fetch: Fetch,
    post: Fetch,
    join: Any,
    place: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = opened.split("/")[-2]
    logging.getLogger("tornado.access").info("the log is read")
    for path in ("status", "nowhere", "broken", "huge", "proxy/1/x/", "../x"):
        await fetch(opened + path, headers={"Referer": f"http://lab{opened}"})
    with pytest.raises(HTTPStreamClosedError):
        await fetch(f"{opened}half")
    await fetch(f"{opened}status", method="POST")
    await fetch(opened[:-1])
    line = await join(f"{opened}ws")
    line.close()
    with pytest.raises(HTTPClientError):
        await join(f"{opened}nowhere/ws")
    await post("/dashboards/close", {"path": opened})
    await fetch(f"{opened}status", headers={"Referer": f"http://lab{opened}"})
    text = "\n".join(record.getMessage() for record in caplog.records)
    assert "the log is read" in text
    assert re.search(r"404 GET \S*/hepbatch/dash/pasted-\w+/\*\*\*/nowhere", text)
    assert secret not in text
    state = place.parents[2] / "state" / "hepbatch"
    assert secret not in "".join(log.read_text() for log in state.glob("*.log"))


# --- WebSockets ---------------------------------------------------------------------------------


async def test_a_websocket_passes_messages_of_any_size(
    opened: str, join: Any, hostile: Hostile
) -> None:
    line = await join(f"{opened}ws")
    assert line.selected_subprotocol == "bokeh"
    for message in ("a", b"\x00" * 20 * MEGABYTE, "é" * 6 * MEGABYTE):
        await line.write_message(message, binary=isinstance(message, bytes))
        assert await line.read_message() == message
    (heard,) = hostile.heard
    own = f"localhost:{hostile.port}"
    assert (heard.headers["Host"], heard.headers["Origin"]) == (own, f"http://{own}")
    assert "Cookie" not in heard.headers
    line.close()
    await until(lambda: not hostile.sockets)


async def test_a_websocket_of_another_site_or_without_a_dashboard_is_refused(
    opened: str, join: Any, hostile: Hostile, jp_http_port: int
) -> None:
    refused = [
        (f"{opened}ws", "http://evil.example"),
        (f"{opened}ws", f"http://127.0.0.1:{jp_http_port}.evil.example"),
        (f"{opened[:-3]}AA/ws", "null"),
        (f"{opened}proxy/1/x/ws", "null"),
    ]
    for path, origin in refused:
        with pytest.raises(HTTPClientError) as caught:
            await join(path, origin)
        assert caught.value.code == 404
    assert not hostile.heard
    line = await join(f"{opened}ws", f"http://127.0.0.1:{jp_http_port}")
    line.close()


async def test_a_websocket_that_is_none_there_is_refused_with_its_status(
    opened: str, join: Any
) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await join(f"{opened}status")
    assert caught.value.code == 502


# --- Away and back ------------------------------------------------------------------------------


async def test_a_dashboard_that_is_away_says_so_and_comes_back(
    place: Path, lab: Showing, fetch: Fetch
) -> None:
    async with hostile_dashboard() as first:
        path = await lab.open(await lab.add(first.address))
        assert (await fetch(f"{path}status")).code == 200
    gone = await fetch(f"{path}status")
    assert gone.code == 502
    assert b"The dashboard is away" in gone.body
    assert f"127.0.0.1:{first.port}".encode() in gone.body
    async with hostile_dashboard(first.port):
        assert (await fetch(f"{path}status")).code == 200
