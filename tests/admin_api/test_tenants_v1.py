"""Tenants under /api/v1: the super admin's, an owner's own, their settings and figures."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from services.db.engine import Database
from services.db.models import AuditEntry, Tenant
from tests.admin_api.conftest import Api, Business, counted

TENANTS = "/api/v1/tenants"
ACME = {
    "name": "Company Name", "slug": "company-slug", "email": "contact@company.com", "phone": "+12025550188",
    "plan": "pro", "settings": {"timezone": "America/New_York", "reminder_hour": 10, "quiet_hours": [22, 7]},
}  # fmt: skip


def last_audit(db: Database, tenant_id: int) -> AuditEntry:
    with db.tenant(tenant_id) as tx:
        return tx.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def test_a_tenant_is_made_with_its_settings(api: Api) -> None:
    made = api.post(TENANTS, ACME, 201)["data"]
    assert (made["companyId"], made["email"], made["plan"], made["status"]) == (
        "company-slug", "contact@company.com", "pro", "pending_qr",
    )  # fmt: skip
    assert (made["timezone"], made["maxSessions"], made["maxUsers"]) == ("America/New_York", 20, 10)
    settings = api.get(f"{TENANTS}/{made['id']}/settings")["data"]["settings"]
    assert (settings["reminder_hour"], settings["quiet_hours"]) == (10, [22, 7])
    assert api.refused("post", TENANTS, ACME) == (409, "number_taken")
    other = ACME | {"phone": "+12025550189"}
    assert api.refused("post", TENANTS, other) == (409, "company_taken")
    for settings in ({"webhook_url": "https://example.com/webhook"}, {"timezone": "Mars"}):
        status, code = api.refused("post", TENANTS, other | {"slug": "other", "settings": settings})
        assert (status, code) in ((422, "unknown_setting"), (422, "bad_timezone"))
    assert api.get(TENANTS)["pagination"]["total"] == 1


def test_the_list_is_paged_sorted_and_filtered(api: Api, shop: Business, rival: Business) -> None:
    with counted(api.db) as statements:
        page = api.get(f"{TENANTS}?page=1&limit=1&sort=-name")
    assert len(statements) <= 5
    assert [row["companyId"] for row in page["data"]] == ["toko-maju"]
    assert page["pagination"] == {"page": 1, "per_page": 1, "total": 2, "pages": 2}
    assert api.get(f"{TENANTS}?status=suspended")["data"] == []
    assert [row["id"] for row in api.get(f"{TENANTS}?q=jaya")["data"]] == [rival.tenant_id]
    assert api.refused("get", f"{TENANTS}?sort=secret") == (422, "bad_sort")


def test_an_owner_sees_and_changes_the_own_business_only(api: Api, shop: Business, rival: Business) -> None:
    owner = shop.as_user("owner")
    path = f"{TENANTS}/{shop.tenant_id}"
    assert owner.get(path)["data"]["name"] == "Toko Maju"
    assert owner.get("/api/v1/tenant")["data"]["id"] == shop.tenant_id
    changed = owner.patch(f"{TENANTS}/toko-maju", {"name": "Toko Maju Jaya", "email": "maju@example.com"})["data"]
    assert (changed["name"], changed["email"], changed["companyId"]) == (
        "Toko Maju Jaya", "maju@example.com", "toko-maju",
    )  # fmt: skip
    for body in ({"plan": "enterprise"}, {"max_sessions": -1}, {"status": "active"}, {"limits": {"debts": -1}}):
        assert owner.refused("patch", path, body) == (403, "forbidden"), body
    assert owner.refused("get", TENANTS) == (403, "forbidden")
    assert owner.refused("post", TENANTS, ACME) == (403, "forbidden")
    assert owner.refused("delete", path) == (403, "forbidden")
    for end in ("", "/stats", "/settings"):
        for reference in (rival.tenant_id, "toko-jaya"):
            assert owner.refused("get", f"{TENANTS}/{reference}{end}") == (404, "tenant_unknown")
    assert owner.refused("patch", f"{TENANTS}/toko-jaya", {"name": "Mine"}) == (404, "tenant_unknown")
    assert owner.refused("patch", f"{TENANTS}/toko-jaya/settings", {"notify": False}) == (404, "tenant_unknown")
    assert shop.as_user("manager").refused("patch", path, {"name": "Nope"}) == (403, "forbidden")
    assert shop.with_key("usage:read").get(path)["data"]["id"] == shop.tenant_id
    assert shop.with_key("usage:read").refused("patch", path, {"name": "Nope"}) == (403, "scope_required")
    assert api.get(f"{TENANTS}/toko-jaya")["data"]["name"] == "Toko Jaya"


def test_the_super_admin_changes_plan_limits_and_status(api: Api, shop: Business, db: Database) -> None:
    path = f"{TENANTS}/{shop.tenant_id}"
    data = api.patch(path, {"plan": "enterprise", "max_sessions": -1, "status": "active"})["data"]
    assert (data["plan"], data["maxSessions"], data["overrides"]) == ("enterprise", -1, {"sessions": -1})
    data = api.patch(path, {"limits": {"messages_day": 50, "vision": False, "debts": 7}})["data"]
    assert data["overrides"] == {"sessions": -1, "messages_day": 50, "vision": False, "debts": 7}
    assert data["maxDebts"] == 7
    entry = last_audit(db, shop.tenant_id)
    assert (entry.action, entry.request_id) == ("tenant.limits", api.last.headers["X-Request-Id"])
    assert entry.before == {"limits": {"messages_day": None, "vision": None, "debts": None}}
    assert entry.after == {"limits": {"messages_day": 50, "vision": False, "debts": 7}}
    data = api.patch(path, {"max_sessions": None, "limits": {"debts": None}})["data"]
    assert data["overrides"] == {"messages_day": 50, "vision": False}


NO_CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"limits": {"bananas": 3}}, "limit_unknown"),
    ({"limits": {"debts": True}}, "bad_limit"),
    ({"limits": {"debts": -2}}, "bad_limit"),
    ({"limits": {"debts": 10**12}}, "bad_limit"),
    ({"limits": {"vision": 1}}, "bad_limit"),
    ({"limits": {"debts": 1.5}}, "invalid_request"),
    ({"max_sessions": -2}, "invalid_request"),
    ({"max_users": "many"}, "invalid_request"),
    ({"plan": "gold"}, "plan_unknown"),
    ({"status": "nice"}, "invalid_request"),
    ({"name": "x"}, "invalid_request"),
    ({"is_platform": True}, "invalid_request"),
]


def test_changes_that_cannot_be(api: Api, shop: Business, db: Database) -> None:
    for body, code in NO_CHANGES:
        assert api.refused("patch", f"{TENANTS}/{shop.tenant_id}", body) == (422, code), body
    with db.tenant(shop.tenant_id) as tx:
        assert tx.get_one(Tenant, shop.tenant_id).limits == {}


def test_the_status_follows_only_where_it_may(api: Api, shop: Business, db: Database) -> None:
    path = f"{TENANTS}/{shop.tenant_id}"
    data = api.patch(path, {"status": "suspended", "status_reason": "Not paid since June"})["data"]
    assert (data["status"], data["statusReason"]) == ("suspended", "Not paid since June")
    entry = last_audit(db, shop.tenant_id)
    assert (entry.action, entry.before) == ("tenant.suspended", {"status": "active"})
    for wrong in ("pending_approval", "rejected", "closed", "pending_qr"):
        assert api.refused("patch", path, {"status": wrong}) == (409, "status_refused"), wrong
    assert api.patch(path, {"status": "inactive"})["data"]["sessions"][0]["desiredState"] == "stopped"
    back = api.patch(path, {"status": "past_due"})["data"]
    assert (back["status"], back["sessions"][0]["desiredState"]) == ("past_due", "connected")


def test_figures_have_the_names_that_clients_know(api: Api, shop: Business, rival: Business) -> None:
    owner = shop.as_user("owner")
    shop.user("staff")
    message = {"phone": "79001234567", "message": "Hi", "queue": True}
    api.post("/api/whatsapp/send", message | {"companyId": "toko-maju"}, 202)
    expected = {"users_count": 2, "sessions_count": 1, "messages_count": 1, "active_sessions": 0}
    assert owner.get(f"{TENANTS}/{shop.tenant_id}/stats") == {"success": True, "data": expected}
    assert api.get(f"{TENANTS}/toko-maju/stats")["data"] == expected
    empty = {"users_count": 1, "sessions_count": 1, "messages_count": 0, "active_sessions": 0}
    assert api.get(f"{TENANTS}/toko-jaya/stats")["data"] == empty


SETTINGS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"reminder_hour": 10}, {"reminder_hour": 10}),
    ({"reminder_hour": "jam 8"}, {"reminder_hour": 8}),
    ({"reminder_hour": 22, "quiet_hours": "6-12"}, {"reminder_hour": 22, "quiet_hours": [6, 12]}),
    ({"quiet_hours": "22-6", "reminder_hour": 9}, {"reminder_hour": 9, "quiet_hours": [22, 6]}),
    ({"quiet_hours": [23, 5]}, {"quiet_hours": [23, 5]}),
    ({"quiet_hours": None}, {"quiet_hours": None}),
    ({"reminder_days": [-2, 0, 5]}, {"reminder_days": [-2, 0, 5]}),
    ({"notify": False, "auto_reminder": "off"}, {"notify": False, "auto_reminder": False}),
    ({"sla": None}, {"sla": None}),
    ({"takeover": "2 hours"}, {"takeover": 120}),
    ({"language": "english", "timezone": "wita"}, {"language": "en", "timezone": "Asia/Makassar"}),
]


def test_settings_are_words_or_values(shop: Business, db: Database) -> None:
    owner, path = shop.as_user("owner"), f"{TENANTS}/{shop.tenant_id}/settings"
    for given, expected in SETTINGS:
        settings = owner.patch(path, given)["data"]["settings"]
        assert {key: settings[key] for key in expected} == expected
    entry = last_audit(db, shop.tenant_id)
    assert (entry.action, entry.before, entry.after) == (
        "tenant.set", {"timezone": "Asia/Jakarta"}, {"timezone": "Asia/Makassar"},
    )  # fmt: skip
    about = {each["key"]: each for each in owner.get(path, headers={"Accept-Language": "id"})["data"]["about"]}
    assert about["reminder_hour"]["default"] == 9
    assert about["reminder_hour"]["meaning"] == "jam pengingat dan ringkasan harian Anda"


NO_SETTINGS: list[tuple[dict[str, Any], int, str]] = [
    ({"reminder_hour": 25}, 422, "bad_setting"),
    ({"reminder_hour": True}, 422, "bad_setting"),
    ({"notify": None, "reminder_hour": None}, 422, "bad_setting"),
    ({"quiet_hours": [1, 2, 3]}, 422, "bad_setting"),
    ({"reminder_days": [10**30]}, 422, "bad_setting"),
    ({"quiet_hours": [8, 10]}, 422, "quiet_reminders"),
    ({"reminder_hour": {"at": 9}}, 422, "invalid_request"),
    ({"webhook_url": "https://example.com"}, 422, "invalid_request"),
    ({"how_to_pay": "x" * 5000}, 422, "bad_setting"),
]


def test_settings_that_cannot_be_change_nothing(shop: Business) -> None:
    owner, path = shop.as_user("owner"), f"{TENANTS}/{shop.tenant_id}/settings"
    before = owner.get(path)["data"]["settings"]
    for body, status, code in NO_SETTINGS:
        assert owner.refused("patch", path, {"daily_summary": False, **body}) == (status, code), body
    assert owner.get(path)["data"]["settings"] == before
