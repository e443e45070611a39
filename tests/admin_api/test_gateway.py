"""Sending for other programs: which company, which number, how often, and once only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from services.db.engine import Database
from services.db.models import AuditEntry, Conversation, OutboxMessage, WhatsAppSession
from services.messaging import outbox
from services.messaging.outbox import Sent
from services.tenants import sessions
from services.tenants.tenants import NewTenant, Registered, register
from tests.admin_api.conftest import TESTER, Api, failure

SEND = "/api/whatsapp/send"
HELLO = {"companyId": "toko-maju", "phone": "79001234567", "message": "Hello from Company 123!"}


@pytest.fixture
def tenant(db: Database) -> Registered:
    return register(db, NewTenant("Toko Maju", "6281100000001", provider="neonize"))


@pytest.fixture
def stranger(db: Database) -> Registered:
    return register(db, NewTenant("Orang Lain", "6281100000002", provider="simulator"))


def connect(db: Database, tenant: Registered, session_id: int | None = None) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        session = sessions.get(tx, session_id or tenant.session_id)
        session.device = 3
        for state in ("pairing", "reconnecting", "connected"):
            sessions.move(tx, session, state)


def test_a_message_goes_to_the_outbox_of_its_company(api: Api, db: Database, tenant: Registered) -> None:
    connect(db, tenant)
    data = api.post(SEND, HELLO | {"message": "Halo\r\nBudi\x07\x00 \u202bא"}, 202)["data"]
    assert (data["status"], data["session"]) == ("queued", "main")
    with db.tenant(tenant.tenant_id) as tx:
        row = tx.scalars(select(OutboxMessage)).one()
        assert (row.id, row.chat, row.body) == (data["messageId"], "phone:79001234567", "Halo\nBudi \u202bא")
        assert tx.scalars(select(AuditEntry.action)).all() == ["message.send"]


def test_what_became_of_a_message(api: Api, db: Database, tenant: Registered, stranger: Registered) -> None:
    connect(db, tenant)
    number = api.post(SEND, HELLO, 202)["data"]["messageId"]
    path = f"/api/whatsapp/messages/toko-maju/{number}"
    data = api.get(path)["data"]
    assert (data["status"], data["sentAt"], data["error"], data["phone"]) == ("queued", None, None, "79001234567")
    with db.tenant(tenant.tenant_id) as tx:
        assert outbox.claim(tx, tenant.session_id) is not None
    with db.tenant(tenant.tenant_id) as tx:
        outbox.claim(tx, tenant.session_id, Sent(number, "WA-1"))
    data = api.get(path)["data"]
    assert (data["status"], data["providerId"], data["sentAt"]) == ("sent", "WA-1", "2025-02-13T03:00:00Z")
    for other in (f"orang-lain/{number}", "toko-maju/999"):
        assert api.refused("get", f"/api/whatsapp/messages/{other}") == (404, "message_unknown")
    for wrong in ("0", "x", "-1", "9" * 40):
        assert api.refused("get", f"/api/whatsapp/messages/toko-maju/{wrong}") == (422, "invalid_request")


UNUSABLE: list[tuple[dict[str, Any], int, str]] = [
    ({"companyId": None}, 400, "company_required"),
    ({"companyId": " "}, 400, "company_required"),
    ({"companyId": "toko maju"}, 400, "company_invalid"),
    ({"companyId": "toko-maju; drop table"}, 400, "company_invalid"),
    ({"companyId": "toko-maju\n"}, 202, ""),
    ({"companyId": "nobody"}, 404, "tenant_unknown"),
    ({"companyId": True}, 422, "invalid_request"),
    ({"phone": "123456789"}, 422, "bad_phone"),
    ({"phone": "1234567890123456"}, 422, "bad_phone"),
    ({"phone": "hello"}, 422, "bad_phone"),
    ({"phone": "79009999999"}, 422, "phone_blocked"),
    ({"phone": "+7 900 999-99-99"}, 422, "phone_blocked"),
    ({"message": ""}, 422, "invalid_request"),
    ({"message": " \n\x01"}, 422, "bad_message"),
    ({"message": "x" * 65_537}, 422, "invalid_request"),
    ({"message": 5}, 422, "invalid_request"),
    ({"session": "second"}, 404, "session_unknown"),
    ({"queue": "yes"}, 422, "invalid_request"),
    ({"mesage": "typo"}, 422, "invalid_request"),
]


def test_what_is_not_sent(make_app: Callable[..., Flask], db: Database, tenant: Registered) -> None:
    connect(db, tenant)
    api = Api(make_app(whatsapp_blocked_numbers="79009999999"), db)
    for change, status, code in UNUSABLE:
        wanted = {name: value for name, value in (HELLO | change).items() if value is not None}
        answer = api.post(SEND, wanted, None)
        assert api.last.status_code == status, change
        assert status == 202 or failure(answer)["code"] == code, change


def test_the_four_texts_stay_word_for_word(make_app: Callable[..., Flask], db: Database, tenant: Registered) -> None:
    api = Api(make_app(whatsapp_rate_limit_per_company=3), db)
    texts = [
        failure(api.post(SEND, HELLO | change, None, headers={"Accept-Language": "id"}))["message"]
        for change in ({"companyId": ""}, {"companyId": "a b"}, {}, {}, {}, {})
    ]
    assert texts[:3] == [
        "Company ID is required in multi-tenant mode", "Invalid company ID format", "No active session for company",
    ]  # fmt: skip
    assert texts[-1] == "Rate limit exceeded"


def test_a_session_must_be_connected_or_the_message_may_wait(api: Api, tenant: Registered) -> None:
    assert api.refused("post", SEND, HELLO) == (409, "no_active_session")
    assert api.post(SEND, HELLO | {"queue": True}, 202)["data"]["status"] == "queued"


def test_a_simulated_number_is_always_connected(api: Api, stranger: Registered) -> None:
    api.post(SEND, HELLO | {"companyId": "orang-lain"}, 202)


def test_a_company_that_is_switched_off_sends_nothing(api: Api, stranger: Registered) -> None:
    api.post("/admin/tenant/orang-lain/toggle")
    assert api.refused("post", SEND, HELLO | {"companyId": "orang-lain"}) == (409, "tenant_inactive")


def test_a_repeat_sends_nothing_and_answers_the_same(api: Api, db: Database, tenant: Registered) -> None:
    connect(db, tenant)
    first = api.post(SEND, HELLO | {"dedupKey": "order-7"}, 202)
    assert api.post(SEND, HELLO, 202, headers={"Idempotency-Key": "order-7"}) == first
    assert api.refused("post", SEND, HELLO | {"dedupKey": "order-7", "message": "Other"}) == (409, "key_used")
    assert api.post(SEND, HELLO, 202) != first
    with db.tenant(tenant.tenant_id) as tx:
        assert len(tx.scalars(select(OutboxMessage)).all()) == 2


def test_a_long_message_is_sent_once_too_in_several_parts(api: Api, db: Database, tenant: Registered) -> None:
    connect(db, tenant)
    long = HELLO | {"message": "A sentence of some words. " * 400}
    first = api.post(SEND, long, 202, headers={"Idempotency-Key": "order-8"})
    assert api.post(SEND, long, 202, headers={"Idempotency-Key": "order-8"}) == first
    with db.tenant(tenant.tenant_id) as tx:
        parts = tx.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        assert [part.dedup_key for part in parts] == ["api:order-8", "api:order-8#2", "api:order-8#3"]
        assert max(len(part.body) for part in parts) <= 3500


def test_the_rate_is_each_companys_own(
    make_app: Callable[..., Flask], db: Database, tenant: Registered, stranger: Registered
) -> None:
    connect(db, tenant)
    api = Api(make_app(whatsapp_rate_limit_per_company=2), db)
    for _time in range(2):
        api.post(SEND, HELLO, 202)
    assert api.refused("post", SEND, HELLO | {"companyId": str(tenant.tenant_id)}) == (429, "rate_limited")
    assert 1 <= int(api.last.headers["Retry-After"]) <= 60
    api.post(SEND, HELLO | {"companyId": "orang-lain"}, 202)


def test_the_rate_comes_back_when_its_window_has_passed(
    make_app: Callable[..., Flask], db: Database, stranger: Registered
) -> None:
    import time

    api = Api(make_app(whatsapp_rate_limit_per_company=1, whatsapp_rate_limit_window=1000), db)
    wanted = HELLO | {"companyId": "orang-lain"}
    api.post(SEND, wanted, 202)
    assert api.refused("post", SEND, wanted) == (429, "rate_limited")
    time.sleep(1.1)
    api.post(SEND, wanted, 202)


def test_a_single_company_needs_no_name(make_app: Callable[..., Flask], db: Database, tenant: Registered) -> None:
    connect(db, tenant)
    wanted = {"phone": 79001234567, "message": "Hello"}
    alone = Api(make_app(whatsapp_multi_tenant=False), db)
    alone.post(SEND, wanted, 202)
    register(db, NewTenant("Orang Lain", "6281100000002"))
    assert alone.refused("post", SEND, wanted) == (400, "company_required")
    named = Api(make_app(whatsapp_multi_tenant=False, default_company_id="toko-maju"), db)
    named.post(SEND, wanted, 202)
    named.post(SEND, wanted | {"companyId": tenant.tenant_id}, 202)


def test_company_ids_are_checked_only_where_they_shall_be(make_app: Callable[..., Flask], db: Database) -> None:
    api = Api(make_app(whatsapp_validate_company=False), db)
    assert api.refused("post", SEND, HELLO | {"companyId": "a b"}) == (404, "tenant_unknown")
    assert api.refused("post", SEND, HELLO | {"companyId": "a\x00b"}) == (400, "company_invalid")


def test_a_message_leaves_by_the_number_that_the_person_last_wrote_to(
    api: Api, db: Database, tenant: Registered
) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        second = sessions.add(tx, TESTER, "second", "6281100000009", "simulator", 5)
        written = Conversation(session_id=second.id, chat="phone:79001234567", last_in_at=tx.now)
        written.tenant_id = tx.tenant
        tx.add(written)
    assert api.post(SEND, HELLO, 202)["data"]["session"] == "second"
    other = HELLO | {"phone": "79001234568", "queue": True}
    assert api.post(SEND, other, 202)["data"]["session"] == "main"
    assert api.post(SEND, other | {"session": "second"}, 202)["data"]["session"] == "second"


def test_nothing_of_another_tenant_appears(api: Api, db: Database, tenant: Registered, stranger: Registered) -> None:
    connect(db, tenant)
    for path in (
        "/admin/tenant/orang-lain", "/api/whatsapp/sessions/orang-lain", "/api/whatsapp/sessions/orang-lain/history",
    ):  # fmt: skip
        assert "6281100000001" not in str(api.get(path))
        assert "toko-maju" not in str(api.last.json)
    with db.tenant(stranger.tenant_id) as tx:
        assert tx.scalars(select(WhatsAppSession.phone)).all() == ["6281100000002"]
