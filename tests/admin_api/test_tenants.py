"""The super admin's routes for tenants."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import URL, select

from services.db.engine import Database
from services.db.models import AuditEntry, Pairing, Tenant, User, WhatsAppSession
from tests.admin_api.conftest import DANI, Api, counted, failure, pair
from tests.db.asking import rows, value

REGISTER = "/admin/tenants/register"


def test_registering_makes_a_tenant_that_waits_for_its_qr_code(api: Api, db: Database) -> None:
    data = api.post(REGISTER, DANI, 201)["data"]
    tenant, session = data["tenant"], data["session"]
    assert tenant["status"] == "pending_qr"
    assert tenant["phoneNumber"] == session["phone"] == "628123456789"
    assert (tenant["companyId"], tenant["plan"], tenant["maxDebts"]) == ("dani-lending", "free", 50)
    assert (session["state"], session["desiredState"], session["provider"]) == ("pairing", "connected", "neonize")
    assert data["links"]["qr"] == f"/admin/tenant/{tenant['id']}/qr"
    with db.tenant(tenant["id"]) as tx:
        assert tx.scalars(select(User.role)).all() == ["owner"]
        assert tx.scalars(select(Pairing.method)).all() == ["qr"]
        entries = tx.execute(select(AuditEntry.action, AuditEntry.actor_kind, AuditEntry.actor_role)).all()
    assert ("tenant.register", "api_key", "super_admin") in [tuple(each) for each in entries]


UNUSABLE: list[tuple[dict[str, Any], int, str]] = [
    ({"phoneNumber": "123456789"}, 422, "bad_phone"),
    ({"phoneNumber": "6281234567890123"}, 422, "bad_phone"),
    ({"phoneNumber": "ayam goreng"}, 422, "bad_phone"),
    ({"phoneNumber": "+62 811 0000 009"}, 422, "phone_blocked"),
    ({"phoneNumber": ""}, 422, "invalid_request"),
    ({"phoneNumber": None}, 422, "invalid_request"),
    ({"phoneNumber": "0812\x003456789"}, 422, "invalid_request"),
    ({"name": "D"}, 422, "invalid_request"),
    ({"name": 7}, 422, "invalid_request"),
    ({"name": "x" * 81}, 422, "invalid_request"),
    ({"email": "dani"}, 422, "invalid_request"),
    ({"plan": "gold"}, 422, "plan_unknown"),
    ({"language": "klingon"}, 422, "bad_language"),
    ({"timezone": "Asia/Nowhere"}, 422, "bad_timezone"),
    ({"currency": "XX"}, 422, "bad_currency"),
    ({"country": "Indonesia"}, 422, "bad_country"),
    ({"companyId": "dani lending!"}, 400, "company_invalid"),
    ({"phone_numbr": "1"}, 422, "invalid_request"),
]


def test_what_cannot_be_registered(make_app: Callable[..., Flask], db: Database) -> None:
    api = Api(make_app(whatsapp_blocked_numbers="628110000009"), db)
    for change, status, code in UNUSABLE:
        assert api.refused("post", REGISTER, DANI | change) == (status, code), change
    assert api.get("/admin/tenants")["pagination"]["total"] == 0


def test_the_pattern_of_allowed_numbers_holds(make_app: Callable[..., Flask], db: Database) -> None:
    api = Api(make_app(whatsapp_allowed_phone_pattern="^(62|0)[0-9]{9,13}$"), db)
    assert api.refused("post", REGISTER, DANI | {"phoneNumber": "79001234567"}) == (422, "bad_phone")
    api.register()


def test_a_number_or_company_id_serves_one_tenant(api: Api) -> None:
    api.register(companyId="salon-1")
    assert api.refused("post", REGISTER, DANI) == (409, "number_taken")
    assert api.refused("post", REGISTER, DANI | {"phoneNumber": "+628123456789"}) == (409, "number_taken")
    other = DANI | {"phoneNumber": "081299990000", "companyId": "salon-1"}
    assert api.refused("post", REGISTER, other) == (409, "company_taken")
    assert api.get("/admin/tenants")["pagination"]["total"] == 1
    assert api.get("/admin/tenant/salon-1")["data"]["companyId"] == "salon-1"


def test_the_installation_takes_only_so_many_sessions(make_app: Callable[..., Flask], db: Database) -> None:
    api = Api(make_app(whatsapp_max_sessions=1), db)
    first = api.register()
    assert api.refused("post", REGISTER, DANI | {"phoneNumber": "081299990000"}) == (409, "max_sessions")
    api.post(f"/admin/tenant/{first['id']}/toggle", {"enabled": False})
    api.register(phoneNumber="081299990000")
    again = api.refused("post", f"/api/whatsapp/sessions/{first['companyId']}/initialize", {})
    assert again == (409, "tenant_inactive")


def test_other_values_of_a_registration(api: Api) -> None:
    tenant = api.register(
        phoneNumber="(202) 555-0123", country="us", language="English", timezone="america/new_york", currency="usd",
        plan="pro",
    )  # fmt: skip
    assert tenant["phoneNumber"] == "12025550123"
    assert (tenant["language"], tenant["timezone"], tenant["currency"]) == ("en", "America/New_York", "USD")
    assert (tenant["plan"], tenant["maxDebts"]) == ("pro", 1000)


def test_a_simulated_number_is_not_linked(make_app: Callable[..., Flask], db: Database) -> None:
    api = Api(make_app(whatsapp_provider="simulator"), db)
    tenant = api.register()
    assert (tenant["status"], tenant["whatsapp"]["state"]) == ("pending_qr", "new")
    assert api.refused("get", f"/admin/tenant/{tenant['id']}/qr") == (409, "nothing_to_link")
    assert api.post(f"/admin/tenant/{tenant['id']}/activate")["data"]["status"] == "active"
    api.post(f"/admin/tenant/{tenant['id']}/toggle")
    back = api.post(f"/admin/tenant/{tenant['id']}/toggle")["data"]
    assert (back["status"], back["whatsapp"]["state"]) == ("active", "new")


def test_activating_twice_is_activating_once(api: Api, db: Database) -> None:
    tenant = api.register()["id"]
    for _time in range(2):
        assert api.post(f"/admin/tenant/{tenant}/activate")["data"]["status"] == "active"
    with db.tenant(tenant) as tx:
        enabled = tx.scalars(select(AuditEntry).where(AuditEntry.action == "tenant.active")).all()
    assert [(entry.before, entry.after) for entry in enabled] == [({"status": "pending_qr"}, {"status": "active"})]


def test_switching_off_stops_the_numbers_and_on_brings_back_the_paired(api: Api, db: Database) -> None:
    tenant = api.register()["id"]
    pair(db, tenant)
    off = api.post(f"/admin/tenant/{tenant}/toggle")["data"]
    assert (off["status"], off["sessions"][0]["desiredState"]) == ("inactive", "stopped")
    assert api.post(f"/admin/tenant/{tenant}/toggle", {"enabled": False})["data"]["status"] == "inactive"
    on = api.post(f"/admin/tenant/{tenant}/toggle")["data"]
    assert (on["status"], on["sessions"][0]["desiredState"]) == ("active", "connected")
    assert on["sessions"][0]["state"] == "reconnecting"
    assert api.refused("post", f"/admin/tenant/{tenant}/toggle", {"enabled": "yes"}) == (422, "invalid_request")


def test_a_closed_tenant_stays_closed(api: Api, db: Database) -> None:
    tenant = api.register()["id"]
    with db.system() as tx:
        tx.get_one(Tenant, tenant).status = "closed"
    for end in ("activate", "toggle"):
        assert api.refused("post", f"/admin/tenant/{tenant}/{end}") == (409, "tenant_closed")


def test_another_plan(api: Api) -> None:
    tenant = api.register()["id"]
    data = api.post(f"/admin/tenant/{tenant}/plan", {"plan": "enterprise"})["data"]
    assert (data["plan"], data["maxDebts"], data["limits"]["debts"]) == ("enterprise", -1, {"limit": -1, "used": 0})
    assert api.refused("post", f"/admin/tenant/{tenant}/plan", {"plan": "gold"}) == (422, "plan_unknown")
    assert api.refused("post", f"/admin/tenant/{tenant}/plan", {}) == (422, "invalid_request")


def test_credits_are_given_once_for_each_source(api: Api, db: Database) -> None:
    tenant = api.register()["id"]
    path = f"/admin/tenant/{tenant}/credits"
    first = api.post(path, {"amount": 500, "note": "June", "source": "invoice-1"}, 201)
    api.post(path, {"amount": 100}, 201)
    assert api.post(path, {"amount": 500, "source": "invoice-1"}, 201) == first
    assert api.post(path, {"amount": 500}, 201, headers={"Idempotency-Key": "invoice-1"}) == first
    assert api.refused("post", path, {"amount": 7, "source": "invoice-1"}) == (409, "source_used")
    assert api.get(f"/admin/tenant/{tenant}")["data"]["aiCredits"] == 700
    assert api.get("/admin/tenants")["data"][0]["aiCredits"] == 700
    with db.tenant(tenant) as tx:
        assert len(tx.scalars(select(AuditEntry).where(AuditEntry.action == "credits.add")).all()) == 2


def test_an_amount_of_credits_that_is_none(api: Api) -> None:
    tenant = api.register()["id"]
    for amount in (0, -5, 1_000_000_001, 1.5, "5", True, None, 10**30):
        refused = api.refused("post", f"/admin/tenant/{tenant}/credits", {"amount": amount})
        assert refused == (422, "invalid_request"), amount


@pytest.mark.parametrize(("method", "end"), [("get", ""), ("get", "/qr"), ("post", "/activate"), ("post", "/toggle")])
def test_a_tenant_that_is_not_there(api: Api, method: str, end: str) -> None:
    for reference in ("7", "nobody", "0", "9" * 30, "0" * 20 + "9" * 20, "٣"):
        assert api.refused(method, f"/admin/tenant/{reference}{end}") == (404, "tenant_unknown"), reference
    assert api.refused(method, f"/admin/tenant/%00{end}") == (422, "invalid_request")


def test_details_hold_limits_and_what_is_used(api: Api) -> None:
    tenant = api.register()["id"]
    data = api.get(f"/admin/tenant/{tenant}")["data"]
    assert data["limits"]["debts"] == {"limit": 50, "used": 0}
    assert data["limits"]["agreements"] == {"limit": 5, "used": 0}
    assert data["limits"]["pdfs"] == {"limit": 5, "used": 0}
    assert data["counts"] == {"users": 1, "contacts": 0, "sessions": 1}
    assert [session["name"] for session in data["sessions"]] == ["main"]


def test_the_list_is_paged_and_filtered(api: Api) -> None:
    for n in range(7):
        plan = "pro" if n % 2 else "free"
        api.register(phoneNumber=f"08129999000{n}", name=f"Toko {n}%", plan=plan, email=None)
    api.post("/admin/tenant/toko-3/activate")
    page = api.get("/admin/tenants?page=2&per_page=3")
    assert [tenant["name"] for tenant in page["data"]] == ["Toko 3%", "Toko 4%", "Toko 5%"]
    assert page["pagination"] == {"page": 2, "per_page": 3, "total": 7, "pages": 3}

    def names(query: str) -> list[str]:
        return [tenant["companyId"] for tenant in api.get(f"/admin/tenants?{query}")["data"]]

    assert names("status=active") == ["toko-3"]
    assert len(names("status=pending_qr")) == 6
    assert names("plan=pro&q=toko") == ["toko-1", "toko-3", "toko-5"]
    assert names("q=990005") == ["toko-5"]
    assert len(names("q=%25")) == 7
    assert names("q=_") == []
    assert names("page=99") == []
    for wrong in ("page=0", "page=x", "per_page=101", "status=nice", "page=99999999999", "sort=up"):
        assert api.refused("get", f"/admin/tenants?{wrong}") == (422, "invalid_request")


def test_statistics_count_tenants_and_sessions(api: Api) -> None:
    api.register()
    api.register(phoneNumber="081299990000", name="Ani", plan="pro")
    api.post("/admin/tenant/ani/activate")
    api.post("/admin/tenant/ani/credits", {"amount": 50}, 201)
    data = api.get("/admin/stats")["data"]
    assert data["tenants"] == {
        "total": 2, "newLast30Days": 2, "byStatus": {"active": 1, "pending_qr": 1}, "byPlan": {"free": 1, "pro": 1},
    }  # fmt: skip
    assert data["sessions"] == {"total": 2, "byState": {"pairing": 2}}
    assert data["aiCredits"] == 50


@pytest.mark.parametrize(
    "path",
    [
        "/admin/stats", "/admin/tenants", "/admin/tenant/toko-0", "/admin/tenant/toko-0/ai-usage",
        "/admin/tenant/toko-0/ai-credits", "/admin/sessions", "/admin/session-hosts", "/admin/notifications",
        "/api/whatsapp/sessions", "/api/whatsapp/sessions/toko-0",
        "/api/whatsapp/sessions/toko-0/history", "/health",
    ],
)  # fmt: skip
def test_as_many_statements_for_many_tenants_as_for_few(api: Api, db: Database, path: str) -> None:
    api.register(name="Toko 0")
    with counted(db) as few:
        api.get(path)
    for n in range(1, 9):
        api.register(name=f"Toko {n}", phoneNumber=f"08129999000{n}")
    with counted(db) as many:
        api.get(path)
    assert len(many) == len(few) <= 12


def test_a_company_id_of_digits_hides_no_other_tenant(api: Api) -> None:
    first = api.register()["id"]
    other = api.register(phoneNumber="081299990000", companyId=str(first))
    assert api.get(f"/admin/tenant/{first}")["data"]["companyId"] == "dani-lending"
    assert api.get(f"/api/whatsapp/sessions/{first}")["data"]["tenantId"] == other["id"]
    assert api.get("/api/whatsapp/sessions/dani-lending")["data"]["tenantId"] == first


def test_many_at_once_do_a_thing_once(app: Flask, db: Database) -> None:
    def at_once(path: str, body: dict[str, Any]) -> list[tuple[int, Any]]:
        def ask(_n: int) -> tuple[int, Any]:
            one = Api(app, db)
            answer = one.post(path, body, None)
            return one.last.status_code, answer.get("data")

        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(ask, range(4)))

    assert sorted(status for status, _data in at_once(REGISTER, DANI)) == [201, 409, 409, 409]
    given = at_once("/admin/tenant/dani-lending/credits", {"amount": 5, "source": "invoice"})
    assert given == [given[0]] * 4
    message = {"companyId": "dani-lending", "phone": "79001234567", "message": "Hi", "queue": True, "dedupKey": "k"}
    sent = at_once("/api/whatsapp/send", message)
    assert sent == [sent[0]] * 4
    assert sent[0][0] == 202


def test_the_platforms_own_tenant_is_no_business(api: Api, db: Database, database_url: URL) -> None:
    tenant = api.register()["id"]
    rows(database_url, "update tenants set is_platform = true")
    assert api.get("/admin/tenants")["pagination"]["total"] == 0
    assert api.get("/admin/stats")["data"]["tenants"]["total"] == 0
    assert api.post(f"/admin/tenant/{tenant}/activate")["data"]["status"] == "active"
    assert api.refused("post", f"/admin/tenant/{tenant}/toggle") == (409, "platform_tenant")


def test_a_lost_race_for_a_number_is_a_refusal(api: Api, db: Database, database_url: URL) -> None:
    api.register()
    rows(database_url, "update sessions set phone = '6281299990000'")
    with db.system() as tx:
        assert tx.scalars(select(WhatsAppSession.phone)).all() == ["6281299990000"]
    answer = api.post(REGISTER, DANI | {"phoneNumber": "081299990000"}, 409)
    assert failure(answer)["message"] == "6281299990000 is already linked here."
    assert value(database_url, "select count(*) from tenants") == 1
