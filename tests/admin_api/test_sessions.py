"""WhatsApp numbers over the API: what is wanted is written down, and what happened is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import AuditEntry, Notification, Pairing
from services.tenants import holding, sessions
from services.tenants.tenants import NewTenant, Registered, register
from tests.admin_api.conftest import Api, failure

MAIN = "/api/whatsapp/sessions/toko-maju"


@pytest.fixture
def tenant(db: Database) -> Registered:
    made = register(db, NewTenant("Toko Maju", "6281100000001", provider="neonize"))
    with db.tenant(made.tenant_id) as tx:
        session = sessions.of_tenant(tx)
        session.desired_state = "stopped"
    return made


def pairing(db: Database, tenant: Registered) -> Pairing | None:
    with db.tenant(tenant.tenant_id) as tx:
        return tx.get(Pairing, (tenant.tenant_id, tenant.session_id))


def test_a_number_is_linked_stopped_and_started_again(api: Api, db: Database, tenant: Registered) -> None:
    data = api.post(f"{MAIN}/initialize", {"usePairingCode": False, "phoneNumber": "79001234567"}, 202)["data"]
    assert (data["state"], data["desiredState"], data["companyId"]) == ("pairing", "connected", "toko-maju")
    found = pairing(db, tenant)
    assert found is not None
    assert (found.method, found.phone) == ("qr", None)
    assert api.get(MAIN)["data"] == data
    assert api.post(f"{MAIN}/disconnect", status=202)["data"]["state"] == "stopped"
    assert pairing(db, tenant) is None
    assert api.refused("get", f"{MAIN}/qr") == (409, "not_pairing")
    assert api.post(f"{MAIN}/restart", status=202)["data"]["state"] == "pairing"
    events = api.get(f"{MAIN}/history")["data"]["events"]
    assert [event["state"] for event in events] == ["pairing", "stopped", "pairing"]
    assert len(api.get(f"{MAIN}/history?limit=1")["data"]["events"]) == 1
    assert api.post(f"{MAIN}/logout", status=202)["data"]["desiredState"] == "logged_out"
    with db.tenant(tenant.tenant_id) as tx:
        done = tx.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert done == ["session.connected", "session.stopped", "session.connected", "session.logged_out"]


def test_a_number_is_linked_by_a_code_that_is_typed(
    make_app: Callable[..., Flask], db: Database, tenant: Registered
) -> None:
    api = Api(make_app(whatsapp_use_pairing_code=True), db)
    assert api.refused("post", f"{MAIN}/initialize", {}) == (422, "phone_required")
    assert api.refused("post", f"{MAIN}/initialize", {"phoneNumber": "12"}) == (422, "bad_phone")
    api.post(f"{MAIN}/initialize", {"phoneNumber": "0811 0000 001"}, 202)
    found = pairing(db, tenant)
    assert found is not None
    assert (found.method, found.phone) == ("code", "628110000001")
    with db.tenant(tenant.tenant_id) as tx:
        row = tx.get_one(Pairing, (tenant.tenant_id, tenant.session_id))
        row.code, row.expires_at = "ABCD-1234", tx.now + timedelta(minutes=1)
    data = api.get(f"{MAIN}/qr")["data"]
    assert (data["method"], data["code"], data["qr"]) == ("code", "ABCD-1234", None)
    assert api.refused("get", f"{MAIN}/qr?format=png") == (409, "code_is_typed")
    api.get(f"{MAIN}/qr?format=text")
    assert api.last.text == "ABCD-1234\n"


def test_a_second_number_is_added_where_the_plan_has_room(api: Api, db: Database, tenant: Registered) -> None:
    second = {"session": "second", "phoneNumber": "79001234567"}
    assert api.refused("post", f"{MAIN}/initialize", second) == (403, "limit_reached")
    api.post("/admin/tenant/toko-maju/plan", {"plan": "basic"})
    data = api.post(f"{MAIN}/initialize", second, 202)["data"]
    assert (data["name"], data["phone"], data["state"], data["isDefault"]) == (
        "second",
        "79001234567",
        "pairing",
        False,
    )
    assert api.post(f"{MAIN}/initialize", second, 202)["data"]["id"] == data["id"]
    taken = {"session": "third", "phoneNumber": "79001234567"}
    assert api.refused("post", f"{MAIN}/initialize", taken) == (409, "number_taken")


def test_a_session_that_is_not_there(api: Api, tenant: Registered) -> None:
    for method, path, body in (
        ("post", f"{MAIN}/initialize", {"session": "second"}),
        ("post", f"{MAIN}/restart?session=second", None),
        ("post", f"{MAIN}/disconnect?session=second", None),
        ("post", f"{MAIN}/logout?session=second", None),
        ("get", f"{MAIN}?session=second", None),
        ("get", f"{MAIN}/qr?session=second", None),
        ("get", f"{MAIN}/history?session=second", None),
    ):
        assert api.refused(method, path, body) == (404, "session_unknown"), path
    assert api.refused("get", f"{MAIN}/history?limit=0") == (422, "invalid_request")
    assert api.refused("get", "/api/whatsapp/sessions/a%20b") == (400, "company_invalid")


def test_no_more_numbers_than_the_installation_keeps(
    make_app: Callable[..., Flask], db: Database, tenant: Registered
) -> None:
    register(db, NewTenant("Orang Lain", "6281100000002"))
    api = Api(make_app(whatsapp_max_sessions=1), db)
    assert api.refused("post", f"{MAIN}/initialize", {}) == (409, "max_sessions")


def test_a_simulated_number_needs_no_link(api: Api, db: Database) -> None:
    register(db, NewTenant("Orang Lain", "6281100000002"))
    path = "/api/whatsapp/sessions/orang-lain"
    for asked, state, desired in (
        ("initialize", "new", "connected"), ("disconnect", "stopped", "stopped"), ("restart", "new", "connected"),
    ):  # fmt: skip
        data = api.post(f"{path}/{asked}", status=202)["data"]
        assert (data["state"], data["desiredState"]) == (state, desired)
    assert api.refused("get", f"{path}/qr") == (409, "nothing_to_link")


def test_lists_of_sessions_and_their_hosts(api: Api, db: Database, tenant: Registered) -> None:
    register(db, NewTenant("Orang Lain", "6281100000002"))
    with db.system() as tx:
        holding.heartbeat(tx, "box-1:7", "box-1", 7)
        tx.flush()
        holding.assign(tx, "box-1:7", [(tenant.tenant_id, tenant.session_id)])
    for path in ("/admin/sessions", "/api/whatsapp/sessions"):
        answer = api.get(f"{path}?state=new&per_page=1")
        assert answer["pagination"] == {"page": 1, "per_page": 1, "total": 2, "pages": 2}
        assert [(each["phone"], each["host"]) for each in answer["data"]] == [("6281100000001", "box-1:7")]
        assert api.get(f"{path}?state=banned")["data"] == []
        assert api.refused("get", f"{path}?state=happy") == (422, "invalid_request")
    (host,) = api.get("/admin/session-hosts")["data"]["hosts"]
    assert (host["id"], host["pid"], host["sessions"]) == ("box-1:7", 7, 1)


def test_notifications_wait_until_somebody_has_seen_them(
    api: Api, db: Database, clock: VirtualClock, tenant: Registered
) -> None:
    for reason in ("first", "second"):
        clock.move_to(clock.now() + timedelta(minutes=1))
        with db.tenant(tenant.tenant_id) as tx:
            session = sessions.of_tenant(tx)
            session.device, session.state = 3, "connected"
            sessions.move(tx, session, "logged_out", reason)
    found = api.get("/admin/notifications")["data"]
    assert [note["data"]["reason"] for note in found] == ["second", "first"]
    assert {note["companyId"] for note in found} == {"toko-maju"}
    path = f"/admin/notifications/toko-maju/{found[0]['id']}/seen"
    seen = api.post(path)["data"]
    clock.move_to(clock.now() + timedelta(minutes=1))
    assert api.post(path)["data"]["seenAt"] == seen["seenAt"] == "2025-02-13T03:02:00Z"
    assert [note["data"]["reason"] for note in api.get("/admin/notifications")["data"]] == ["first", "second"]
    assert api.get("/admin/notifications?unseen=true")["pagination"]["total"] == 1
    other = register(db, NewTenant("Orang Lain", "6281100000002"))
    for tenant_id, note in ((other.tenant_id, found[0]["id"]), (tenant.tenant_id, 999)):
        refused = api.refused("post", f"/admin/notifications/{tenant_id}/{note}/seen")
        assert refused == (404, "notification_unknown")
    with db.tenant(tenant.tenant_id) as tx:
        assert len(tx.scalars(select(Notification)).all()) == 2


def test_refusals_are_in_the_readers_language(api: Api) -> None:
    english = failure(api.get("/admin/tenant/nobody", 404))["message"]
    assert english == "There is no tenant nobody."
    for wanted in ("fr", "en-GB,en;q=0.9", "xx;;q=zz", ""):
        answer = api.get("/admin/tenant/nobody", 404, headers={"Accept-Language": wanted})
        assert failure(answer)["message"] == english
