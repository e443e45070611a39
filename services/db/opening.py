"""From settings to a database that is up, migrated and open for serving."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import URL, create_engine

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
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    key = load_secret_key(settings.data_dir / "secrets", given)
    server = None
    if settings.database_url is None:
        server = start_embedded(settings.data_dir / "db", key)
        owner = server.url
    else:
        owner = normalise_url(settings.database_url.get_secret_value())
    url = migrate(owner, key)
    database = Database(make_engine(url, settings.database_pool), clock, policy_of(settings))
    return OpenedDatabase(database, url, server)


def migrate(owner: URL, key: bytes) -> URL:
    """Brings the database of `owner` up to date; returns the address of its serving login."""
    password = derive(key, "database login")
    engine = create_engine(owner)
    try:
        migrations.upgrade(engine, password)
    finally:
        engine.dispose()
    return owner.set(username=LOGIN_ROLE, password=password)
