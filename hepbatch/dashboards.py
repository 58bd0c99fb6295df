"""Dashboards in frames of JupyterLab: untrusted pages, behind an address that cannot be guessed.

A sandboxed frame has no cookies, so its requests cannot be authenticated. An authenticated request
opens a dashboard; its answer is an address that holds a secret. What is asked below that address
goes to the agent, and what comes back is told to be nobody's: it has an origin of its own.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urljoin

from jupyter_server.auth.decorator import allow_unauthenticated, authorized
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httputil import HTTPHeaders, ResponseStartLine
from tornado.iostream import IOStream

from hepbatch.agent import socket_path
from hepbatch.agent_line import ask_agent, dial_agent
from hepbatch.capabilities import Capabilities, Capability
from hepbatch.door import Door
from hepbatch.errors import HepbatchError
from hepbatch.frame_policy import NOTHING, addresses, policy
from hepbatch.pass_on import PassOn
from hepbatch.relay import without_keys
from hepbatch.tunnel import ask_to_upgrade, join

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
PLACE = re.compile(rf"/({ID.pattern})/([A-Za-z0-9_-]{{43}})/(.*)", re.DOTALL)

TO_DASHBOARD = ("Accept", "Accept-Encoding", "Accept-Language")
TO_DASHBOARD_SOCKET = (
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Version",
)
TO_BROWSER = ("Content-Encoding", "Content-Length", "Content-Type")
# The agent's word for a dashboard that it will never know again.
GONE = 410

NO_DASHBOARD = (
    "There is no dashboard at this address any more. Close this panel and open it again.\n"
)
TOO_MANY = "This dashboard asks for too much at once.\n"


class _Granting(Door):
    """What opens and closes has in common."""

    allow = "POST"

    def initialize(self, capabilities: Capabilities) -> None:
        self.capabilities = capabilities

    def place(self) -> str:
        """Return what the paths of all dashboards begin with."""
        return url_path_join(self.base_url, "hepbatch", "dash")

    def find(self) -> Capability | None:
        """Return what was granted for the path in the body. Raises `bad-request`."""
        found = PLACE.fullmatch(self.said("path").removeprefix(self.place()))
        return found and self.capabilities.find(found[1], found[2])

    def said(self, field: str) -> str:
        """Return a field of the body. Raises `bad-request`."""
        try:
            value = json.loads(self.request.body)[field]
        except (ValueError, TypeError, KeyError):
            value = None
        if not isinstance(value, str):
            raise HepbatchError(
                "bad-request",
                f"{self.request.path}: {field} is no text",
                "This is a fault of hepbatch: report it.",
            )
        return value


class OpenDashboard(_Granting):
    """`POST <base>/hepbatch/api/dashboards/open`: a new address for one frame."""

    @web.authenticated
    @authorized("write")
    async def post(self, *_path: str) -> None:
        """Ask the agent for the dashboard, and grant an address of it."""
        dashboard = self.said("id")
        status, answer = await ask_agent("/dashboards/ticket", {"id": dashboard})
        if status == 200 and ID.fullmatch(dashboard):
            origin = self.request.headers.get("Origin")
            capability = self.capabilities.grant(dashboard, answer["ticket"], origin)
            answer = {"path": f"{self.place()}/{capability.id}/{capability.token}/"}
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "application/json")
        await self.finish(json.dumps(answer))


class CloseDashboard(_Granting):
    """`POST <base>/hepbatch/api/dashboards/close`: an address leads nowhere from now on."""

    @web.authenticated
    @authorized("write")
    async def post(self, *_path: str) -> None:
        """Forget the address; that it is known no more is as good."""
        capability = self.find()
        if capability:
            self.capabilities.revoke(capability)
        self.set_header("Content-Type", "application/json")
        await self.finish("{}")


class KeepDashboard(_Granting):
    """`POST <base>/hepbatch/api/dashboards/keep`: a panel is still there and needs its address."""

    @web.authenticated
    @authorized("write")
    async def post(self, *_path: str) -> None:
        """Tell whether the address is good; for an hour more, if the agent still knows it."""
        capability = self.find()
        status, answer = 200, {"kept": False}
        if capability:
            status, answer = await ask_agent("/dashboards/ticket", {"id": capability.id})
            if status == 200 and answer["ticket"] == capability.ticket:
                answer = {"kept": self.capabilities.keep(capability)}
            elif status in (200, 404):
                # Another dashboard has its id, or none any more: this one does not come back.
                self.capabilities.revoke(capability)
                status, answer = 200, {"kept": False}
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        await self.finish(json.dumps(answer))


class Frame(PassOn):
    """`<base>/hepbatch/dash/<id>/<token>/<path>`: what a frame asks of a dashboard.

    Not one of Jupyter's handlers: nothing of a user, a cookie or a login shall come near it.
    """

    SUPPORTED_METHODS = ("GET", "HEAD")
    _here: tuple[str, ...] = ()
    _capability: Capability | None = None

    def initialize(self, capabilities: Capabilities, place: str) -> None:
        """Take the secret out of what will be logged, before anything can go wrong."""
        self._capabilities = capabilities
        self._query = without_keys(self.request.query)
        self._path = ""
        found = PLACE.fullmatch(self.request.path.removeprefix(place))
        shown = f"{place}/***"
        if found is not None:
            shown = f"{place}/{found[1]}/***/{found[3]}"
            self._capability = capabilities.find(found[1], found[2])
        if found is not None and self._capability is not None:
            self._path = found[3]
            self._address = f"{place}/{found[1]}/{found[2]}/"
            request, origin = self.request, self._capability.origin
            self._here = tuple(addresses(request.protocol, request.host, origin, self._address))
        self.request.path = self.request.uri = shown
        self.request.headers.pop("Referer", None)
        self.set_default_headers()

    def set_default_headers(self) -> None:
        """Of every answer, whatever it is."""
        self.clear_header("Server")
        found = self._capability is not None
        self.set_header("Content-Security-Policy", policy(list(self._here)) if found else NOTHING)
        self.set_header("Access-Control-Allow-Origin", "null")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")

    def compute_etag(self) -> None:
        """Nothing of it is kept."""

    @allow_unauthenticated
    async def get(self, *_path: str) -> None:
        """Pass on a page, or the line of a WebSocket."""
        await self._answer()

    @allow_unauthenticated
    async def head(self, *_path: str) -> None:
        """Pass on the head of a page."""
        await self._answer()

    async def _answer(self) -> None:
        capability = self._capability
        if capability is None:
            raise web.HTTPError(404)
        if not self._capabilities.has_room(capability):
            raise web.HTTPError(429)
        # An agent that is gone took its dashboards along: none is started for a stranger.
        line = await dial_agent(socket_path())
        if line is None:
            self._capabilities.revoke(capability)
            raise web.HTTPError(404)
        stream = IOStream(line)
        with self._capabilities.using(capability, stream):
            if not self.left:
                await self._pass(capability, stream)

    async def _pass(self, capability: Capability, stream: IOStream) -> None:
        target = f"/.dash/{capability.ticket}/{self._path}"
        if self._query:
            target += f"?{self._query}"
        if self.request.headers.get("Upgrade", "").lower() == "websocket":
            await self._join(capability, stream, target)
            return
        answer = await self.pass_on(stream, target, self._headers_to_agent(TO_DASHBOARD, "close"))
        if self.left or answer.complete:
            return
        if answer.begun:
            self.cut_off()
        else:
            raise web.HTTPError(502)

    async def _join(self, capability: Capability, stream: IOStream, target: str) -> None:
        origin = self.request.headers.get("Origin")
        own = {f"{self.request.protocol}://{self.request.host}", capability.origin, "null", None}
        if origin not in own or self.request.method != "GET":
            raise web.HTTPError(404)
        headers = self._headers_to_agent(TO_DASHBOARD_SOCKET, "Upgrade")
        headers["Upgrade"] = "websocket"
        said = await ask_to_upgrade(stream, target, headers)
        if not isinstance(said, int):
            await join(self, stream, said)
            return
        if said == GONE:
            self._capabilities.revoke(capability)
        raise web.HTTPError(404 if said == GONE else said)

    def take_head(self, start_line: ResponseStartLine, headers: HTTPHeaders) -> None:
        """Pass on the status, and the few headers that may; a redirect only within the address."""
        if start_line.code == GONE:
            if self._capability is not None:
                self._capabilities.revoke(self._capability)
            self._say(404, NO_DASHBOARD)
            return
        self.clear_header("Content-Type")
        self.set_status(start_line.code, start_line.reason or "Unknown")
        for name in TO_BROWSER:
            if name in headers:
                self.set_header(name, headers[name])
        if "Location" in headers:
            location = headers["Location"]
            if not urljoin(self._address + self._path, location).startswith(self._address):
                self.set_status(502)
            else:
                self.set_header("Location", location)

    def _headers_to_agent(self, names: tuple[str, ...], connection: str) -> HTTPHeaders:
        headers = HTTPHeaders({"Host": "localhost", "Connection": connection})
        for name in names:
            if name in self.request.headers:
                headers[name] = self.request.headers[name]
        return headers

    def _say(self, status: int, words: str) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        if self.request.method != "HEAD":
            self.write(words)

    def write_error(self, status_code: int, **_: Any) -> None:
        """Tell the reason in words of ours: nothing of what was asked is repeated."""
        words = {404: NO_DASHBOARD, 429: TOO_MANY}.get(status_code, "The agent does not answer.\n")
        self._say(status_code, words)
        self.finish()


def dashboard_handlers(base_url: str) -> list[tuple[str, type[web.RequestHandler], dict[str, Any]]]:
    """Return what the extension adds to Jupyter's web application, before the relay."""
    capabilities = Capabilities()
    granting = {"capabilities": capabilities}
    api = re.escape(url_path_join(base_url, "hepbatch", "api", "dashboards"))
    place = url_path_join(base_url, "hepbatch", "dash")
    frame = {"capabilities": capabilities, "place": place}
    return [
        (rf"{api}/open", OpenDashboard, granting),
        (rf"{api}/close", CloseDashboard, granting),
        (rf"{api}/keep", KeepDashboard, granting),
        (re.escape(place) + r"(?:/.*|)", Frame, frame),
    ]
