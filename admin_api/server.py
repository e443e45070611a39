"""The API on a port: waitress in a thread of its own, with limits on what a stranger may ask of it."""

from __future__ import annotations

import json
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, cast

import structlog
from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from admin_api import limiting
from admin_api.app import LARGEST_BODY, create_app
from admin_api.auth import KeyChecker, configured_keys
from admin_api.bodies import largest, parser
from admin_api.edge import Edge
from services.db.engine import Database
from services.messaging.files import FileStore
from services.settings import Settings
from services.tenants import keys

log = structlog.get_logger()
_LARGEST_HEADERS = 16 * 1024
_CONNECTIONS = 200
_IDLE_SECONDS = 30
_TURN_SECONDS = 0.5
_CODES = {400: "bad_request", 413: "too_large", 431: "headers_too_large", 501: "http_error"}


class _RefusedTask(ErrorTask):
    """What waitress refuses before the application sees it, in the shape of every other failure."""

    def execute(self) -> None:
        refusal: Any = cast(Any, self.request).error
        error = {"code": _CODES.get(refusal.code, "http_error"), "message": refusal.reason, "details": {}}
        body = json.dumps({"success": False, "error": error, "request_id": uuid.uuid4().hex[:16]}).encode()
        self.status = f"{refusal.code} {refusal.reason}"
        self.response_headers = [("Content-Type", "application/json")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):
    error_task_class = _RefusedTask


def _channel(app: Flask) -> type[_Channel]:
    """A channel that takes larger bodies where files are uploaded."""
    here = app.extensions.get("juragan")
    if not isinstance(here, Edge):
        return _Channel
    return type("_Channel", (_Channel,), {"parser_class": parser(largest(here.settings.whatsapp_media_max_mb))})


class HttpServer:
    """Serves an application. `port` 0 takes any free one, which `port` then tells."""

    def __init__(self, app: Flask, host: str, port: int, threads: int) -> None:
        self._app = app
        self._host = host
        self._threads = threads
        self.port = port
        self._sockets: dict[int, Any] = {}
        self._server: Any = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listens and serves; raises `OSError` naming HTTP_PORT when the port can't be had."""
        try:
            self._server = create_server(
                self._app, map=self._sockets, host=self._host, port=self.port, threads=self._threads, ident="",
                max_request_body_size=LARGEST_BODY, max_request_header_size=_LARGEST_HEADERS,
                channel_timeout=_IDLE_SECONDS, cleanup_interval=10, connection_limit=_CONNECTIONS,
                clear_untrusted_proxy_headers=True, expose_tracebacks=False,
            )  # fmt: skip
        except OSError as error:
            wasyncore.close_all(self._sockets)
            raise OSError(
                error.errno, f"HTTP_PORT: {self._host}:{self.port} can't be listened on ({error.strerror})"
            ) from error
        for each in list(self._sockets.values()):
            if hasattr(each, "channel_class"):
                each.channel_class = _channel(self._app)
                self.port = each.effective_port
        self._thread = threading.Thread(target=self._serve, name="http", daemon=True)
        self._thread.start()
        log.info("api listening", host=self._host, port=self.port)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            wasyncore.loop(timeout=_TURN_SECONDS, map=self._sockets, count=1)

    def stop(self, timeout: float = 5.0) -> None:
        """Takes no more connections, lets what was begun end within `timeout` seconds, and closes everything."""
        if self._server is None:
            return
        until = time.monotonic() + timeout
        for each in [each for each in self._sockets.values() if hasattr(each, "channel_class")]:
            each.accepting = False
        while self._is_busy() and time.monotonic() < until:
            time.sleep(0.02)
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(max(_TURN_SECONDS * 2, until - time.monotonic()))
        self._server.task_dispatcher.shutdown(timeout=max(0.1, until - time.monotonic()))
        wasyncore.close_all(self._sockets, ignore_all=True)
        self._server = None
        limiting.finish(self._app)

    def _is_busy(self) -> bool:
        channels = [each for each in list(self._sockets.values()) if isinstance(each, HTTPChannel)]
        return any(channel.requests or channel.total_outbufs_len for channel in channels)


def serve(
    db: Database,
    settings: Settings,
    *,
    files: FileStore | None = None,
    work: Callable[[], Mapping[str, object]] | None = None,
    tell: Callable[[str], object] | None = None,
) -> HttpServer:
    """Serves the API as the settings say, until its server is stopped.

    Where no key exists yet, one is made and told once, on the terminal if `tell` is None. Raises `SettingsError` for a
    key that is too weak and `OSError` when the port is taken.
    """
    configured = configured_keys(settings)
    app = create_app(db, settings, keys=KeyChecker(db, configured), files=files, work=work)
    server = HttpServer(app, settings.http_host, settings.http_port, settings.http_threads)
    server.start()
    with ExitStack() as undoing:
        undoing.callback(server.stop)
        if not configured:
            _tell_first_key(db, tell or sys.stdout.write)
        undoing.pop_all()
    return server


def _tell_first_key(db: Database, tell: Callable[[str], object]) -> None:
    """A key that exists may be read again nowhere, so that it is told only after it was kept."""
    with db.system() as tx:
        key = keys.ensure_first(tx)
    if key is not None:
        tell(f"\nThe API key of the super admin, shown only this once: {key}\n\n")
