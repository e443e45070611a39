"""Businesses that register themselves, and what the super admin decides about them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from structlog.testing import capture_logs

from admin_api.registration import MOST
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import (
    AuditEntry,
    Notification,
    Subscription,
    Tenant,
    User,
    WhatsAppSession,
)
from services.tenants import passwords
from tests.admin_api.conftest import Api, Business, counted

REGISTER = "/auth/register"
PASSWORD = "tiga kata panjang"
SITI = {
    "name": "Warung Siti", "ownerName": "Siti Rahayu", "phoneNumber": "081355500001", "email": "siti@example.com",
    "password": PASSWORD,
}  # fmt: skip


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "cost", passwords.LIGHT)


@pytest.fixture
def public(app: Flask, db: Database) -> Api:
    """Somebody without any key."""
    return Api(app, db, {"Accept": "application/json"})


def tenants(db: Database) -> list[Tenant]:
    with db.system() as tx:
        return list(tx.scalars(select(Tenant).order_by(Tenant.id)))


def notes(db: Database, kind: str) -> list[Notification]:
    with db.system() as tx:
        return list(tx.scalars(select(Notification).where(Notification.kind == kind).order_by(Notification.id)))


def apply(public: Api, db: Database, **more: Any) -> Tenant:
    """A business that waits, and its row."""
    public.post(REGISTER, SITI | more, 202)
    return tenants(db)[-1]


def another(n: int) -> dict[str, Any]:
    return {"name": f"Warung {n}", "phoneNumber": f"0813555001{n:02d}", "email": f"w{n}@example.com"}


def test_who_registers_waits_without_a_number_of_their_own(public: Api, db: Database) -> None:
    with capture_logs() as log:
        answer = public.post(REGISTER, SITI, 202)
    assert answer["data"]["status"] == "received"
    assert set(answer["data"]) == {"status", "message"}
    (made,) = tenants(db)
    assert (made.status, made.slug, made.phone, made.plan) == (
        "pending_approval", "warung-siti", "6281355500001", "free",
    )  # fmt: skip
    with db.tenant(made.id) as tx:
        assert tx.scalars(select(WhatsAppSession)).all() == []
        (user,) = tx.scalars(select(User)).all()
        entries = tx.scalars(select(AuditEntry)).all()
    assert (user.name, user.role, user.email, user.active) == ("Siti Rahayu", "owner", "siti@example.com", True)
    assert passwords.matches(user.password_hash, PASSWORD)
    assert [each.action for each in entries] == ["tenant.apply"]
    assert entries[0].request_id == public.last.headers["X-Request-Id"]
    (note,) = notes(db, "registration")
    assert note.data["owner"] == "Siti Rahayu"
    assert PASSWORD not in str(log) + str([each.after for each in entries]) + str(note.data)


@pytest.mark.parametrize(
    "again",
    [
        {}, {"phoneNumber": "+62 813-5550-0001", "email": None}, {"phoneNumber": "081355500009"},
        {"phoneNumber": "081355500009", "email": "SITI@Example.com"},
    ],
)  # fmt: skip
def test_nobody_learns_whether_somebody_is_known(public: Api, db: Database, again: dict[str, Any]) -> None:
    first = public.post(REGISTER, SITI, 202)
    with counted(db):
        second = public.post(REGISTER, SITI | {"name": "Another name"} | again, 202)
    assert second == first
    assert len(tenants(db)) == 1
    (told,) = notes(db, "registration_repeated")
    assert told.data == {"to": "6281355500001", "status": "pending_approval"}


def test_a_number_that_serves_another_business_is_told_once_a_day(
    public: Api, shop: Business, rival: Business, db: Database, clock: VirtualClock
) -> None:
    for _time in range(3):
        public.post(REGISTER, SITI | {"phoneNumber": "+6281100000001"}, 202)
    (told,) = notes(db, "registration_repeated")
    assert (told.tenant_id, told.data["to"]) == (shop.tenant_id, "6281100000001")
    clock.move_to(clock.now() + timedelta(days=1, minutes=1))
    public.post(REGISTER, SITI | {"phoneNumber": "+6281100000001"}, 202)
    assert len(notes(db, "registration_repeated")) == 2
    assert len(tenants(db)) == 2


def test_a_company_id_that_is_taken_tells_nothing_either(public: Api, shop: Business, db: Database) -> None:
    made = apply(public, db, companyId="toko-maju")
    assert (made.slug, made.status) == ("toko-maju-2", "pending_approval")


UNUSABLE: list[tuple[dict[str, Any], int, str]] = [
    ({"password": "short"}, 422, "password_weak"),
    ({"password": "password1234"}, 422, "password_weak"),
    ({"password": "siti@example.com"}, 422, "password_weak"),
    ({"password": None}, 422, "invalid_request"),
    ({"password": 1234567890}, 422, "invalid_request"),
    ({"password": "x" * 2000}, 422, "invalid_request"),
    ({"phoneNumber": "12"}, 422, "bad_phone"),
    ({"name": "W"}, 422, "invalid_request"),
    ({"ownerName": ""}, 422, "invalid_request"),
    ({"email": "siti"}, 422, "invalid_request"),
    ({"language": "klingon"}, 422, "bad_language"),
    ({"timezone": "Mars/Base"}, 422, "bad_timezone"),
    ({"currency": "XX"}, 422, "bad_currency"),
    ({"country": "Indonesia"}, 422, "bad_country"),
    ({"companyId": "warung siti!"}, 400, "company_invalid"),
    ({"status": "active"}, 422, "invalid_request"),
    ({"role": "super_admin"}, 422, "invalid_request"),
    ({"plan": "enterprise"}, 422, "invalid_request"),
]


def test_what_cannot_register(public: Api, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin_api.registration.MOST", 100)
    for change, status, code in UNUSABLE:
        assert public.refused("post", REGISTER, SITI | change) == (status, code), change
    assert public.refused("post", REGISTER) == (422, "invalid_request")
    assert tenants(db) == []


def test_where_nobody_may_register(public: Api, api: Api, make_app: Callable[..., Flask], db: Database) -> None:
    api.patch("/admin/settings", {"registration_open": False})
    assert public.refused("post", REGISTER, SITI) == (403, "registration_closed")
    api.patch("/admin/settings", {"registration_open": None})
    public.post(REGISTER, SITI, 202)


def test_one_address_registers_only_so_often(public: Api, db: Database) -> None:
    for n in range(MOST):
        public.post(REGISTER, SITI | another(n), 202)
    assert public.refused("post", REGISTER, SITI) == (429, "rate_limited")
    assert int(public.last.headers["Retry-After"]) >= 1
    public.post(REGISTER, SITI, 202, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert len(tenants(db)) == MOST + 1


def test_those_who_wait_are_listed_the_oldest_first(
    public: Api, api: Api, shop: Business, db: Database, clock: VirtualClock
) -> None:
    for n in range(4):
        public.post(REGISTER, SITI | another(n), 202)
        clock.move_to(clock.now() + timedelta(minutes=1))
    api.post("/admin/tenant/warung-1/reject", {"reason": "Where is it?"})
    with counted(db) as statements:
        listed = api.get("/admin/registrations")
    assert len(statements) <= 3
    assert [row["companyId"] for row in listed["data"]] == ["warung-0", "warung-2", "warung-3"]
    first = listed["data"][0]
    assert (first["owner"], first["phoneNumber"], first["status"]) == (
        "Siti Rahayu", "6281355500100", "pending_approval",
    )  # fmt: skip
    assert "password" not in str(listed)
    (rejected,) = api.get("/admin/registrations?status=rejected")["data"]
    assert (rejected["companyId"], rejected["reason"]) == ("warung-1", "Where is it?")
    assert [row["companyId"] for row in api.get("/admin/registrations?q=100102&limit=1")["data"]] == []
    assert [row["companyId"] for row in api.get("/admin/registrations?q=500102")["data"]] == ["warung-2"]
    assert api.get("/admin/registrations?sort=-name")["data"][0]["companyId"] == "warung-3"
    assert api.refused("get", "/admin/registrations?sort=password") == (422, "bad_sort")
    owner = shop.as_user("owner")
    for path in ("/admin/registrations", "/admin/users"):
        assert owner.refused("get", path) == (403, "forbidden")
    assert owner.refused("post", "/admin/tenant/warung-0/approve", {}) == (403, "forbidden")


def test_an_approved_business_tries_for_seven_days(public: Api, api: Api, db: Database) -> None:
    waiting = apply(public, db)
    data = api.post(f"/admin/tenant/{waiting.id}/approve")["data"]
    assert (data["status"], data["plan"], data["companyId"]) == ("trial", "basic", "warung-siti")
    with db.tenant(waiting.id) as tx:
        (session,) = tx.scalars(select(WhatsAppSession)).all()
        (trial,) = tx.scalars(select(Subscription)).all()
        (note,) = tx.scalars(select(Notification).where(Notification.kind == "approved")).all()
    assert (session.phone, session.is_default, session.desired_state) == ("6281355500001", True, "stopped")
    assert (trial.cycle, trial.period_to - trial.period_from) == ("trial", timedelta(days=7))
    assert note.data == {"plan": "basic", "until": "2025-02-20"}
    assert api.get("/admin/registrations")["data"] == []


@pytest.mark.parametrize(
    ("terms", "status", "plan", "until"),
    [
        ({"trialDays": 14}, "trial", "basic", "2025-02-27"),
        ({"plan": "pro"}, "trial", "pro", "2025-02-20"),
        ({"skipTrial": True}, "active", "free", None),
        ({"skipTrial": True, "plan": "enterprise"}, "active", "enterprise", None),
        ({"trialDays": 0}, "active", "free", None),
    ],
)
def test_the_terms_may_differ(
    public: Api, api: Api, db: Database, terms: dict[str, Any], status: str, plan: str, until: str | None
) -> None:
    waiting = apply(public, db)
    data = api.post(f"/admin/tenant/{waiting.id}/approve", terms)["data"]
    assert (data["status"], data["plan"]) == (status, plan)
    assert notes(db, "approved")[0].data == {"plan": plan, "until": until}


def test_terms_that_cannot_be(public: Api, api: Api, db: Database) -> None:
    waiting = apply(public, db)
    path = f"/admin/tenant/{waiting.id}/approve"
    for terms in ({"trialDays": -1}, {"trialDays": 9999}, {"trialDays": True}, {"skipTrial": "yes"}, {"days": 7}):
        assert api.refused("post", path, terms) == (422, "invalid_request"), terms
    assert api.refused("post", path, {"plan": "gold"}) == (422, "plan_unknown")
    assert tenants(db)[0].status == "pending_approval"
    api.patch("/admin/settings", {"trial_period": 30})
    api.post(path)
    assert notes(db, "approved")[0].data["until"] == "2025-03-15"


def test_a_business_is_approved_once(public: Api, api: Api, app: Flask, db: Database) -> None:
    waiting = apply(public, db)

    def approve(_n: int) -> int:
        one = Api(app, db)
        one.post(f"/admin/users/{waiting.id}/approve", {}, None)
        return one.last.status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(approve, range(4))) == [200, 409, 409, 409]
    assert api.refused("post", f"/admin/tenant/{waiting.id}/approve") == (409, "already_approved")
    with db.tenant(waiting.id) as tx:
        for table in (WhatsAppSession, Subscription):
            assert tx.scalar(select(func.count()).select_from(table)) == 1
    assert len(notes(db, "approved")) == 1


def test_a_number_that_serves_somebody_meanwhile_keeps_it_waiting(
    public: Api, api: Api, db: Database, shop: Business
) -> None:
    waiting = apply(public, db)
    with db.tenant(shop.tenant_id) as tx:
        tx.get_one(WhatsAppSession, (tx.tenant, shop.session_id)).phone = "6281355500001"
    assert api.refused("post", f"/admin/tenant/{waiting.id}/approve") == (409, "number_taken")
    again = api.get("/admin/registrations")["data"]
    assert [(row["id"], row["plan"]) for row in again] == [(waiting.id, "free")]
    assert notes(db, "approved") == []


def test_twenty_on_a_monday(public: Api, api: Api, db: Database, shop: Business) -> None:
    for n in range(20):
        public.post(REGISTER, SITI | another(n), 202)
    waiting = [each for each in tenants(db) if each.status == "pending_approval"]
    with db.tenant(shop.tenant_id) as tx:
        tx.get_one(WhatsAppSession, (tx.tenant, shop.session_id)).phone = "6281355500107"
    api.post("/admin/tenant/warung-3/approve")
    ids: list[int | str] = [each.id for each in waiting]
    data = api.post("/admin/registrations/approve", {"ids": [*ids, "nobody", ids[0]]})["data"]
    assert data["approved"] == 18
    failed = {row["id"]: row["error"]["code"] for row in data["results"] if not row["approved"]}
    assert failed == {
        str(waiting[3].id): "already_approved", str(waiting[7].id): "number_taken", "nobody": "tenant_unknown"
    }  # fmt: skip
    assert len(data["results"]) == 21
    assert [row["companyId"] for row in api.get("/admin/registrations")["data"]] == ["warung-7"]
    assert {each.status for each in tenants(db) if each.slug.startswith("warung-")} == {"trial", "pending_approval"}
    for wrong in ({}, {"ids": []}, {"ids": [None]}, {"ids": ["x"] * 101}, {"ids": "7"}):
        assert api.refused("post", "/admin/registrations/approve", wrong) == (422, "invalid_request"), wrong


def test_who_is_turned_down_hears_why_and_may_come_again(public: Api, api: Api, db: Database) -> None:
    waiting = apply(public, db)
    data = api.post(f"/admin/users/{waiting.id}/reject", {"reason": "Please send your address"})["data"]
    assert (data["status"], data["reason"]) == ("rejected", "Please send your address")
    assert notes(db, "rejected")[0].data == {"reason": "Please send your address"}
    with db.tenant(waiting.id) as tx:
        assert tx.scalars(select(User.active)).all() == [False]
    assert api.refused("post", f"/admin/tenant/{waiting.id}/reject", {}) == (409, "already_rejected")
    again = apply(public, db)
    assert again.id != waiting.id
    assert api.post(f"/admin/tenant/{again.id}/approve")["data"]["status"] == "trial"
    assert api.refused("post", f"/admin/tenant/{again.id}/reject", {}) == (409, "status_refused")
    assert api.refused("post", f"/admin/tenant/{waiting.id}/approve") == (409, "number_taken")


def test_a_decision_may_be_revised(public: Api, api: Api, db: Database) -> None:
    waiting = apply(public, db)
    api.post(f"/admin/tenant/{waiting.id}/reject")
    assert api.post(f"/admin/tenant/{waiting.id}/approve")["data"]["status"] == "trial"
    with db.tenant(waiting.id) as tx:
        assert tx.scalars(select(User.active)).all() == [True]


def test_who_waits_is_not_switched_on_by_another_door(public: Api, api: Api, db: Database) -> None:
    waiting = apply(public, db)
    for end, body in (("activate", {}), ("toggle", {"enabled": True})):
        assert api.refused("post", f"/admin/tenant/{waiting.id}/{end}", body) == (409, "needs_approval")
    for status in ("active", "trial"):
        assert api.refused("patch", f"/api/v1/tenants/{waiting.id}", {"status": status}) == (409, "status_refused")
    assert tenants(db)[0].status == "pending_approval"
