"""The API over a real database, asked by a super admin, with two businesses behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from admin_api.app import create_app
from admin_api.auth import KeyChecker
from services.db.engine import Database
from services.settings import Settings
from services.tenants import pairings, sessions
from services.tenants.actors import Actor
from tests.db.asking import log_plainly

KEY = "a-key-for-the-tests-only"
OTHER_KEY = "another-key-for-rotation"
DANI = {"phoneNumber": "08123456789", "name": "Dani Lending", "email": "dani@example.com"}
TESTER = Actor("api_key", "tests", "super_admin")


@pytest.fixture(autouse=True, scope="session")
def plain_log() -> None:
    log_plainly()


class Ticks:
    """A clock of the process that moves only when told to; waiting moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.waits: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.waits.append(seconds)
        self.meanwhile()


class Api:
    """Somebody who asks the API with a key."""

    def __init__(self, app: Flask, db: Database) -> None:
        self.client: FlaskClient = app.test_client()
        self.db = db
        self.headers = {"X-API-Key": KEY}

    def get(self, path: str, status: int | None = 200, **more: Any) -> Any:
        return self._read(self.client.get(path, headers=self.headers | more.pop("headers", {}), **more), status)

    def post(self, path: str, body: Any = None, status: int | None = 200, **more: Any) -> Any:
        sent = {"json": body} if body is not None else {}
        headers = self.headers | more.pop("headers", {})
        return self._read(self.client.post(path, headers=headers, **sent, **more), status)

    def _read(self, response: TestResponse, status: int | None) -> Any:
        assert status is None or response.status_code == status, response.text
        self.last = response
        return response.json

    def register(self, **more: Any) -> Any:
        """A tenant as the API makes it."""
        return self.post("/admin/tenants/register", DANI | more, 201)["data"]["tenant"]

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
        """The status and code of a failure, whose shape is checked."""
        answer = getattr(self, method)(path, *([body] if method == "post" else []), status=None, **more)
        return self.last.status_code, failure(answer)["code"]


def failure(answer: Any) -> Any:
    """The error of an answer that has the one shape."""
    assert set(answer) >= {"success", "error", "request_id"}, answer
    assert answer["success"] is False
    assert set(answer["error"]) == {"code", "message", "details"}
    assert answer["error"]["message"]
    assert answer["request_id"]
    return answer["error"]


def pair(db: Database, tenant: int, number: str = "628123456789") -> None:
    """Lets the owner scan the code, and the number connect."""
    with db.tenant(tenant) as tx:
        session = sessions.of_tenant(tx)
        pairings.succeeded(tx, session.id, number, 7, None, "Dani")
        session = sessions.of_tenant(tx)
        sessions.move(tx, session, "connected")


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def make_app(db: Database, settings: Settings, ticks: Ticks) -> Callable[..., Flask]:
    """Makes an application with other settings."""

    def make(keys: tuple[str, ...] = (KEY,), over: Database | None = None, **changes: Any) -> Flask:
        used = over or db
        return create_app(
            used,
            settings.model_copy(update=changes),
            keys=KeyChecker(used, keys, ticking=ticks),
            wait=ticks.wait,
            ticking=ticks,
        )

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def api(app: Flask, db: Database) -> Api:
    return Api(app, db)


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
