"""From settings to a database that is up, migrated and open for serving."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import URL, Engine, create_engine

from services.clock import Clock
from services.db import migrations
from services.db.embedded import EmbeddedServer, start_embedded
from services.db.engine import LOGIN_ROLE, Database, make_engine, normalise_url
from services.policy import policy_of
from services.security import derive, load_secret_key
from services.settings import Settings


@dataclass(frozen=True)
class OpenedDatabase:
    """The serving side, its address, and the embedded server if there is one."""

    database: Database
    url: URL
    server: EmbeddedServer | None

    def close(self) -> None:
        self.database.close()
        if self.server is not None:
            self.server.stop()


def open_database(settings: Settings, clock: Clock) -> OpenedDatabase:
    """Starts the embedded server if no other is set, migrates, and opens the serving login."""
    owner, key, server = _owner(settings)
    url = migrate(owner, key)
    database = Database(make_engine(url, settings.database_pool), clock, policy_of(settings))
    return OpenedDatabase(database, url, server)


@contextmanager
def owned(settings: Settings) -> Iterator[Engine]:
    """An engine of the database's owner, without migrating anything; an embedded server runs meanwhile."""
    url, _key, server = _owner(settings)
    engine = create_engine(url, connect_args={"connect_timeout": 5})
    try:
        yield engine
    finally:
        engine.dispose()
        if server is not None:
            server.stop()


def _owner(settings: Settings) -> tuple[URL, bytes, EmbeddedServer | None]:
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    key = load_secret_key(settings.data_dir / "secrets", given)
    if settings.database_url is not None:
        return normalise_url(settings.database_url.get_secret_value()), key, None
    server = start_embedded(settings.data_dir / "db", key)
    return server.url, key, server


def migrate(owner: URL, key: bytes) -> URL:
    """Brings the database of `owner` up to date; returns the address of its serving login."""
    password = derive(key, "database login")
    engine = create_engine(owner)
    try:
        migrations.upgrade(engine, password)
    finally:
        engine.dispose()
    return owner.set(username=LOGIN_ROLE, password=password)
