"""The schema's history, run at start as the database's owner, under a lock.

Revisions stand on their own: they import nothing of the models, so that an old one does the same for ever.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from services.db.engine import LOGIN_ROLE, SYSTEM_ROLE, TENANT_ROLE

# Any fixed number: everybody who migrates this database asks for the same one.
_LOCK = 7_283_645_001


def upgrade(owner: Engine, login_password: str) -> None:
    """Brings roles and schema up to date.

    `owner` connects as the role that owns the database and may create roles. Of several processes that start together
    one migrates and the others wait.
    """
    with owner.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
        try:
            ensure_roles(connection, login_password)
            command.upgrade(configuration(connection), "head")
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.commit()


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
