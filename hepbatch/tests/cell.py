"""A real kernel, as a notebook talks to it."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel


class Cell:
    """A real kernel, and the front end's half of the talk with it."""

    def __init__(self, folder: Path) -> None:
        self.manager, self.client = start_new_kernel(cwd=str(folder))
        self.heard: list[dict[str, Any]] = []

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code: str, subshell: str | None = None) -> None:
        """Execute code, in a subshell where one is named, and wait for its end."""
        content = {"code": textwrap.dedent(code), "silent": False, "store_history": True}
        message = self.client.session.msg("execute_request", content)
        message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)
        asked = message["header"]["msg_id"]
        self.hear(
            lambda m: (
                m["msg_type"] == "status"
                and m["parent_header"].get("msg_id") == asked
                and m["content"]["execution_state"] == "idle"
            )
        )

    def hear(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first message that is wanted, of those that came and that still come."""
        for message in self.heard:
            if wanted(message):
                return message
        until = time.monotonic() + 60
        while time.monotonic() < until:
            message = self.client.get_iopub_msg(timeout=60)
            self.heard.append(message)
            assert message["msg_type"] != "error", "\n".join(message["content"]["traceback"])
            if wanted(message):
                return dict(message)
        pytest.fail("the kernel says nothing more")

    def custom(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """A message of the widget to the front end."""

        def fits(message: dict[str, Any]) -> bool:
            data = message["content"].get("data", {})
            content = data.get("content", {}) if message["msg_type"] == "comm_msg" else {}
            return content.get("kind") == kind and wanted.items() <= content.items()

        content: dict[str, Any] = self.hear(fits)["content"]["data"]["content"]
        return content

    def control(self, kind: str, **content: Any) -> dict[str, Any]:
        """Ask the kernel itself; returns the content of its answer."""
        message = self.client.session.msg(kind, content)
        self.client.control_channel.send(message)
        while True:
            reply = self.client.get_control_msg(timeout=60)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return dict(reply["content"])

    def ask(self, comm: str, **question: Any) -> dict[str, Any]:
        """Ask as the front end does."""
        self.send(comm, **question)
        return self.custom("answer", id=question["id"])

    def send(self, comm: str, **question: Any) -> None:
        """Ask, and leave the answer for later."""
        content = {"kind": "ask", **question}
        message = {"comm_id": comm, "data": {"method": "custom", "content": content}}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", message))

    def hear_event(
        self, topic: str, wanted: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> dict[str, Any]:
        """An event of the agent that the widget passed on."""

        def fits(message: dict[str, Any]) -> bool:
            content = message["content"].get("data", {}).get("content", {})
            event = content.get("event", {}) if message["msg_type"] == "comm_msg" else {}
            return event.get("topic") == topic and wanted(event)

        event: dict[str, Any] = self.hear(fits)["content"]["data"]["content"]["event"]
        return event
