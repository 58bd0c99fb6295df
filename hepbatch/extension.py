"""The Jupyter Server extension: adds the relay and the dashboards to the web application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hepbatch.dashboards import dashboard_handlers
from hepbatch.relay import relay_handlers

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _load_jupyter_server_extension(server_app: ServerApp) -> None:
    """Called by the Jupyter Server; starts nothing, the first request does."""
    web_app = server_app.web_app
    base_url = web_app.settings["base_url"]
    web_app.add_handlers(".*$", [*dashboard_handlers(base_url), *relay_handlers(base_url)])
    server_app.log.info("hepbatch: ready")
