"""What the routes share: the database, the settings, and what was made of them once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import current_app, g

from services.db.engine import Database
from services.messaging.files import FileStore
from services.messaging.sending import NumberRule
from services.settings import Settings
from services.tenants.actors import Actor

if TYPE_CHECKING:
    from admin_api.auth import KeyChecker
    from admin_api.callers import Caller
    from admin_api.metrics import Metrics
    from admin_api.rates import Window

_NAME = "juragan"


@dataclass(frozen=True)
class Edge:
    """Everything that a route may reach. `wait` sleeps; `ticking` gives seconds that only go forward.

    `work` tells what the rest of the process does, for the details of the health page. `waiting` are the places for
    requests that wait for something: others are answered at once, so that waiting never takes the last thread.
    `signing_key` gives what access tokens are signed with.
    """

    db: Database
    settings: Settings
    keys: KeyChecker
    rule: NumberRule
    rate: Window
    metrics: Metrics
    wait: Callable[[float], object]
    ticking: Callable[[], float]
    signing_key: Callable[[], str]
    files: FileStore | None = None
    work: Callable[[], Mapping[str, object]] | None = None
    waiting: threading.Semaphore = field(default_factory=threading.Semaphore)

    def is_document(self, endpoint: str | None) -> bool:
        """Whether this is a page that describes the API."""
        return (endpoint or "").split(".", 1)[0] in ("openapi", "swagger")


def edge() -> Edge:
    """The edge of the application that answers this request."""
    found = current_app.extensions[_NAME]
    if not isinstance(found, Edge):
        raise RuntimeError("this application was not made by create_app")
    return found


def attach(app: object, made: Edge) -> None:
    """Gives an application its edge."""
    app.extensions[_NAME] = made  # type: ignore[attr-defined]


def caller() -> Caller:
    """Whoever asks."""
    found: Caller = g.caller
    return found


def actor() -> Actor:
    """Whoever asks, as the records name them."""
    return caller().actor
