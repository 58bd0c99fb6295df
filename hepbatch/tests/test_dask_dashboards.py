"""Dashboards of real Dask through a real Jupyter Server and the real agent, without a browser."""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect
from traitlets.config import Config

from hepbatch.tests.busy_cluster import busy_cluster
from hepbatch.tests.showing import Showing


@pytest.fixture
def jp_server_config() -> Config:
    """Our extension."""
    return Config({"ServerApp": {"jpserver_extensions": {"hepbatch": True}}})


@pytest.fixture
def lab(
    place: Path, jp_serverapp: Any, http_server_client: Any, jp_auth_header: dict[str, str]
) -> Showing:
    """A real Jupyter Server, and those who ask it."""
    return Showing(http_server_client, jp_auth_header)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Where the dashboard of a busy cluster is."""
    with busy_cluster() as address:
        yield address


def links(page: str) -> list[str]:
    """What a page loads by itself."""
    return re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]+)"', page)


async def moves(lab: Showing, port: int, page: str) -> bool:
    """Do what Bokeh does in a browser; tells whether news come while one looks on."""
    html = (await lab.fetch(page)).body.decode()
    token = re.search(r'"token":"([^"]+)"', html)
    assert token is not None, html
    request = HTTPRequest(f"ws://127.0.0.1:{port}{page}/ws", headers={"Origin": "null"})
    line = await websocket_connect(
        request, subprotocols=["bokeh", token[1]], max_message_size=1 << 30
    )
    patches = 0
    while patches < 3:
        part = await asyncio.wait_for(line.read_message(), 60)
        if part is None:
            return False
        patches += isinstance(part, str) and '"PATCH-DOC"' in part
    line.close()
    return True


async def test_the_status_page_loads_all_that_it_needs_from_its_own_address(
    lab: Showing, cluster: str
) -> None:
    path = await lab.open(await lab.add(f"http://{cluster}/status"))
    assert (await lab.fetch(path)).headers["Location"] == "./status"
    page = (await lab.fetch(f"{path}status")).body.decode()
    wanted = links(page)
    assert any("bokeh.min.js" in link for link in wanted)
    for link in wanted:
        where = urljoin(f"{path}status", link)
        assert where.startswith(path)
        assert (await lab.fetch(where)).code == 200, link


async def test_plots_move(lab: Showing, cluster: str, jp_http_port: int) -> None:
    path = await lab.open(await lab.add(cluster))
    for page in ("status", "individual-task-stream"):
        assert await moves(lab, jp_http_port, path + page), page


async def test_every_page_and_plot_that_is_named_is_there(lab: Showing, cluster: str) -> None:
    dashboard = await lab.said("/dashboards/read", {"id": await lab.add(cluster)})
    path = await lab.open(dashboard["id"])
    assert len([page for page in dashboard["pages"] if page["kind"] == "plot"]) > 20
    for page in dashboard["pages"]:
        answer = await lab.fetch(path + page["path"])
        assert answer.code == 200, page
        assert answer.headers["Content-Type"].startswith("text/html")


async def test_info_pages_ask_for_nothing_outside(lab: Showing, cluster: str) -> None:
    path = await lab.open(await lab.add(cluster))
    workers = f"{path}info/main/workers.html"
    page = (await lab.fetch(workers)).body.decode()
    for link in links(page):
        where = urljoin(workers, link)
        assert where.startswith(path), link
        answer = await lab.fetch(where)
        assert (answer.code, len(answer.body) > 0) == (200, True), link
    worker = next(link for link in re.findall(r'href="([^"]+)"', page) if "/worker/" in link)
    assert "%3A%2F%2F" in worker
    assert (await lab.fetch(urljoin(workers, worker))).code == 200
    assert b"Scheduler at" in (await lab.fetch(f"{path}info/main/logs.html")).body


async def test_a_worker_has_a_dashboard_at_an_address_of_its_own(
    lab: Showing, cluster: str, jp_http_port: int
) -> None:
    scheduler = await lab.add(cluster)
    (worker,) = (await lab.said("/dashboards/workers", {"id": scheduler}))["workers"]
    assert worker["dashboard"]
    body = {"id": scheduler, "address": worker["address"]}
    dashboard = await lab.said("/dashboards/worker", body)
    assert (dashboard["kind"], dashboard["of"], dashboard["state"]) == ("worker", scheduler, "up")
    path = await lab.open(dashboard["id"])
    for page in dashboard["pages"]:
        assert (await lab.fetch(path + page["path"])).code == 200, page
    assert await moves(lab, jp_http_port, f"{path}system")
    # Through the scheduler, as its own pages link to it, nothing else can be reached.
    own = await lab.open(scheduler)
    page = await lab.fetch(f"{own}proxy/{dashboard['address'].split(':')[1]}/127.0.0.1/status")
    assert page.code == 404
    assert b"list of workers" in page.body


async def test_a_dashboard_on_a_name_that_is_not_localhost_is_shown(
    lab: Showing, jp_http_port: int
) -> None:
    host = own_address()
    with busy_cluster(host) as address:
        dashboard = await lab.add(f"http://{address}/status")
        path = await lab.open(dashboard)
        assert await moves(lab, jp_http_port, f"{path}status")
    await until(lambda answer: answer.code == 502, lab, f"{path}status")
    gone = await lab.fetch(f"{path}status")
    assert b"The dashboard is away" in gone.body
    assert (await lab.said("/dashboards/read", {"id": dashboard}))["state"] == "away"


async def until(holds: Callable[[Any], bool], lab: Showing, path: str) -> None:
    """Ask until the answer is as wanted."""
    for _ in range(200):
        if holds(await lab.fetch(path)):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{path} does not come to be as wanted")


def own_address() -> str:
    """An address of this machine that is not its loopback; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))
        except OSError:
            # Without a network nothing can be shown of it; a machine of CI has one.
            if os.environ.get("CI") == "true":
                pytest.fail("this machine has no address but its loopback")
            pytest.skip("this machine has no address but its loopback")
        host: str = asked.getsockname()[0]
    return host
