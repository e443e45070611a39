"""Payments: exact, once each, never changed; what is too much is kept, what was wrong is taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.billing import catalogue, invoices, orders, payments
from services.billing.payments import Received
from services.clock import VirtualClock
from services.db.engine import Database
from services.errors import DomainError
from services.money import Money
from tests.billing.playing import ADMIN, Business


def refused(business: Business, amount: object, invoice_id: int | None = None, **more: object) -> str:
    with pytest.raises(DomainError) as found:
        business.pay(str(amount), invoice_id, **more)
    return found.value.code


def test_parts_add_up_and_the_rest_is_kept(shop: Business, rival: Business) -> None:
    invoice = shop.order("basic").invoice
    assert invoice is not None
    shop.pay(20_000, invoice.id)
    assert [(each.status, each.paid) for each in shop.invoices] == [("open", 20_000)]
    assert shop.tenant.plan == "free"
    shop.pay(31_500, invoice.id)
    assert [(each.status, each.paid) for each in shop.invoices] == [("paid", 50_000)]
    assert (shop.tenant.plan, shop.tenant.status, shop.credit()) == ("basic", "active", 1500)
    assert (rival.invoices, rival.credit(), rival.tenant.plan) == ([], 0, "free")
    with shop.db.tenant(rival.tenant_id) as tx:
        assert payments.page(tx, tenant_id=None, order=[payments.SORTABLE["id"].asc()], offset=0, limit=9)[1] == 0


def test_what_was_kept_pays_what_comes_next(shop: Business, clock: VirtualClock) -> None:
    shop.buy("basic")
    shop.pay(60_000)
    assert shop.credit() == 60_000
    clock.move_to(clock.now() + timedelta(days=21))
    shop.round()
    assert [each.status for each in shop.invoices] == ["paid", "paid"]
    assert shop.credit() == 10_000
    clock.move_to(clock.now() + timedelta(days=8))
    shop.round()
    assert shop.period == (date(2025, 3, 13), date(2025, 4, 13))
    assert shop.tenant.status == "active"


def test_what_is_no_payment_of_it(shop: Business, rival: Business) -> None:
    invoice, theirs = shop.order("basic").invoice, rival.order("basic").invoice
    assert invoice is not None and theirs is not None
    assert refused(shop, 50_000, theirs.id + 1000) == "invoice_unknown"
    assert refused(shop, 50_000, invoice.id, currency="USD") == "wrong_currency"
    assert refused(shop, 50_000, currency="USD") == "wrong_currency"
    assert refused(shop, "100.50", invoice.id) == "bad_amount"
    assert refused(shop, 0, invoice.id) == "bad_amount"
    assert refused(shop, 10**13, invoice.id) == "bad_amount"
    assert refused(shop, 1000, invoice.id, received_on=date(2025, 2, 14)) == "bad_day"
    assert refused(shop, 1000, invoice.id, received_on=date(2023, 2, 14)) == "bad_day"
    assert refused(shop, -1000, invoice.id) == "note_required"
    assert refused(shop, -1000, invoice.id, note="wrong") == "not_received"
    assert shop.credit() == 0
    assert [each.paid for each in (*shop.invoices, *rival.invoices)] == [0, 0]


def test_a_repeat_changes_nothing_and_another_content_is_refused(shop: Business) -> None:
    invoice = shop.order("basic").invoice
    assert invoice is not None
    first = shop.pay(50_000, invoice.id, source="key:a", reference="TRX-1")
    again = shop.pay(50_000, invoice.id, source="key:a", reference="TRX-1")
    assert (first.id, shop.credit()) == (again.id, 0)
    assert refused(shop, 50_001, invoice.id, source="key:a", reference="TRX-1") == "key_used"
    assert refused(shop, 50_000, invoice.id, source="key:a", reference="TRX-2") == "key_used"


def test_a_mistake_is_taken_back_by_a_payment_with_a_minus(shop: Business, clock: VirtualClock) -> None:
    shop.buy("basic")
    invoice = shop.invoices[0]
    begun = shop.period
    shop.pay(-50_000, invoice.id, note="not ours")
    assert (shop.tenant.status, shop.invoices[0].status, shop.credit()) == ("past_due", "open", 0)
    shop.pay(50_000, invoice.id)
    assert (shop.tenant.status, shop.period, shop.invoices[0].status) == ("active", begun, "paid")
    assert any("ditarik kembali" in each for each in shop.told)


def test_payments_are_never_changed(shop: Business) -> None:
    shop.buy("basic")
    for statement in ("update subscription_payments set amount = 1", "delete from subscription_payments"):
        with pytest.raises(ProgrammingError, match="permission denied"), shop.db.tenant(shop.tenant_id) as tx:
            tx.execute(text(statement))


def at_once(db: Database, business: Business, invoice_id: int, sources: list[str]) -> list[object]:
    def pay(source: str) -> object:
        with db.tenant(business.tenant_id) as tx:
            got = Received(Money(Decimal(50_000), "IDR"), "transfer", None, source, invoice_id)
            return payments.enter(tx, catalogue.read(tx, business.settings), ADMIN, got).id

    with ThreadPoolExecutor(len(sources)) as pool:
        return list(pool.map(pay, sources))


def test_two_payments_at_once_of_one_invoice(shop: Business, db: Database) -> None:
    invoice = shop.order("basic").invoice
    assert invoice is not None
    made = at_once(db, shop, invoice.id, ["key:a", "key:b"])
    assert len(set(made)) == 2
    assert (shop.invoices[0].paid, shop.credit()) == (50_000, 50_000)
    assert len(shop.invoices) == 1


def test_the_same_payment_twice_at_once(shop: Business, db: Database) -> None:
    invoice = shop.order("basic").invoice
    assert invoice is not None
    made = at_once(db, shop, invoice.id, ["key:a", "key:a", "key:a"])
    assert len(set(made)) == 1
    assert shop.credit() == 0


def test_orders_at_once_make_one_invoice(shop: Business, db: Database) -> None:
    def order(_n: int) -> str:
        with db.tenant(shop.tenant_id) as tx:
            made = orders.choose(tx, catalogue.read(tx, shop.settings), ADMIN, "pro").invoice
            assert made is not None
            return made.number

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(order, range(3))) == {f"INV-{shop.tenant_id}-1"}


@given(st.lists(st.tuples(st.sampled_from(["basic", "pro", "yearly", "pay", "part", "back", "cancel", "wait"]),
                          st.integers(1, 40)), min_size=3, max_size=12))  # fmt: skip
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_money_adds_up_and_periods_do_not_overlap(
    shop: Business, clock: VirtualClock, steps: list[tuple[str, int]]
) -> None:
    for step, n in steps:
        _step(shop, clock, step, n)
        _adds_up(shop)


def _step(shop: Business, clock: VirtualClock, step: str, n: int) -> None:
    try:
        if step in ("basic", "pro"):
            shop.order(step)
        elif step == "yearly":
            shop.order("basic", "yearly")
        elif step == "pay" and shop.open:
            shop.pay(str(shop.open[0].total - shop.open[0].paid), shop.open[0].id)
        elif step == "part":
            shop.pay(n * 1000)
        elif step == "back" and shop.credit() > 0:
            shop.pay(-shop.credit(), note="back")
        elif step == "cancel":
            shop.cancel()
        else:
            clock.move_to(clock.now() + timedelta(days=n))
            shop.round()
    except DomainError as refusal:
        assert refusal.code in ("period_paid", "nothing_runs")


def _adds_up(shop: Business) -> None:
    assert shop.credit() >= 0
    for each in shop.invoices:
        assert sum(Decimal(line["amount"]) for line in each.lines) == each.total
        assert 0 <= each.paid <= each.total
        assert (each.status == "paid") == (each.paid == each.total and each.status != "void")
    assert [each.number for each in shop.invoices] == [
        f"INV-{shop.tenant_id}-{n}" for n in range(1, len(shop.invoices) + 1)
    ]
    bought = [each for each in shop.invoices if each.status == "paid" and each.kind == "subscription"]
    periods = sorted((each.period_from, each.period_to) for each in bought if each.period_from and each.period_to)
    assert all(first[1] <= second[0] for first, second in pairwise(periods))


def test_void_ones_keep_their_number_and_their_money_is_kept(shop: Business) -> None:
    shop.order("basic")
    shop.pay(20_000)
    shop.order("pro")
    first, second = shop.invoices
    assert (first.status, second.status, second.paid) == ("void", "open", 20_000)
    assert second.number == f"INV-{shop.tenant_id}-2"
    with shop.db.tenant(shop.tenant_id) as tx, pytest.raises(DomainError) as found:
        payments.enter(
            tx, catalogue.read(tx, shop.settings), ADMIN,
            Received(Money(Decimal(1), "IDR"), "transfer", None, "key:v", first.id),
        )  # fmt: skip
    assert found.value.code == "invoice_void"
    assert invoices.left(first).amount == 0
