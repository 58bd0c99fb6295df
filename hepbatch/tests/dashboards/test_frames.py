"""What a frame gets of a dashboard, and what a dashboard gets of Jupyter."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tornado.simple_httpclient import HTTPStreamClosedError

from hepbatch import capabilities
from hepbatch.tests.answers import resident_mb
from hepbatch.tests.dashboards.waiting import until
from hepbatch.tests.hostile import MEGABYTE, Hostile
from hepbatch.tests.showing import Fetch


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
