"""What a business has used, over the API: limits, messages by day, requests; and the limits that are set for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import ApiUsage, AuditEntry, OutboxMessage
from services.messaging import inbox, outbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.messaging.outbox import Outgoing
from tests.admin_api.conftest import Api, Business, Ticks, counted

BUDI = "6281234567890"


def send(db: Database, of: Business, n: int = 1, status: str = "sent") -> None:
    with db.tenant(of.tenant_id) as tx:
        outbox.put(tx, [Outgoing(of.session_id, f"phone:{BUDI}", "Halo") for _n in range(n)])
        waiting = OutboxMessage.status == "queued"
        tx.execute(update(OutboxMessage).where(OutboxMessage.tenant_id == tx.tenant, waiting).values(status=status))


def receive(db: Database, of: Business, n: int = 1) -> None:
    address, now = Address.phone(BUDI), db.clock.now()
    texts = [Inbound(f"{now.isoformat()}{k}", address, address, False, "halo", now) for k in range(n)]
    inbox.accept(db, of.tenant_id, of.session_id, texts)


@pytest.fixture
def busy(db: Database, shop: Business, clock: VirtualClock) -> Business:
    """A shop that wrote and was written to, some days ago and today."""
    send(db, shop, 2)
    receive(db, shop, 3)
    clock.move_to(clock.now() + timedelta(days=10))
    send(db, shop, 4)
    send(db, shop, 1, "failed")
    receive(db, shop)
    return shop


def test_a_business_sees_its_limits_and_what_it_used(busy: Business, api: Api) -> None:
    api.put(f"/admin/tenant/{busy.tenant_id}/limits", {"messages_day": 8})
    shown = busy.with_key("usage:read").get("/api/v1/usage")["data"]
    assert shown["plan"] == "pro"
    assert shown["limits"]["messages_day"] == {
        "limit": 8, "used": 5, "left": 3, "period": "2025-02-23", "resetsAt": "2025-02-23T17:00:00Z"
    }  # fmt: skip
    assert shown["limits"]["debts"] == {"limit": 1000, "used": 0, "left": 1000, "period": None, "resetsAt": None}
    assert shown["limits"]["users"]["used"] == 1
    assert shown["messages"] == {"2025-02-23": 5, "2025-02-13": 2, "2025-02": 7}
    assert shown["features"] == {"vision": True, "webhooks": True, "api_keys": True, "campaigns": True}


def test_a_business_sees_its_messages_by_day(busy: Business) -> None:
    shown = busy.as_user("read_only").get("/api/v1/stats?days=12")["data"]
    today = {"sent": 4, "received": 1, "failed": 1, "waiting": 0}
    assert shown["messages"] == {
        "today": today, "week": today, "month": {"sent": 6, "received": 4, "failed": 1, "waiting": 0}
    }  # fmt: skip
    assert list(shown["byDay"]) == [f"2025-02-{day}" for day in range(12, 24)]
    assert shown["byDay"]["2025-02-13"] == {"sent": 2, "received": 3, "failed": 0, "waiting": 0}
    assert shown["byDay"]["2025-02-23"] == today
    assert shown["sessions"] == {"total": 1, "connected": 0, "byState": {"new": 1}}
    assert shown["users"] == 2


def test_days_are_those_of_the_businesss_calendar(db: Database, shop: Business, clock: VirtualClock) -> None:
    clock.move_to(clock.now().replace(hour=16, minute=59))
    send(db, shop)
    clock.move_to(clock.now().replace(hour=17, minute=0))
    send(db, shop, 2)
    by_day = shop.as_user().get("/api/v1/stats?days=2")["data"]["byDay"]
    assert {day: each["sent"] for day, each in by_day.items()} == {"2025-02-13": 1, "2025-02-14": 2}


@pytest.mark.parametrize("what", ["usage", "stats"])
def test_other_businesses_are_the_super_admins_to_see(busy: Business, rival: Business, api: Api, what: str) -> None:
    mine = busy.as_user().get(f"/api/v1/{what}")["data"]
    assert mine["tenantId"] == busy.tenant_id
    for path in (f"/api/{what}/{busy.tenant_id}", f"/api/{what}/{busy.slug}", f"/api/v1/{what}/{busy.slug}"):
        assert api.get(path)["data"]["companyId"] == busy.slug
        assert busy.with_key("usage:read").get(path)["data"]["tenantId"] == busy.tenant_id
        assert rival.as_user().refused("get", path) == (404, "tenant_unknown")
        assert busy.with_key("contacts:read").refused("get", path) == (403, "scope_required")
    theirs = rival.as_user().get(f"/api/v1/{what}")["data"]
    assert theirs["messages"] in ({}, {name: dict.fromkeys(("sent", "received", "failed", "waiting"), 0)
                                       for name in ("today", "week", "month")})  # fmt: skip
    assert (
        api.get(f"/api/v1/{what}", headers={"X-Tenant-ID": str(busy.tenant_id)})["data"]["tenantId"] == busy.tenant_id
    )


@pytest.mark.parametrize("days", ["0", "93", "-1", "x"])
def test_days_have_a_measure(shop: Business, days: str) -> None:
    assert shop.as_user().refused("get", f"/api/v1/stats?days={days}") == (422, "invalid_request")


def test_requests_are_counted_by_caller_and_route(shop: Business, rival: Business, api: Api) -> None:
    owner, program = shop.as_user(), shop.with_key("usage:read")
    for _n in range(3):
        program.get("/api/v1/stats")
    program.refused("get", "/admin/tenants")
    program.get("/nowhere", 404)  # nobody was asked who that is
    api.get("/api/v1/stats", headers={"X-Tenant-ID": str(shop.tenant_id)})
    rival.as_user().get("/api/v1/stats")
    seen = owner.get("/api/v1/usage?days=2")["data"]["api"]
    assert (seen["requests"], seen["failures"]) == (4, 1)
    assert seen["byDay"] == {"2025-02-12": {"requests": 0, "failures": 0}, "2025-02-13": {"requests": 4, "failures": 1}}
    assert [(name[:4], each) for name, each in seen["byCaller"].items()] == [("key:", {"requests": 4, "failures": 1})]
    assert seen["byRoute"] == {
        "GET /api/v1/stats": {"requests": 3, "failures": 0}, "GET /admin/tenants": {"requests": 1, "failures": 1}
    }  # fmt: skip
    again = owner.get("/api/v1/usage")["data"]["api"]
    assert again["requests"] == 5


def test_requests_are_written_down_together_every_few_seconds(shop: Business, db: Database, ticks: Ticks) -> None:
    owner = shop.as_user()

    def ask() -> list[str]:
        with counted(db) as statements:
            owner.get("/api/v1/stats")
            owner.last.close()  # what is done once an answer has gone out is done now
        return [each for each in statements if "insert into api_usage" in each]

    assert len(ask()) == 1
    assert [ask() for _n in range(20)] == [[]] * 20
    ticks.seconds += 6
    assert len(ask()) == 1
    with db.tenant(shop.tenant_id) as tx:
        assert tx.scalars(select(ApiUsage.requests)).all() == [22]


def test_what_is_used_is_read_in_few_statements(shop: Business, db: Database) -> None:
    program = shop.with_key("usage:read")
    for path in ("/api/v1/usage", "/api/v1/stats"):
        program.get(path)
        with counted(db) as statements:
            program.get(path)
        assert len(statements) <= 6, statements


def test_the_super_admin_sets_limits_for_one_business(shop: Business, rival: Business, api: Api, db: Database) -> None:
    path = f"/admin/tenant/{shop.tenant_id}/limits"
    body = {"debts": 10, "messages_day": -1, "vision": False, "messages_minute": 5}
    shown = api.put(path, body)["data"]
    assert shown["limits"]["debts"] == {
        "limit": 10, "used": 0, "left": 10, "period": None, "resetsAt": None, "plan": 1000, "override": 10
    }  # fmt: skip
    assert (shown["limits"]["messages_day"]["limit"], shown["limits"]["messages_day"]["plan"]) == (-1, None)
    assert shown["features"]["vision"] == {"plan": True, "override": False, "enabled": False}
    assert shown["messagesMinute"] == 5
    api.put(path, {"debts": None, "pdfs": 7})
    after = api.get(path)["data"]
    assert (after["limits"]["debts"]["limit"], after["limits"]["debts"]["override"]) == (1000, None)
    assert (after["limits"]["pdfs"]["limit"], after["messagesMinute"]) == (7, 5)
    with db.tenant(shop.tenant_id) as tx:
        kept = tx.scalars(select(AuditEntry).where(AuditEntry.action == "tenant.limits").order_by(AuditEntry.id)).all()
        assert [(each.before, each.after) for each in kept] == [({}, body), (body, {
            "messages_day": -1, "vision": False, "messages_minute": 5, "pdfs": 7
        })]  # fmt: skip
    assert api.get(f"/admin/tenant/{rival.tenant_id}/limits")["data"]["limits"]["pdfs"]["override"] is None
    assert shop.as_user().refused("put", path, {"debts": -1}) == (403, "forbidden")


@pytest.mark.parametrize("body", [{"debts": -2}, {"debts": "10"}, {"vision": 1}, {"moons": 3}, {"debts": 10**10}])
def test_what_is_no_limit_is_refused(shop: Business, api: Api, body: dict[str, object]) -> None:
    assert api.refused("put", f"/admin/tenant/{shop.tenant_id}/limits", body) == (422, "invalid_request")
