"""Configuration of the JupyterLab that the tests drive: open to them, closed to the world."""

import os

from jupyterlab.galata import configure_jupyter_server

c = get_config()  # noqa: F821
configure_jupyter_server(c)
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = int(os.environ["HEPBATCH_TEST_PORT"])
c.ServerApp.port_retries = 0
c.ServerApp.root_dir = os.environ["HEPBATCH_TEST_ROOT"]
c.ServerApp.allow_root = True
c.LabApp.extension_manager = "readonly"
