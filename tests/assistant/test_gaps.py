"""Questions that nothing answered: counted, closed, and open again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.assistant import gaps, knowledge, words
from services.assistant.knowledge import Answered, Place
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import KnowledgeGap
from services.errors import DomainError
from services.tenants.actors import Actor
from services.tenants.tenants import NewTenant, Registered, register
from tests.conftest import OWNER, START, STRANGER

BOSS = Actor("user", OWNER, "owner")


@pytest.fixture
def tenant(db: Database) -> Registered:
    return register(db, NewTenant("Toko Maju", OWNER))


@pytest.fixture
def stranger(db: Database) -> Registered:
    return register(db, NewTenant("Orang Lain", STRANGER))


def ask(db: Database, tenant: Registered, *questions: str) -> None:
    for question in questions:
        with db.tenant(tenant.tenant_id) as tx:
            gaps.record(tx, question, words.gap_key(question))


def listed(db: Database, tenant: Registered) -> list[tuple[int, str, int]]:
    with db.tenant(tenant.tenant_id) as tx:
        return [(gap.number, gap.question, gap.times) for gap in gaps.open_gaps(tx)]


def test_the_same_question_is_counted_whoever_asks_it_in_whatever_order(
    db: Database, clock: VirtualClock, tenant: Registered, stranger: Registered
) -> None:
    ask(db, tenant, "Parkir ada?", "Bisa antar ke Depok?", "ada parkir kak")
    clock.move_to(START.replace(hour=5))
    ask(db, tenant, "terima kartu kredit?")
    ask(db, stranger, "Parkir ada?")
    assert listed(db, tenant) == [(1, "Parkir ada?", 2), (3, "terima kartu kredit?", 1), (2, "Bisa antar ke Depok?", 1)]
    assert listed(db, stranger) == [(1, "Parkir ada?", 1)]
    with db.tenant(tenant.tenant_id) as tx:
        gap = gaps.by_number(tx, 3)
        assert (gap.first_at, gap.last_at, gaps.count_open(tx)) == (clock.now(), clock.now(), 3)


def test_what_asks_nothing_is_no_gap(db: Database, tenant: Registered) -> None:
    ask(db, tenant, "???", "🙂", "", "12345")
    assert listed(db, tenant) == []
    ask(db, tenant, "a" * 5000 + "\x00")
    assert len(listed(db, tenant)[0][1]) == gaps.LONGEST


def test_what_was_dismissed_stays_closed_and_what_was_taught_in_vain_is_open_again(
    db: Database, tenant: Registered, stranger: Registered
) -> None:
    ask(db, tenant, "Parkir ada?", "Bisa antar?")
    with db.tenant(tenant.tenant_id) as tx:
        gaps.dismiss(tx, BOSS, gaps.by_number(tx, 1))
        source = knowledge.add_qa(tx, Place(BOSS, None, tenant.session_id), Answered(("Ongkir",), "20rb"))
        gaps.teach(tx, BOSS, gaps.by_number(tx, 2), source.id)
        assert not gaps.open_gaps(tx)
        with pytest.raises(DomainError, match="unknown_gap"):
            gaps.by_number(tx, 1)
    with db.tenant(stranger.tenant_id) as tx, pytest.raises(DomainError, match="unknown_gap"):
        gaps.by_number(tx, 2)
    ask(db, tenant, "ada parkir?", "bisa antar")
    assert listed(db, tenant) == [(2, "Bisa antar?", 2)]
    with db.tenant(tenant.tenant_id) as tx:
        closed = tx.scalars(select(KnowledgeGap).where(KnowledgeGap.number == 1)).one()
        assert (closed.status, closed.times) == ("dismissed", 2)


def test_teaching_a_question_closes_the_gap_that_asks_it(
    db: Database, tenant: Registered, stranger: Registered
) -> None:
    ask(db, tenant, "Parkir ada?", "Bisa antar?")
    ask(db, stranger, "Parkir ada?")
    with db.tenant(tenant.tenant_id) as tx:
        place = Place(BOSS, None, tenant.session_id)
        knowledge.add_qa(tx, place, Answered(("Tempat", "ada parkir kak?"), "Di belakang"))
    assert listed(db, tenant) == [(2, "Bisa antar?", 1)]
    assert listed(db, stranger) == [(1, "Parkir ada?", 1)]
