"""A business's own numbers over the API: added, linked, made the default, taken away; and those of strangers, never."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.db.models import AuditEntry, Conversation, Pairing, WhatsAppSession
from services.tenants import sessions
from tests.admin_api.conftest import TESTER, Api, Business

SESSIONS = "/api/v1/sessions"


@pytest.fixture
def manager(shop: Business) -> Api:
    """The manager of a business whose number is linked for real."""
    with shop.db.tenant(shop.tenant_id) as tx:
        session = sessions.of_tenant(tx)
        session.provider, session.desired_state = "neonize", "stopped"
    return shop.as_user("manager")


def add_second(business: Business, provider: str = "simulator") -> None:
    with business.db.tenant(business.tenant_id) as tx:
        sessions.add(tx, TESTER, "second", "6281100000009", provider, 5)


def test_a_number_is_started_scanned_stopped_and_logged_out(manager: Api, shop: Business) -> None:
    assert manager.refused("post", f"{SESSIONS}/main/start", {"usePairingCode": True}) == (422, "phone_required")
    data = manager.post(f"{SESSIONS}/main/start", None, 202)["data"]
    assert (data["name"], data["state"], data["tenantId"]) == ("main", "pairing", shop.tenant_id)
    assert manager.get(f"{SESSIONS}/main")["data"] == data
    with shop.db.tenant(shop.tenant_id) as tx:
        row = tx.get_one(Pairing, (shop.tenant_id, shop.session_id))
        row.code, row.expires_at = "2@abc", tx.now + timedelta(minutes=1)
    for path in (f"{SESSIONS}/main/qr", "/dashboard/scan"):
        assert manager.get(path)["data"]["code"] == "2@abc"
    manager.get(f"{SESSIONS}/main/qr?format=svg")
    assert manager.last.mimetype == "image/svg+xml"
    assert manager.post(f"{SESSIONS}/main/stop", None, 202)["data"]["state"] == "stopped"
    assert manager.post(f"{SESSIONS}/main/restart", None, 202)["data"]["state"] == "pairing"
    assert manager.post(f"{SESSIONS}/main/logout", None, 202)["data"]["desiredState"] == "logged_out"
    assert manager.post("/dashboard/connect-whatsapp", {}, 202)["data"]["desiredState"] == "connected"


def test_a_number_is_added_made_the_default_and_the_other_taken_away(manager: Api, shop: Business) -> None:
    new = {"session": "second", "phoneNumber": "081234567899"}
    data = manager.post(SESSIONS, new, 202)["data"]
    assert (data["phone"], data["isDefault"], data["state"]) == ("6281234567899", False, "pairing")
    assert manager.refused("post", SESSIONS, new) == (409, "session_exists")
    assert manager.refused("post", SESSIONS, {"session": "third", "phoneNumber": "6281100000002x"})[0] == 422
    assert manager.patch(f"{SESSIONS}/second", {"isDefault": True})["data"]["isDefault"] is True
    manager.patch(f"{SESSIONS}/second", {"isDefault": True})
    assert [each["name"] for each in manager.get(SESSIONS)["data"]] == ["second", "main"]
    for wrong in ({"isDefault": False}, {}, {"name": "x"}):
        assert manager.refused("patch", f"{SESSIONS}/main", wrong) == (422, "invalid_request")
    assert manager.refused("delete", f"{SESSIONS}/second") == (409, "session_default")
    assert manager.delete(f"{SESSIONS}/main")["data"]["name"] == "main"
    assert manager.refused("get", f"{SESSIONS}/main") == (404, "session_unknown")
    with shop.db.tenant(shop.tenant_id) as tx:
        done = tx.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [each for each in done if each in ("session.default", "session.delete")] == [
        "session.default", "session.delete",
    ]  # fmt: skip


def test_a_number_that_is_in_use_stays(manager: Api, shop: Business) -> None:
    add_second(shop, "neonize")
    with shop.db.tenant(shop.tenant_id) as tx:
        second = sessions.of_tenant(tx, "second")
        tx.add(Conversation(tenant_id=tx.tenant, session_id=second.id, chat="phone:6281234567890"))
        second.device = 3
    assert manager.refused("delete", f"{SESSIONS}/second") == (409, "session_in_use")
    with shop.db.tenant(shop.tenant_id) as tx:
        second = sessions.of_tenant(tx, "second")
        second.device, second.desired_state = None, "connected"
    assert manager.refused("delete", f"{SESSIONS}/second") == (409, "session_in_use")
    manager.post(f"{SESSIONS}/second/stop", None, 202)
    manager.delete(f"{SESSIONS}/second")
    with shop.db.tenant(shop.tenant_id) as tx:
        assert tx.scalars(select(Conversation)).all() == []


def test_a_plan_has_room_for_so_many(manager: Api, shop: Business, api: Api) -> None:
    api.post(f"/admin/tenant/{shop.tenant_id}/plan", {"plan": "free"})
    refused = manager.refused("post", SESSIONS, {"session": "second", "phoneNumber": "081234567899"})
    assert refused == (403, "limit_reached")


def test_nobody_touches_anothers_number(manager: Api, shop: Business, rival: Business, api: Api) -> None:
    add_second(rival)
    stranger = rival.as_user("owner")
    assert {each["tenantId"] for each in stranger.get(SESSIONS)["data"]} == {rival.tenant_id}
    for method, path, body in (
        ("get", "", None), ("get", "/qr", None), ("post", "/start", {}), ("post", "/stop", None),
        ("post", "/restart", None), ("post", "/logout", None), ("patch", "", {"isDefault": True}), ("delete", "", None),
    ):  # fmt: skip
        assert manager.refused(method, f"{SESSIONS}/second{path}", body) == (404, "session_unknown"), (method, path)
    with rival.db.tenant(rival.tenant_id) as tx:
        assert len(tx.scalars(select(WhatsAppSession)).all()) == 2
    assert api.get(SESSIONS)["pagination"]["total"] == 3
    assert api.get(SESSIONS, headers={"X-Tenant-Slug": shop.slug})["pagination"]["total"] == 1
    assert api.refused("get", SESSIONS, headers={"X-Tenant-ID": "999"}) == (404, "tenant_unknown")


def test_who_may_do_what(shop: Business) -> None:
    reader, staff = shop.with_key("sessions:read"), shop.as_user("staff")
    reader.get(SESSIONS)
    assert reader.refused("post", f"{SESSIONS}/main/stop") == (403, "scope_required")
    assert staff.refused("post", f"{SESSIONS}/main/stop") == (403, "forbidden")
    assert staff.refused("post", "/dashboard/connect-whatsapp", {}) == (403, "forbidden")
    assert shop.with_key("messages:send").refused("get", SESSIONS) == (403, "scope_required")
