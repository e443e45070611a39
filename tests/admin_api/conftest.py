"""The API over a real database, asked by a super admin, with two businesses behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from admin_api.app import create_app
from admin_api.auth import KeyChecker
from services.db.engine import Database
from services.db.models import Tenant, User
from services.settings import Settings
from services.tenants import logins, pairings, sessions, tenants, user_keys
from services.tenants.actors import Actor
from services.tenants.tenants import NewTenant
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

    def __init__(self, app: Flask, db: Database, headers: dict[str, str] | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        self.db = db
        self.headers = headers or {"X-API-Key": KEY}

    def get(self, path: str, status: int | None = 200, **more: Any) -> Any:
        return self._read(self.client.get(path, headers=self.headers | more.pop("headers", {}), **more), status)

    def post(self, path: str, body: Any = None, status: int | None = 200, **more: Any) -> Any:
        return self._send("post", path, body, status, more)

    def put(self, path: str, body: Any = None, status: int | None = 200, **more: Any) -> Any:
        return self._send("put", path, body, status, more)

    def patch(self, path: str, body: Any = None, status: int | None = 200, **more: Any) -> Any:
        return self._send("patch", path, body, status, more)

    def delete(self, path: str, body: Any = None, status: int | None = 200, **more: Any) -> Any:
        return self._send("delete", path, body, status, more)

    def _send(self, method: str, path: str, body: Any, status: int | None, more: dict[str, Any]) -> Any:
        sent = {"json": body} if body is not None else {}
        headers = self.headers | more.pop("headers", {})
        return self._read(getattr(self.client, method)(path, headers=headers, **sent, **more), status)

    def _read(self, response: TestResponse, status: int | None) -> Any:
        assert status is None or response.status_code == status, response.text
        self.last = response
        return response.json

    def register(self, **more: Any) -> Any:
        """A tenant as the API makes it."""
        return self.post("/admin/tenants/register", DANI | more, 201)["data"]["tenant"]

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
        """The status and code of a failure, whose shape is checked."""
        answer = getattr(self, method)(path, *([body] if method != "get" else []), status=None, **more)
        return self.last.status_code, failure(answer)["code"]


@dataclass(frozen=True)
class Business:
    """A tenant whose people and programs ask the API."""

    app: Flask
    db: Database
    tenant_id: int
    session_id: int
    slug: str

    def user(self, role: str = "owner") -> int:
        """The id of a user of this role, made the first time."""
        with self.db.tenant(self.tenant_id) as tx:
            found = tx.scalar(select(User.id).where(User.tenant_id == tx.tenant, User.role == role).limit(1))
            if found is not None:
                return found
            n = tx.scalar(select(func.count()).select_from(User).where(User.tenant_id == tx.tenant)) or 0
            return tenants.add_user(tx, role.title(), f"62899{self.tenant_id:05d}{n:02d}", role).id

    def as_user(self, role: str = "owner") -> Api:
        """A person of this role who is logged in."""
        user_id = self.user(role)
        with self.db.tenant(self.tenant_id) as tx:
            login, _refresh = logins.begin(tx, tx.get_one(User, (tx.tenant, user_id)), 30)
        signing_key = self.app.extensions["juragan"].signing_key()
        token = logins.access_token(login, signing_key, self.db.clock.now(), 15)
        return Api(self.app, self.db, {"Authorization": f"Bearer {token}"})

    def with_key(self, *scopes: str, role: str = "owner") -> Api:
        """A program with a key of a user of this role."""
        user_id = self.user(role)
        with self.db.tenant(self.tenant_id) as tx:
            _key, secret = user_keys.create(tx, TESTER, user_id, "tests", scopes)
        return Api(self.app, self.db, {"X-API-Key": secret})


def business(app: Flask, db: Database, new: NewTenant) -> Business:
    """Registers a business, whose plan has everything unless `new` says otherwise."""
    made = tenants.register(db, new)
    with db.system() as tx:
        return Business(app, db, made.tenant_id, made.session_id, tx.get_one(Tenant, made.tenant_id).slug)


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
            settings.model_copy(update={"api_rate_limit": 1_000_000, **changes}),
            keys=KeyChecker(used, keys, ticking=ticks),
            wait=ticks.wait,
            ticking=ticks,
        )

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def shop(app: Flask, db: Database) -> Business:
    """A business that may do everything."""
    return business(app, db, NewTenant("Toko Maju", "6281100000001", plan="pro"))


@pytest.fixture
def rival(app: Flask, db: Database) -> Business:
    """The stranger, who must not see anything of it."""
    return business(app, db, NewTenant("Toko Jaya", "6281100000002", plan="pro"))


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
