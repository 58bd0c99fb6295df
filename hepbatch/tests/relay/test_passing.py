"""What the relay passes on, and what it keeps to itself."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from hepbatch.tests.answers import failure
from hepbatch.tests.own_folders import ask_socket, end
from hepbatch.tests.relay.address import Fetch


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
