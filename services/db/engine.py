"""Transactions that see one tenant's rows, or the platform's.

The serving login owns nothing and inherits nothing: a transaction gets its rights by `SET ROLE`, and its tenant by
`app.tenant_id`, along with its first statement. Forgetting that gives "permission denied", never somebody else's rows.
"""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg2.extensions import STATUS_READY
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from services.clock import Clock
from services.policy import Policy

TENANT_ROLE = "app_tenant"
SYSTEM_ROLE = "app_system"
LOGIN_ROLE = "app_login"

# SQLSTATE classes: connection lost, out of resources, shut down by an operator, trouble with the system.
_AWAY = ("08", "53", "57P", "58")


class Tx(Session):
    """An open transaction: a SQLAlchemy session that also carries its tenant and the time at which it began.

    `tenant_id` is None for the platform's own transactions. `now` is the clock's reading, UTC, for every rule within;
    `policy` what the operator decided.
    """

    tenant_id: int | None
    now: datetime
    policy: Policy

    @property
    def tenant(self) -> int:
        """The tenant of this transaction; asking in a platform transaction is a mistake in the program."""
        if self.tenant_id is None:
            raise RuntimeError("this transaction belongs to no tenant")
        return self.tenant_id


class Database:
    """The serving side of the database, one per process."""

    def __init__(self, engine: Engine, clock: Clock, policy: Policy | None = None) -> None:
        self.engine = engine
        self.clock = clock
        self.policy = policy or Policy()

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
            tx.policy = self.policy
            tx.connection(execution_options={"scope": _scope(role, tenant_id)})
            yield tx

    def close(self) -> None:
        """Gives the connections back to the server."""
        self.engine.dispose()


def _scope(role: str, tenant_id: int | None) -> str:
    tenant = "" if tenant_id is None else int(tenant_id)
    return f"select set_config('role', '{role}', true), set_config('app.tenant_id', '{tenant}', true); "


def _scope_first(
    connection: Connection, cursor: Any, statement: str, parameters: Any, _context: object, _many: bool
) -> tuple[str, Any]:
    """Sends the scope along with the first statement of a transaction: one way to the server instead of two."""
    scope = connection.get_execution_options().get("scope")
    begins = cursor.connection.status == STATUS_READY
    return (scope + statement if scope is not None and begins else statement), parameters


def _replace_if_dropped(connection: Any, _record: object, _proxy: object) -> None:
    """Has an idle connection replaced that the server has closed; seen without asking the server.

    A server that closes a connection says so, or just ends it: either way there is something to be read from it.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        raise DisconnectionError("the server has closed this connection")


def is_outage(error: Exception) -> bool:
    """Whether the database is away or overloaded, so that whoever comes next would fail as well.

    A deadlock or a statement that is too complex is an "operational error" too, but the matter of one transaction.
    """
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.orig, "pgcode", None)
    return state is None or state.startswith(_AWAY)


def normalise_url(url: str) -> URL:
    """A PostgreSQL address for psycopg2, whichever of the usual spellings it has."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    if parsed.get_backend_name() != "postgresql":
        raise ValueError("not a PostgreSQL address")
    return parsed.set(drivername="postgresql+psycopg2")


def make_engine(url: URL, pool: int) -> Engine:
    """An engine with at most `pool` connections, whose errors keep to themselves what people wrote."""
    engine = create_engine(
        url, pool_size=pool, max_overflow=0, pool_timeout=10, pool_use_lifo=True, hide_parameters=True,
        connect_args={"connect_timeout": 5, "application_name": "juragan"},
    )  # fmt: skip
    event.listen(engine, "checkout", _replace_if_dropped)
    event.listen(engine, "before_cursor_execute", _scope_first, retval=True)
    return engine
