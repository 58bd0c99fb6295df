"""Where the relay of the tests answers, and how it is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tornado.httpclient import HTTPResponse

API = "/a%40b/hepbatch/api"
Fetch = Callable[..., Awaitable[HTTPResponse]]
