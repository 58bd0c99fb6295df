"""The errors of the contract, for Python: a closed list of codes, each with its HTTP status."""

from __future__ import annotations

from typing import Any

# The same list as in src/contract/errors.ts; a test holds the two together.
STATUS = {
    "bad-request": 400,
    "denied": 403,
    "not-found": 404,
    "conflict": 409,
    "refused": 422,
    "cancelled": 499,
    "corrupt": 500,
    "internal": 500,
    "unsupported": 501,
    "unreachable": 502,
    "connection-lost": 502,
    "unknown-outcome": 502,
    "timed-out": 504,
    "no-space": 507,
}


class HepbatchError(Exception):
    """What went wrong, in the user's words.

    Parameters
    ----------
    code
        One word of the closed list; anything else becomes `internal`.
    message
        What went wrong, where, and which value.
    next
        What the user can do about it.
    """

    def __init__(self, code: str, message: str, next: str) -> None:
        super().__init__(message)
        self.code = code if code in STATUS else "internal"
        self.message = message
        self.next = next

    def __str__(self) -> str:
        return f"{self.message}\n{self.next}" if self.next else self.message

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this: in a cell our own call stack would bury what the user can do.
        return [f"{type(self).__name__} ({self.code}): {self.message}", self.next]

    @property
    def status(self) -> int:
        """The HTTP status it travels with."""
        return STATUS[self.code]

    def to_failure(self) -> dict[str, Any]:
        """The error as it travels."""
        return {"code": self.code, "message": self.message, "data": {"next": self.next}}
