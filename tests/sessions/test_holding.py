"""Who holds a session: given once, taken back when its host is gone, tried again when it is time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.clock import VirtualClock
from services.db.engine import Database
from services.tenants import holding, sessions
from services.tenants.tenants import Registered
from tests.conftest import OWNER, STRANGER
from tests.sessions.test_states import Number


@pytest.fixture
def numbers(db: Database, tenant: Registered, stranger: Registered) -> list[Number]:
    """Two linked numbers of two tenants."""
    both = [Number(db, tenant), Number(db, stranger)]
    for number, phone in zip(both, (OWNER, STRANGER), strict=True):
        number.pair(phone)
    return both


def test_a_session_is_given_to_one_host(db: Database, numbers: list[Number]) -> None:
    with db.system() as tx:
        waiting = holding.waiting_for_host(tx, 10)
        assert len(waiting) == 2
        assert holding.assign(tx, "host-1", waiting[:1]) == 1
        assert holding.assign(tx, "host-2", waiting) == 1
        assert holding.load(tx) == {"host-1": 1, "host-2": 1}
        assert holding.waiting_for_host(tx, 10) == []
        assert [(row.tenant_id, row.id) for row in holding.held_by(tx, "host-1")] == waiting[:1]


def test_the_sessions_of_a_silent_host_are_free_again(
    db: Database, numbers: list[Number], clock: VirtualClock
) -> None:  # fmt: skip
    with db.system() as tx:
        holding.heartbeat(tx, "host-1", "here", 1)
        holding.heartbeat(tx, "host-2", "here", 2)
        holding.assign(tx, "host-1", holding.waiting_for_host(tx, 1))
    clock.move_to(clock.now() + timedelta(seconds=20))
    with db.system() as tx:
        holding.heartbeat(tx, "host-2", "here", 2)
        assert holding.silent_hosts(tx, tx.now - timedelta(seconds=15)) == ["host-1"]
        assert len(holding.release(tx, "host-1")) == 1
        assert len(holding.waiting_for_host(tx, 10)) == 2
        assert holding.silent_hosts(tx, tx.now - timedelta(seconds=15)) == []


def test_nobody_starts_what_is_not_wanted_not_linked_or_not_due(
    db: Database, numbers: list[Number], clock: VirtualClock
) -> None:  # fmt: skip
    first, second = numbers
    second.do(lambda tx, session: setattr(session, "retry_at", tx.now + timedelta(minutes=5)))
    first.move("connected", "replaced")
    with db.system() as tx:
        assert holding.waiting_for_host(tx, 10) == []
    clock.move_to(clock.now() + timedelta(minutes=5))
    with db.system() as tx:
        assert holding.waiting_for_host(tx, 10) == [(second.place.tenant_id, second.place.session_id)]
    second.move("connected", "logged_out")
    with db.system() as tx:
        assert holding.waiting_for_host(tx, 10) == []


def test_tries_are_forgotten_once_a_session_has_proved_itself(db: Database, numbers: list[Number]) -> None:
    number = numbers[0]
    number.do(lambda _tx, session: setattr(session, "attempts", 4))
    with db.system() as tx:
        holding.proved(tx, [number.place.session_id])
    assert (number.row.attempts, number.row.retry_at) == (0, None)


def test_how_many_are_in_each_state(db: Database, numbers: list[Number]) -> None:
    numbers[0].move("connected")
    with db.system() as tx:
        assert sessions.by_state(tx) == {"connected": 1, "reconnecting": 1}
        assert [shown.slug for shown in sessions.everyone(tx, "connected")[0]] == ["toko-maju"]
