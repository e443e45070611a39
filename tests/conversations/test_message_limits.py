"""The limit of messages, in chats: what counts, what doesn't, what waits, and what goes all the same."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.db.engine import Tx
from services.db.models import ContactIdentity, OutboxMessage, Tenant
from services.messaging import contacts, inbox, outbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.messaging.outbox import Outgoing
from services.messaging.splitting import LONGEST
from services.tenants import limit_overrides, limits
from services.tenants.actors import SYSTEM
from tests.conftest import Chat
from tests.conversations.book import ANI, BUDI, RINA, outcomes

STAFF = "6281100000077"
HOURS = "Kami buka jam 8 pagi."


def begin(chat: Chat) -> None:
    """Budi owes and can write; a bot knows when the shop opens."""
    chat.owner("pinjam Budi 500rb 3 hari")
    chat.owner(f"kontak Budi {BUDI}")
    chat.owner("bot baru Rina")
    chat.owner(f"kb tambah Jam berapa buka? = {HOURS}")


BEGINNINGS = {"shop": begin}


@pytest.fixture
def shop(chat: Chat) -> Chat:
    return chat


def transaction(chat: Chat) -> AbstractContextManager[Tx]:
    return chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id)


def standing(chat: Chat) -> Mapping[str, limits.Standing]:
    with transaction(chat) as tx:
        return limits.standing(tx, tx.get_one(Tenant, tx.tenant))


def used(chat: Chat) -> int:
    """Messages of today, which are those of the month: nobody waits for long here."""
    now = standing(chat)
    assert now["messages_day"].used == now["messages_month"].used
    return now["messages_day"].used


def allow(chat: Chat, **amounts: int) -> None:
    with transaction(chat) as tx:
        limit_overrides.change(tx, SYSTEM, amounts)


def sent_to(chat: Chat, number: str) -> int:
    """How many messages to somebody were queued in all."""
    with transaction(chat) as tx:
        return len(tx.scalars(select(OutboxMessage.id).where(OutboxMessage.chat == f"phone:{number}")).all())


def put(chat: Chat, *messages: Outgoing) -> None:
    with transaction(chat) as tx:
        outbox.put(tx, messages)


def to_ani(chat: Chat, text: str = "Halo", **more: object) -> Outgoing:
    return Outgoing(chat.tenant.session_id, f"phone:{ANI}", text, **more)  # type: ignore[arg-type]


def test_what_goes_to_others_counts_and_what_the_business_reads_itself_doesnt(shop: Chat) -> None:
    before = used(shop)
    shop.owner("status")
    shop.say("status", f"staff:{STAFF}")
    assert used(shop) == before
    assert HOURS in shop.person(RINA, "jam berapa buka?")
    assert used(shop) == before + 1
    assert shop.say("Budi minjam 100rb lagi")[1:] != []  # the borrower hears of it
    assert used(shop) == before + 2
    shop.say("halo", "6281300000001", place=shop.stranger)
    assert used(shop) == before + 2


def test_a_burst_counts_as_the_one_answer_that_it_gets(shop: Chat) -> None:
    before, address, now = used(shop), Address.phone(RINA), shop.simulation.clock.now()
    batch = [Inbound(f"B{n}", address, address, False, "jam berapa buka?", now) for n in range(5)]
    database = shop.simulation.platform.opened.database
    inbox.accept(database, shop.tenant.tenant_id, shop.tenant.session_id, batch)
    inbox.accept(database, shop.tenant.tenant_id, shop.tenant.session_id, batch)
    shop.simulation.settle()
    shop.simulation.advance(timedelta(minutes=1))
    assert (sent_to(shop, RINA), used(shop)) == (1, before + 1)


def test_parts_retries_and_repeats_count_as_what_goes_out(shop: Chat) -> None:
    before = used(shop)
    shop.simulation.faults.send = 2
    long = "\n".join("kata " * 100 for _n in range(3 * LONGEST // 500))
    put(shop, to_ani(shop, long, dedup_key="long"), to_ani(shop, dedup_key="short"))
    parts = sent_to(shop, ANI) - 1
    assert parts == outbox.size(to_ani(shop, long)) > 1
    put(shop, to_ani(shop, long, dedup_key="long"), to_ani(shop, dedup_key="short"))
    shop.wait(hours=1)
    assert used(shop) == before + parts + 1 == before + sent_to(shop, ANI)


def test_what_was_undone_wasnt_sent_and_doesnt_count(shop: Chat) -> None:
    before = used(shop)
    with pytest.raises(ZeroDivisionError), transaction(shop) as tx:
        outbox.put(tx, [to_ani(shop)])
        raise ZeroDivisionError
    assert used(shop) == before


def test_consent_and_receipts_dont_count(shop: Chat) -> None:
    before = used(shop)
    assert "tidak akan mengirim" in shop.person(BUDI, "STOP")
    assert "boleh" in shop.person(BUDI, "START")
    assert BUDI in [each.to for each in shop.say("Budi bayar 100rb")]
    assert used(shop) == before


def test_beyond_the_limit_a_bot_keeps_quiet_and_its_owner_hears_of_it_once(shop: Chat) -> None:
    allow(shop, messages_day=used(shop) + 2)
    assert HOURS in shop.person(RINA, "jam berapa buka?")
    told = shop.say("jam berapa buka?", ANI)
    assert [each.to for each in told if each.to != ANI] == ["owner"]
    assert "pesan per hari" in told[-1].text
    assert "pemakaian" in told[-1].text
    limit = used(shop)
    for number in (RINA, ANI, "6281300000009"):
        assert shop.say("jam berapa buka?", number) == []
    assert outcomes(shop.simulation, shop.tenant)[-3:] == ["limit"] * 3
    assert used(shop) == limit
    # What concerns consent and money goes all the same, and what the owner wants.
    assert "tidak akan mengirim" in shop.person(RINA, "STOP")
    assert BUDI in [each.to for each in shop.say("Budi bayar 100rb")]
    assert BUDI in [each.to for each in shop.say("pinjam Budi 50rb")]
    assert used(shop) == limit + 1
    shop.wait(days=1)
    assert HOURS in shop.person(ANI, "jam berapa buka?")


def test_the_very_first_message_may_be_the_last(shop: Chat) -> None:
    shop.wait(days=20)  # a day on which nothing was sent yet
    allow(shop, messages_day=1, messages_month=-1)
    told = shop.say("pinjam Budi 50rb")
    assert [each.to for each in told].count(BUDI) == 1
    assert "Semua 1 pesan per hari sudah terpakai" in told[-1].text


def test_reminders_wait_for_room_and_go_out_on_another_day(shop: Chat) -> None:
    shop.owner("pinjam Ani 300rb 3 hari")
    shop.owner(f"kontak Ani {ANI}")
    allow(shop, messages_day=0)
    assert [each.to for each in shop.wait(days=1) if each.to != "owner"] == []
    assert [each.to for each in shop.wait(days=1) if each.to != "owner"] == []
    allow(shop, messages_day=1)
    first = [each.to for each in shop.wait(days=1) if each.to != "owner"]
    allow(shop, messages_day=-1)
    second = [each.to for each in shop.wait(days=1) if each.to != "owner"]
    assert len(first) == 1
    assert {*first, *second} == {BUDI, ANI}
    assert second.count(first[0]) <= 1


def test_the_usage_of_a_business_is_shown(shop: Chat) -> None:
    allow(shop, messages_day=used(shop) + 5, debts=1, users=2, pdfs=-1)
    shop.person(RINA, "jam berapa buka?")
    shown = shop.owner("PEMAKAIAN")
    assert "Pemakaian Anda" in shown
    assert f"pesan ke pelanggan: {used(shop)} dari {used(shop) + 4}" in shown
    assert ": 1 dari 1 ⛔" in shown
    assert "PDF: 0 (tanpa batas)" in shown
    assert "sampai Jum, 28 Feb" in shown
    assert shop.command() == "usage"
    assert f"Pesan hari ini: {used(shop)} dari" in shop.owner("status akun")


def test_people_of_the_business_are_known_by_their_private_id_too(shop: Chat) -> None:
    shop.say("status", f"staff:{STAFF}")
    before = used(shop)
    with transaction(shop) as tx:
        of = contacts.create(tx, "Sari", "sari").id
        for kind, value in (("phone", STAFF), ("lid", "777")):
            tx.add(ContactIdentity(tenant_id=tx.tenant, channel="whatsapp", kind=kind, value=value, contact_id=of))
        tx.flush()
        outbox.put(tx, [Outgoing(shop.tenant.session_id, chat, "Halo") for chat in ("lid:777", "lid:778")])
    assert used(shop) == before + 1
