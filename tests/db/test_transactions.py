"""Transactions: committed or undone as a whole, and opened on a connection that works."""

from __future__ import annotations

import pytest
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError

from services.db.engine import Database, normalise_url
from services.db.models import Contact
from services.tenants.tenants import NewTenant, register
from tests.conftest import START
from tests.db.asking import rows, value


@pytest.fixture
def tenant(db: Database) -> int:
    return register(db, NewTenant("Toko Maju", "6281100000001")).tenant_id


def test_an_error_undoes_everything_that_was_begun(db: Database, owner: Connection, tenant: int) -> None:
    with pytest.raises(KeyError), db.tenant(tenant) as tx:
        tx.add(Contact(tenant_id=tenant, name="Budi", name_key="budi", created_at=tx.now))
        tx.flush()
        raise KeyError("an error of a rule")
    assert value(owner, "select count(*) from contacts") == 0
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_transaction_carries_its_tenant_and_the_clocks_time(db: Database, tenant: int) -> None:
    with db.tenant(tenant) as tx:
        assert (tx.tenant, tx.now) == (tenant, START)
    with db.system() as tx, pytest.raises(RuntimeError):
        _ = tx.tenant


def test_a_connection_that_the_server_dropped_is_replaced_before_use(
    db: Database, owner: Connection, tenant: int
) -> None:
    with db.tenant(tenant), db.tenant(tenant), db.system():
        pass
    ended = rows(
        owner,
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where usename = 'app_login' and datname = current_database()",
    )
    assert [each[0] for each in ended] == [True] * 3
    with db.tenant(tenant) as tx:
        assert tx.scalar(text("select current_user")) == "app_tenant"


def test_a_connection_lost_half_way_is_an_error_and_the_next_transaction_works(
    db: Database, owner: Connection, tenant: int
) -> None:
    with pytest.raises(OperationalError), db.tenant(tenant) as tx:
        tx.add(Contact(tenant_id=tenant, name="Budi", name_key="budi", created_at=tx.now))
        tx.flush()
        rows(owner, "select pg_terminate_backend(:pid, 5000)", {"pid": tx.scalar(text("select pg_backend_pid()"))})
        tx.execute(text("select 1"))
    with db.tenant(tenant) as tx:
        assert tx.scalar(text("select count(*) from contacts")) == 0


def test_an_errors_text_keeps_to_itself_what_people_wrote(db: Database, tenant: int) -> None:
    with pytest.raises(IntegrityError) as error, db.tenant(tenant) as tx:
        tx.execute(
            text("insert into debts (tenant_id, contact_id, side, due_on, note) values (:t, 1, 'lent', :day, :note)"),
            {"t": tenant, "day": "2025-03-01", "note": "a private word"},
        )
    assert "a private word" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg2://u:p@h/d", "postgresql+psycopg://u:p@h/d"],
)
def test_every_usual_spelling_of_an_address_is_understood(url: str) -> None:
    assert normalise_url(url) == URL.create("postgresql+psycopg2", "u", "p", "h", database="d")


def test_an_address_of_another_database_is_refused() -> None:
    with pytest.raises(ValueError, match="PostgreSQL"):
        normalise_url("mysql://u:p@h/d")
