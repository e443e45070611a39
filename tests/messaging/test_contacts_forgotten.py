"""Deleting a person: nothing is left of them but amounts and dates, and they come back as somebody new."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from services.db.models import Contact, ContactTag
from services.errors import DomainError
from services.messaging import contact_changes, contact_lists, contacts, forgetting
from services.messaging.forgetting import Forgotten
from services.tenants.actors import SYSTEM
from tests.conftest import Chat
from tests.db.asking import rows, value
from tests.db.conftest import borrow_by_agreement
from tests.messaging.conftest import ANI, BUDI


def forget(chat: Chat, name: str, *, force: bool = False) -> Forgotten:
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        (found,) = contacts.named(tx, name)
        return forgetting.forget(tx, SYSTEM, found, force=force)


def everything(owner: Connection) -> str:
    """All that the database has of everybody's words, but what the owner wrote themselves and the record of changes."""
    tables = (
        "contacts", "contact_identities", "contact_tags", "conversations", "consents", "promises", "actions", "answers",
        "ledger_entries", "debts", "outbox where chat not like 'phone:628110000000_'",
        "messages where not from_me and sender not like 'phone:628110000000_'",
    )  # fmt: skip
    return "\n".join(str(row) for table in tables for row in rows(owner, f"select * from {table}"))


@pytest.fixture
def settled(chat: Chat) -> Chat:
    """Budi Waseso has borrowed and paid, written in his chat and in a group, stopped and started."""
    chat.owner("pinjam Budi Waseso 500rb")
    chat.owner(f"kontak Budi Waseso {BUDI}")
    chat.say("halo, ini Waseso dari Cimahi", BUDI, name="Si Waseso")
    chat.say("berhenti", BUDI)
    chat.say("mulai", BUDI)
    chat.say("Waseso ikut!", BUDI, group="120363000000000001")
    chat.say("saya Ani", ANI)
    chat.owner("Budi Waseso bayar 500rb")
    return chat


def test_nothing_is_left_but_the_book(settled: Chat, owner: Connection) -> None:
    before = rows(owner, "select id, amount, effective_on, kind from ledger_entries order by id")
    assert "Waseso" in everything(owner)
    gone = forget(settled, "budi waseso")
    left = everything(owner)
    for trace in ("Waseso", "Cimahi", BUDI):
        assert trace not in left, trace
    assert (gone.name, gone.keeps_book) == (f"Terhapus {gone.contact_id}", True)
    assert gone.messages > 4
    assert rows(owner, "select id, amount, effective_on, kind from ledger_entries order by id") == before
    assert "500.000" in settled.owner(f"riwayat {gone.name}")
    assert settled.owner("riwayat Budi Waseso").startswith("Budi Waseso belum ada di buku Anda")
    assert "saya Ani" in everything(owner)
    assert value(owner, "select count(*) from audit_log where action = 'contact.delete'") == 1


def test_who_writes_again_is_somebody_new(settled: Chat, owner: Connection) -> None:
    gone = forget(settled, "budi waseso")
    answer = settled.person(BUDI, "saldo")
    assert "500.000" not in answer
    (again,) = rows(owner, f"select contact_id from contact_identities where value = '{BUDI}'")
    assert again.contact_id != gone.contact_id
    assert value(owner, f"select deleted_at is not null from contacts where id = {gone.contact_id}")


def test_what_waits_to_be_sent_to_them_is_sent_no_more(settled: Chat, owner: Connection) -> None:
    owner.exec_driver_sql(
        "insert into outbox (tenant_id, session_id, chat, kind, body, priority, created_at, not_before)"
        f" values ({settled.tenant.tenant_id}, {settled.tenant.session_id}, 'phone:{BUDI}', 'text', 'Waseso', 0,"
        " '2025-02-13', '2025-02-14')"
    )
    forget(settled, "budi waseso")
    assert settled.wait(days=2) == []
    assert value(owner, "select count(*) from outbox where status = 'queued'") == 0


def test_open_debts_and_agreements_hold_a_person(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    with pytest.raises(DomainError) as refusal:
        forget(chat, "budi")
    assert (refusal.value.code, refusal.value.details) == ("contact_in_use", {"debts": 1, "agreements": 0})
    gone = forget(chat, "budi", force=True)
    assert "500.000" in chat.owner("status")
    assert "tidak ada yang" not in chat.owner(f"{gone.name} bayar 500rb")
    chat.owner("pinjam Ani 300rb")
    chat.owner(f"kontak Ani {ANI}")


def test_an_agreement_in_force_holds_a_person(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner(f"kontak Budi {BUDI}")
    borrow_by_agreement(chat, chat.tenant)
    with pytest.raises(DomainError) as refusal:
        forget(chat, "budi")
    assert refusal.value.details["agreements"] == 1


def test_a_merge_of_two_with_the_same_tags_keeps_each_once(chat: Chat) -> None:
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        both = [contacts.create(tx, name, name.casefold()) for name in ("Budi", "Budi Santoso")]
        for person, tag in ((0, "vip"), (0, "old"), (1, "vip")):
            tx.add(ContactTag(tenant_id=tx.tenant, contact_id=both[person].id, tag=tag, created_at=tx.now))
        tx.flush()
        kept = contact_changes.join(tx, SYSTEM, both[0].id, both[1].id)
        assert list(contact_lists.entry(tx, kept).tags) == ["old", "vip"]
        assert tx.get(Contact, (tx.tenant, both[1].id)) is kept
