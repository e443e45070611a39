"""What a stranger may do to another tenant's rows: nothing, in any table."""

from __future__ import annotations

import json

import pytest
from psycopg2 import errors
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from services.db.engine import Database
from tests.conftest import Chat
from tests.db.asking import rows, tenant_tables


def refused(action: ProgrammingError | IntegrityError) -> bool:
    return isinstance(action.orig, errors.InsufficientPrivilege)


def count(tx: object, table: str, tenant_id: int) -> int:
    return tx.scalar(text(f"select count(*) from {table} where tenant_id = :id"), {"id": tenant_id})  # type: ignore[attr-defined]


def test_a_stranger_sees_and_changes_nothing_in_any_table(filled: Chat, db: Database, owner: Connection) -> None:
    tenant, stranger = filled.tenant.tenant_id, filled.stranger.tenant_id
    for table in tenant_tables(owner):
        before = rows(owner, f"select * from {table} where tenant_id = :id", {"id": tenant})
        assert before, f"the dialogue in conftest.fill leaves {table} empty: let it fill that table too"
        with db.tenant(stranger) as tx:
            assert count(tx, table, tenant) == 0
            assert count(tx, table, stranger) > 0
            seen = tx.execute(text(f"select distinct tenant_id from {table}")).scalars().all()
            assert seen == [stranger], table
        for statement in (
            f"update {table} set tenant_id = tenant_id where tenant_id = :id",
            f"delete from {table} where tenant_id = :id",
        ):
            try:
                with db.tenant(stranger) as tx:
                    assert tx.execute(text(statement), {"id": tenant}).rowcount == 0  # type: ignore[attr-defined]
            except ProgrammingError as error:
                assert refused(error), statement
        after = rows(owner, f"select * from {table} where tenant_id = :id", {"id": tenant})
        assert sorted(map(repr, after)) == sorted(map(repr, before)), table


def test_a_stranger_writes_no_row_for_another_tenant(filled: Chat, db: Database, owner: Connection) -> None:
    tenant, stranger = filled.tenant.tenant_id, filled.stranger.tenant_id
    for table in tenant_tables(owner):
        (row,) = rows(owner, f"select to_jsonb(t) from {table} t where tenant_id = :id limit 1", {"id": tenant})[0]
        insert = (
            f"insert into {table} overriding system value"
            f" select * from jsonb_populate_record(null::{table}, cast(:row as jsonb))"
        )
        with pytest.raises(ProgrammingError) as error, db.tenant(stranger) as tx:
            tx.execute(text(insert), {"row": json.dumps(row)})
        assert refused(error.value), table
        with pytest.raises(ProgrammingError) as error, db.tenant(stranger) as tx:
            tx.execute(text(f"update {table} set tenant_id = :id"), {"id": tenant})
        assert refused(error.value), table


def test_a_row_cannot_refer_to_another_tenants_row(filled: Chat, db: Database, owner: Connection) -> None:
    ((contact,),) = rows(
        owner, "select id from contacts where tenant_id = :id limit 1", {"id": filled.tenant.tenant_id}
    )
    with pytest.raises(IntegrityError) as error, db.tenant(filled.stranger.tenant_id) as tx:
        tx.execute(
            text("insert into debts (tenant_id, contact_id, side, due_on) values (:tenant, :contact, 'lent', :day)"),
            {"tenant": filled.stranger.tenant_id, "contact": contact, "day": "2025-03-01"},
        )
    assert isinstance(error.value.orig, errors.ForeignKeyViolation)


def test_a_transaction_without_a_scope_is_refused(filled: Chat, db: Database, owner: Connection) -> None:
    for table in [*tenant_tables(owner), "tenants", "procrastinate_jobs"]:
        with pytest.raises(ProgrammingError) as error, db.engine.connect() as connection:
            connection.execute(text(f"select 1 from {table}"))
        assert refused(error.value), table


def test_a_tenants_role_without_a_tenant_sees_nothing(filled: Chat, db: Database, owner: Connection) -> None:
    for table in [*tenant_tables(owner), "tenants"]:
        with db.engine.connect() as connection:
            connection.execute(text("select set_config('role', 'app_tenant', true)"))
            assert connection.execute(text(f"select count(*) from {table}")).scalar() == 0, table


def test_the_scope_ends_with_its_transaction(filled: Chat, db: Database) -> None:
    with db.tenant(filled.tenant.tenant_id) as tx:
        backend = tx.scalar(text("select pg_backend_pid()"))
    with db.engine.connect() as connection:
        user, scope, same = connection.execute(
            text("select current_user, current_setting('app.tenant_id', true), pg_backend_pid()")
        ).one()
        assert (user, same) == ("app_login", backend)
        assert not scope


def test_a_tenant_reads_only_its_own_registration(filled: Chat, db: Database) -> None:
    with db.tenant(filled.stranger.tenant_id) as tx:
        assert tx.execute(text("select id from tenants")).scalars().all() == [filled.stranger.tenant_id]
        changed = tx.execute(text("update tenants set name = 'x' where id = :id"), {"id": filled.tenant.tenant_id})
        assert changed.rowcount == 0  # type: ignore[attr-defined]


# Table, and the only columns of it that the serving side may change: people are merged, and forgotten.
APPEND_ONLY = {"ledger_entries": {"contact_id"}, "consents": {"contact_id", "said"}, "audit_log": set[str]()}


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_was_written_down_stays(filled: Chat, db: Database, owner: Connection, table: str) -> None:
    columns = {row[0] for row in rows(owner, f"select attname from pg_attribute where attrelid = '{table}'::regclass"
                                             " and attnum > 0 and not attisdropped")}  # fmt: skip
    for scope in (lambda: db.tenant(filled.tenant.tenant_id), db.system):
        for column in columns - APPEND_ONLY[table] - {"id"}:
            with pytest.raises(ProgrammingError) as error, scope() as tx:
                tx.execute(text(f"update {table} set {column} = {column}"))
            assert refused(error.value), column
        with pytest.raises(ProgrammingError) as error, scope() as tx:
            tx.execute(text(f"delete from {table}"))
        assert refused(error.value)
        with pytest.raises(ProgrammingError) as error, scope() as tx:
            tx.execute(text(f"truncate {table} cascade"))
        assert refused(error.value)
    for column in APPEND_ONLY[table]:
        with db.tenant(filled.tenant.tenant_id) as tx:
            assert tx.execute(text(f"update {table} set {column} = {column}")).rowcount > 0  # type: ignore[attr-defined]
