"""The API's part of the platform. The room itself is loaded by its name: nothing imports an edge."""

from __future__ import annotations

import importlib
from typing import Protocol

from bot.app import Platform


class Server(Protocol):
    """A running HTTP server."""

    port: int

    def stop(self) -> None: ...


def start(platform: Platform) -> Server:
    """Serves the API until its server is stopped; raises `OSError` when the port is taken."""
    server: Server = importlib.import_module("admin_api.server").serve(
        platform.opened.database, platform.settings, files=platform.jobs.files
    )
    return server
