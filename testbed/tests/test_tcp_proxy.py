"""The link with faults: what each switch does to the two ends of a connection."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PROXY = Path(__file__).parents[1] / "tcp-proxy"


class Proxy:
    """A running link, and the socket of its target."""

    def __init__(self, process: subprocess.Popen[str], target: socket.socket) -> None:
        self.process = process
        self.target = target
        assert process.stdout
        self.ready = json.loads(process.stdout.readline())

    def tell(self, **switches: Any) -> dict[str, Any]:
        """Switch faults while it runs."""
        assert self.process.stdin
        assert self.process.stdout
        named = {name.replace("_", "-"): value for name, value in switches.items()}
        self.process.stdin.write(json.dumps(named) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def pair(self) -> tuple[socket.socket, socket.socket]:
        """Connect, and return both ends."""
        near = socket.create_connection(("127.0.0.1", self.ready["port"]), timeout=20)
        far, _ = self.target.accept()
        far.settimeout(20)
        return near, far


@contextmanager
def proxy(*options: str) -> Iterator[Proxy]:
    with socket.create_server(("127.0.0.1", 0)) as target:
        target.settimeout(20)
        port = target.getsockname()[1]
        command = [sys.executable, str(PROXY), "--child", *options, f"127.0.0.1:{port}"]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with process:
            yield Proxy(process, target)
            process.kill()


def receive(end: socket.socket, size: int) -> bytes:
    """Return so many bytes, fewer where the connection ends before."""
    got = bytearray()
    while len(got) < size and (some := end.recv(size - len(got))):
        got += some
    return bytes(got)


def is_silent(end: socket.socket) -> bool:
    """Whether nothing arrives, for a moment."""
    end.settimeout(0.3)
    try:
        end.recv(1)
    except TimeoutError:
        return True
    finally:
        end.settimeout(20)
    return False


def test_without_faults_every_byte_and_the_end_of_each_side_pass() -> None:
    with proxy() as link:
        near, far = link.pair()
        data = os.urandom(5_000_000)
        threading.Thread(target=near.sendall, args=[data]).start()
        assert receive(far, len(data)) == data
        near.shutdown(socket.SHUT_WR)
        assert far.recv(1) == b""
        far.sendall(b"answer after the end of the question")
        far.close()
        assert receive(near, 100) == b"answer after the end of the question"


def test_a_delay_holds_each_byte_back_and_takes_more_meanwhile() -> None:
    with proxy("--delay", "100") as link:
        begin = time.monotonic()
        near, far = link.pair()
        assert time.monotonic() - begin >= 0.2, "the handshake"
        begin = time.monotonic()
        near.sendall(b"ping")
        far.sendall(receive(far, 4))
        assert receive(near, 4) == b"ping"
        assert time.monotonic() - begin >= 0.2
        link.tell(delay=60_000)
        near.settimeout(20)
        near.sendall(bytes(20_000_000))  # far more than the system's buffers, before any arrives
        assert is_silent(far)


def test_a_rate_spreads_what_is_sent() -> None:
    with proxy("--rate", "500000") as link:
        near, far = link.pair()
        begin = time.monotonic()
        near.sendall(bytes(200_000))
        assert len(receive(far, 200_000)) == 200_000
        assert time.monotonic() - begin >= 0.38
        link.tell(rate=0)
        near.sendall(bytes(200_000))
        assert len(receive(far, 200_000)) == 200_000


def test_a_black_hole_is_silent_and_later_delivers_what_it_held() -> None:
    with proxy() as link:
        near, far = link.pair()
        assert link.tell(black_hole=True)["black-hole"] is True
        near.sendall(b"up")
        far.sendall(b"down")
        far.close()
        assert is_silent(near)
        assert link.tell()["connections"] == 1
        link.tell(black_hole=False)
        assert receive(near, 10) == b"down"


def test_in_a_black_hole_the_death_of_the_other_side_goes_unnoticed() -> None:
    with proxy() as link:
        near, far = link.pair()
        link.tell(black_hole=True)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        far.close()
        assert is_silent(near)
        link.tell(black_hole=False)
        with pytest.raises(ConnectionResetError):
            near.recv(1)


def test_new_connections_into_a_black_hole_get_no_answer() -> None:
    with proxy("--black-hole") as link:
        near, far = link.pair()
        far.sendall(b"SSH-2.0-greeting\r\n")
        assert is_silent(near)


def test_a_cut_ends_both_sides_by_reset_or_by_close() -> None:
    with proxy() as link:
        near, far = link.pair()
        link.tell(cut="reset")
        for end in (near, far):
            with pytest.raises(ConnectionResetError):
                end.recv(1)
        near, far = link.pair()
        link.tell(cut="close")
        assert (near.recv(1), far.recv(1)) == (b"", b"")


def test_a_cut_ends_a_connection_that_is_being_made() -> None:
    with proxy("--delay", "200") as link:
        near = socket.create_connection(("127.0.0.1", link.ready["port"]), timeout=20)
        while link.tell()["connections"] == 0:
            pass
        link.tell(cut="reset")
        with pytest.raises(ConnectionResetError):
            near.recv(1)
        far, _ = link.target.accept()
        far.settimeout(20)
        with pytest.raises(ConnectionResetError):
            far.recv(1)


@pytest.mark.parametrize("by", ["close", "reset"])
def test_an_answer_is_cut_off_at_the_byte(by: str) -> None:
    with proxy("--truncate-after", "1000", "--truncate-by", by) as link:
        near, far = link.pair()
        far.sendall(bytes(600))
        assert len(receive(near, 600)) == 600
        far.sendall(bytes(600))
        if by == "close":
            assert len(receive(near, 600)) == 400
        else:
            with pytest.raises(ConnectionResetError):
                receive(near, 600)
        near, far = link.pair()
        link.tell(truncate_after=None)
        far.sendall(bytes(2000))
        assert len(receive(near, 2000)) == 2000


def test_what_is_set_later_counts_from_then_on() -> None:
    with proxy() as link:
        near, far = link.pair()
        far.sendall(bytes(500))
        assert len(receive(near, 500)) == 500
        link.tell(truncate_after=3)
        far.sendall(b"12345")
        assert receive(near, 5) == b"123"


def test_it_refuses_new_connections_and_takes_them_again_at_the_same_port() -> None:
    with proxy() as link:
        near, far = link.pair()
        link.tell(refuse=True)
        with pytest.raises(ConnectionRefusedError):
            link.pair()
        near.sendall(b"still here")
        assert receive(far, 10) == b"still here"
        link.tell(refuse=False)
        link.pair()


def test_a_target_that_is_not_there_resets_the_connection() -> None:
    with proxy() as link:
        link.target.close()
        with pytest.raises(ConnectionResetError):
            socket.create_connection(("127.0.0.1", link.ready["port"]), timeout=20).recv(1)


def test_a_wrong_line_is_answered_and_changes_nothing() -> None:
    with proxy() as link:
        assert "delay" in link.tell(delay="much")["error"]
        assert "nonsense" in link.tell(nonsense=1)["error"]
        assert link.tell()["delay"] == 0
        near, far = link.pair()
        near.sendall(b"ok")
        assert receive(far, 2) == b"ok"


def test_it_ends_when_its_parent_goes() -> None:
    with proxy() as link:
        near, _ = link.pair()
        assert link.process.stdin
        link.process.stdin.close()
        assert link.process.wait(20) == 0
        assert near.recv(1) == b""


def test_unix_sockets_on_both_sides_and_one_for_control(tmp_path: Path) -> None:
    ear, mouth, control = (str(tmp_path / name) for name in ("listen", "target", "control"))
    with socket.socket(socket.AF_UNIX) as target:
        target.bind(mouth)
        target.listen()
        command = [sys.executable, str(PROXY), "--listen", ear, "--control", control, mouth]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        with process:
            assert process.stdout
            assert json.loads(process.stdout.readline()) == {"listen": ear}
            with socket.socket(socket.AF_UNIX) as near, socket.socket(socket.AF_UNIX) as asked:
                near.connect(ear)
                far, _ = target.accept()
                near.sendall(b"hello")
                assert receive(far, 5) == b"hello"
                asked.connect(control)
                asked.sendall(b'{"cut": "close"}\n')
                assert json.loads(asked.makefile().readline())["up"] == 5
                assert near.recv(1) == b""
            process.terminate()
            assert process.wait(20) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["target"]
