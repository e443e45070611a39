"""The schema's history and the models: the same tables, whoever migrates, as often as they like."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.types import TypeEngine

from bot.__main__ import main
from services.clock import VirtualClock
from services.db import migrations
from services.db.engine import Database, make_engine
from services.db.migrations import CannotGoBackError
from services.db.models import Base
from services.db.models.vector import Vector
from services.db.opening import migrate
from services.tenants.tenants import NewTenant, register
from tests.conftest import KEY, START, Chat, Server
from tests.db.asking import connected, rows, value

SCHEMA = """
    select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' ||
        coalesce(column_default, '') as line from information_schema.columns where table_schema = 'public'
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace
    union all select policies::text from pg_policies policies
    union all select relname || ' ' || coalesce(relacl::text, '') from pg_class
        where relnamespace = 'public'::regnamespace
    order by 1
"""

FUNCTIONS = """
    select proname || ' ' || prosrc || ' ' || coalesce(proacl::text, '') from pg_proc
    where pronamespace = 'public'::regnamespace
    union all select tgrelid::regclass || ' ' || tgname from pg_trigger where not tgisinternal
    order by 1
"""


def _own(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith(("procrastinate_", "alembic_")))


def _other_type(_context: object, _column: object, _own: object, found: TypeEngine[Any], type_: object) -> bool | None:
    """Of vectors either type is right, of all others only their own."""
    return not Vector.may_be(found) if isinstance(type_, Vector) else None


def differences(url: URL) -> list[object]:
    """What Alembic would change to make the schema equal the models."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            options = {"compare_type": _other_type, "compare_server_default": True, "include_name": _own}
            return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))
    finally:
        engine.dispose()


@pytest.fixture
def empty(server: Server) -> Iterator[URL]:
    """A database in which nothing has been made yet."""
    name = f"empty_{os.getpid()}"
    server.execute(f"create database {name}")
    yield server.owner.set(database=name)
    server.execute(f"drop database {name} with (force)")


def test_the_models_are_the_migrated_schema(database_url: URL) -> None:
    assert differences(database_url) == []


def test_migrating_again_changes_nothing(database_url: URL, owner: Connection) -> None:
    before = rows(owner, SCHEMA)
    migrate(database_url, KEY)
    assert rows(owner, SCHEMA) == before
    assert len(before) > 200


def test_the_history_is_one_line_without_branches(owner: Connection) -> None:
    script = ScriptDirectory.from_config(migrations.configuration(owner))
    assert len(script.get_heads()) == 1
    assert value(owner, "select version_num from alembic_version") == script.get_current_head()


def test_two_processes_that_migrate_at_once_both_succeed(empty: URL) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": empty.render_as_string(hide_password=False),
        "SECRET_KEY": KEY.decode(),
    }

    def start(_: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", "migrate"],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    with ThreadPoolExecutor(2) as both:
        results = list(both.map(start, range(2)))
    assert [(result.returncode, result.stderr) for result in results] == [(0, "")] * 2
    assert differences(empty) == []
    with connected(empty) as connection:
        assert value(connection, "select count(*) from alembic_version") == 1
        assert value(connection, "select count(*) from pg_locks where locktype = 'advisory'") == 0


def test_a_failed_migration_leaves_the_lock_free_and_can_be_repeated(empty: URL) -> None:
    with connected(empty) as connection:
        rows(connection, "create table tenants (id text)")
        with pytest.raises(Exception, match="already exists"):
            migrate(empty, KEY)
        assert value(connection, "select count(*) from pg_locks where locktype = 'advisory'") == 0
        assert rows(connection, "select * from pg_tables where tablename = 'contacts'") == []
        rows(connection, "drop table tenants")
    migrate(empty, KEY)
    assert differences(empty) == []


def test_the_login_gets_the_password_of_a_new_key(server: Server, database_url: URL) -> None:
    try:
        url = migrate(database_url, b"another key")
        database = Database(make_engine(url, 2), VirtualClock(START))
        assert register(database, NewTenant("Toko", "6281100000009")).tenant_id
        database.close()
    finally:
        migrate(database_url, KEY)


def at(url: URL, revision: str) -> None:
    """Brings an empty database to an older revision."""
    engine = create_engine(url)
    with engine.connect() as connection:
        migrations.ensure_roles(connection, "password")
        command.upgrade(migrations.configuration(connection), revision)
        connection.commit()
    engine.dispose()


def back(url: URL) -> migrations.Revision:
    """Takes back the last revision."""
    engine = create_engine(url)
    try:
        return migrations.downgrade(engine)
    finally:
        engine.dispose()


def test_the_last_revision_is_taken_back_as_if_it_had_never_been(empty: URL) -> None:
    at(empty, "0006")
    with connected(empty) as connection:
        before = rows(connection, SCHEMA), rows(connection, FUNCTIONS)
    migrate(empty, KEY)
    assert back(empty).number == "0007"
    with connected(empty) as connection:
        assert rows(connection, SCHEMA) == before[0]
        assert rows(connection, FUNCTIONS) == before[1]
        assert [each.number for each in migrations.history(connection) if not each.is_applied] == ["0007"]
    with pytest.raises(CannotGoBackError, match=r"0006 .* can't be taken back"):
        back(empty)


_TOLD = "select tenant_id, ledger_entries::text from ledger_entries"
KEPT = ("tenants", "contacts", "contact_identities", "debts", "ledger_entries", "agreements", "messages", "outbox")


def test_back_and_forth_keeps_what_a_business_wrote_down(filled: Chat, database_url: URL) -> None:
    filled.simulation.close()
    rows(database_url, "update tenants set status = 'trial' where id = 1")
    rows(database_url, "update tenants set status = 'inactive' where id = 2")
    counted = " union all ".join(f"select '{table}', count(*) from {table}" for table in KEPT)
    before = rows(database_url, counted), sorted(map(str, rows(database_url, _TOLD)))
    with connected(database_url) as connection:
        costs = migrations.loss(connection)
    assert {"subscriptions", "invoices", "user_keys"} <= {table for table, _n in costs.rows}
    back(database_url)
    assert [row[0] for row in rows(database_url, "select status from tenants order by id")] == ["active", "suspended"]
    migrate(database_url, KEY)
    assert [row[0] for row in rows(database_url, "select status from tenants order by id")] == ["active", "inactive"]
    assert (rows(database_url, counted), sorted(map(str, rows(database_url, _TOLD)))) == before
    assert differences(database_url) == []


def test_nothing_is_taken_back_while_somebody_serves(db: Database, database_url: URL) -> None:
    with db.system(), pytest.raises(CannotGoBackError, match="Stop Juragan"):
        back(database_url)
    assert differences(database_url) == []


def test_the_command_line_shows_and_takes_back(empty: URL, tmp_path: Path) -> None:
    environment = {
        "DATABASE_URL": empty.render_as_string(hide_password=False), "SECRET_KEY": KEY.decode(),
        "DATA_DIR": str(tmp_path),
    }  # fmt: skip

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["migrate", *words], env=environment)
        return result.exit_code, result.output

    code, told = run("status")
    assert (code, told.count("pending")) == (0, len(told.splitlines()))
    assert run() == run("up") == (0, "The database is up to date.\n")
    code, told = run("status")
    assert (code, told.count("applied")) == (0, len(told.splitlines()))
    code, told = run("down")
    assert code == 1
    assert "--yes" in told
    assert "pending" not in run("status")[1]
    code, told = run("down", "--yes")
    assert code == 0
    assert "passwords" in told
    assert run("status")[1].count("pending") == 1
    code, told = run("down", "--yes")
    assert code == 1
    assert "restore a backup" in told
