"""The schema's history, run at start as the database's owner, under a lock.

Revisions stand on their own: they import nothing of the models, so that an old one does the same for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine, text

from services.db.engine import LOGIN_ROLE, SYSTEM_ROLE, TENANT_ROLE

# Any fixed number: everybody who migrates this database asks for the same one.
_LOCK = 7_283_645_001


def upgrade(owner: Engine, login_password: str) -> None:
    """Brings roles and schema up to date.

    `owner` connects as the role that owns the database and may create roles. Of several processes that start together
    one migrates and the others wait.
    """
    with _alone(owner) as connection:
        ensure_roles(connection, login_password)
        command.upgrade(configuration(connection), "head")
        connection.commit()


@contextmanager
def _alone(owner: Engine) -> Iterator[Connection]:
    """A connection that has the lock of migrations; others who want it wait."""
    with owner.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.commit()


class CannotGoBackError(Exception):
    """The last revision can't be taken back; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One step of the schema's history. `about` is what it brought; `is_reversible`: it can be taken back."""

    number: str
    about: str
    is_applied: bool
    is_reversible: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """What taking back the last revision costs: rows of tables that go (only those that have some), and what else."""

    revision: Revision
    rows: Sequence[tuple[str, int]]
    beside: str


def history(connection: Connection) -> Sequence[Revision]:
    """Every revision that this program knows, the first one first."""
    scripts = ScriptDirectory.from_config(configuration(connection))
    current = current_revision(connection)
    applied = {each.revision for each in scripts.iterate_revisions(current, "base")} if _knows(scripts, current) else ()
    return [
        Revision(each.revision, _about(each), each.revision in applied, hasattr(each.module, "downgrade"))
        for each in reversed(list(scripts.walk_revisions()))
    ]


def _knows(scripts: ScriptDirectory, revision: str | None) -> bool:
    return revision in {each.revision for each in scripts.walk_revisions()}


def _about(script: Script) -> str:
    return " ".join((script.module.__doc__ or "").partition("\n\n")[0].split()).removesuffix(".")


def current_revision(connection: Connection) -> str | None:
    """The revision of the database, None for one in which nothing was made yet; it may be one of a newer program."""
    return MigrationContext.configure(connection).get_current_revision()


def loss(connection: Connection) -> Loss:
    """What taking back the last revision would cost. Raises `CannotGoBackError` when it can't be taken back."""
    revision = _last(connection)
    module = ScriptDirectory.from_config(configuration(connection)).get_revision(revision.number).module
    counts = ((table, _count(connection, table)) for table in module.TABLES)
    return Loss(revision, [(table, n) for table, n in counts if n], module.ALSO_LOST)


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"select count(*) from {table}")).scalar_one())


def _last(connection: Connection) -> Revision:
    current = current_revision(connection)
    found = next((each for each in history(connection) if each.number == current), None)
    if current is None:
        raise CannotGoBackError("Nothing was made in this database yet.")
    if found is None:
        raise CannotGoBackError(
            f"This database is at {current}, which this version of Juragan doesn't know. Use the newer one."
        )
    if not found.is_reversible:
        raise CannotGoBackError(
            f"{found.number} ({found.about}) can't be taken back. To go back behind it, restore a backup from before."
        )
    return found


def downgrade(owner: Engine) -> Revision:
    """Takes back the last revision, and only that; returns it.

    Raises `CannotGoBackError` when it can't be taken back, or while other processes serve from this database.
    """
    with _alone(owner) as connection:
        revision = _last(connection)
        serving = connection.execute(_SERVING, {"login": LOGIN_ROLE}).scalar_one()
        connection.commit()
        if serving:
            raise CannotGoBackError(
                f"Running processes hold {serving} connections to this database. Stop Juragan everywhere first."
            )
        command.downgrade(configuration(connection), "-1")
        connection.commit()
        return revision


_SERVING = text("select count(*) from pg_stat_activity where usename = :login and datname = current_database()")


def configuration(connection: Connection) -> Config:
    """What Alembic's commands need to work over an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def ensure_roles(connection: Connection, login_password: str) -> None:
    """Makes the two rights-bearing roles and the login that may take them on; a login of its own owns nothing."""
    existing = set(connection.execute(text("select rolname from pg_roles where rolname like 'app\\_%'")).scalars())
    for role in (TENANT_ROLE, SYSTEM_ROLE):
        if role not in existing:
            connection.execute(text(f"create role {role} nologin noinherit"))
    if LOGIN_ROLE not in existing:
        connection.execute(text(f"create role {LOGIN_ROLE} login noinherit in role {TENANT_ROLE}, {SYSTEM_ROLE}"))
    connection.execute(text(f"alter role {LOGIN_ROLE} password '{_literal(login_password)}'"))
    connection.commit()


def _literal(secret: str) -> str:
    """The password is a derived hexadecimal secret; `ALTER ROLE` takes no bound parameters."""
    if not secret.isalnum():
        raise ValueError("a login password is letters and digits")
    return secret
