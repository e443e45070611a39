"""What a business's status may become, and what the records say of it."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import STATUSES, AuditEntry, Tenant, WhatsAppSession
from services.errors import DomainError
from services.tenants import life, subscriptions, switching
from services.tenants.actors import SYSTEM, Actor
from services.tenants.tenants import NewTenant, Registered, register

ADMIN = Actor("api_key", "tests", "super_admin")


@pytest.fixture
def shop(db: Database) -> Registered:
    return register(db, NewTenant("Toko Maju", "6281100000001"))


@pytest.fixture
def rival(db: Database) -> Registered:
    return register(db, NewTenant("Toko Jaya", "6281100000002"))


def status_of(db: Database, place: Registered) -> str:
    with db.system() as tx:
        return tx.get_one(Tenant, place.tenant_id).status


def test_every_status_is_decided_on() -> None:
    assert set(life.FOLLOWS) == set(STATUSES)
    assert set().union(*life.FOLLOWS.values()) == set(STATUSES)
    assert set(STATUSES) == life.WORKING | life.OFF | {"pending_qr"}
    for status in STATUSES:
        assert not (life.works(status) and life.is_off(status))


def test_a_status_follows_only_where_it_may(db: Database, shop: Registered, rival: Registered) -> None:
    for before, after in itertools.product(STATUSES, STATUSES):
        with db.tenant(shop.tenant_id) as tx:
            tenant = tx.get_one(Tenant, shop.tenant_id)
            tenant.status = before
            if after == before:
                assert not life.move(tx, SYSTEM, tenant, after)
            elif after in life.FOLLOWS[before]:
                assert life.move(tx, SYSTEM, tenant, after, "a reason")
                assert (tenant.status, tenant.status_at, tenant.status_reason) == (after, tx.now, "a reason")
            else:
                with pytest.raises(DomainError, match="status_refused"):
                    life.move(tx, SYSTEM, tenant, after)
                assert tenant.status == before
    with db.tenant(shop.tenant_id) as tx:
        entries = tx.scalars(select(AuditEntry)).all()
    assert len(entries) == sum(map(len, life.FOLLOWS.values()))
    assert {each.action for each in entries} == {f"tenant.{status}" for status in STATUSES}
    assert status_of(db, rival) == "active"


@pytest.mark.parametrize(
    ("days", "moved", "expected"), [(None, 0, "active"), (7, 0, "trial"), (7, 6, "trial"), (7, 7, "past_due")]
)
def test_switched_on_again_a_business_is_what_it_has_paid_for(
    db: Database, shop: Registered, clock: VirtualClock, days: int | None, moved: int, expected: str
) -> None:
    with db.tenant(shop.tenant_id) as tx:
        if days is not None:
            tenant = switching.lock(tx)
            subscriptions.begin_trial(tx, SYSTEM, tenant, days)
        switching.set_enabled(tx, ADMIN, False, "They asked for a pause")
    assert status_of(db, shop) == "inactive"
    clock.move_to(clock.now() + timedelta(days=moved))
    with db.tenant(shop.tenant_id) as tx:
        assert switching.set_enabled(tx, ADMIN, True).status == expected
        (session,) = tx.scalars(select(WhatsAppSession)).all()
    assert session.desired_state == "connected"


@pytest.mark.parametrize("status", ["trial", "past_due"])
def test_what_works_is_not_made_active_by_switching_it_on(db: Database, shop: Registered, status: str) -> None:
    with db.tenant(shop.tenant_id) as tx:
        tx.get_one(Tenant, shop.tenant_id).status = status
        tx.flush()
        assert switching.set_enabled(tx, ADMIN, True).status == status
        assert switching.set_enabled(tx, ADMIN, None).status == "inactive"
