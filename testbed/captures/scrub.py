"""Copies recorded answers, with the names of this machine replaced: FROM TO OLD=NEW..."""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path


def host_names() -> dict[str, str]:
    """The names of this machine that could be in an answer."""
    long, short = socket.getfqdn(), socket.gethostname()
    names = {long: "host.example", short: "host", short.partition(".")[0]: "host"}
    return {old: new for old, new in names.items() if old and not old.startswith("localhost")}


def scrub(text: str, names: dict[str, str]) -> str:
    """Replace each old name by its new one, where it is a word of its own."""
    # JSON writers may write a slash as \/; HTCondor's does.
    spelt = {old.replace("/", "\\/"): new.replace("/", "\\/") for old, new in names.items()}
    for old, new in sorted({**names, **spelt}.items(), key=lambda pair: -len(pair[0])):
        text = re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", new.replace("\\", r"\\"), text)
    return text


def main(source: str, target: str, *pairs: str) -> None:
    """Copy every answer."""
    names = host_names() | dict(pair.split("=", 1) for pair in pairs)
    for path in sorted(Path(source).glob("[!.]*")):
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        Path(target, path.name).write_bytes(scrub(text, names).encode("utf-8", "surrogateescape"))


if __name__ == "__main__":
    main(*sys.argv[1:])
