"""The application: its routes in one place, what each request passes through, and the pages that describe it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from typing import Any, cast

from flask import Flask, redirect
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from werkzeug.wrappers import Response

from admin_api import VERSION, limiting
from admin_api.auth import KeyChecker
from admin_api.edge import Edge, attach
from admin_api.errors import handle, refuse, require_json
from admin_api.examples import illustrate
from admin_api.families import FAMILIES
from admin_api.guard import guard
from admin_api.metrics import Metrics
from admin_api.rates import Window
from admin_api.routing import BEARER, SECURITY
from admin_api.shapes import Failure
from admin_api.telemetry import watch
from services.db.engine import Database
from services.messaging.files import FileStore
from services.messaging.sending import NumberRule
from services.security import derive, load_secret_key
from services.settings import Settings

LARGEST_BODY = 1024 * 1024
_KEY = {
    "type": "apiKey",
    "in": "header",
    "name": "X-API-Key",
    "description": "A key: the super admin's, or a business's.",
}
_TOKEN = {"type": "http", "scheme": "bearer", "description": "The access token of a person who is logged in."}


def create_app(
    db: Database,
    settings: Settings,
    *,
    keys: KeyChecker,
    files: FileStore | None = None,
    work: Callable[[], Mapping[str, object]] | None = None,
    wait: Callable[[float], object] = time.sleep,
    ticking: Callable[[], float] = time.monotonic,
) -> Flask:
    """The API over a database. `work` tells what else the process does, for the health page.

    `wait` sleeps some seconds and `ticking` gives seconds that only go forward; tests give their own.
    """
    app = copy(_routes())
    app.extensions, app.view_functions = {}, dict(app.view_functions)
    signing_key = _signing_key(settings)
    attach(
        app,
        Edge(
            db=db, settings=settings, keys=keys, files=files, work=work, wait=wait, ticking=ticking,
            rule=NumberRule(settings.whatsapp_allowed_phone_pattern, settings.blocked_numbers),
            rate=Window(settings.whatsapp_rate_limit_per_company, settings.whatsapp_rate_limit_window / 1000),
            signing_key=signing_key, metrics=Metrics(db), waiting=threading.Semaphore(settings.http_threads // 2),
        ),
    )  # fmt: skip
    limiting.prepare(app, settings.api_rate_limit)
    return app


@cache
def _routes() -> OpenAPI:
    """Everything that applications have in common, put together once: each is a copy with an edge of its own."""
    app = _bare()
    handle(app)
    watch(app)
    app.before_request(guard)
    app.before_request(require_json)
    for family in FAMILIES:
        app.register_api(family.blueprint)
    app.view_functions["openapi.doc_url"] = openapi_document
    return app


def _signing_key(settings: Settings) -> Callable[[], str]:
    """What gives the key of access tokens, read from where secrets are when it is first needed."""
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    return cache(lambda: derive(load_secret_key(settings.data_dir / "secrets", given), "access tokens"))


def _bare() -> OpenAPI:
    app = OpenAPI(
        "admin_api", info=Info(title="Juragan", version=VERSION), static_folder=None,
        security_schemes=cast(Any, {SECURITY: _KEY, BEARER: _TOKEN}), validation_error_callback=refuse,
        validation_error_model=Failure, doc_prefix="/openapi",
    )  # fmt: skip
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["OPENAPI_HTML_STRING"] = ""
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.view_functions["openapi.openapi"] = _to_pages
    return app


def _to_pages() -> Response:
    return redirect("/openapi/swagger")


@cache
def openapi_document() -> dict[str, Any]:
    """What describes the API, as `docs/openapi.json` holds it; made when it is first asked for."""
    app = _bare()
    for family in FAMILIES:
        app.register_api(family.described())
    illustrate(app.api_doc)
    return app.api_doc


def openapi_text() -> str:
    """The same, word for word as the file has it."""
    return json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"
