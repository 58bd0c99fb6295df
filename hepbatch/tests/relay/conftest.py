"""A real Jupyter Server, and those who ask the relay in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from tornado.httpclient import HTTPResponse
from traitlets.config import Config

from hepbatch.tests.answers import Asked
from hepbatch.tests.relay.address import API, Fetch


@pytest.fixture
def jp_server_config() -> Config:
    """Our extension, and an authorizer that can say no."""
    Asked.allow = True
    Asked.asked = []
    return Config(
        {
            "ServerApp": {
                "jpserver_extensions": {"hepbatch": True},
                "authorizer_class": Asked,
            }
        }
    )


@pytest.fixture
def fetch(jp_serverapp: Any, http_server_client: Any) -> Fetch:
    """Ask without any key of Jupyter, as a stranger would."""

    def ask(path: str, **options: Any) -> Awaitable[HTTPResponse]:
        options.setdefault("raise_error", False)
        options.setdefault("allow_nonstandard_methods", True)
        options.setdefault("follow_redirects", False)
        answer: Awaitable[HTTPResponse] = http_server_client.fetch(API + path, **options)
        return answer

    return ask


@pytest.fixture
def ask(fetch: Fetch, jp_auth_header: dict[str, str]) -> Fetch:
    """Ask with Jupyter's token."""

    def asked(path: str, **options: Any) -> Awaitable[HTTPResponse]:
        options["headers"] = {**jp_auth_header, **options.get("headers", {})}
        return fetch(path, **options)

    return asked


@pytest.fixture
def raw(jp_serverapp: Any, jp_http_port: int, jp_auth_header: dict[str, str]) -> Any:
    """Send a GET and read the answer by hand, as slowly as one likes."""

    async def connect(path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
        key = jp_auth_header["Authorization"]
        writer.write(
            f"GET {API}{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {key}\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        return reader, writer

    return connect
