"""The realm of the test bed: tickets that come, expire and are renewed."""

from __future__ import annotations

import os
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from testbed.fixtures import service
from testbed.tests.openssh import Client


@pytest.fixture(name="realm")
def _realm() -> dict[str, Any]:
    return service("kerberos")


@pytest.fixture(name="client")
def _client(tmp_path: Path, realm: dict[str, Any]) -> Client:
    return Client(tmp_path, realm)


def kinit(client: Client, *options: str, password: str | None = None) -> bool:
    said = f"{password or client.env['password']}\n"
    options = options or (client.env["principal"],)
    return client.tool("kinit", *options, stdin=said).returncode == 0


def expires(client: Client) -> datetime:
    listed = client.tool("klist").stdout
    found = re.search(r"^\S+ \S+  (\S+ \S+)  krbtgt/", listed, re.MULTILINE)
    assert found, listed
    return datetime.strptime(found[1], "%m/%d/%y %H:%M:%S")


def test_a_ticket_lives_as_long_as_asked_for_and_then_has_expired(client: Client) -> None:
    assert kinit(client, "-l", "3s", client.env["principal"])
    assert client.tool("klist", "-s").returncode == 0
    begin = time.monotonic()
    while client.tool("klist", "-s").returncode == 0:
        assert time.monotonic() - begin < 30
        time.sleep(0.2)
    assert client.env["principal"] in client.tool("klist").stdout


def test_a_wrong_password_gives_none(client: Client) -> None:
    assert not kinit(client, password="wrong")
    assert client.tool("klist", "-s").returncode == 1


def test_the_brief_principal_gets_ten_seconds_whatever_it_asks_for(client: Client) -> None:
    assert kinit(client, "-l", "5h", client.env["briefPrincipal"])
    assert (expires(client) - datetime.now()).total_seconds() <= 10


def test_a_ticket_is_renewed_without_a_password(client: Client) -> None:
    assert kinit(client, "-l", "60s", "-r", "1h", client.env["principal"])
    first = expires(client)
    time.sleep(1.1)
    assert client.tool("kinit", "-R").returncode == 0
    assert expires(client) > first


@pytest.mark.parametrize("keytab", ["host", "xrootd"])
def test_a_service_proves_itself_by_its_keytab(client: Client, keytab: str) -> None:
    path = client.env[f"{keytab}Keytab"]
    if not os.access(path, os.R_OK):
        pytest.skip(f"{path} belongs to root")
    assert client.tool("kinit", "-k", "-t", path, f"{keytab}/localhost").returncode == 0
    assert kinit(client)
    shown = client.tool("kvno", "-k", path, f"{keytab}/localhost")
    assert "keytab entry valid" in shown.stdout, shown.stderr
