"""What the FAKES voms-proxy-info and voms-proxy-init share; for the tests only.

FAKE_VOMS_DATA names a JSON file:

    {"client": "java" or "cpp", "passphrase": WORD, "credentials": true, "fault": FAULT,
     "log": PATH, "proxies": {PATH: SECONDS SINCE 1970 AT WHICH IT EXPIRES}}

All but "proxies" may be left out. voms-proxy-init adds to "proxies" and writes a file that is no
certificate; voms-proxy-info believes "proxies", and that only where the file is there. FAULT is one
of hang, killed, server (no VOMS server answers) and unverified (the proxy is made, and the status
is 1). One line per call is appended to "log".

Two programs go by these names, and sites have either: the Java one (voms-clients 3) and the older
one in C++ (voms-clients 2). Their words differ, and -timeleft is h:m:s in the one and seconds in
the other. Where the words are from:

  recorded in reports of users: Java's -all, its prompt, success and wrong pass phrase
    (italiangrid/voms#14); of the C++ one no proxy, the prompt, the wrong pass phrase with status 3
    (dmwm/CRABClient#2724) and success
  from reading their sources, not seen: everything else, so Java's complaint about an expired proxy
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

IDENTITY = "/DC=ch/DC=cern/OU=Organic Units/OU=Users/CN=user/CN=123456/CN=Some User"


def load() -> dict[str, Any]:
    """The data; notes this call in the log, and does what cuts every call short."""
    data: dict[str, Any] = json.loads(Path(os.environ["FAKE_VOMS_DATA"]).read_text())
    if data.get("log"):
        with open(data["log"], "a", encoding="utf-8") as log:
            log.write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]) + "\n")
    if data.get("fault") == "hang":
        time.sleep(3141)
    if data.get("fault") == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    return data


def default_path() -> str:
    """Where a proxy lies if nobody says otherwise."""
    return os.environ.get("X509_USER_PROXY") or f"/tmp/x509up_u{os.getuid()}"


def options(short: dict[str, str], flags: str, valued: str) -> dict[str, str]:
    """The options of this call by their long names; both programs take one dash or two."""
    said: dict[str, str] = {}
    rest = sys.argv[1:]
    while rest:
        word = rest.pop(0)
        name = short.get(word.lstrip("-"), word.lstrip("-"))
        if not word.startswith("-") or name not in flags.split() + valued.split():
            fail(f"Error parsing command line arguments: Unrecognized option: {word}")
        if name in valued.split() and not rest:
            fail(f"Error parsing command line arguments: Missing argument for option: {name}")
        said[name] = rest.pop(0) if name in valued.split() else ""
    return said


def seconds_of(lifetime: str) -> int:
    """What H:M means."""
    hours, colon, minutes = lifetime.partition(":")
    if not colon:
        fail("Illegal format for lifetime property.")
    return int(hours) * 3600 + int(minutes) * 60


def fail(message: str, status: int = 1) -> NoReturn:
    """End with a complaint."""
    print(message, file=sys.stderr)
    sys.exit(status)
