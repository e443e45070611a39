"""Requests that wait for a person, looked at and decided by a business's people and programs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from services.assistant import actions
from services.db.engine import Database
from services.db.models import (
    Action,
    AuditEntry,
    CommandRecord,
    Contact,
    Conversation,
    LedgerEntry,
    OutboxMessage,
    Promise,
)
from services.messaging import contacts
from services.messaging.addresses import Address
from tests.admin_api.conftest import Api, Business, counted
from tests.admin_api.test_debts import BooksOf

ACTIONS = "/api/v1/actions"
BUDI, TODAY = "6281234567890", date(2025, 2, 13)


@dataclass
class Desk:
    """A business whose customer Budi asks for things."""

    shop: Business
    messages: int = 0

    def ask(self, kind: str, said: str = "Bisa minta diskon?", **data: object) -> int:
        """A new request; its number."""
        self.messages += 1
        with self.shop.db.tenant(self.shop.tenant_id) as tx:
            person = contacts.by_address(tx, Address.phone(BUDI), "Budi")
            chat = tx.scalars(select(Conversation).where(Conversation.tenant_id == tx.tenant)).one_or_none()
            if chat is None:
                chat = Conversation(
                    tenant_id=tx.tenant, session_id=self.shop.session_id, chat=f"phone:{BUDI}", contact_id=person.id,
                    last_in_at=tx.now,
                )  # fmt: skip
                tx.add(chat)
                tx.flush()
            return actions.ask(
                tx, kind, contact_id=person.id, message_id=self.messages, said=said, data=data,
                conversation_id=chat.id,
            ).number  # fmt: skip

    def written(self) -> list[str]:
        """What Budi reads."""
        with self.shop.db.tenant(self.shop.tenant_id) as tx:
            theirs = (OutboxMessage.tenant_id == tx.tenant, OutboxMessage.chat == f"phone:{BUDI}")
            return list(tx.scalars(select(OutboxMessage.body).where(*theirs).order_by(OutboxMessage.id)))

    def chat(self) -> Conversation:
        with self.shop.db.tenant(self.shop.tenant_id) as tx:
            return tx.scalars(select(Conversation).where(Conversation.tenant_id == tx.tenant)).one()


@pytest.fixture
def desk(shop: Business, rival: Business) -> Desk:
    """The stranger's Budi asks for something under the same number."""
    Desk(rival).ask("discount", "Diskon dong")
    return Desk(shop)


def decide(by: Api, number: int, decision: str, status: int | None = 200, **more: Any) -> Any:
    return by.post(f"{ACTIONS}/{number}/decide", {"decision": decision} | more, status)


def test_a_discount_is_granted_and_the_customer_told(desk: Desk, rival: Business) -> None:
    staff, number = desk.shop.as_user("staff"), desk.ask("discount", "Bisa diskon 10%?")
    data = decide(staff, number, "approve", percent="10")["data"]
    assert data["told"] is True
    assert (data["action"]["status"], data["action"]["decidedBy"]) == ("approved", "Staff")
    assert desk.written() == ["Toko Maju memberi Anda diskon 10%."]
    assert staff.refused("post", f"{ACTIONS}/{number}/decide", {"decision": "reject"}) == (409, "action_closed")
    assert rival.as_user().get(f"{ACTIONS}/{number}")["data"]["said"] == "Diskon dong"
    assert rival.as_user().refused("get", f"{ACTIONS}/{number + 1}") == (404, "action_unknown")
    refused = rival.as_user().refused("post", f"{ACTIONS}/{number + 1}/decide", {"decision": "approve"})
    assert refused == (404, "action_unknown")
    assert len(desk.written()) == 1


ANSWERED: list[tuple[str, dict[str, Any], str, str]] = [
    ("discount", {"decision": "approve"}, "approved", "Bisa minta diskon?"),
    ("discount", {"decision": "approve", "amount": "25000"}, "approved", "25.000"),
    ("discount", {"decision": "reject"}, "rejected", ""),
    ("refund", {"decision": "approve"}, "approved", "Bisa minta diskon?"),
    ("question", {"decision": "answer", "text": "Besok ya"}, "answered", "Besok ya"),
    ("complaint", {"decision": "reject"}, "rejected", ""),
    ("rule", {"decision": "done"}, "answered", "Bisa minta diskon?"),
    ("proof", {"decision": "reject", "text": "Salah rekening"}, "rejected", "Salah rekening"),
    ("postponement", {"decision": "reject"}, "rejected", ""),
]


def test_what_the_customer_hears_of_each_decision(desk: Desk) -> None:
    owner = desk.shop.as_user()
    for heard, (kind, body, status, words) in enumerate(ANSWERED, 1):
        number = desk.ask(kind)
        data = owner.post(f"{ACTIONS}/{number}/decide", body)["data"]
        assert (data["action"]["status"], data["told"]) == (status, True), body
        texts = desk.written()
        assert len(texts) == heard, body
        assert "Toko Maju" in texts[-1]
        assert words in texts[-1], body
    number = desk.ask("proof", amount={"money": "1", "currency": "IDR"})
    assert decide(owner, number, "done")["data"]["told"] is False
    with desk.shop.db.tenant(desk.shop.tenant_id) as tx:
        assert tx.scalar(select(func.count()).select_from(LedgerEntry)) == 0


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("question", {"decision": "approve"}, "answer_required"),
    ("question", {"decision": "answer"}, "answer_required"),
    ("question", {"decision": "answer", "text": " \n"}, "answer_required"),
    ("question", {"decision": "answer", "text": "Ya", "amount": "5"}, "bad_decision"),
    ("question", {"decision": "maybe"}, "invalid_request"),
    ("question", {}, "invalid_request"),
    ("discount", {"decision": "reject", "text": "Tidak"}, "bad_decision"),
    ("discount", {"decision": "approve", "percent": "101"}, "bad_share"),
    ("discount", {"decision": "approve", "percent": "5", "amount": "5"}, "bad_share"),
    ("discount", {"decision": "approve", "amount": "0"}, "bad_amount"),
    ("discount", {"decision": "approve", "amount": "0.5"}, "bad_amount"),
    ("discount", {"decision": "approve", "amount": "-5"}, "invalid_request"),
    ("discount", {"decision": "approve", "amount": 5}, "invalid_request"),
    ("proof", {"decision": "answer", "text": "Ya"}, "bad_decision"),
    ("proof", {"decision": "approve"}, "bad_amount"),
    ("postponement", {"decision": "approve"}, "day_required"),
    ("postponement", {"decision": "approve", "until": "2025-02-12"}, "day_required"),
]


def test_what_is_no_decision(desk: Desk) -> None:
    owner = desk.shop.as_user()
    numbers = {kind: desk.ask(kind) for kind in ("question", "discount", "proof", "postponement")}
    for kind, body, code in REFUSED:
        assert owner.refused("post", f"{ACTIONS}/{numbers[kind]}/decide", body) == (422, code), body
    assert desk.written() == []
    assert {row["status"] for row in owner.get(ACTIONS)["data"]} == {"open"}
    for wrong in ("x", "0", "9" * 20):
        assert owner.refused("get", f"{ACTIONS}/{wrong}") == (422, "invalid_request")


def test_a_proof_is_booked_once_and_on_the_day_it_was_sent(desk: Desk, db: Database) -> None:
    key, number = desk.shop.with_key("bots:write", role="staff"), desk.ask("proof", amount=_idr(500_000))
    books = BooksOf(desk.shop)
    with db.tenant(desk.shop.tenant_id) as tx:
        budi = tx.scalars(select(Contact.id).where(Contact.tenant_id == tx.tenant)).one()
    books.lend(budi, 700_000, TODAY, TODAY + timedelta(days=9))
    path, body = f"{ACTIONS}/{number}/decide", {"decision": "approve"}
    first = key.post(path, body, headers={"Idempotency-Key": "k-1"})
    assert key.post(path, body, headers={"Idempotency-Key": "k-1"}) == first
    other = key.refused("post", path, body | {"amount": "1"}, headers={"Idempotency-Key": "k-1"})
    assert other == (409, "key_used")
    assert key.refused("post", path, body) == (409, "action_closed")
    assert books.balance(budi, "lent") == 200_000
    with db.tenant(desk.shop.tenant_id) as tx:
        payment = tx.scalars(select(LedgerEntry).where(LedgerEntry.kind == "payment")).one()
        assert (payment.effective_on, payment.actor_kind) == (TODAY, "api_key")
        record = tx.scalars(select(CommandRecord)).one()
        assert record.effects["entries"] == [payment.id]
        assert "action.approved" in tx.scalars(select(AuditEntry.action)).all()
    assert len(desk.written()) == 1
    assert "500.000" in desk.written()[0]
    assert "200.000" in desk.written()[0]
    again = desk.ask("proof", amount=_idr(500_000))
    assert decide(key, again, "approve", amount="150000")["data"]["action"]["answer"] == "150000"
    assert books.balance(budi, "lent") == 50_000


def _idr(amount: int) -> dict[str, str]:
    return {"money": str(amount), "currency": "IDR"}


def test_more_time_is_kept_as_a_promise(desk: Desk, db: Database) -> None:
    owner = desk.shop.as_user()
    asked, other = (desk.ask("postponement", f"Boleh mundur? {n}", until={"date": "2025-02-20"}) for n in range(2))
    assert owner.get(f"{ACTIONS}/{asked}")["data"]["until"] == "2025-02-20"
    decide(owner, asked, "approve")
    decide(owner, other, "approve", until="2025-02-25")
    with db.tenant(desk.shop.tenant_id) as tx:
        assert max(tx.scalars(select(Promise.promised_on))) == date(2025, 2, 25)
    assert len(desk.written()) == 2


def test_a_chat_is_taken_over_written_in_and_given_back(desk: Desk) -> None:
    owner, number = desk.shop.as_user(), desk.ask("handover", "Mau bicara orang")
    decide(owner, number, "approve")
    assert desk.chat().takeover_until is not None
    decide(owner, number, "answer", text="Halo, ini Dani.")
    assert desk.written()[-1] == "Halo, ini Dani."
    decide(owner, number, "done")
    assert desk.chat().takeover_until is None
    assert len(desk.written()) == 3
    refused = owner.refused("post", f"{ACTIONS}/{number}/decide", {"decision": "answer", "text": "Masih?"})
    assert refused == (409, "action_closed")


def test_who_is_blocked_is_not_written_to(desk: Desk, db: Database) -> None:
    number = desk.ask("question")
    with db.tenant(desk.shop.tenant_id) as tx:
        tx.scalars(select(Contact).where(Contact.tenant_id == tx.tenant)).one().blocked_at = tx.now
    assert decide(desk.shop.as_user(), number, "answer", text="Ya")["data"]["told"] is False
    assert desk.written() == []


def test_of_many_at_once_one_decides(desk: Desk) -> None:
    number = desk.ask("question")
    people = [desk.shop.as_user() for _n in range(4)]

    def answer(by: Api) -> int:
        decide(by, number, "answer", None, text="Ya")
        return by.last.status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(answer, people)) == [200, 409, 409, 409]
    assert len(desk.written()) == 1


def test_requests_are_listed_and_filtered(desk: Desk, db: Database) -> None:
    viewer = desk.shop.with_key("bots:read", role="read_only")
    for kind in ("unknown", "discount", "refund", "question", "complaint"):
        desk.ask(kind, f"Tentang {kind}")
    with db.tenant(desk.shop.tenant_id) as tx:
        tx.scalars(
            select(Action).where(Action.tenant_id == tx.tenant, Action.kind == "question")
        ).one().status = "expired"

    def kinds(query: str) -> list[str]:
        return [row["kind"] for row in viewer.get(f"{ACTIONS}?{query}")["data"]]

    assert kinds("") == ["refund", "complaint", "discount", "question", "unknown"]
    assert kinds("status=open&sort=number&per_page=2") == ["unknown", "discount"]
    assert kinds("kind=refund") == ["refund"]
    assert kinds("priority=low") == ["unknown"]
    assert kinds("contact=999") == []
    with counted(db) as statements:
        viewer.get(ACTIONS)
    assert len([each for each in statements if "set_config" not in each]) <= 5
    assert viewer.refused("post", f"{ACTIONS}/1/decide", {"decision": "reject"}) == (403, "forbidden")
