"""The code that links a tenant's number: in every form, waited for, and what comes when there is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import Pairing
from services.tenants import pairings, sessions
from tests.admin_api.conftest import Api, Ticks, pair


def offer(db: Database, tenant: int, code: str = "2@abc,def", lasts: float = 60) -> None:
    """What the process does that pairs: it shows a code."""
    with db.tenant(tenant) as tx:
        row = tx.scalars(select(Pairing).where(Pairing.tenant_id == tenant)).one()
        row.holder = "tests"
        tx.flush()
        assert pairings.offer(tx, row.session_id, "tests", code, lasts)


def test_the_qr_code_in_every_form(api: Api, db: Database) -> None:
    tenant = api.register()["id"]
    offer(db, tenant)
    data = api.get(f"/admin/tenant/{tenant}/qr")["data"]
    assert (data["status"], data["method"], data["code"]) == ("pairing", "qr", "2@abc,def")
    assert data["qr"].startswith("data:image/png;base64,iVBOR")
    assert data["expiresAt"] == "2025-02-13T03:01:00Z"
    for query, accept, mimetype, begins in (
        ("?format=png", "*/*", "image/png", b"\x89PNG"),
        ("", "image/png", "image/png", b"\x89PNG"),
        ("?format=svg", "*/*", "image/svg+xml", b"<svg"),
        ("?format=text", "*/*", "text/plain", b"\x1b["),
    ):
        api.get(f"/admin/tenant/{tenant}/qr{query}", headers={"Accept": accept})
        assert api.last.mimetype == mimetype
        assert api.last.data.startswith(begins)
        assert api.last.headers["Cache-Control"] == "no-store"
    assert api.refused("get", f"/admin/tenant/{tenant}/qr?format=gif") == (422, "invalid_request")


def test_the_first_code_is_waited_for(api: Api, db: Database, ticks: Ticks) -> None:
    tenant = api.register()["id"]
    ticks.meanwhile = lambda: offer(db, tenant) if len(ticks.waits) == 3 else None
    assert api.get(f"/admin/tenant/{tenant}/qr")["data"]["code"] == "2@abc,def"
    assert len(ticks.waits) == 3


def test_nobody_waits_for_ever(api: Api, ticks: Ticks) -> None:
    data = api.get(f"/admin/tenant/{api.register()['id']}/qr", status=202)["data"]
    assert (data["status"], data["code"], data["qr"]) == ("pairing", None, None)
    assert 7 < sum(ticks.waits) < 8.1


def test_waiting_never_takes_the_last_thread(make_app: Callable[..., Flask], db: Database, ticks: Ticks) -> None:
    api = Api(make_app(http_threads=2), db)
    tenant = api.register()["id"]
    inner: list[int] = []

    def ask_as_well() -> None:
        if not inner:
            other = Api(api.client.application, db)
            other.get(f"/admin/tenant/{tenant}/qr", status=202)
            inner.append(len(ticks.waits))

    ticks.meanwhile = ask_as_well
    api.get(f"/admin/tenant/{tenant}/qr", status=202)
    assert inner == [1]


def test_a_code_that_lapsed_or_was_used(api: Api, db: Database, clock: VirtualClock) -> None:
    tenant = api.register()["id"]
    offer(db, tenant)
    clock.move_to(clock.now() + timedelta(seconds=61))
    api.get(f"/admin/tenant/{tenant}/qr", status=202)
    with db.tenant(tenant) as tx:
        pairings.give_up(tx, sessions.of_tenant(tx).id, "qr_expired")
    assert api.refused("get", f"/admin/tenant/{tenant}/qr") == (410, "qr_expired")
    company = api.get(f"/admin/tenant/{tenant}")["data"]["companyId"]
    api.post(f"/api/whatsapp/sessions/{company}/initialize", {}, 202)
    pair(db, tenant)
    assert api.refused("get", f"/admin/tenant/{tenant}/qr") == (409, "already_connected")
    assert api.get(f"/admin/tenant/{tenant}")["data"]["status"] == "active"
