"""The XRootD servers, as an ordinary user meets them with XRootD's own client."""

from __future__ import annotations

import subprocess
import time
from typing import Any

import pytest

from testbed.fixtures import as_bed_user, service

# With its defaults the client waits for eight minutes, or without end.
BOUNDED = {
    "XRD_CONNECTIONRETRY": "1",
    "XRD_CONNECTIONWINDOW": "3",
    "XRD_TIMEOUTRESOLUTION": "1",
}


@pytest.fixture(name="told")
def _told() -> dict[str, Any]:
    return service("xrootd")


def stat(
    told: dict[str, Any], url: str, name: str = "uproot-HZZ.root", **env: str
) -> subprocess.CompletedProcess[str]:
    path = f"/{told['files']}/{name}"
    return as_bed_user("xrdfs", told[url], "stat", path, env={**BOUNDED, **env})


def test_anyone_may_read_but_for_what_nobody_may(told: dict[str, Any]) -> None:
    done = stat(told, "url")
    assert done.returncode == 0, done.stderr
    assert "Size:   217945" in done.stdout
    source = f"{told['url']}/{told['files']}/secret.root"
    denied = as_bed_user("xrdcp", "-s", source, "-", env=BOUNDED)
    assert "permission denied" in denied.stderr
    assert "[3011]" in stat(told, "url", "none.root").stderr


def test_the_slow_server_has_the_same_files_20_ms_away(told: dict[str, Any]) -> None:
    start = time.monotonic()
    assert stat(told, "slowUrl").returncode == 0
    # TCP's handshake, XRootD's, the login and the question.
    assert time.monotonic() - start >= 4 * 0.02


def test_the_refusing_and_the_silent_server_are_told_apart(told: dict[str, Any]) -> None:
    assert "[FATAL] Connection error" in stat(told, "refusedUrl").stderr
    assert "[FATAL] Socket timeout" in stat(told, "silentUrl").stderr


def test_the_server_with_kerberos_lets_in_who_has_a_ticket(told: dict[str, Any]) -> None:
    realm = service("kerberos")
    env = {"KRB5_CONFIG": realm["krb5Config"], "KRB5CCNAME": "FILE:/tmp/hepbatch-test-ticket"}
    assert "[FATAL] Auth failed" in stat(told, "kerberosUrl", **env).stderr
    try:
        given = as_bed_user("kinit", realm["principal"], stdin=realm["password"] + "\n", env=env)
        assert given.returncode == 0, given.stderr
        assert stat(told, "kerberosUrl", **env).returncode == 0
    finally:
        as_bed_user("kdestroy", "-q", env=env)
