"""Messages over the API: to numbers and groups, later, dry, taken back, listed, and never another business's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.clock import VirtualClock
from services.db.models import AuditEntry, ChatGroup, Conversation, OutboxMessage, Tenant, User, WhatsAppSession
from services.messaging import outbox
from services.tenants import sessions, usage
from tests.admin_api.conftest import TESTER, Api, Business, counted

MESSAGES = "/api/v1/messages"
HELLO = {"to": "081234567890", "text": "Halo"}
GROUP = "120363041234567890"


@pytest.fixture
def key(shop: Business) -> Api:
    return shop.with_key("messages:send", "messages:read")


def kept(business: Business) -> list[OutboxMessage]:
    with business.db.tenant(business.tenant_id) as tx:
        return list(tx.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all())


def used(business: Business, period: str = "2025-02") -> int:
    with business.db.tenant(business.tenant_id) as tx:
        return usage.used(tx, "messages", period)


def limit(business: Business, **limits: int) -> None:
    with business.db.tenant(business.tenant_id) as tx:
        tx.get_one(Tenant, tx.tenant).limits = limits


def add_group(business: Business, chat: str = GROUP, name: str = "Tim Lapangan", *, left: bool = False) -> None:
    with business.db.tenant(business.tenant_id) as tx:
        tx.add(
            ChatGroup(
                tenant_id=tx.tenant, session_id=business.session_id, chat=f"group:{chat}", name=name, synced_at=tx.now,
                left_at=tx.now if left else None,
            )
        )  # fmt: skip


def test_a_message_is_taken_counted_and_told_of(key: Api, shop: Business, rival: Business) -> None:
    data = key.post(MESSAGES, HELLO, 202, headers={"Idempotency-Key": "a-1"})["data"]
    assert key.post(MESSAGES, HELLO, 202, headers={"Idempotency-Key": "a-1"})["data"] == data
    assert (data["status"], data["session"], used(shop), used(shop, "2025-02-13")) == ("queued", "main", 1, 1)
    other = key.refused("post", MESSAGES, HELLO | {"text": "Lain"}, headers={"Idempotency-Key": "a-1"})
    assert other == (409, "key_used")
    shown = key.get(f"{MESSAGES}/{data['messageId']}")["data"]
    assert (shown["to"], shown["group"], shown["text"], shown["source"]) == ("6281234567890", None, "Halo", "api")
    stranger = rival.with_key("messages:send", "messages:read")
    for method, path in (
        ("get", f"{MESSAGES}/{data['messageId']}"),
        ("post", f"{MESSAGES}/{data['messageId']}/cancel"),
    ):
        assert stranger.refused(method, path) == (404, "message_unknown")
    assert stranger.get(MESSAGES)["data"] == []
    assert stranger.post(MESSAGES, HELLO, 202, headers={"Idempotency-Key": "a-1"})["data"]["status"] == "queued"


def test_messages_to_the_businesss_own_people_do_not_count(key: Api, shop: Business) -> None:
    for number in ("6281100000001", "081100000001"):
        key.post(MESSAGES, HELLO | {"to": number}, 202)
    assert used(shop) == 0


def test_of_many_at_once_with_the_same_key_one_is_sent(shop: Business, key: Api) -> None:
    def ask(_n: int) -> int:
        client = shop.app.test_client()
        answer = client.post(MESSAGES, json=HELLO, headers=key.headers | {"Idempotency-Key": "once"})
        assert answer.status_code == 202, answer.text
        return int(answer.json["data"]["messageId"])  # type: ignore[index]

    with ThreadPoolExecutor(6) as together:
        assert len(set(together.map(ask, range(12)))) == 1
    assert (len(kept(shop)), used(shop)) == (1, 1)


def test_a_limit_holds_and_a_refusal_takes_nothing(key: Api, shop: Business) -> None:
    limit(shop, messages_day=2)
    long = HELLO | {"text": "Kata-kata panjang. " * 400}
    assert key.refused("post", MESSAGES, long) == (403, "limit_reached")
    assert key.refused("post", MESSAGES, long | {"dryRun": True}) == (403, "limit_reached")
    assert (used(shop), kept(shop)) == (0, [])
    key.post(MESSAGES, HELLO | {"dryRun": True}, 200)
    key.post(MESSAGES, HELLO, 202)
    key.post(MESSAGES, HELLO, 202, headers={"Idempotency-Key": "last"})
    key.post(MESSAGES, HELLO, 202, headers={"Idempotency-Key": "last"})
    assert key.refused("post", MESSAGES, HELLO) == (403, "limit_reached")
    assert used(shop) == 2


def test_a_dry_run_writes_nothing(key: Api, shop: Business) -> None:
    data = key.post(MESSAGES, HELLO | {"dryRun": True, "text": "Kata. " * 1000}, 200)["data"]
    assert data == {"messageId": None, "status": "checked", "session": "main", "sendAt": None, "parts": 2}
    assert (kept(shop), used(shop)) == ([], 0)
    assert key.refused("post", MESSAGES, HELLO | {"dryRun": True, "to": "12"}) == (422, "bad_phone")
    assert key.refused("post", MESSAGES, HELLO | {"dryRun": True, "session": "x"}) == (404, "session_unknown")
    with shop.db.tenant(shop.tenant_id) as tx:
        tx.get_one(WhatsAppSession, (tx.tenant, shop.session_id)).provider = "neonize"
    assert key.refused("post", MESSAGES, HELLO | {"dryRun": True}) == (409, "no_active_session")
    key.post(MESSAGES, HELLO | {"dryRun": True, "queue": True}, 200)


def test_a_message_for_later_waits_and_can_be_taken_back(key: Api, shop: Business, clock: VirtualClock) -> None:
    later = HELLO | {"sendAt": "2025-02-20T09:00:00+07:00", "text": "Nanti. " * 800}
    data = key.post(MESSAGES, later, 202, headers={"Idempotency-Key": "later"})["data"]
    assert (data["status"], data["sendAt"], data["parts"]) == ("scheduled", "2025-02-20T02:00:00Z", 2)
    assert key.post(MESSAGES, later, 202, headers={"Idempotency-Key": "later"})["data"] == data
    sooner = later | {"sendAt": "2025-02-19T09:00:00+07:00"}
    assert key.refused("post", MESSAGES, sooner, headers={"Idempotency-Key": "later"}) == (409, "key_used")
    parts = len(kept(shop))
    assert (parts, used(shop)) == (2, 2)
    with shop.db.tenant(shop.tenant_id) as tx:
        assert outbox.claim(tx, shop.session_id) is None
    assert [each["status"] for each in key.get(f"{MESSAGES}?status=scheduled")["data"]] == ["scheduled"] * 2
    assert key.get(f"{MESSAGES}?status=queued")["data"] == []
    clock.move_to(clock.now() + timedelta(days=1))
    cancelled = key.post(f"{MESSAGES}/{data['messageId']}/cancel")["data"]
    assert (cancelled["status"], used(shop), used(shop, "2025-02-13")) == ("cancelled", 0, 0)
    key.post(f"{MESSAGES}/{data['messageId']}/cancel")
    assert used(shop) == 0
    assert {each.status for each in kept(shop)} == {"cancelled"}
    with shop.db.tenant(shop.tenant_id) as tx:
        done = tx.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [each for each in done if each.startswith("message.")] == ["message.send", "message.cancel"]


def test_what_has_left_or_was_not_asked_for_here_is_not_taken_back(key: Api, shop: Business) -> None:
    number = key.post(MESSAGES, HELLO, 202)["data"]["messageId"]
    with shop.db.tenant(shop.tenant_id) as tx:
        assert outbox.claim(tx, shop.session_id) is not None
        outbox.put(tx, [outbox.Outgoing(shop.session_id, "phone:6281234567890", "Pengingat")])
    assert key.refused("post", f"{MESSAGES}/{number}/cancel") == (409, "message_not_cancelled")
    assert key.refused("post", f"{MESSAGES}/{number + 1}/cancel") == (409, "message_not_cancelled")
    assert key.refused("post", f"{MESSAGES}/999/cancel") == (404, "message_unknown")
    assert used(shop) >= 1


UNUSABLE: list[tuple[dict[str, Any], int, str]] = [
    ({"to": None}, 422, "bad_recipient"), ({"group": GROUP}, 422, "bad_recipient"),
    ({"to": "12"}, 422, "bad_phone"), ({"to": True}, 422, "invalid_request"), ({"text": ""}, 422, "bad_message"),
    ({"text": None}, 422, "bad_message"), ({"text": "\x00\x07"}, 422, "bad_message"),
    ({"text": "x" * 65_537}, 422, "invalid_request"), ({"text": ["x"]}, 422, "invalid_request"),
    ({"sendAt": "2025-02-20T09:00:00"}, 422, "invalid_request"), ({"sendAt": 5}, 422, "invalid_request"),
    ({"sendAt": "soon"}, 422, "invalid_request"), ({"sendAt": "2025-02-12T09:00:00Z"}, 422, "bad_send_at"),
    ({"sendAt": "2025-06-01T09:00:00Z"}, 422, "bad_send_at"), ({"sendAt": "9999-12-31T23:59:59Z"}, 422, "bad_send_at"),
    ({"sendAt": "0001-01-01T00:00:00+14:00"}, 422, "bad_send_at"), ({"dryRun": "yes"}, 422, "invalid_request"),
    ({"media": {}}, 422, "bad_media"), ({"media": {"url": "x", "upload": "y"}}, 422, "bad_media"),
    ({"media": {"url": "https://a.example/x", "caption": "y"}}, 422, "bad_media"),
    ({"media": {"upload": "upl_unknown"}}, 404, "upload_unknown"), ({"media": "x"}, 422, "invalid_request"),
    ({"txt": "typo"}, 422, "invalid_request"), ({"session": "second"}, 404, "session_unknown"),
]  # fmt: skip


def test_what_is_not_sent(key: Api, shop: Business) -> None:
    for change, status, code in UNUSABLE:
        wanted = {name: value for name, value in (HELLO | change).items() if value is not None}
        assert key.refused("post", MESSAGES, wanted) == (status, code), change
    assert kept(shop) == []


def test_a_group_is_found_by_id_or_name_if_the_number_is_in_it(key: Api, shop: Business, rival: Business) -> None:
    add_group(rival, name="Orang Lain")
    wanted = {"text": "Halo semua"}
    for group in (GROUP, f"{GROUP}@g.us", "Orang Lain", "'; drop table outbox", "%"):
        assert key.refused("post", MESSAGES, wanted | {"group": group}) == (404, "group_unknown")
    add_group(shop)
    add_group(shop, "120363049999999999", "Bekas", left=True)
    for group in (GROUP, f"{GROUP}@g.us", "tim lapangan"):
        key.post(MESSAGES, wanted | {"group": group}, 202)
    assert {each.chat for each in kept(shop)} == {f"group:{GROUP}"}
    assert key.get(f"{MESSAGES}?to={GROUP}")["pagination"]["total"] == 3
    assert key.refused("post", MESSAGES, wanted | {"group": "Bekas"}) == (404, "group_unknown")
    add_group(shop, "120363041111111111", "TIM LAPANGAN")
    assert key.refused("post", MESSAGES, wanted | {"group": "Tim Lapangan"}) == (409, "group_unclear")


def test_a_group_that_was_never_synchronised_but_wrote(key: Api, shop: Business) -> None:
    with shop.db.tenant(shop.tenant_id) as tx:
        tx.add(Conversation(tenant_id=tx.tenant, session_id=shop.session_id, chat=f"group:{GROUP}", last_in_at=tx.now))
    key.post(MESSAGES, {"text": "Halo", "group": GROUP}, 202)
    add_group(shop, left=True)
    assert key.refused("post", MESSAGES, {"text": "Halo", "group": GROUP}) == (404, "group_unknown")


def test_the_list_is_filtered_sorted_and_cheap(key: Api, shop: Business, clock: VirtualClock) -> None:
    for n in range(3):
        key.post(MESSAGES, HELLO | {"text": f"Halo {n}", "to": f"08123456789{n}"}, 202)
        clock.move_to(clock.now() + timedelta(minutes=1))
    with shop.db.tenant(shop.tenant_id) as tx:
        outbox.put(tx, [outbox.Outgoing(shop.session_id, "phone:6281234567890", "Pengingat")])
    with counted(shop.db) as statements:
        answer = key.get(f"{MESSAGES}?limit=2&sort=createdAt")
    assert len([each for each in statements if each.startswith(("SELECT", "select"))]) <= 5
    assert [each["text"] for each in answer["data"]] == ["Halo 0", "Halo 1"]
    assert answer["pagination"] == {"page": 1, "per_page": 2, "total": 4, "pages": 2}
    for query, texts in (
        ("source=system", ["Pengingat"]), ("to=%2B62%20812-3456-7891", ["Halo 1"]),
        ("since=2025-02-13T10:01:00%2B07:00&until=2025-02-13T03:02:00Z", ["Halo 1"]), ("status=sent", []),
    ):  # fmt: skip
        assert [each["text"] for each in key.get(f"{MESSAGES}?{query}")["data"]] == texts, query
    assert key.refused("get", f"{MESSAGES}?sort=body") == (422, "bad_sort")
    for query in ("status=lost", "since=yesterday", "limit=101", "x=1"):
        assert key.refused("get", f"{MESSAGES}?{query}") == (422, "invalid_request"), query


def test_who_may(shop: Business) -> None:
    reader, sender = shop.as_user("read_only"), shop.with_key("messages:send")
    number = sender.post(MESSAGES, HELLO, 202)["data"]["messageId"]
    assert sender.refused("get", MESSAGES) == (403, "scope_required")
    assert reader.get(f"{MESSAGES}/{number}")["data"]["id"] == number
    assert reader.refused("post", MESSAGES, HELLO) == (403, "forbidden")
    assert reader.refused("post", f"{MESSAGES}/{number}/cancel") == (403, "forbidden")
    with shop.db.tenant(shop.tenant_id) as tx:
        tx.get_one(Tenant, tx.tenant).status = "suspended"
    assert sender.refused("post", MESSAGES, HELLO) == (402, "subscription_required")


def test_the_gateways_old_way_can_do_the_same(api: Api, shop: Business) -> None:
    old = {"companyId": shop.slug, "phone": "79001234567", "message": "Hello"}
    checked = api.post("/api/whatsapp/send", old | {"dryRun": True}, 200)["data"]
    assert (checked["messageId"], checked["status"]) == (None, "checked")
    later = api.post("/api/whatsapp/send", old | {"sendAt": "2025-02-14T00:00:00Z"}, 202)["data"]
    assert later["status"] == "scheduled"
    assert api.refused("post", "/api/whatsapp/send", {"companyId": shop.slug, "phone": "79001234567"}) == (
        422, "bad_message",
    )  # fmt: skip


def test_the_sender_tries_its_number_from_a_dashboard(shop: Business, api: Api) -> None:
    path = "/dashboard/test-send-message"
    staff = shop.as_user("staff")
    staff.post(path, {"message": "Coba"}, 202)
    staff.post(path, None, 202)
    api.post(path, {}, 202, headers={"X-Tenant-ID": str(shop.tenant_id)})
    with shop.db.tenant(shop.tenant_id) as tx:
        mine = tx.scalars(select(User.phone).where(User.role == "staff")).one()
    assert [each.chat for each in kept(shop)] == [f"phone:{mine}", f"phone:{mine}", "phone:6281100000001"]
    assert shop.as_user("read_only").refused("post", path, {}) == (403, "forbidden")
    assert shop.with_key("messages:send").refused("post", path, {}) == (403, "scope_required")
    assert used(shop) == 0


def test_a_message_by_another_number_of_the_business(key: Api, shop: Business) -> None:
    with shop.db.tenant(shop.tenant_id) as tx:
        sessions.add(tx, TESTER, "second", "6281100000009", "simulator", 5)
    assert key.post(MESSAGES, HELLO | {"session": "second"}, 202)["data"]["session"] == "second"
