"""What is left of a business that was closed: amounts and dates, and nothing that says who or what was written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError

from services.clock import VirtualClock
from services.db.models import Base
from services.settings import Settings
from services.tenants import belongings, closing, erasing
from services.tenants.actors import SYSTEM
from services.tenants.belongings import BELONGINGS
from tests.conftest import OWNER, START, STRANGER, TEMPLATE, Chat, Opening, Server, indonesian_lender
from tests.db.asking import connected, rows, tenant_tables, value
from tests.db.conftest import BUDI, fill

# What people wrote, are called, or can be reached by.
IDENTIFYING = ("Budi", BUDI, OWNER, f"{OWNER[:-4]}7777", "Toko Maju", "toko-maju", "Rina", "pesawat", "besok saya")


@pytest.fixture
def starting_point(request: pytest.FixtureRequest, server: Server, opening: Opening) -> str:
    """Two businesses that have filled every table, for tests of them."""
    if "filled" not in request.fixturenames:
        return TEMPLATE

    def fill_all(settings: Settings) -> None:
        simulation = opening(settings, VirtualClock(START))
        fill(indonesian_lender(simulation))
        simulation.close()

    return server.template(f"{TEMPLATE}_filled", fill_all)


@pytest.fixture
def filled(chat: Chat) -> Chat:
    """The two businesses, as `starting_point` gives them."""
    return chat


def everything(owner: Connection, tenant_id: int) -> dict[str, list[str]]:
    """Each tenant table with its rows of a tenant as texts."""
    return {
        table: [
            str(row[0])
            for row in rows(
                owner, f"select to_jsonb(t)::text from {table} t where tenant_id = :id order by 1", {"id": tenant_id}
            )
        ]
        for table in tenant_tables(owner)
    }


def test_every_table_of_a_tenant_is_decided_on(database_url: URL) -> None:
    with connected(database_url) as owner:
        assert set(tenant_tables(owner)) == set(BELONGINGS)
    for name, each in BELONGINGS.items():
        columns = Base.metadata.tables[name].columns.keys()
        assert each.hidden - belongings.SECRET <= set(columns), name
        assert set(each.cleared) <= set(columns), name
    names = [each.shown for each in BELONGINGS.values() if each.shown is not None]
    assert len(set(names)) == len(names)


def test_secrets_are_no_part_of_an_export() -> None:
    secret = {"password_hash", "refresh_hash", "former_hash", "hash", "hint", "code", "device", "vector", "file_hash"}
    for name, each in belongings.shown().items():
        columns = set(Base.metadata.tables[name].columns.keys())
        assert not columns & secret - each.hidden, name


def test_what_identifies_is_gone_and_the_books_stay(filled: Chat, clock: VirtualClock, database_url: URL) -> None:
    jobs = filled.simulation.platform.jobs
    tenant, stranger = filled.tenant.tenant_id, filled.stranger.tenant_id
    with jobs.db.tenant(tenant) as tx:
        closing.close(tx, SYSTEM)
    with connected(database_url) as owner:
        before, others = everything(owner, tenant), everything(owner, stranger)
        sums = "select sum(amount), count(*), min(effective_on) from ledger_entries where tenant_id = :id"
        money = rows(owner, sums, {"id": tenant})
        assert {table for table, found in before.items() if not found} <= {"pairings", "uploads"}
        erasing.erase_due(jobs.db, jobs.files)
        assert everything(owner, tenant) == before
        clock.move_to(clock.now() + timedelta(days=30))
        erasing.erase_due(jobs.db, jobs.files)
        after = everything(owner, tenant)
        assert rows(owner, sums, {"id": tenant}) == money
        assert everything(owner, stranger) == others
        row = rows(owner, "select to_jsonb(t)::text from tenants t where id = :id", {"id": tenant})[0][0]
    left = {table: found for table, found in after.items() if found}
    deleted = set(belongings.deleted()) | {"consents", "knowledge_versions", "session_events"}
    assert not deleted & left.keys()
    words = f"{left}{row}"
    assert [word for word in IDENTIFYING if word.casefold() in words.casefold()] == []
    assert STRANGER in str(others)
    erasing.erase_due(jobs.db, jobs.files)
    with connected(database_url) as owner:
        assert value(owner, "select status from tenants where id = :id", {"id": tenant}) == "closed"
        assert everything(owner, tenant) == after


def test_a_business_that_is_not_closed_cannot_be_erased(chat: Chat) -> None:
    database = chat.simulation.platform.opened.database
    for place in (chat.tenant, chat.stranger):
        with pytest.raises(DBAPIError, match="not to be erased"), database.tenant(place.tenant_id) as tx:
            tx.execute(text("select erase_records()"))
    with pytest.raises(DBAPIError, match="permission denied"), database.system() as tx:
        tx.execute(text("select erase_records()"))


def test_the_bell_erases(chat: Chat) -> None:
    database = chat.simulation.platform.opened.database
    with database.tenant(chat.stranger.tenant_id) as tx:
        closing.close(tx, SYSTEM).erase_at = tx.now
    chat.wait(days=1)
    with database.system() as tx:
        slugs = set(tx.execute(text("select slug from tenants where erased_at is not null")).scalars())
    assert slugs == {f"erased-{chat.stranger.tenant_id}"}
