"""How much one caller may ask of the API in a minute, and the count of what businesses ask."""

from __future__ import annotations

from flask import Flask, Response, current_app, g

from admin_api.callers import Caller
from admin_api.edge import edge
from admin_api.rates import Room, Window
from services.errors import DomainError
from services.i18n import _
from services.tenants.api_counting import ApiCounts, Asked

_SECONDS = 60
_RATE, _COUNTS = "juragan.rate", "juragan.counts"


def prepare(app: Flask, requests_a_minute: int) -> None:
    """Gives an application its window and its counts."""
    app.extensions[_RATE] = Window(requests_a_minute, _SECONDS)
    app.extensions[_COUNTS] = ApiCounts()


def admit(who: Caller) -> None:
    """Counts a request of somebody known; raises `DomainError` `rate_limited` when it is one too many.

    All callers of a business share its window, and super admins one of their own.
    """
    window: Window = current_app.extensions[_RATE]
    key = "super_admin" if who.is_super_admin or who.tenant is None else str(who.tenant.id)
    is_room = window.hit(key)
    g.room = window.room(key)
    if not is_room:
        text = _("Too many requests: {limit} a minute are taken. Try again in a moment.", limit=g.room.amount)
        raise DomainError("rate_limited", text, limit=g.room.amount, retryAfter=max(1, g.room.seconds))


def tell(response: Response) -> None:
    """Writes into an answer what is left of the window."""
    room: Room | None = g.get("room")
    if room is not None:
        response.headers["X-RateLimit-Limit"] = str(room.amount)
        response.headers["X-RateLimit-Remaining"] = str(room.left)
        response.headers["X-RateLimit-Reset"] = str(room.seconds)


def count(response: Response, route: str) -> None:
    """Counts a business's request; what is due to be written down is, once the answer has gone out."""
    who: Caller | None = g.get("caller")
    if who is None or who.tenant is None or who.is_super_admin or not edge().db.policy.counts_usage:
        return
    counts, db = _counts(current_app), edge().db
    asked = Asked(who.tenant.id, db.clock.now().date(), who.name, route)
    counts.add(asked, failed=response.status_code >= 400)
    if counts.is_due(edge().ticking()):
        response.call_on_close(lambda: counts.write(db))


def write_down() -> None:
    """Writes down what was counted so far, for whoever is about to look at it."""
    _counts(current_app).write(edge().db)


def finish(app: Flask) -> None:
    """The same for an application that ends."""
    if _COUNTS in app.extensions:
        with app.app_context():
            write_down()


def _counts(app: Flask) -> ApiCounts:
    found: ApiCounts = app.extensions[_COUNTS]
    return found
