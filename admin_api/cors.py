"""Scripts of web pages: refused by every browser, except on the pages that `CORS_ORIGINS` names.

Pages may never send a browser's own credentials along: who asks is known by a key or a token alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, Response, request
from flask.globals import request_ctx
from werkzeug.exceptions import MethodNotAllowed

from admin_api.edge import edge

_HEADERS = (
    "Accept-Language", "Authorization", "Content-Type", "Idempotency-Key", "X-API-Key", "X-Request-Id", "X-Tenant-ID",
    "X-Tenant-Slug",
)  # fmt: skip
_EXPOSED = (
    "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-Id",
    "Content-Disposition",
)  # fmt: skip
_REMEMBERED_SECONDS = 600


def watch(app: Flask) -> None:
    """Has the application answer browsers that ask whether a page may call it; must come before the guard."""
    app.before_request(_asked_before)


def _asked_before() -> Response | None:
    """The answer to OPTIONS: to a page that is allowed yes, to everybody else that this isn't a method here."""
    if request.method != "OPTIONS" or request.url_rule is None:
        return None
    methods = sorted(set(_methods()) - {"OPTIONS", "HEAD"})
    if not _is_allowed() or "Access-Control-Request-Method" not in request.headers:
        raise MethodNotAllowed(valid_methods=methods)
    answer = Response(status=204)
    answer.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    answer.headers["Access-Control-Allow-Headers"] = ", ".join(_HEADERS)
    answer.headers["Access-Control-Max-Age"] = str(_REMEMBERED_SECONDS)
    return answer


def _methods() -> Iterable[str]:
    adapter = request_ctx.url_adapter
    return () if adapter is None else adapter.allowed_methods()


def _is_allowed() -> bool:
    return request.headers.get("Origin") in edge().settings.web_pages


def tell(response: Response) -> None:
    """Lets a page that is allowed read an answer; what is kept on the way is kept for each page apart."""
    if not edge().settings.web_pages:
        return
    response.vary.add("Origin")
    if _is_allowed():
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.headers["Access-Control-Expose-Headers"] = ", ".join(_EXPOSED)
