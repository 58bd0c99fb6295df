"""An address is a secret that shows one dashboard and ends with it."""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError
from tornado.simple_httpclient import HTTPStreamClosedError

from hepbatch.tests.hostile import Hostile
from hepbatch.tests.own_folders import ask_socket, end
from hepbatch.tests.showing import BASE, Fetch, Showing


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
