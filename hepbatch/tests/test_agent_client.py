"""The client of the agent's socket: against the real agent, and against lines that break."""

from __future__ import annotations

import json
import random
import re
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hepbatch.agent_client import EventStream, ask, json_of, parse_events
from hepbatch.errors import HepbatchError
from hepbatch.tests.real_agent import agent_pid, kill_agent, real_agent


@pytest.fixture(scope="module")
def agent() -> Iterator[Path]:
    with real_agent() as folder:
        yield folder


@pytest.fixture
def line() -> Iterator[Callable[[list[bytes]], Callable[[], str]]]:
    """A socket whose other end answers each connection with the given bytes, then hangs up."""
    with tempfile.TemporaryDirectory(prefix="hb") as folder:
        servers: list[socket.socket] = []

        def open_line(answers: list[bytes]) -> Callable[[], str]:
            path = f"{folder}/{len(servers)}.sock"
            server = socket.socket(socket.AF_UNIX)
            server.bind(path)
            server.listen()
            servers.append(server)

            def serve() -> None:
                for answer in answers:
                    try:
                        connection, _ = server.accept()
                    except OSError:
                        return
                    with connection:
                        asked.append(read_question(connection))
                        connection.sendall(answer)

            threading.Thread(target=serve, daemon=True).start()
            return lambda: path

        yield open_line
        for server in servers:
            server.close()


# What was asked on broken lines.
asked: list[bytes] = []


def read_question(connection: socket.socket) -> bytes:
    """All of one request: hanging up earlier would break the line before it is sent."""
    got = connection.recv(65536)
    length = re.search(rb"Content-Length: (\d+)", got)
    while length and len(got.partition(b"\r\n\r\n")[2]) < int(length[1]):
        got += connection.recv(65536)
    return got


def reply(body: Any) -> bytes:
    text = json.dumps(body).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text)


def stream(*events: dict[str, Any]) -> bytes:
    text = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)
    return b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n: hello\n\n" + text


def test_the_agent_is_started_and_tells_who_it_is(agent: Path) -> None:
    status, info = ask("GET", "/agent")
    assert status == 200
    assert info["name"] == "hepbatch"
    assert info["pid"] == agent_pid()


def test_a_failure_of_the_agent_is_an_answer(agent: Path) -> None:
    status, failure = ask("POST", "/audits/read", {"id": "nobody"})
    assert status == 404
    assert failure["code"] == "not-found"
    assert failure["data"]["next"]


def test_a_killed_agent_is_started_again(agent: Path) -> None:
    gone = kill_agent()
    assert agent_pid() != gone


def test_the_stream_says_reset_when_another_agent_answers(agent: Path) -> None:
    following = EventStream()
    events = iter(following)
    assert next(events) == {"topic": "reset"}
    kill_agent()
    assert next(events)["topic"] == "reset"
    following.close()
    assert list(events) == []


def test_a_post_is_not_sent_twice_when_the_line_breaks(
    line: Callable[[list[bytes]], Callable[[], str]],
) -> None:
    # The second answer would be taken if the question were repeated.
    broken = line([b"", reply("done twice")])
    asked.clear()
    with pytest.raises(HepbatchError) as caught:
        ask("POST", "/audits/start", {}, agent=broken)
    assert caught.value.code == "unknown-outcome"
    assert [question.split(b" ")[0] for question in asked] == [b"POST"]


def test_a_get_is_asked_again_when_the_line_breaks(
    line: Callable[[list[bytes]], Callable[[], str]],
) -> None:
    assert ask("GET", "/agent", agent=line([b"", reply("here")])) == (200, "here")


def test_an_answer_that_is_not_json_is_corrupt(
    line: Callable[[list[bytes]], Callable[[], str]],
) -> None:
    broken = line([b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"])
    with pytest.raises(HepbatchError, match="<html>") as caught:
        ask("GET", "/agent", agent=broken)
    assert caught.value.code == "corrupt"


def test_what_python_has_of_its_own_becomes_json() -> None:
    numpy = pytest.importorskip("numpy")
    given = {"GJet": (Path("/eos/a.root"), "b"), "n": numpy.int64(2), "of": numpy.arange(2)}
    assert json.loads(json_of(given)) == {"GJet": ["/eos/a.root", "b"], "n": 2, "of": [0, 1]}


@pytest.mark.parametrize("given", [{"a": {1, 2}}, {("a", "b"): 1}, {"a": float("nan")}, object()])
def test_what_cannot_be_json_is_said(given: Any) -> None:
    with pytest.raises(HepbatchError, match="cannot be JSON") as caught:
        ask("POST", "/submissions/preview", given, agent=lambda: "/nowhere")
    assert caught.value.code == "bad-request"


def test_nobody_there_is_unreachable() -> None:
    with pytest.raises(HepbatchError) as caught:
        ask("POST", "/audits/start", {}, agent=lambda: "/nowhere/agent.sock")
    assert caught.value.code == "unreachable"


def test_the_stream_goes_on_where_the_line_broke(
    line: Callable[[list[bytes]], Callable[[], str]],
) -> None:
    same = reply({"pid": 1, "startedAt": "then"})
    first = stream({"sequence": 7, "topic": "reset"})
    second = stream({"sequence": 8, "topic": "reset"})
    following = EventStream(since=6, agent=line([same, first, same, second]))
    events = iter(following)
    assert [next(events)["sequence"] for _ in range(2)] == [7, 8]
    following.close()


def test_the_stream_says_why_no_agent_answers() -> None:
    following = EventStream(agent=lambda: "/nowhere/agent.sock")
    event = next(iter(following))
    following.close()
    assert event["topic"] == "lost"
    assert event["failure"]["code"] == "unreachable"
    assert event["failure"]["data"]["next"]


def test_the_numbers_of_another_agent_begin_anew(
    line: Callable[[list[bytes]], Callable[[], str]],
) -> None:
    first, second = reply({"pid": 1, "startedAt": "a"}), reply({"pid": 1, "startedAt": "b"})
    event = {"sequence": 1, "topic": "reset"}
    answers = [first, stream({"sequence": 7, "topic": "reset"}), second, stream(event)]
    following = EventStream(since=6, agent=line(answers))
    events = iter(following)
    assert [next(events).get("sequence") for _ in range(3)] == [7, None, 1]
    following.close()


def test_closing_wakes_a_reader_that_waits(agent: Path) -> None:
    following = EventStream()
    seen: list[dict[str, Any]] = []
    connected = threading.Event()

    def read() -> None:
        for event in following:
            seen.append(event)
            connected.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    assert connected.wait(20)
    following.close()
    reader.join(20)
    assert not reader.is_alive()
    assert seen[0] == {"topic": "reset"}


def test_events_come_out_as_they_went_in_whatever_stands_between() -> None:
    draw = random.Random(3)
    letters = 'ab\n\r"\\:é\u2028\x00 {}data: '
    for _ in range(300):
        sent = [
            {"sequence": n, "text": "".join(draw.choices(letters, k=draw.randrange(12)))}
            for n in range(draw.randrange(5))
        ]
        lines: list[bytes] = []
        for event in sent:
            lines += draw.choice([[], [b": still here\n", b"\n"], [b"retry: 10\n"]])
            lines += [f"id: {event['sequence']}\n".encode(), b"data: " + json.dumps(event).encode()]
            lines += [b"\r\n", b"\n"] if draw.random() < 0.5 else [b"\n", b"\n"]
            # A line and its end are one line.
            lines[-3:-1] = [lines[-3] + lines[-2]]
        assert list(parse_events(lines)) == sent


def test_an_event_that_the_end_cuts_off_is_dropped() -> None:
    assert list(parse_events([b'data: {"sequence": 1}\n'])) == []
