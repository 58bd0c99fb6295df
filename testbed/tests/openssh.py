"""OpenSSH's client beside the test bed, and somebody who answers its questions."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

ONE_TIME_CODE = str(Path(__file__).resolve().parents[1] / "one-time-code")
# Writes down what it is asked, and answers from the environment.
ASKPASS = """#!/bin/sh
printf '%s\\n' "$1" >>"$ASKED"
case $1 in
  *One-time*|*factor*) printf '%s\\n' "$ANSWER_CODE" ;;
  *passphrase*) printf '%s\\n' "$ANSWER_PASSPHRASE" ;;
  *) printf '%s\\n' "$ANSWER_PASSWORD" ;;
esac
"""


def one_time_code(*options: str) -> str:
    """Return a code of the user of the bed; with --unused one that was never returned before."""
    done = subprocess.run([ONE_TIME_CODE, *options], capture_output=True, text=True, check=True)
    return done.stdout.strip()


class Client:
    """Logs in by the aliases of the bed; gives `answers`, once each, to what is `asked`."""

    def __init__(self, folder: Path, env: dict[str, Any]) -> None:
        self.env = env
        self.answers = {"password": env.get("password", ""), "code": "", "passphrase": ""}
        self.asked: list[str] = []
        self._asked = folder / "asked"
        self._askpass = folder / "askpass"
        self._askpass.write_text(ASKPASS)
        self._askpass.chmod(0o755)
        self.environment = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "SSH_ASKPASS": str(self._askpass),
            "SSH_ASKPASS_REQUIRE": "force",
            "ASKED": str(self._asked),
            "KRB5_CONFIG": env.get("krb5Config", "/dev/null"),
            "KRB5CCNAME": f"FILE:{folder}/tickets",
        }

    def start(self, host: str, *argv: str, options: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        """Start a command on a host."""
        self._asked.write_text("")
        answers = {f"ANSWER_{name.upper()}": said for name, said in self.answers.items()}
        once = ("-o", "NumberOfPasswordPrompts=1")
        return subprocess.Popen(
            ["ssh", "-F", self.env["sshConfig"], *once, *options, host, *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**self.environment, **answers},
        )

    def run(
        self, host: str, *argv: str, options: tuple[str, ...] = (), stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on a host to its end."""
        process = self.start(host, *argv, options=options)
        with process:
            out, err = process.communicate(stdin, timeout=60)
        self.asked = self._asked.read_text().splitlines()
        return subprocess.CompletedProcess([host, *argv], process.returncode, out, err)

    def enters(self, host: str, *options: str) -> bool:
        """Return whether the login succeeds, and see that it is the user of the bed who entered."""
        done = self.run(host, "id", "-un", options=options)
        if done.returncode != 0:
            assert done.returncode == 255, done.stderr
            assert "Permission denied" in done.stderr
            return False
        assert done.stdout.strip() == self.env["user"]
        return True

    def tool(self, *argv: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program of Kerberos on this side, with the tickets of this client."""
        return subprocess.run(
            argv,
            input=stdin,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=60,
            check=False,
        )
