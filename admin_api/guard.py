"""Who may ask: every route wants a key unless it is declared public."""

from __future__ import annotations

from flask import g, request

from admin_api.edge import edge
from services.errors import DomainError
from services.i18n import _


def given_key() -> str | None:
    """The key of this request: `X-API-Key`, or `Authorization: Bearer` as Prometheus sends it."""
    key = request.headers.get("X-API-Key")
    if key is None and request.authorization is not None and request.authorization.type == "bearer":
        key = request.authorization.token
    return key or None


def guard() -> None:
    """Before each request: refuses whoever has no valid key, on every route that isn't declared public."""
    if request.url_rule is None:
        return
    key = given_key()
    if key is not None and not edge().is_document(request.endpoint):
        g.caller = edge().keys.check(key, request.remote_addr or "")
    elif not edge().is_public(request.endpoint):
        raise DomainError("api_key_missing", _("Send your API key in the header X-API-Key."))
