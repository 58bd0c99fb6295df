"""Questions of hosts on the terminal, for scripts."""

from __future__ import annotations

import contextlib
import getpass
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from hepbatch.agent_client import ask
from hepbatch.errors import HepbatchError
from hepbatch.widgets.asked import in_kernel
from hepbatch.widgets.connection_words import visible


def answer_on_terminal(prompt: dict[str, Any]) -> None:
    """Ask what a host asks, and hand the answer over; it is kept nowhere.

    Raises
    ------
    HepbatchError
        `denied` where there is no terminal to ask on.
    KeyboardInterrupt
        Where the user cancels; the host is told so.
    """
    title, text = visible(prompt["title"]), visible(prompt["text"])
    answer = None
    try:
        with _terminal() as terminal:
            if prompt["again"]:
                print("The answer before this one was not accepted.", file=terminal)
            answer = _read(f"{title}: {text}", prompt, terminal)
    except (KeyboardInterrupt, EOFError):
        raise KeyboardInterrupt from None
    except (OSError, NotImplementedError) as error:
        raise HepbatchError(
            "denied",
            f"{title} asks {text.strip()!r}, and there is no terminal to answer on",
            "Open it in JupyterLab or with `hepbatch connections open` first; it stays open.",
        ) from error
    finally:
        what = {} if answer is None else {"answer": answer}
        # Somebody may have been faster, or its time is over; the state of the connection tells.
        with contextlib.suppress(HepbatchError):
            ask("POST", f"/prompts/{'answer' if what else 'cancel'}", {"id": prompt["id"], **what})


@contextlib.contextmanager
def _terminal() -> Iterator[TextIO]:
    """Where to ask: a kernel has its own way, all others the terminal, whatever stdin is."""
    if in_kernel():
        yield sys.stdout
    else:
        # Read and written alternately, which text files do only where one can seek.
        line = io.FileIO(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY), "w+")
        with io.TextIOWrapper(line, write_through=True) as terminal:
            yield terminal


def _read(question: str, prompt: dict[str, Any], terminal: TextIO) -> str | None:
    if prompt["kind"] == "secret":
        return getpass.getpass(question)
    if prompt["kind"] == "text":
        return _line(question, terminal)
    key = prompt["hostKey"] or {}
    for line in [question, *(f"{name}: {visible(str(value))}" for name, value in key.items())]:
        print(line, file=terminal)
    return "yes" if _line("Trust this host? Type yes: ", terminal).strip() == "yes" else None


def _line(question: str, terminal: TextIO) -> str:
    if terminal is sys.stdout:
        return input(question)
    print(question, end="", file=terminal, flush=True)
    line = terminal.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")
