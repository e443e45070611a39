"""What is noted of each request: its id, one line in the log, its place in the histogram. Never a body, never a key."""

from __future__ import annotations

import re
import uuid

import structlog
from flask import Flask, Response, g, request

from admin_api import cors, limiting
from admin_api.edge import edge
from services.tenants.audit import REQUEST_ID

log = structlog.get_logger()
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_SANE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    # The pages that describe the API bring everything along and fetch nothing from elsewhere.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
        " script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
    ),
}


def watch(app: Flask) -> None:
    """Has the application note its requests; must come before everything that may refuse one."""
    app.before_request(_begin)
    cors.watch(app)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _SANE.fullmatch(given) else uuid.uuid4().hex[:16]
    REQUEST_ID.set(g.request_id)
    g.began = edge().ticking()


def _end(response: Response) -> Response:
    seconds = edge().ticking() - g.began
    route = _PARAMETER.sub(r"{\1}", request.url_rule.rule) if request.url_rule is not None else "none"
    edge().metrics.requests.labels(request.method, route, str(response.status_code)).observe(seconds)
    log.info(
        "request", method=request.method, route=route, status=response.status_code, ms=round(seconds * 1000, 1),
        request_id=g.request_id, key=g.caller.name if "caller" in g else None,
    )  # fmt: skip
    REQUEST_ID.set(None)
    limiting.count(response, f"{request.method} {route}")
    limiting.tell(response)
    cors.tell(response)
    response.headers["X-Request-Id"] = g.request_id
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
