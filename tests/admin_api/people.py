"""People with passwords, and what they do at the doors; used by the tests of identity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from argon2 import PasswordHasher

from bot.tasks import Jobs
from services import queue
from services.db.engine import Database
from services.db.models import OutboxMessage, User
from services.settings import Settings
from services.tenants import passwords
from tests.admin_api.conftest import Api, Business

PASSWORD, OTHER_PASSWORD = "kopi susu gula aren", "teh tawar tanpa gula"


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost little here."""
    monkeypatch.setattr(passwords, "cost", passwords.LIGHT)


@pytest.fixture
def guest(api: Api) -> Api:
    """Somebody without any key."""
    api.headers = {}
    return api


def with_password(business: Business, role: str = "owner", password: str = PASSWORD, **more: Any) -> str:
    """Gives a user of this role a password; returns their number."""
    user_id = business.user(role)
    hashed = passwords.make(password)
    with business.db.tenant(business.tenant_id) as tx:
        user = tx.get_one(User, (tx.tenant, user_id))
        user.password_hash = hashed
        for name, value in more.items():
            setattr(user, name, value)
        return user.phone


def logged_in(api: Api, login: str, password: str = PASSWORD, **more: Any) -> Any:
    """The tokens of somebody who logs in."""
    return api.post("/auth/login", {"login": login, "password": password, **more}, headers={})["data"]


def bearing(api: Api, tokens: Any) -> dict[str, str]:
    """The headers of somebody who is logged in."""
    return {"Authorization": f"Bearer {tokens['accessToken']}"}


def work(db: Database, settings: Settings) -> list[str]:
    """Does what is due in the queue, as far as it is about codes; returns the jobs' names."""
    jobs = Jobs(db, settings, *(None,) * 3)  # type: ignore[arg-type]
    done = []
    while True:
        with db.system() as tx:
            job = queue.take_due(tx)
        if job is None:
            return done
        if job.task in ("reset_code", "invite", "hide_code"):
            jobs.table()[job.task](**job.args)
            done.append(job.task)
        with db.system() as tx:
            queue.finished(tx, job)


def written(db: Database, tenant_id: int) -> Sequence[OutboxMessage]:
    """What a business's numbers have written, the oldest first."""
    with db.tenant(tenant_id) as tx:
        return tx.query(OutboxMessage).order_by(OutboxMessage.id).all()


def code_in(message: OutboxMessage) -> str:
    """The code that a message ends with."""
    return message.body.split("*")[-2]


@contextmanager
def hashing(db: Database) -> Iterator[list[str]]:
    """What is hashed and verified meanwhile; it must happen while no connection is in use."""
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("hash", "verify"):
            real = getattr(PasswordHasher, name)

            def watched(*given: Any, _real: Any = real, _name: str = name, **more: Any) -> Any:
                assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
                seen.append(_name)
                return _real(*given, **more)

            patch.setattr(PasswordHasher, name, watched)
        yield seen
