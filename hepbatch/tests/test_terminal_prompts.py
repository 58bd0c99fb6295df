"""Questions on a terminal: a real pseudo terminal, the real agent, a program that asks."""

from __future__ import annotations

import os
import pty
import select
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hepbatch.agent_client import ask
from hepbatch.tests.real_agent import real_agent
from hepbatch.widgets.connection_words import visible

SECRET = "c0rrect-h0rse"
# Takes the secret and nothing else, as kinit does.
KINIT = f"""#!/bin/sh
read -r secret
[ "$secret" = {SECRET} ] && exit 0
echo "kinit: Password incorrect while getting initial credentials" >&2
exit 1
"""
SCRIPT = """
    import threading
    from hepbatch.agent_client import ask
    from hepbatch.widgets.terminal_prompts import answer_on_terminal

    def prompts():
        return ask("GET", "/prompts")[1]["prompts"]

    answers = []
    body = {"id": "dask-local"}
    asking = threading.Thread(
        target=lambda: answers.append(ask("POST", "/connections/ticket", body, timeout=60)[0])
    )
    asking.start()
    while asking.is_alive():
        for prompt in prompts():
            answer_on_terminal(prompt)
        asking.join(0.05)
    print("status", answers)
"""


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    programs = tmp_path_factory.mktemp("bin")
    (programs / "kinit").write_text(KINIT)
    (programs / "kinit").chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        with real_agent() as folder:
            yield folder


class Terminal:
    """A script on a terminal of its own, as somebody sees and types it."""

    def __init__(self, script: str) -> None:
        self.seen = ""
        self.pid, self._line = pty.fork()
        if self.pid == 0:  # the child, which becomes the script
            os.execv(sys.executable, [sys.executable, "-c", textwrap.dedent(script)])

    def until(self, words: str) -> str:
        """What was seen until some words came."""
        end = time.monotonic() + 60
        while words not in self.seen:
            left = end - time.monotonic()
            assert left > 0, f"never came {words!r}: {self.seen}"
            if select.select([self._line], [], [], left)[0]:
                try:
                    self.seen += os.read(self._line, 4096).decode()
                except OSError:  # the script has ended
                    assert words in self.seen, self.seen
        seen, self.seen = self.seen, ""
        return seen

    def type(self, text: str) -> None:
        os.write(self._line, text.encode())

    def close(self) -> int:
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self._line)
        return status


def test_a_secret_is_asked_on_the_terminal_again_after_a_wrong_one_and_never_seen(
    agent: Path,
) -> None:
    terminal = Terminal(SCRIPT)
    asked = terminal.until("Password for Kerberos: ")
    assert "kinit on this machine" in asked
    terminal.type("wrong\n")
    asked = terminal.until("Password for Kerberos: ")
    assert "not accepted" in asked
    assert "wrong" not in asked
    terminal.type(f"{SECRET}\n")
    assert SECRET not in terminal.until("status [200]")
    assert terminal.close() == 0


def test_a_question_that_is_interrupted_is_taken_back(agent: Path) -> None:
    terminal = Terminal(SCRIPT)
    terminal.until("Password for Kerberos: ")
    terminal.type("\x03")
    terminal.until("KeyboardInterrupt")
    assert ask("GET", "/prompts") == (200, {"prompts": []})
    terminal.close()


def test_where_there_is_no_terminal_the_error_says_what_else_there_is(agent: Path) -> None:
    inside = f"import os\nos.setsid()\n{textwrap.dedent(SCRIPT)}"
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(write, 2)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.execv(sys.executable, [sys.executable, "-c", inside])
    os.close(write)
    with os.fdopen(read) as errors:
        said = errors.read()
    os.waitpid(pid, 0)
    assert "there is no terminal to answer on" in said
    assert "hepbatch connections open" in said
    assert ask("GET", "/prompts") == (200, {"prompts": []})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Password for me@CERN.CH: ", "Password for me@CERN.CH: "),
        ("one\r\ntwo", "one\ntwo"),
        ("\x1b[2J\x07\tx\r\x7f", "␛[2J␇␉x␍␡"),
        ("exe\u202etxt\u200b\x85", "exe<U+202E>txt<U+200B><U+0085>"),
    ],
)
def test_what_would_not_be_seen_is_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown
