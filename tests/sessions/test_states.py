"""The states of a session: which may follow which, what is kept of it, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import AuditEntry, Notification, OutboxMessage, Pairing, SessionEvent, Tenant, WhatsAppSession
from services.errors import DomainError
from services.tenants import pairings, sessions
from services.tenants.actors import SYSTEM
from services.tenants.pairings import Wanted
from services.tenants.sessions import FOLLOWS, LOST
from services.tenants.tenants import Registered
from tests.conftest import OWNER, STRANGER


class Number:
    """A session, looked at and moved step by step."""

    def __init__(self, db: Database, place: Registered) -> None:
        self.db = db
        self.place = place

    def do(self, act: Callable[..., object], *args: object, **more: object) -> object:
        """Calls a function of the rules with the session, in a transaction of its own."""
        with self.db.tenant(self.place.tenant_id) as tx:
            return act(tx, *args, sessions.get(tx, self.place.session_id), **more)

    def move(self, *states: str, reason: str | None = None) -> list[bool]:
        with self.db.tenant(self.place.tenant_id) as tx:
            session = sessions.get(tx, self.place.session_id)
            return [sessions.move(tx, session, state, reason) for state in states]

    @property
    def row(self) -> WhatsAppSession:
        with self.db.tenant(self.place.tenant_id) as tx:
            return sessions.get(tx, self.place.session_id)

    @property
    def history(self) -> list[str]:
        with self.db.tenant(self.place.tenant_id) as tx:
            return [event.state for event in reversed(sessions.history(tx, self.place.session_id, 500))]

    def all(self, model: type, **wanted: object) -> list[object]:
        with self.db.tenant(self.place.tenant_id) as tx:
            return list(tx.scalars(select(model).filter_by(**wanted)).all())

    def pair(self, phone: str = OWNER, device: int = 3) -> None:
        """Links the number as a pairing process does."""
        self.do(sessions.start, SYSTEM)
        with self.db.system() as tx:
            (wanted,) = (each for each in pairings.wanted(tx, 9) if each.session_id == self.place.session_id)
            assert pairings.take(tx, wanted, "pair-1")
        with self.db.tenant(self.place.tenant_id) as tx:
            assert pairings.offer(tx, self.place.session_id, "pair-1", "2@code", 60)
            pairings.succeeded(tx, self.place.session_id, phone, device, "999", "Toko")


@pytest.fixture
def number(db: Database, tenant: Registered) -> Number:
    return Number(db, tenant)


@pytest.fixture
def other(db: Database, stranger: Registered) -> Number:
    return Number(db, stranger)


def test_a_number_is_linked_and_its_tenant_becomes_active(number: Number) -> None:
    number.pair()
    assert number.row.device == 3
    assert number.row.lid == "999"
    assert number.history == ["pairing", "reconnecting"]
    number.move("connected")
    assert number.history == ["pairing", "reconnecting", "connected"]
    assert [tenant.status for tenant in number.all(Tenant)] == ["active"]  # type: ignore[attr-defined]
    assert number.all(Pairing) == []


def test_a_state_that_cannot_follow_changes_nothing(number: Number) -> None:
    assert number.move("connected", "banned", "nonsense", "new") == [False] * 4
    assert number.history == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(FOLLOWS)), max_size=12))
def test_the_history_tells_every_change_and_nothing_else(number: Number, wanted: list[str]) -> None:
    before, so_far = number.row.state, number.history
    moved = number.move(*wanted)
    told = number.history[len(so_far) :]
    assert told == [state for state, done in zip(wanted, moved, strict=True) if done]
    for state in told:
        assert state in FOLLOWS[before]
        before = state
    assert number.row.state == before


@pytest.mark.parametrize("state", sorted(LOST))
def test_a_lost_number_is_noted_for_owner_and_super_admin(number: Number, other: Number, state: str) -> None:
    number.pair()
    number.move("connected", state, reason="for a reason")
    (note,) = number.all(Notification)
    assert (note.kind, note.data["reason"], note.delivered_at) == (f"session_{state}", "for a reason", None)  # type: ignore[attr-defined]
    assert other.all(Notification) == []
    assert other.all(SessionEvent) == []


def test_an_owner_hears_of_a_longer_absence_when_the_number_is_back(number: Number, clock: VirtualClock) -> None:
    number.pair()
    number.move("connected")
    for minutes in (1, 90):
        number.move("reconnecting", reason="connection lost")
        clock.move_to(clock.now() + timedelta(minutes=minutes))
        number.move("connected")
    (told,) = number.all(OutboxMessage)
    assert "90" in told.body  # type: ignore[attr-defined]
    assert told.chat == f"phone:{OWNER}"  # type: ignore[attr-defined]


def test_starting_twice_keeps_the_code_that_is_shown(number: Number) -> None:
    number.do(sessions.start, SYSTEM)
    with number.db.system() as tx:
        pairings.take(tx, Wanted(number.place.tenant_id, number.place.session_id, None), "pair-1")
    with number.db.tenant(number.place.tenant_id) as tx:
        pairings.offer(tx, number.place.session_id, "pair-1", "2@first", 60)
    number.do(sessions.start, SYSTEM)
    assert number.do(pairings.shown).code == "2@first"  # type: ignore[attr-defined]
    number.do(sessions.start, SYSTEM, phone=OWNER)
    shown = number.do(pairings.shown)
    assert (shown.method, shown.code) == ("code", None)  # type: ignore[attr-defined]


def test_an_old_code_is_not_shown(number: Number, clock: VirtualClock) -> None:
    number.do(sessions.start, SYSTEM)
    with number.db.system() as tx:
        pairings.take(tx, Wanted(number.place.tenant_id, number.place.session_id, None), "pair-1")
    with number.db.tenant(number.place.tenant_id) as tx:
        pairings.offer(tx, number.place.session_id, "pair-1", "2@first", 20)
    clock.move_to(clock.now() + timedelta(seconds=21))
    assert number.do(pairings.shown).code is None  # type: ignore[attr-defined]


def test_rounds_of_codes_are_counted_and_then_it_rests(number: Number) -> None:
    number.do(sessions.start, SYSTEM)
    for left in (True, True, False):
        with number.db.system() as tx:
            (wanted,) = pairings.wanted(tx, 9)
            assert pairings.take(tx, wanted, "pair-1")
        with number.db.tenant(number.place.tenant_id) as tx:
            assert pairings.round_ended(tx, number.place.session_id, "pair-1", 3, "qr_expired") is left
    assert (number.row.state, number.row.desired_state) == ("stopped", "stopped")
    with pytest.raises(DomainError) as error:
        number.do(pairings.shown)
    assert error.value.code == "qr_expired"
    with number.db.system() as tx:
        assert pairings.wanted(tx, 9) == []
    number.do(sessions.start, SYSTEM)
    with number.db.system() as tx:
        assert len(pairings.wanted(tx, 9)) == 1


def test_a_pairing_that_was_stopped_takes_no_more_codes(number: Number) -> None:
    number.do(sessions.start, SYSTEM)
    with number.db.system() as tx:
        (wanted,) = pairings.wanted(tx, 9)
        pairings.take(tx, wanted, "pair-1")
    number.do(sessions.stop, SYSTEM)
    with number.db.tenant(number.place.tenant_id) as tx:
        assert not pairings.is_running(tx, number.place.session_id, "pair-1")
        assert not pairings.offer(tx, number.place.session_id, "pair-1", "2@late", 20)
        assert not pairings.round_ended(tx, number.place.session_id, "pair-1", 3, "qr_expired")
    assert number.row.state == "stopped"


def test_only_one_process_pairs_a_number(number: Number) -> None:
    number.do(sessions.start, SYSTEM)
    with number.db.system() as tx:
        (wanted,) = pairings.wanted(tx, 9)
        assert [pairings.take(tx, wanted, holder) for holder in ("pair-1", "pair-2")] == [True, False]


def test_a_number_serves_one_tenant_only(number: Number, other: Number) -> None:
    other.pair(STRANGER)
    with pytest.raises(DomainError) as error:
        number.pair(phone=STRANGER)
    assert error.value.code == "number_taken"
    with number.db.tenant(number.place.tenant_id) as tx:
        pairings.give_up(tx, number.place.session_id, "number_taken")
    assert (number.row.state, number.row.reason, number.row.device) == ("failed", "number_taken", None)
    assert other.row.phone == STRANGER


def test_another_number_than_the_registered_one_is_taken_and_noted(number: Number) -> None:
    number.pair(phone="6281100009999")
    assert number.row.phone == "6281100009999"
    (entry,) = number.all(AuditEntry, action="session.number")
    assert entry.before == {"phone": OWNER}  # type: ignore[attr-defined]


def test_more_numbers_than_the_plan_allows_are_refused(number: Number) -> None:
    def add(name: str, phone: str, limit: int) -> WhatsAppSession:
        with number.db.tenant(number.place.tenant_id) as tx:
            return sessions.add(tx, SYSTEM, name, phone, "neonize", limit)

    with pytest.raises(DomainError) as limited:
        add("second", "6281100000111", 1)
    assert limited.value.code == "limit_reached"
    with pytest.raises(DomainError) as named:
        add("main", "6281100000111", -1)
    assert named.value.code == "session_exists"
    with pytest.raises(DomainError) as taken:
        add("second", OWNER, -1)
    assert taken.value.code == "number_taken"
    assert not add("second", "6281100000111", -1).is_default


def test_stopping_and_unlinking_what_was_never_linked(number: Number) -> None:
    number.do(sessions.start, SYSTEM)
    number.do(sessions.logout, SYSTEM)
    assert number.row.state == "stopped"
    assert number.all(Pairing) == []


def test_what_is_wanted_of_a_session_is_audited(number: Number) -> None:
    number.pair()
    number.do(sessions.stop, SYSTEM)
    assert [entry.action for entry in number.all(AuditEntry)][-1] == "session.stopped"  # type: ignore[attr-defined]
    assert number.row.state == "stopped"
    number.do(sessions.start, SYSTEM)
    assert number.row.state == "reconnecting"


def test_whatsapp_out_of_reach_uses_up_no_rounds_but_is_not_tried_for_ever(number: Number, clock: VirtualClock) -> None:
    number.do(sessions.start, SYSTEM)
    waits = []
    for turn in range(pairings.MOST_MISSES):
        with number.db.system() as tx:
            (wanted,) = pairings.wanted(tx, 9)
            assert pairings.take(tx, wanted, "pair-1")
        with number.db.tenant(number.place.tenant_id) as tx:
            again = pairings.missed(tx, number.place.session_id, "pair-1", "WhatsApp can't be reached")
        assert again is (turn < pairings.MOST_MISSES - 1)
        if again:
            assert number.do(pairings.shown).trouble == "WhatsApp can't be reached"  # type: ignore[attr-defined]
            (row,) = number.all(Pairing)
            assert row.rounds == 0  # type: ignore[attr-defined]
            waits.append((row.not_before - clock.now()).total_seconds())  # type: ignore[attr-defined]
            with number.db.system() as tx:
                assert pairings.wanted(tx, 9) == []
            clock.move_to(row.not_before)  # type: ignore[attr-defined]
    assert waits == [4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert (number.row.state, number.row.reason) == ("failed", "WhatsApp can't be reached")
    assert number.all(Notification) == []
    with pytest.raises(DomainError) as error:
        number.do(pairings.shown)
    assert error.value.code == "pairing_failed"
