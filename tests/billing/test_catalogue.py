"""Prices: from the environment, from what the super admin set, in each currency; what isn't priced isn't sold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.billing import catalogue
from services.billing.catalogue import Catalogue
from services.db.engine import Database
from services.errors import DomainError
from services.money import Money
from services.settings import Settings, SettingsError, load_settings
from services.tenants import system_settings
from tests.billing.playing import ADMIN, Business


def read(db: Database, settings: Settings) -> Catalogue:
    with db.system() as tx:
        return catalogue.read(tx, settings)


def test_what_the_environment_says(db: Database, settings: Settings) -> None:
    prices = '{"pro": {"monthly": 150000}, "USD": {"basic": {"monthly": 5.5}}}'
    found = read(db, settings.model_copy(update={"monthly_price": Decimal("49999.6"), "plan_prices": prices}))
    assert found.price("basic", "monthly", "IDR") == Money(Decimal(50_000), "IDR")
    assert found.price("basic", "yearly", "IDR") == Money(Decimal(500_000), "IDR")
    assert found.price("pro", "monthly", "IDR") == Money(Decimal(150_000), "IDR")
    assert found.price("basic", "monthly", "USD") == Money(Decimal("5.50"), "USD")
    assert found.price("free", "yearly", "EUR") == Money(Decimal(0), "EUR")
    for unsold in (("pro", "yearly", "IDR"), ("pro", "monthly", "USD"), ("basic", "monthly", "EUR")):
        assert found.price(*unsold) is None
    assert [(each.plan, each.cycle) for each in found.offers("IDR")] == [
        ("basic", "monthly"), ("basic", "yearly"), ("pro", "monthly"),
    ]  # fmt: skip


def test_what_the_super_admin_sets_comes_first(db: Database, settings: Settings) -> None:
    with db.system() as tx:
        system_settings.change(tx, settings, ADMIN, {"monthly_price": 60_000, "grace_days": 3})
    found = read(db, settings)
    assert found.price("basic", "monthly", "IDR") == Money(Decimal(60_000), "IDR")
    assert found.grace == 3
    with db.system() as tx:
        assert catalogue.grace_days(tx) == 3


@pytest.mark.parametrize("written", ["[]", "{", '{"gold": {"monthly": 1}}', '{"pro": {"weekly": 1}}',
                                     '{"pro": {"monthly": -1}}', '{"USD": {"monthly": 5}}', '{"pro": 5}'])  # fmt: skip
def test_prices_that_cant_be_read_stop_the_start(written: str) -> None:
    with pytest.raises(SettingsError, match="PLAN_PRICES: not JSON such as"):
        load_settings({"PLAN_PRICES": written})


def test_who_pays_in_which_currency(shop: Business, rival: Business) -> None:
    offered = rival.order("basic").invoice
    assert offered is not None
    assert (offered.currency, offered.total) == ("USD", 5)
    first = shop.order("basic").invoice
    assert first is not None
    assert (first.currency, first.total) == ("IDR", 50_000)
    with pytest.raises(DomainError) as refused:
        rival.order("pro", "yearly")
    assert refused.value.code == "not_for_sale"
    for plan, cycle, code in (("gold", "monthly", "plan_unknown"), ("basic", "weekly", "cycle_unknown")):
        with pytest.raises(DomainError) as refused:
            shop.order(plan, cycle)
        assert refused.value.code == code
