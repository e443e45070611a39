"""Transactions that see one tenant's rows, or the platform's.

The serving login owns nothing and inherits nothing: a transaction gets its rights by `SET ROLE`, and its tenant by
`app.tenant_id`, in its first statement. Forgetting that gives "permission denied", never somebody else's rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from services.clock import Clock

TENANT_ROLE = "app_tenant"
SYSTEM_ROLE = "app_system"
LOGIN_ROLE = "app_login"

_SCOPE = text("select set_config('role', :role, true), set_config('app.tenant_id', :tenant, true)")


class Tx(Session):
    """An open transaction: a SQLAlchemy session that also carries its tenant and the time at which it began.

    `tenant_id` is None for the platform's own transactions. `now` is the clock's reading, UTC, for every rule within.
    """

    tenant_id: int | None
    now: datetime

    @property
    def tenant(self) -> int:
        """The tenant of this transaction; asking in a platform transaction is a mistake in the program."""
        if self.tenant_id is None:
            raise RuntimeError("this transaction belongs to no tenant")
        return self.tenant_id


class Database:
    """The serving side of the database, one per process."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock

    @contextmanager
    def tenant(self, tenant_id: int) -> Iterator[Tx]:
        """A transaction that sees and writes the rows of one tenant; commits at the end, rolls back on an error."""
        with self._transaction(TENANT_ROLE, tenant_id) as tx:
            yield tx

    @contextmanager
    def system(self) -> Iterator[Tx]:
        """A transaction of the platform: tenants, sessions, and what little its jobs need of other tables."""
        with self._transaction(SYSTEM_ROLE, None) as tx:
            yield tx

    @contextmanager
    def _transaction(self, role: str, tenant_id: int | None) -> Iterator[Tx]:
        with Tx(self.engine, autoflush=False, expire_on_commit=False) as tx, tx.begin():
            tx.tenant_id = tenant_id
            tx.now = self.clock.now()
            tx.execute(_SCOPE, {"role": role, "tenant": "" if tenant_id is None else str(tenant_id)})
            yield tx

    def close(self) -> None:
        """Gives the connections back to the server."""
        self.engine.dispose()


def normalise_url(url: str) -> URL:
    """A PostgreSQL address for psycopg2, whichever of the usual spellings it has."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    if parsed.get_backend_name() != "postgresql":
        raise ValueError("not a PostgreSQL address")
    return parsed.set(drivername="postgresql+psycopg2")


def make_engine(url: URL, pool: int) -> Engine:
    """An engine with at most `pool` connections; a connection that the server dropped is replaced before use."""
    return create_engine(
        url, pool_size=pool, max_overflow=0, pool_timeout=10, pool_pre_ping=False, pool_use_lifo=True,
        connect_args={"connect_timeout": 5, "application_name": "juragan"},
    )  # fmt: skip
