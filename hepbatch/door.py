"""What the handlers that answer a user have in common: who may ask, and how faults are told."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from hepbatch.errors import HepbatchError

DENIED_NEXT = "Reload the page; if it stays so, log in to Jupyter again."


class Door(JupyterHandler):
    """Lets in what Jupyter lets in, and no other site; answers faults as the agent does."""

    auth_resource = "hepbatch"
    allow = "GET, POST"

    # Tornado awaits it, its annotation says that it is not awaited.
    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse other sites; Jupyter itself checks host, user and XSRF."""
        await super().prepare()
        if not self._finished and not self.check_origin():
            raise web.HTTPError(403, "a page of another site may not ask here")

    @web.authenticated
    @authorized("read")
    async def get(self, *_path: str) -> None:
        """Not asked here."""
        self._refuse_verb()

    @web.authenticated
    @authorized("write")
    async def post(self, *_path: str) -> None:
        """Not asked here."""
        self._refuse_verb()

    @web.authenticated
    @authorized("read")
    async def head(self, *_path: str) -> None:
        """Not asked here."""
        self._refuse_verb()

    @web.authenticated
    @authorized("read")
    async def options(self, *_path: str) -> None:
        """Not asked here."""
        self._refuse_verb()

    @web.authenticated
    @authorized("write")
    async def put(self, *_path: str) -> None:
        """Not asked here."""
        self._refuse_verb()

    @web.authenticated
    @authorized("write")
    async def patch(self, *_path: str) -> None:
        """Not asked here."""
        self._refuse_verb()

    @web.authenticated
    @authorized("write")
    async def delete(self, *_path: str) -> None:
        """Not asked here."""
        self._refuse_verb()

    def _refuse_verb(self) -> None:
        raise web.HTTPError(405, f"{self.request.method} is not asked here, only {self.allow}")

    def get_login_url(self) -> str:
        """Refuse instead of leading a program to the login page."""
        raise web.HTTPError(403, "not logged in to Jupyter")

    def log_exception(self, *info: Any) -> None:
        """Keep faults that the user is told of out of the log's tracebacks."""
        if isinstance(info[1], HepbatchError):
            self.log.warning("hepbatch: %s", info[1].message)
        else:
            super().log_exception(*info)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer as the agent does: with a Failure."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, HepbatchError):
            failure = error.to_failure()
            self.set_status(error.status)
        else:
            said = isinstance(error, web.HTTPError) and (error.log_message or error.reason)
            message = said or self._reason
            if status_code == 403:
                failure = HepbatchError("denied", message, DENIED_NEXT).to_failure()
            elif status_code < 500:
                next_step = "This is a fault of hepbatch: report it."
                code = "not-found" if status_code == 404 else "bad-request"
                failure = HepbatchError(code, message, next_step).to_failure()
            else:
                next_step = "This is a fault of hepbatch: report it with the log of Jupyter."
                failure = HepbatchError("internal", message, next_step).to_failure()
        if status_code == 405:
            self.set_header("Allow", self.allow)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(failure))
