"""Two businesses with a session each, and the owner's side of their database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import URL, Connection

from services.clock import VirtualClock
from services.db.engine import Database
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.tenants.tenants import NewTenant, Registered, register
from tests.conftest import OWNER, STRANGER
from tests.db.asking import connected, log_plainly

BUDI = "6281234567890"
ANI = "6281234567891"


@pytest.fixture(autouse=True, scope="session")
def plain_log() -> None:
    log_plainly()


@pytest.fixture
def owner(database_url: URL) -> Iterator[Connection]:
    """A connection as the database's owner."""
    with connected(database_url) as connection:
        yield connection


@pytest.fixture
def tenant(db: Database) -> Registered:
    return register(db, NewTenant("Toko Maju", OWNER))


@pytest.fixture
def stranger(db: Database) -> Registered:
    return register(db, NewTenant("Orang Lain", STRANGER))


@pytest.fixture
def written(clock: VirtualClock) -> Callable[..., Inbound]:
    """Makes a message that somebody wrote."""

    def write(
        provider_id: str, text: str = "halo", number: str = BUDI, *, from_me: bool = False,
        sent_at: datetime | None = None, chat: Address | None = None, **more: object,
    ) -> Inbound:  # fmt: skip
        sender = Address.phone(number)
        return Inbound(provider_id, chat or sender, sender, from_me, text, sent_at or clock.now(), **more)  # type: ignore[arg-type]

    return write
