"""The SSH servers of the test bed: what each one demands, asks and refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from testbed.fixtures import ROOT, service
from testbed.tests.openssh import Client, one_time_code


@pytest.fixture(name="client")
def _client(tmp_path: Path) -> Client:
    return Client(tmp_path, service("ssh"))


@pytest.fixture(name="full")
def _full(client: Client) -> Client:
    """Give a client of all servers; without root there are two."""
    if "b" not in client.env["servers"].split():
        pytest.skip("without root there are the servers a and c alone: sudo testbed/up ssh")
    return client


@pytest.mark.parametrize("key", ["ed25519", "rsa-pem", "ecdsa"])
def test_a_takes_each_kind_of_key_and_asks_nothing(client: Client, key: str) -> None:
    path = f"{client.env['keys']}/{key}"
    done = client.run("hep-a", "id", "-un", options=("-v", "-i", path))
    assert done.stdout.strip() == client.env["user"]
    assert f"Server accepts key: {path}" in done.stderr
    assert client.asked == []


def test_an_encrypted_key_needs_its_passphrase(client: Client) -> None:
    path = f"{client.env['keys']}/encrypted"
    only = ("-i", path, "-F", "none", "-p", str(client.env["aPort"]), "-l", client.env["user"])
    trusting = ("-o", f"UserKnownHostsFile={client.env['knownHosts']}", "-o", "IdentitiesOnly=yes")
    client.answers["passphrase"] = client.env["keyPassphrase"]
    assert client.enters("localhost", *only, *trusting)
    assert client.asked == [f"Enter passphrase for key '{path}': "]
    client.answers["passphrase"] = "not it"
    assert not client.enters("localhost", *only, *trusting)


def test_a_refuses_a_key_that_it_does_not_know(client: Client, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stranger], check=True)
    only = ("-i", str(stranger), "-F", "none", "-p", str(client.env["aPort"]))
    trusting = ("-o", f"UserKnownHostsFile={client.env['knownHosts']}", "-o", "IdentitiesOnly=yes")
    assert not client.enters("localhost", *only, *trusting, "-l", client.env["user"])


def test_b_asks_for_the_password_by_method_and_then_for_a_code(full: Client) -> None:
    user = full.env["user"]
    full.answers["code"] = one_time_code("--unused")
    assert full.enters("hep-b")
    assert full.asked == [
        f"{user}@localhost's password: ",
        f"({user}@localhost) One-time password (OATH) for `{user}': ",
    ]


def test_b_takes_no_code_twice_and_no_wrong_one_and_no_wrong_password(full: Client) -> None:
    full.answers["code"] = one_time_code("--unused")
    assert full.enters("hep-b")
    assert not full.enters("hep-b"), "twice"
    full.answers["code"] = "no code"
    assert not full.enters("hep-b")
    assert len(full.asked) == 2
    full.answers = {"password": "wrong", "code": one_time_code("--unused"), "passphrase": ""}
    assert not full.enters("hep-b")
    assert len(full.asked) == 1, "the code is asked for after the right password alone"


def test_b2_asks_both_in_one_dialogue_and_takes_a_code_twice(full: Client) -> None:
    user = full.env["user"]
    full.answers["code"] = one_time_code()
    assert full.enters("hep-b2")
    assert full.asked == [
        f"({user}@localhost) Password: ",
        f"({user}@localhost) Your 2nd factor ({user}): ",
    ]
    assert full.enters("hep-b2"), "twice"
    assert full.enters("hep-b2", "-o", "PreferredAuthentications=keyboard-interactive")
    full.answers["code"] = "no code"
    assert not full.enters("hep-b2")


def test_e_asks_for_the_password_alone(full: Client) -> None:
    assert full.enters("hep-e")
    assert full.asked == [f"{full.env['user']}@localhost's password: "]
    full.answers["password"] = "wrong"
    assert not full.enters("hep-e")


def test_c_leads_to_a_and_nowhere_else(client: Client) -> None:
    assert client.enters("hep-a-via-c")
    assert client.asked == []
    elsewhere = client.run("hep-c", options=("-W", f"127.0.0.1:{client.env['cPort']}"))
    assert elsewhere.returncode == 255
    assert "administratively prohibited" in elsewhere.stderr


def test_c2_asks_for_password_and_code_before_it_leads_to_a(full: Client) -> None:
    user = full.env["user"]
    full.answers["code"] = one_time_code()
    assert full.enters("hep-a-via-c2")
    assert full.asked == [
        f"({user}@localhost) Password: ",
        f"({user}@localhost) Your 2nd factor ({user}): ",
    ]
    full.answers["code"] = "no code"
    assert full.run("hep-a-via-c2", "true").returncode == 255


def test_d_lets_a_ticket_in_without_a_question_and_takes_it_along(full: Client) -> None:
    assert not full.enters("hep-d"), "without a ticket"
    full.tool("kinit", full.env["principal"], stdin=full.env["password"] + "\n")
    assert full.enters("hep-d")
    assert full.asked == []
    there = full.run("hep-d", "klist -f && kvno -q host/localhost && echo usable")
    assert f"Default principal: {full.env['principal']}" in there.stdout
    assert "Flags: Ff" in there.stdout, "forwardable, forwarded"
    assert there.stdout.endswith("usable\n"), there.stderr
    kept = full.run("hep-d", "klist -s", options=("-o", "GSSAPIDelegateCredentials=no"))
    assert kept.returncode == 1, "without delegation none arrives"


def test_d_refuses_a_ticket_that_has_expired(full: Client) -> None:
    full.tool("kinit", "-l", "2s", full.env["principal"], stdin=full.env["password"] + "\n")
    while full.tool("klist", "-s").returncode == 0:
        time.sleep(0.2)
    time.sleep(1)  # the KDC counts whole seconds, too, and has not counted this one
    assert not full.enters("hep-d")
    assert full.asked == []


@pytest.mark.parametrize("host", ["hep-a", "hep-a-via-c"])
def test_hashed_names_in_known_hosts_are_as_good(client: Client, host: str) -> None:
    assert client.enters(host, "-o", f"UserKnownHostsFile={client.env['knownHostsHashed']}")
    assert "localhost" not in Path(client.env["knownHostsHashed"]).read_text()


def test_a_changed_key_is_refused_with_file_and_line(client: Client) -> None:
    changed = client.env["knownHostsChanged"]
    done = client.run("hep-a", "true", options=("-o", f"UserKnownHostsFile={changed}"))
    assert done.returncode == 255
    assert "REMOTE HOST IDENTIFICATION HAS CHANGED!" in done.stderr
    assert f"Offending ED25519 key in {changed}:1" in done.stderr


def test_files_and_status_come_back_as_they_are(client: Client) -> None:
    done = client.run("hep-a", "cat; echo told >&2; exit 7", stdin="a b\n" * 10_000)
    assert (done.returncode, done.stdout, done.stderr) == (7, "a b\n" * 10_000, "told\n")


@pytest.mark.parametrize("scheduler", ["htcondor", "slurm"])
def test_a_login_finds_the_commands_of_a_scheduler(full: Client, scheduler: str) -> None:
    service(scheduler)
    asks = {"htcondor": "condor_q -totals", "slurm": "squeue"}[scheduler]
    done = full.run("hep-a", "sh -s", stdin=asks)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_session_that_is_killed_there_ends_here_as_unknown(full: Client) -> None:
    if os.getuid() != 0:
        pytest.skip("needs root, to kill a process of another user")
    process = full.start("hep-a", "echo $PPID; exec sleep 60")
    with process:
        assert process.stdout
        os.kill(int(process.stdout.readline()), signal.SIGKILL)
        assert process.wait(30) == 255


def test_a_link_with_faults_stands_between(client: Client) -> None:
    proxy = [sys.executable, str(ROOT / "testbed" / "tcp-proxy"), "--child", "--delay", "20"]
    target = f"127.0.0.1:{client.env['aPort']}"
    link = subprocess.Popen([*proxy, target], stdin=-1, stdout=-1, text=True)
    with link:
        assert link.stdin
        assert link.stdout
        port = json.loads(link.stdout.readline())["port"]
        begin = time.monotonic()
        through = ("-p", str(port), "-o", f"HostKeyAlias=[localhost]:{client.env['aPort']}")
        assert client.enters("hep-a", *through)
        assert time.monotonic() - begin > 0.2, "a login takes more than five round trips"
        process = client.start("hep-a", "echo; exec sleep 60", options=through)
        with process:
            assert process.stdout
            process.stdout.readline()
            link.stdin.write('{"cut": "reset"}\n')
            link.stdin.flush()
            assert process.wait(30) == 255
        link.kill()
