"""Questions that tests ask a database directly, as its owner, beside the code that is tested."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import URL, Connection, Row, create_engine, text


@contextmanager
def connected(url: URL) -> Any:
    """A connection of the address's own login; commits after each statement."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def rows(where: URL | Connection, sql: str, values: Mapping[str, object] | None = None) -> list[Row[Any]]:
    """The rows that a statement gives, none for one that gives no rows."""
    if isinstance(where, URL):
        with connected(where) as connection:
            return rows(connection, sql, values)
    result = where.execute(text(sql), dict(values or {}))
    return list(result) if result.returns_rows else []


def value(where: URL | Connection, sql: str, values: Mapping[str, object] | None = None) -> Any:
    """The only value that a statement gives."""
    ((only,),) = rows(where, sql, values)
    return only


def eventually(condition: Callable[[], object], seconds: float = 15.0) -> object:
    """Asks until `condition` holds and returns what it gave; fails when it doesn't in time."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
        time.sleep(0.02)
    return result


TENANT_TABLES = """
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
    order by 1
"""


def tenant_tables(where: URL | Connection) -> list[str]:
    """Every table whose rows belong to a tenant, by the catalogue."""
    return [row.relname for row in rows(where, TENANT_TABLES)]


def log_plainly() -> None:
    """Traces of errors as Python shows them: drawing them with every variable takes seconds each."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
        ]
    )
