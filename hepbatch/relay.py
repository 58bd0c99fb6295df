"""The relay: passes Jupyter's authenticated requests on to the agent's socket, byte for byte.

It knows Jupyter's rules and HTTP, and nothing of what is asked or answered.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httputil import HTTPHeaders, ResponseStartLine

from hepbatch.agent import socket_path
from hepbatch.agent_line import connect_agent, dial_agent
from hepbatch.door import Door
from hepbatch.errors import HepbatchError
from hepbatch.pass_on import PassOn

# What may pass. Never Cookie or Authorization: the agent has no use for Jupyter's keys. Nor
# Accept-Encoding: between two processes of one machine nothing is compressed.
TO_AGENT = ("Accept", "Content-Type", "If-None-Match", "Last-Event-ID")
TO_BROWSER = (
    "Cache-Control",
    "Content-Disposition",
    "Content-Length",
    "Content-Type",
    "ETag",
    "Retry-After",
    "X-Accel-Buffering",
)
# Jupyter takes its token from the query, too; that must not reach the agent or its log.
KEYS_IN_QUERY = ("token", "_xsrf")
# Paths of the contract are plain words; so nothing has to be decoded, and nothing can be hidden.
# None begins with a dot, as the paths of dashboards do, which only their sandbox may show.
PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+")


class Relay(PassOn, Door):
    """`<base>/hepbatch/api/<path>`: GET and POST, answered by the agent."""

    @web.authenticated
    @authorized("read")
    async def get(self, *_path: str) -> None:
        """Ask the agent; asked once more if it broke off before it answered."""
        if self.request.headers.get("Upgrade", "").lower() == "websocket":
            raise HepbatchError(
                "bad-request", "there is no WebSocket at this address", "Ask with plain HTTP."
            )
        await self._relay()

    @web.authenticated
    @authorized("write")
    async def post(self, *_path: str) -> None:
        """Have the agent do something; never sent twice."""
        await self._relay()

    def take_head(self, start_line: ResponseStartLine, headers: HTTPHeaders) -> None:
        """Pass on the status, and the headers that may."""
        self.clear_header("Content-Type")
        self.set_header("Cache-Control", "no-store")
        self.set_status(start_line.code, start_line.reason or "Unknown")
        for name in TO_BROWSER:
            if name in headers:
                self.set_header(name, headers[name])

    async def _relay(self) -> None:
        target = self._target()
        # A question may be asked again, an order may not: it could have been carried out.
        tries = 2 if self.request.method == "GET" else 1
        for _ in range(tries):
            stream = await connect_agent()
            try:
                if self.left:
                    return
                answer = await self.pass_on(stream, target, self._headers_to_agent())
            finally:
                stream.close()
            if self.left or answer.complete:
                return
            if answer.begun:
                # Too late for another answer.
                self.log.warning("hepbatch: the agent broke off in its answer to %s", target)
                self.cut_off()
                return
        what = f"the agent broke off while it was asked {self.request.method} {target}"
        if self.request.method == "GET":
            raise HepbatchError("unreachable", what, "Try again.")
        raise HepbatchError(
            "unknown-outcome", what, "It may have been done: look before you repeat it."
        )

    def _target(self) -> str:
        # The path as it was sent: Tornado's own capture is decoded.
        prefix = url_path_join(self.base_url, "hepbatch", "api")
        path = self.request.path.removeprefix(prefix)
        if not PATH.fullmatch(path):
            raise HepbatchError(
                "bad-request",
                f"{path!r} is not an address of the agent",
                "This is a fault of hepbatch: report it.",
            )
        query = without_keys(self.request.query)
        return f"{path}?{query}" if query else path

    def _headers_to_agent(self) -> HTTPHeaders:
        headers = HTTPHeaders({"Host": "localhost", "Connection": "close"})
        for name in TO_AGENT:
            if name in self.request.headers:
                headers[name] = self.request.headers[name]
        return headers


class Running(Door):
    """`<base>/hepbatch/running`: whether an agent runs, without starting one."""

    allow = "GET"

    @web.authenticated
    @authorized("read")
    async def get(self, *_path: str) -> None:
        """Answer `{"running": bool}`; what keeps an agent from running is told by the relay."""
        try:
            line = await dial_agent(socket_path())
        except HepbatchError:
            line = None
        if line is not None:
            line.close()
        self.set_header("Cache-Control", "no-store")
        await self.finish({"running": line is not None})


def without_keys(query: str) -> str:
    """Return a query as it was sent, without what may be a key of Jupyter."""
    return "&".join(
        part
        for part in query.split("&")
        if part and unquote_plus(part.partition("=")[0]) not in KEYS_IN_QUERY
    )


def relay_handlers(base_url: str) -> list[tuple[str, type[web.RequestHandler]]]:
    """Return what the extension adds to Jupyter's web application."""
    # The base URL is matched as it was sent, escapes and all; none of it is a pattern.
    base = re.escape(url_path_join(base_url, "hepbatch"))
    return [(base + r"/api(/.*|)", Relay), (base + r"/running", Running)]
