"""A business that isn't working: its customers' messages wait, its people read what happened, and nothing is booked."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from services.db.engine import Database
from services.db.models import Contact, LedgerEntry, Message, OutboxMessage, Reminder, Tenant
from services.tenants import life, switching, system_settings
from services.tenants.actors import SYSTEM, Actor
from tests.conftest import Chat
from tests.conversations.book import BUDI

ADMIN = Actor("api_key", "tests", "super_admin")
UNPAID = (
    "*Toko Maju* dihentikan sementara karena langganannya belum dibayar.\n"
    "Pesan pelanggan Anda tetap disimpan, tetapi tidak ada yang dijawab, diingatkan, atau dicatat sampai langganan"
    " dibayar.\n"
    "Cara membayar: BCA 123\n"
    "Ada pertanyaan? +62 812\n"
)


def database(chat: Chat) -> Database:
    return chat.simulation.platform.opened.database


def stand_still(chat: Chat, status: str = "suspended") -> None:
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        life.move(tx, SYSTEM, switching.lock(tx), status)


def tell_how_to_pay(chat: Chat) -> None:
    with database(chat).system() as tx:
        settings = chat.simulation.platform.settings
        given = {"payment_instructions": "BCA 123", "support_contact": "+62 812"}
        system_settings.change(tx, settings, ADMIN, given)


def entries(chat: Chat) -> int:
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        return tx.scalar(select(func.count()).select_from(LedgerEntry)) or 0


def lend(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb besok")
    chat.owner(f"kontak Budi {BUDI}")


@pytest.mark.parametrize(
    "words",
    ["pinjam Budi 1jt", "Budi bayar 100rb", "status", "perjanjian Budi 1jt", "ingatkan Budi", "set bahasa en", "undo",
     "halo", "500rb", "bot baru Rina", "salah, maksudnya 1 juta", "sethings"],
)  # fmt: skip
def test_everything_but_the_account_gets_one_clear_text(chat: Chat, words: str) -> None:
    lend(chat)
    tell_how_to_pay(chat)
    stand_still(chat)
    before = entries(chat)
    assert chat.owner(words).startswith(UNPAID)
    assert entries(chat) == before
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        assert tx.get_one(Tenant, tx.tenant).locale == "id"


def test_what_concerns_the_account_is_answered(chat: Chat) -> None:
    stand_still(chat)
    assert "Toko Maju" in chat.owner("akun")
    assert "kredit AI" in chat.owner("kredit").replace("Kredit", "kredit")
    listed = chat.owner("bantuan")
    assert "akun" in listed
    assert "perjanjian" not in listed
    assert "reminder_hour" in chat.owner("pengaturan")
    assert "english" in chat.owner("bahasa")
    assert "language" in chat.owner("english")
    assert chat.owner("pinjam Budi 1jt").startswith("*Toko Maju* is suspended")


def test_customers_messages_are_kept_and_not_answered(chat: Chat) -> None:
    lend(chat)
    chat.owner("perjanjian Budi 1jt gaji tgl 25 8jt 0")
    chat.owner("2")
    chat.owner("setuju")
    before = entries(chat)
    stand_still(chat)
    for words in ("halo", "saldo", "SETUJU", "besok saya bayar ya"):
        assert chat.say(words, BUDI) == []
    assert chat.say("", BUDI, media="slip.jpg", mime="image/jpeg") == []
    assert entries(chat) == before
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        outcomes = tx.scalars(select(Message.outcome).where(Message.body.in_(["halo", "saldo", "SETUJU"]))).all()
    assert outcomes == ["tenant_inactive"] * 3


def test_stop_is_heard_all_the_same(chat: Chat) -> None:
    lend(chat)
    stand_still(chat)
    chat.say("berhenti", BUDI)
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        assert tx.scalar(select(Contact.opted_out_at).where(Contact.name == "Budi")) is not None


def test_no_reminder_goes_out_until_it_works_again(chat: Chat) -> None:
    lend(chat)
    stand_still(chat)
    assert chat.wait(days=2) == []
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        assert tx.scalars(select(Reminder)).all() == []
    stand_still(chat, "active")
    assert "status" not in chat.owner("status")[:1]
    assert [sent for sent in chat.wait(days=1) if sent.to == BUDI] != []


def test_a_stranger_notices_nothing(chat: Chat) -> None:
    stand_still(chat)
    assert "123.457" in chat.owner("status", place=chat.stranger)
    assert chat.say("halo", "6281300000077", place=chat.stranger) != []
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        assert tx.scalars(select(OutboxMessage)).all() == []


@pytest.mark.parametrize(("status", "words"), [("inactive", "dinonaktifkan"), ("closed", "ditutup")])
def test_other_reasons_are_said_too(chat: Chat, status: str, words: str) -> None:
    stand_still(chat, status)
    answer = chat.owner("pinjam Budi 1jt")
    assert answer.splitlines()[0].startswith("*Toko Maju*")
    assert words in answer
    assert entries(chat) == 0


def test_a_question_that_waited_goes_on_waiting(chat: Chat) -> None:
    lend(chat)
    chat.owner("perjanjian Budi 1jt gaji tgl 25 8jt 0")
    stand_still(chat)
    assert "dihentikan sementara" in chat.owner("2")
    stand_still(chat, "active")
    assert "dihentikan sementara" not in chat.owner("2")
