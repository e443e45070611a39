"""When nothing is answered, and when everything is: by hand, in bursts, late, too often, blocked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from tests.conftest import OWNER, Chat
from tests.conversations.book import ANI, BUDI, RINA, count, kept, outcomes


def begin(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner(f"kontak Budi {BUDI}")


BEGINNINGS = {"lender": begin}


@pytest.fixture
def lender(chat: Chat) -> Chat:
    """Budi owes 500,000 and can write."""
    return chat


def come_in(chat: Chat, number: str, *texts: str, age: timedelta = timedelta(0), prefix: str = "M") -> None:
    """Messages that arrive now and were written some time ago."""
    address, now = Address.phone(number), chat.simulation.clock.now()
    chat.simulation.sent.clear()
    batch = [
        Inbound(f"{prefix}{n}", address, address, number == OWNER, text, now - age) for n, text in enumerate(texts)
    ]
    inbox.accept(chat.simulation.platform.opened.database, chat.tenant.tenant_id, chat.tenant.session_id, batch)
    chat.simulation.settle()
    chat.simulation.advance(timedelta(minutes=1))


def test_who_is_written_to_by_hand_is_left_to_the_owner_for_an_hour(lender: Chat) -> None:
    assert lender.say("Bud, besok bisa?", to=BUDI) == []
    assert lender.say("saldo", BUDI) == []
    assert lender.say("bisa pak", BUDI) == []
    # Others are answered meanwhile, commands work, and STOP always does.
    assert "membaca chat ini" in lender.person(RINA, "halo")
    assert [each.to for each in lender.say("Budi bayar 100rb")] == ["owner", BUDI]
    assert "tidak akan mengirim" in lender.person(BUDI, "STOP")
    lender.wait(minutes=30)
    lender.say("oke besok saya tunggu", to=BUDI)
    lender.wait(minutes=59)
    assert lender.say("saldo", BUDI) == []
    lender.wait(minutes=2)
    assert "Rp 400.000" in lender.person(BUDI, "saldo")


def test_how_long_the_bot_keeps_quiet_is_a_setting(lender: Chat) -> None:
    lender.owner("atur takeover 5")
    lender.say("halo Bud", to=BUDI)
    lender.wait(minutes=6)
    assert "Rp 500.000" in lender.person(BUDI, "saldo")


def test_what_the_bot_writes_is_no_takeover(lender: Chat) -> None:
    """WhatsApp shows the business its own messages again."""
    (answer,) = lender.say("saldo", BUDI)
    own, place = Address.phone(lender.tenant.phone), lender.tenant
    echo = Inbound(answer.id, Address.phone(BUDI), own, True, answer.text, lender.simulation.clock.now())
    inbox.accept(lender.simulation.platform.opened.database, place.tenant_id, place.session_id, [echo])
    lender.simulation.settle()
    assert "Rp 500.000" in lender.person(BUDI, "saldo")


def test_five_short_messages_have_one_answer(lender: Chat) -> None:
    come_in(lender, BUDI, "halo", "pak", "mau tanya", "hutang saya", "berapa ya?")
    assert [each.to for each in lender.simulation.sent] == [BUDI]
    assert "Rp 500.000" in lender.simulation.sent[0].text


def test_bursts_of_two_people_are_kept_apart_and_come_in_order(lender: Chat) -> None:
    lender.owner("pinjam Ani 900rb")
    lender.owner(f"kontak Ani {ANI}")
    for words, number in (("halo", BUDI), ("pagi", ANI), ("saldo", BUDI)):
        assert lender.say(words, number, burst=True) == []
    sent = lender.say("saldo", ANI)
    assert [(each.to, each.text.splitlines()[0]) for each in sent] == [
        (BUDI, "Utang Anda ke Toko Maju Rp 500.000:"), (ANI, "Utang Anda ke Toko Maju Rp 900.000:"),
    ]  # fmt: skip


def test_the_owners_commands_are_answered_one_by_one_in_order(lender: Chat) -> None:
    come_in(lender, OWNER, "pinjam Ani 100rb", "bayar Ani 30rb", "salah, maksudnya 40rb", "status Ani", "urungkan")
    assert [each.text.splitlines()[0] for each in lender.simulation.sent] == [
        "Dicatat: Ani pinjam Rp 100.000, jatuh tempo Kam, 27 Feb 2025.",
        "Dicatat: Ani bayar Rp 30.000.",
        "Sudah dibetulkan; catatan sebelumnya dibatalkan.",
        "*Ani* berutang ke Anda Rp 60.000:",
        "Dibatalkan: pembayaran Rp 40.000 dengan Ani.",
    ]


def test_after_a_night_offline_commands_count_and_greetings_do_not(lender: Chat) -> None:
    night = timedelta(hours=9)
    come_in(lender, OWNER, "Budi bayar 100rb", "status Budi", age=night, prefix="O")
    assert sorted(each.to for each in lender.simulation.sent) == [BUDI, "owner", "owner"]
    assert count(lender.simulation, lender.tenant, "payment") == 1
    come_in(lender, RINA, "halo", age=night, prefix="R")
    assert lender.simulation.sent == []
    come_in(lender, BUDI, "makasih", age=night, prefix="B")
    assert lender.simulation.sent == []
    come_in(lender, BUDI, "saldo", age=night, prefix="C")
    assert ["Rp 400.000" in each.text for each in lender.simulation.sent] == [True]
    come_in(lender, BUDI, "STOP", age=night, prefix="S")
    assert "tidak akan mengirim" in lender.simulation.sent[0].text
    come_in(lender, BUDI, "sudah saya bayar 50rb", age=night, prefix="P")
    assert sorted(each.to for each in lender.simulation.sent) == [BUDI, "owner"]
    # Ten minutes are not yet old.
    come_in(lender, RINA, "halo", age=timedelta(minutes=10), prefix="F")
    assert [each.to for each in lender.simulation.sent] == [RINA]


def test_a_flood_has_few_answers_and_stop_is_still_heard(lender: Chat) -> None:
    come_in(lender, BUDI, *(f"saldo {n}" for n in range(35)))
    assert len(lender.simulation.sent) <= 2
    lender.wait(minutes=2)
    assert "Rp 500.000" in lender.person(BUDI, "saldo")
    come_in(lender, BUDI, *["halo"] * 31, "STOP", prefix="F")
    assert ["pelan-pelan" in each.text for each in lender.simulation.sent] == [True, False]
    assert "tidak akan mengirim" in lender.simulation.sent[1].text
    assert "consent_stop" in outcomes(lender.simulation, lender.tenant)
    # The owner's own commands are never too many.
    come_in(lender, OWNER, *["status"] * 33, prefix="O")
    assert len(lender.simulation.sent) == 33


def test_who_is_blocked_is_neither_answered_nor_written_to(lender: Chat) -> None:
    assert "diblokir" in lender.owner("blokir Budi")
    for words in ("saldo", "halo", "sudah bayar 100rb", "STOP", "START", "english", "bantuan"):
        assert lender.say(words, BUDI) == []
    assert [each.to for each in lender.say("pinjam Budi 100rb")] == ["owner"]
    assert [each.to for each in lender.say("urungkan")] == ["owner"]
    assert "diblokir, jadi saya tidak mengirim" in lender.owner("ingatkan Budi")
    assert "Diblokir" in lender.owner("kontak Budi")
    lender.owner("buka blokir Budi")
    assert "Rp 500.000" in lender.person(BUDI, "saldo")


def test_what_somebody_blocked_says_about_consent_is_kept(lender: Chat) -> None:
    lender.owner("blokir Budi")
    lender.say("STOP", BUDI)
    lender.owner("buka blokir Budi")
    assert "STOP" in lender.owner("kontak Budi")


def test_groups_are_none_of_our_business(lender: Chat) -> None:
    before = kept(lender.simulation, lender.tenant)
    group, place = Address("group", "120363000000000000"), lender.tenant
    for n, number in enumerate((BUDI, RINA)):
        said = Inbound(f"G{n}", group, Address.phone(number), False, "saldo", lender.simulation.clock.now())
        inbox.accept(lender.simulation.platform.opened.database, place.tenant_id, place.session_id, [said])
    lender.simulation.sent.clear()
    lender.simulation.settle()
    lender.simulation.advance(timedelta(minutes=1))
    assert lender.simulation.sent == []
    assert kept(lender.simulation, lender.tenant) == before


def test_one_greeting_in_half_a_day(lender: Chat) -> None:
    assert "membaca chat ini" in lender.person(RINA, "selamat pagi")
    assert lender.say("ada orang?", RINA) == []
    lender.wait(hours=13)
    assert "membaca chat ini" in lender.person(RINA, "selamat malam")
