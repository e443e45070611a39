"""The installation's settings, who changed what, and notifications."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import SystemAuditEntry
from services.settings import Settings
from services.tenants import notifications, system_settings
from tests.admin_api.conftest import Api, Business, counted

SETTINGS = "/admin/settings"


def known(api: Api) -> dict[str, Any]:
    return {each["key"]: each for each in api.get(SETTINGS)["data"]["settings"]}


def test_settings_are_the_environments_until_they_are_changed(api: Api, db: Database, settings: Settings) -> None:
    before = known(api)
    assert (before["monthly_price"]["value"], before["trial_period"]["value"]) == (50000, 7)
    assert before["trial_period"]["meaning"] == "days for which an approved business may try"
    prices = {"pro": {"monthly": 150000.5}, "USD": {"basic": {"monthly": 5, "yearly": 50}}}
    api.patch(
        SETTINGS,
        {
            "trial_period": 14, "monthly_price": 75000, "plan_prices": prices,
            "payment_instructions": " BCA 123\nA.n. J ", "invoice_issuer": ["PT Juragan", "Bandung"],
            "registration_open": False, "grace_days": 0,
        },
    )  # fmt: skip
    after = known(api)
    assert (after["trial_period"]["value"], after["trial_period"]["default"]) == (14, 7)
    assert after["plan_prices"]["value"] == prices
    assert after["payment_instructions"]["value"] == "BCA 123\nA.n. J"
    assert after["trial_period"]["isChanged"]
    assert not after["yearly_price"]["isChanged"]
    with db.system() as tx:
        values = system_settings.values(tx, settings)
        assert str(values["plan_prices"]["pro"]["monthly"]) == "150000.5"
        assert values["grace_days"] == 0
    api.patch(SETTINGS, {"trial_period": None, "plan_prices": None})
    assert known(api)["trial_period"]["value"] == 7
    with db.system() as tx:
        entries = tx.scalars(select(SystemAuditEntry).order_by(SystemAuditEntry.id)).all()
    assert len(entries) == 9
    trial = [(each.before, each.after) for each in entries if each.subject_id == "trial_period"]
    assert trial == [({"value": 7}, {"value": 14}), ({"value": 14}, {"value": 7})]


def test_a_business_reads_them_but_changes_none(shop: Business, db: Database, settings: Settings, api: Api) -> None:
    api.patch(SETTINGS, {"support_contact": "+62 812"})
    with db.tenant(shop.tenant_id) as tx, counted(db) as statements:
        assert system_settings.values(tx, settings)["support_contact"] == "+62 812"
    assert len(statements) == 1
    owner = shop.as_user("owner")
    assert owner.refused("get", SETTINGS) == (403, "forbidden")
    assert owner.refused("patch", SETTINGS, {"trial_period": 365}) == (403, "forbidden")


UNUSABLE: list[dict[str, Any]] = [
    {"trial_period": -1}, {"trial_period": "7"}, {"trial_period": True}, {"trial_period": 10**40},
    {"monthly_price": -5}, {"monthly_price": 0.001}, {"monthly_price": "much"}, {"monthly_price": "NaN"},
    {"monthly_price": 1e300}, {"plan_prices": {"gold": {"monthly": 1}}}, {"plan_prices": {"pro": {"daily": 1}}},
    {"plan_prices": {"pro": 5}}, {"plan_prices": {"USD": {"USD": {"monthly": 1}}}}, {"plan_prices": []},
    {"invoice_issuer": []}, {"invoice_issuer": ["a\nb"]}, {"invoice_issuer": "PT"}, {"registration_open": 1},
    {"platform_name": ""}, {"platform_name": "x" * 61}, {"platform_name": "a\x00b"}, {"grace_days": 91},
]  # fmt: skip


def test_values_that_cannot_be(api: Api) -> None:
    for body in UNUSABLE:
        assert api.refused("patch", SETTINGS, {"yearly_price": 1, **body}) == (422, "bad_setting"), body
    assert not known(api)["yearly_price"]["isChanged"]
    assert api.refused("patch", SETTINGS, {"no_such": 1}) == (422, "invalid_request")


def test_changes_of_a_business_are_listed_for_its_own_people(
    api: Api, shop: Business, rival: Business, clock: VirtualClock
) -> None:
    owner = shop.as_user("owner")
    for n, name in enumerate(("Satu", "Dua", "Tiga")):
        owner.patch(f"/api/v1/tenants/{shop.tenant_id}", {"name": name}, headers={"X-Request-Id": f"req-{n}"})
        clock.move_to(clock.now() + timedelta(minutes=4))
    rival.as_user("owner").patch(f"/api/v1/tenants/{rival.tenant_id}", {"name": "Rahasia"})
    with counted(api.db) as statements:
        found = owner.get("/api/v1/audit?action=tenant.set")
    assert len(statements) <= 3
    assert [row["after"] for row in found["data"]] == [{"name": "Tiga"}, {"name": "Dua"}, {"name": "Satu"}]
    first = found["data"][0]
    assert (first["requestId"], first["actorId"], first["actorRole"]) == ("req-2", "6281100000001", "owner")
    assert (first["before"], first["subject"], first["subjectId"]) == ({"name": "Dua"}, "tenants", str(shop.tenant_id))
    between = "from=2025-02-13T03:02:00Z&to=2025-02-13T03:06:00Z"
    assert [row["after"] for row in owner.get(f"/api/v1/audit?action=tenant.set&{between}")["data"]] == [
        {"name": "Dua"}
    ]
    assert owner.get("/api/v1/audit?action=tenant.set&sort=at&limit=1")["data"][0]["after"] == {"name": "Satu"}
    assert owner.get("/api/v1/audit?subject=contacts")["data"] == []
    assert owner.get("/api/v1/audit?actor=nobody")["data"] == []
    assert "Rahasia" not in str(owner.get("/api/v1/audit"))
    assert shop.as_user("staff").refused("get", "/api/v1/audit") == (403, "forbidden")
    assert owner.refused("get", "/api/v1/audit?from=yesterday") == (422, "invalid_request")
    assert owner.refused("get", "/admin/audit") == (403, "forbidden")


def test_changes_of_the_installation_are_the_super_admins(api: Api) -> None:
    api.patch(SETTINGS, {"grace_days": 3}, headers={"X-Request-Id": "abc"})
    (found,) = api.get("/admin/audit?subject=system_settings")["data"]
    assert (found["action"], found["subjectId"], found["after"]) == ("setting.change", "grace_days", {"value": 3})
    assert (found["requestId"], found["actorRole"]) == ("abc", "super_admin")
    assert api.get("/admin/audit?subject=nothing")["data"] == []


def test_notifications_are_filtered_and_marked(api: Api, shop: Business, rival: Business, db: Database) -> None:
    with db.system() as tx:
        for business, kind in ((shop, "session_failed"), (shop, "registration"), (rival, "session_failed")):
            notifications.add(tx, business.tenant_id, kind, {"phone": "1"})
    listed = "/admin/notifications"
    assert len(api.get(listed)["data"]) == 3
    assert [row["companyId"] for row in api.get(f"{listed}?kind=registration")["data"]] == ["toko-maju"]
    assert len(api.get(f"{listed}?tenant=toko-maju")["data"]) == 2
    assert api.refused("get", f"{listed}?tenant=nobody") == (404, "tenant_unknown")
    owner = shop.as_user("owner")
    (own,) = owner.get("/api/v1/notifications")["data"]
    assert own["kind"] == "session_failed"
    assert owner.post(f"/api/v1/notifications/{own['id']}/seen")["data"]["seenAt"] is not None
    hidden = api.get(f"{listed}?kind=registration")["data"][0]["id"]
    strangers = api.get(f"{listed}?tenant=toko-jaya")["data"][0]["id"]
    for not_ours in (hidden, strangers, 999):
        answer = owner.refused("post", f"/api/v1/notifications/{not_ours}/seen")
        assert answer == (404, "notification_unknown")
    assert owner.get("/api/v1/notifications?unseen=true")["data"] == []
    assert shop.as_user("read_only").refused("get", "/api/v1/notifications") == (403, "forbidden")
    assert api.post(f"{listed}/seen", {"kind": "registration"})["data"] == {"seen": 1}
    assert [row["companyId"] for row in api.get(f"{listed}?unseen=true")["data"]] == ["toko-jaya"]
    assert api.post(f"{listed}/seen")["data"] == {"seen": 1}
    assert api.post(f"{listed}/seen")["data"] == {"seen": 0}
    assert owner.refused("post", f"{listed}/seen") == (403, "forbidden")
