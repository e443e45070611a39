"""Requests as records: once for a message, decided once under their lock, reminded of and escalated in time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services.assistant import action_rounds, actions, deadlines
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import Action, AuditEntry, OutboxMessage, Tenant
from services.errors import DomainError
from services.messaging import contacts
from services.messaging.addresses import Address
from services.settings import Settings
from services.tenants import tenants
from services.tenants.actors import Actor
from services.tenants.tenants import NewTenant
from tests.conftest import OWNER, START, STRANGER
from tests.lending.bookkeeping import statements_counted

BOSS = Actor("user", OWNER, "owner")
MANAGER = "6281100000077"


@dataclass
class Desk:
    """A tenant whose people ask for things."""

    db: Database
    clock: VirtualClock
    settings: Settings
    tenant_id: int
    messages: int = 0

    def ask(
        self, kind: str = "question", said: str | None = None, number: str = "6281234567890", **more: object
    ) -> int:
        """A new request; its number."""
        self.messages += 1
        with self.db.tenant(self.tenant_id) as tx:
            person = contacts.by_address(tx, Address.phone(number), "Rudi")
            action = actions.ask(
                tx, kind, contact_id=person.id, message_id=self.messages, said=said or f"soal {self.messages}?", **more
            )  # type: ignore[arg-type]
            return action.number

    def get(self, number: int) -> Action:
        with self.db.tenant(self.tenant_id) as tx:
            return actions.find(tx, number)

    def goes_on(self, **time: float) -> list[tuple[str, str]]:
        """Time passes in steps of five minutes; what was written to whom meanwhile."""
        before, end = self.sent(), self.clock.now() + timedelta(**time)
        while self.clock.now() < end:
            self.clock.move_to(min(end, self.clock.now() + timedelta(minutes=5)))
            action_rounds.run(self.db, self.settings)
        return self.sent()[len(before) :]

    def sent(self) -> list[tuple[str, str]]:
        with self.db.tenant(self.tenant_id) as tx:
            rows = tx.execute(select(OutboxMessage.chat, OutboxMessage.body).order_by(OutboxMessage.id))
            return [(row.chat.removeprefix("phone:"), row.body) for row in rows]


@pytest.fixture
def desks(db: Database, clock: VirtualClock, settings: Settings) -> tuple[Desk, Desk]:
    """A business at ten in the morning, and a stranger's."""
    made = []
    for name, phone in (("Toko Maju", OWNER), ("Orang Lain", STRANGER)):
        registered = tenants.register(db, NewTenant(name, phone, "en"))
        made.append(Desk(db, clock, settings, registered.tenant_id))
    return made[0], made[1]


@pytest.fixture
def desk(desks: tuple[Desk, Desk]) -> Desk:
    with desks[0].db.tenant(desks[0].tenant_id) as tx:
        tenants.add_user(tx, "Sari", MANAGER, "manager")
        tenants.add_user(tx, "Joko", "6281100000078", "staff")
    return desks[0]


def local(hour: int, minute: int = 0, day: int = 13) -> datetime:
    return datetime(2025, 2, day, hour - 7, minute, tzinfo=UTC) if hour >= 7 else datetime(
        2025, 2, day - 1, hour + 17, minute, tzinfo=UTC
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sla", "priority", "asked", "due"),
    [
        (4, "medium", local(10), local(14)), (4, "high", local(10), local(12)), (4, "urgent", local(10), local(11)),
        (4, "low", local(10), local(18)), (1, "urgent", local(10), local(10, 15)),
        (4, "medium", local(20), local(8, day=14)), (4, "medium", local(17), local(8, day=14)),
        (24, "medium", local(10), local(10, day=14)), (None, "urgent", local(10), None),
    ],
)  # fmt: skip
def test_a_deadline_depends_on_priority_and_never_falls_into_the_night(
    sla: int | None, priority: str, asked: datetime, due: datetime | None
) -> None:
    tenant = Tenant(timezone="Asia/Jakarta", preferences={"sla": sla}, created_at=asked)
    assert deadlines.due_at(tenant, priority, asked) == due


def test_a_message_asks_once_and_the_stranger_has_numbers_of_their_own(desks: tuple[Desk, Desk]) -> None:
    desk, stranger = desks
    assert desk.ask() == 1
    desk.messages -= 1
    assert desk.ask(said="something else") == 1
    assert stranger.ask() == 1
    assert desk.ask() == 2
    with pytest.raises(DomainError, match="unknown_action"):
        stranger.get(2)


def test_who_asks_again_is_counted_and_the_owner_hears_of_it_now_and_then(desk: Desk) -> None:
    number = desk.ask("handover", "minta orang")
    for minutes, told in ((1, False), (8, False), (2, True), (3, False)):
        desk.clock.move_to(desk.clock.now() + timedelta(minutes=minutes))
        with desk.db.tenant(desk.tenant_id) as tx:
            person = contacts.by_address(tx, Address.phone("6281234567890"))
            desk.messages += 1
            asked = actions.ask_once(
                tx, "handover", contact_id=person.id, message_id=desk.messages, said="halo, mana orangnya"
            )
            assert (asked.is_new, asked.tell_owner, asked.action.number) == (False, told, number)
    assert actions.times_again(desk.get(number)) == 4


def test_two_who_answer_at_once_decide_once(desk: Desk) -> None:
    number = desk.ask("discount")
    both, outcomes = threading.Barrier(2), []

    def answer(said: str) -> None:
        try:
            with desk.db.tenant(desk.tenant_id) as tx:
                actions.find(tx, number)
                both.wait(5)
                actions.decide(tx, BOSS, actions.by_number(tx, number), "approved", said)
            outcomes.append(said)
        except DomainError as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=answer, args=(said,)) for said in ("5%", "10%")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert "action_closed" in outcomes
    assert desk.get(number).answer in set(outcomes) - {"action_closed"}
    with desk.db.tenant(desk.tenant_id) as tx:
        done = tx.scalars(select(AuditEntry).where(AuditEntry.action == "action.approved")).all()
    assert len(done) == 1


def test_what_became_due_is_one_message_once_and_then_others_hear_of_it(desks: tuple[Desk, Desk], desk: Desk) -> None:
    desk.ask("question")
    desk.ask("discount")
    desk.ask("unknown")
    assert desk.goes_on(hours=3, minutes=55) == []
    due = desk.goes_on(minutes=5)
    assert [to for to, _text in due] == [OWNER]
    assert due[0][1].count("⏰ overdue") == 2
    assert desk.goes_on(hours=3, minutes=55) == []
    escalated = desk.goes_on(minutes=5)
    assert [to for to, _text in escalated] == [OWNER, OWNER, MANAGER]
    assert "I couldn't answer Rudi" in escalated[0][1]
    assert "1. Rudi asks" in escalated[2][1]
    assert "high priority" in escalated[2][1]
    assert (desk.get(1).priority, desk.get(1).reminders) == ("high", 2)
    # After that it is only listed: the two stay silent, the third comes to its own end.
    later = desk.goes_on(days=2)
    assert [to for to, _text in later] == [OWNER, MANAGER]
    assert all("couldn't answer" in text and "asks" not in text for _to, text in later)
    assert desks[1].sent() == []


def test_what_is_due_a_little_later_is_told_of_along(desk: Desk) -> None:
    for _each in range(3):
        desk.ask()
        desk.clock.move_to(desk.clock.now() + timedelta(minutes=5))
    desk.clock.move_to(desk.clock.now() - timedelta(minutes=5))
    told = desk.goes_on(hours=4, minutes=30)
    assert len(told) == 1
    assert all(f"{number}. Rudi asks" in told[0][1] for number in (1, 2, 3))


@pytest.mark.parametrize("then", ["answered", "sla off", "suspended"])
def test_nothing_is_reminded_of_that_needs_it_no_more(desk: Desk, then: str) -> None:
    number = desk.ask()
    with desk.db.tenant(desk.tenant_id) as tx:
        tenant = tx.get_one(Tenant, desk.tenant_id)
        if then == "answered":
            actions.decide(tx, BOSS, actions.by_number(tx, number), "answered", "ok")
        elif then == "sla off":
            tenant.preferences = {"sla": None}
    if then == "suspended":
        with desk.db.system() as tx:
            tx.get_one(Tenant, desk.tenant_id).status = "suspended"
    assert desk.goes_on(hours=30) == []
    with desk.db.system() as tx:
        assert action_rounds.next_work(tx) is None


def test_nobody_is_reminded_at_night(desk: Desk) -> None:
    desk.clock.move_to(local(19))
    desk.ask("refund")  # high: due at nine in the evening, so at eight in the morning
    assert desk.goes_on(hours=12, minutes=55) == []
    with desk.db.system() as tx:
        assert action_rounds.next_work(tx) == local(8, day=14)
    assert len(desk.goes_on(minutes=5)) == 1


def test_rounds_take_as_many_statements_for_one_request_as_for_many(desk: Desk) -> None:
    counts = []
    for people in (1, 12):
        for number in range(people):
            desk.ask(number=f"62812345678{number:02}")
        desk.clock.move_to(desk.clock.now() + timedelta(hours=4))
        counts.append(_statements(desk, lambda: action_rounds.run(desk.db, desk.settings)))
        desk.clock.move_to(START + timedelta(days=1))
        action_rounds.run(desk.db, desk.settings)
    assert counts[0] == counts[1] <= 10


def _statements(desk: Desk, what: Callable[[], None]) -> int:
    with statements_counted(desk.db) as sent:
        what()
    return len(sent)


def test_asking_takes_few_statements(desk: Desk) -> None:
    desk.ask()
    with desk.db.tenant(desk.tenant_id) as tx:
        tenant = tx.get_one(Tenant, desk.tenant_id)
        person = contacts.by_address(tx, Address.phone("6281234567890"))
        with statements_counted(desk.db) as sent:
            actions.ask(tx, "refund", contact_id=person.id, message_id=99, said="refund")
            tx.flush()
    assert len(sent) <= 4
    assert tenant.name == "Toko Maju"
