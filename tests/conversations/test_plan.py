"""The plan in its owner's chat: through a year of trial, subscription, larger and smaller plans, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.simulation import Sent, Simulation
from services.billing import catalogue, payments
from services.billing.payments import Received
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import Tenant, User
from services.money import Money
from services.tenants import life, subscriptions, system_settings, tenants
from services.tenants.tenants import NewTenant
from tests.billing.playing import ADMIN, PRICES
from tests.conftest import OWNER, STRANGER, TEMPLATE, Chat

ENGLISH = NewTenant("Sunny Loans", "12025550123", "en", "USD", "America/New_York", "US")


@pytest.fixture
def starting_point() -> str:
    return TEMPLATE


def database(chat: Chat) -> Database:
    return chat.simulation.platform.opened.database


def opened(simulation: Simulation, new: NewTenant) -> Chat:
    """A business with prices to choose from, beside a stranger."""
    stranger = simulation.place(NewTenant("Orang Lain", STRANGER))
    chat = Chat(simulation, simulation.place(new), stranger)
    with database(chat).system() as tx:
        system_settings.change(tx, simulation.platform.settings, ADMIN, PRICES)
    return chat


@pytest.fixture
def shop(simulation: Simulation) -> Chat:
    return opened(simulation, NewTenant("Toko Maju", OWNER))


@pytest.fixture
def abroad(simulation: Simulation) -> Chat:
    return opened(simulation, ENGLISH)


def trial(chat: Chat) -> None:
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        subscriptions.begin_trial(tx, ADMIN, subscriptions.lock(tx), 7)


def pay(chat: Chat, amount: str, currency: str = "IDR") -> Sequence[Sent]:
    """The super admin enters a payment; returns what was sent because of it."""
    chat.simulation.sent.clear()
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        received = Received(Money(Decimal(amount), currency), "transfer", None, f"key:{tx.now}:{amount}")
        payments.enter(tx, catalogue.read(tx, chat.simulation.platform.settings), ADMIN, received)
    chat.simulation.settle()
    return list(chat.simulation.sent)


def plan_of(chat: Chat) -> tuple[str, str]:
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        tenant = tx.get_one(Tenant, tx.tenant)
        return tenant.plan, tenant.status


def skip(chat: Chat, days: int) -> None:
    """Lets days pass on which nothing of this happens."""
    clock = chat.simulation.clock
    assert isinstance(clock, VirtualClock)
    clock.move_to(clock.now() + timedelta(days=days))


def told(sent: Sequence[Sent]) -> list[tuple[str, str]]:
    """The day of each message about billing, and its first line."""
    lines = [(f"{each.at:%m-%d}", each.text.split("\n")[0]) for each in sent if each.to == "owner"]
    return [each for each in lines if not each[1].startswith("*")]


def test_a_year_in_indonesian(shop: Chat) -> None:
    trial(shop)
    assert "Masa coba Anda sampai Rab, 19 Feb 2025" in shop.owner("paket")
    assert told(shop.wait(days=5)) == [
        ("02-16", "Masa coba Anda berakhir 3 hari lagi, pada Rab, 19 Feb 2025."),
        ("02-18", "Masa coba Anda berakhir besok."),
    ]
    assert "tagihan Rp 50.000; paketnya mulai begitu dibayar" in shop.owner("paket basic")
    bill = shop.say("ya")[-1]
    assert bill.file is not None and bill.file.name.endswith("Tagihan INV-2-1.pdf")
    assert "Cara bayar: BCA 1234567890" in bill.text
    receipt = pay(shop, "50000")[-1]
    assert receipt.file is not None and "Kuitansi" in receipt.file.name
    assert "Paket *basic* Anda berlaku sampai 17 Mar 2025." in receipt.text
    assert plan_of(shop) == ("basic", "active")
    skip(shop, 19)
    assert told(shop.wait(days=17)) == [
        ("03-10", "Tagihan INV-2-2 sebesar Rp 50.000"),
        ("03-14", "Mohon bayar Rp 50.000 untuk tagihan INV-2-2 dalam 3 hari, paling lambat Sen, 17 Mar 2025."),
        ("03-16", "Mohon bayar Rp 50.000 untuk tagihan INV-2-2 paling lambat besok."),
        ("03-17", "Hari ini hari terakhir untuk membayar Rp 50.000 dari tagihan INV-2-2."),
        ("03-18", "⚠️ Pembayaran jatuh tempo"),
        ("03-24", "⚠️ Mulai besok pelanggan Anda tidak dijawab lagi."),
        ("03-25", "Usaha Anda sekarang ditangguhkan."),
    ]
    assert plan_of(shop) == ("basic", "suspended")
    assert "Yang harus dibayar: Rp 50.000 untuk tagihan INV-2-2" in shop.owner("paket")
    assert "Paket *basic* Anda berlaku sampai" in pay(shop, "50000")[-1].text
    assert plan_of(shop) == ("basic", "active")
    assert "Untuk sisa hari Anda mendapat tagihan Rp 100.000" in shop.owner("paket pro")
    assert "INV-2-3" in shop.owner("ya")
    pay(shop, "100000")
    assert plan_of(shop) == ("pro", "active")
    assert "Paket *basic* mulai" in shop.owner("paket basic")
    assert "Tercatat: mulai" in shop.owner("ya")
    skip(shop, 21)
    assert [line for _day, line in told(shop.wait(days=3))] == ["Tagihan INV-2-4 sebesar Rp 50.000"]
    pay(shop, "50000")
    skip(shop, 6)
    changed = told(shop.wait(days=2))
    assert changed == [("04-26", "Mulai hari ini Anda memakai paket *basic*, sampai 25 Mei 2025.")]
    assert "Paket *free* mulai Sen, 26 Mei 2025" in shop.owner("paket batal")
    shop.owner("ya")
    skip(shop, 24)
    (first, wanted), (last, ended) = told(shop.wait(days=6))
    assert (first, last) == ("05-22", "05-26")
    assert wanted.startswith("Paket *basic* Anda berakhir Min, 25 Mei 2025, sesuai permintaan Anda.")
    assert ended == "Paket *basic* Anda sudah berakhir; sekarang Anda memakai paket *free*."
    assert plan_of(shop) == ("free", "active")


def test_a_month_in_english(abroad: Chat) -> None:
    trial(abroad)
    shown = abroad.owner("plan")
    assert "Your plan: *basic*, on trial" in shown
    assert "• *plan pro*: $12.50 a month" in shown and "• *plan pro yearly*" not in shown
    assert abroad.command() == "plan"
    assert "You get an invoice over $50.00" in abroad.owner("plan basic yearly")
    assert "Left as it was" in abroad.owner("no")
    abroad.owner("plan basic")
    bill = abroad.say("yes")[-1]
    assert bill.text.split("\n")[0] == "Invoice INV-2-1 over $5.00"
    assert "Still to be paid for invoice INV-2-1: $3.00" in pay(abroad, "2", "USD")[-1].text
    assert "$0.50 is kept for your next invoice." in pay(abroad, "3.50", "USD")[-1].text
    assert "Paid until" in abroad.owner("plan")
    skip(abroad, 18)
    assert told(abroad.wait(days=3)) == [("03-04", "Invoice INV-2-2 over $5.00")]
    assert "To be paid: $4.50 for invoice INV-2-2" in abroad.owner("plan")


def test_what_the_stranger_hears(shop: Chat) -> None:
    trial(shop)
    shop.owner("paket pro")
    shop.owner("ya")
    shown = shop.owner("paket", place=shop.stranger)
    assert "Paket Anda: *free*" in shown and "INV" not in shown


def test_only_the_owner_changes_it(shop: Chat) -> None:
    with database(shop).tenant(shop.tenant.tenant_id) as tx:
        tenants.add_user(tx, "Ani", "6281234500001", "manager")
        assert tx.query(User).count() == 2
    assert "Paket Anda" in "".join(each.text for each in shop.say("paket", "6281234500001"))
    refused = "".join(each.text for each in shop.say("paket pro", "6281234500001"))
    assert "Hanya pemilik Toko Maju" in refused
    assert plan_of(shop)[0] == "free"


def test_words_that_are_no_plan(shop: Chat) -> None:
    assert "Paket itu tidak ada. Pilihannya: free, basic, pro, enterprise" in shop.owner("paket emas")
    assert "tidak ada langganan berjalan" in shop.owner("paket lanjut").lower()
    assert "sudah memakai paket *free*" in shop.owner("paket free")


def test_it_works_while_suspended(shop: Chat) -> None:
    trial(shop)
    with database(shop).tenant(shop.tenant.tenant_id) as tx:
        life.move(tx, ADMIN, subscriptions.lock(tx), "suspended")
    assert "tidak dibayar" in shop.owner("paket")
    assert "Rp 150.000" in shop.owner("paket pro bulanan")
    assert "INV-2-1" in shop.owner("ya")
    pay(shop, "150000")
    assert plan_of(shop) == ("pro", "active")
