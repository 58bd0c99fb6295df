"""The errors of the contract, as the supervisor says them."""

from __future__ import annotations

from typing import Any

# The closed list of src/contract/errors.ts; a test holds the two together.
CODES = (
    "bad-request",
    "denied",
    "not-found",
    "conflict",
    "refused",
    "cancelled",
    "corrupt",
    "internal",
    "unsupported",
    "unreachable",
    "connection-lost",
    "unknown-outcome",
    "timed-out",
    "no-space",
)


class SupervisorError(Exception):
    """What went wrong: a code of the closed list, what where and which value, and what to do."""

    def __init__(self, code: str, message: str, next: str) -> None:
        super().__init__(message)
        self.code = code if code in CODES else "internal"
        self.message = message
        self.next = next

    def to_failure(self) -> dict[str, Any]:
        """The error as it travels."""
        return {"code": self.code, "message": self.message, "data": {"next": self.next}}


def failure_of(error: BaseException) -> dict[str, Any]:
    """Any error as it travels; what is not ours is `internal`."""
    if not isinstance(error, SupervisorError):
        words = f"{type(error).__name__}: {error}"
        error = SupervisorError("internal", words, "Report this with the log of the scheduler.")
    return error.to_failure()
