"""A subscription day by day: reminders, renewals, days of grace, suspension, and changes asked for in between."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.billing import catalogue, rounds, steering
from services.billing.invoices import Line
from services.clock import VirtualClock
from services.errors import DomainError
from services.tenants import subscriptions, switching, system_settings
from tests.billing.playing import ADMIN, Business


def days(shop: Business, clock: VirtualClock, n: int) -> list[tuple[str, str]]:
    """Lets days pass one by one; returns each change of status, by the day."""
    found, before = [], shop.tenant.status
    for _day in range(n):
        clock.move_to(clock.now() + timedelta(days=1))
        shop.round()
        now = shop.tenant.status
        if now != before:
            found.append((f"{clock.now():%m-%d}", now))
        before = now
    return found


def test_a_trial_that_nobody_pays_for(shop: Business, rival: Business, clock: VirtualClock) -> None:
    shop.trial()
    assert days(shop, clock, 20) == [("02-20", "past_due"), ("02-27", "suspended")]
    begins = [each.split("\n")[0] for each in shop.told]
    assert begins == [
        "Masa coba Anda berakhir 3 hari lagi, pada Rab, 19 Feb 2025.", "Masa coba Anda berakhir besok.",
        "Masa coba Anda berakhir hari ini.",
        "Masa coba Anda sudah habis. Semuanya masih berjalan sampai Rab, 26 Feb 2025.",
        "⚠️ Mulai besok pelanggan Anda tidak dijawab lagi.", "Usaha Anda sekarang ditangguhkan.",
    ]  # fmt: skip
    assert rival.told == []
    assert shop.invoices == []
    assert shop.order("free").result == "started"
    assert (shop.tenant.status, shop.tenant.plan) == ("active", "free")


def test_who_looks_seldom_does_each_step_once_and_in_order(shop: Business, clock: VirtualClock) -> None:
    shop.buy("basic")
    clock.move_to(clock.now() + timedelta(days=200))
    shop.round()
    assert shop.tenant.status == "past_due"
    told = len(shop.told)
    shop.round()
    assert (shop.tenant.status, len(shop.told)) == ("past_due", told)
    clock.move_to(clock.now() + timedelta(days=30))
    shop.round()
    assert (shop.tenant.status, len(shop.invoices)) == ("suspended", 2)


def test_paying_in_time_late_and_after_suspension(shop: Business, clock: VirtualClock) -> None:
    shop.buy("basic")
    days(shop, clock, 25)
    assert [(each.number, str(each.due_on)) for each in shop.open] == [(f"INV-{shop.tenant_id}-2", "2025-03-12")]
    shop.pay(50_000)
    assert shop.period == (date(2025, 2, 13), date(2025, 3, 13))
    assert days(shop, clock, 10) == []
    assert shop.period == (date(2025, 3, 13), date(2025, 4, 13))
    assert days(shop, clock, 26) == [("04-13", "past_due")]
    shop.pay(50_000)
    assert (shop.tenant.status, shop.period) == ("active", (date(2025, 4, 13), date(2025, 5, 13)))
    assert days(shop, clock, 45) == [("05-13", "past_due"), ("05-20", "suspended")]
    shop.pay(50_000)
    assert (shop.tenant.status, shop.period) == ("active", (date(2025, 5, 30), date(2025, 6, 30)))
    paid = [each for each in shop.invoices if each.status == "paid"]
    assert [(each.period_from, each.period_to) for each in paid][-1] == shop.period


def test_what_was_received_in_time_counts_from_then(shop: Business, clock: VirtualClock) -> None:
    shop.buy("basic")
    days(shop, clock, 38)
    assert shop.tenant.status == "suspended"
    shop.pay(50_000, received_on=date(2025, 3, 15))
    assert (shop.tenant.status, shop.period) == ("active", (date(2025, 3, 13), date(2025, 4, 13)))


def test_a_larger_plan_begins_when_its_difference_is_paid(shop: Business, clock: VirtualClock) -> None:
    shop.buy("basic")
    days(shop, clock, 14)
    made = shop.order("pro").invoice
    assert made is not None
    assert (made.kind, made.total, shop.tenant.plan) == ("upgrade", 50_000, "basic")
    assert shop.order("pro").invoice is not None and len(shop.open) == 1
    shop.pay(50_000)
    assert (shop.tenant.plan, shop.period) == ("pro", (date(2025, 2, 13), date(2025, 3, 13)))
    days(shop, clock, 8)
    assert [(each.plan, each.total) for each in shop.open] == [("pro", 150_000)]


def test_a_larger_plan_while_the_next_period_is_billed_or_paid(shop: Business, clock: VirtualClock) -> None:
    shop.buy("basic")
    days(shop, clock, 22)
    shop.pay(50_000)
    made = shop.order("pro").invoice
    assert made is not None
    assert [Decimal(each["amount"]) for each in made.lines] == [Decimal(21_429), Decimal(100_000)]
    shop.pay(str(made.total), made.id)
    days(shop, clock, 10)
    assert (shop.tenant.plan, shop.period) == ("pro", (date(2025, 3, 13), date(2025, 4, 13)))
    days(shop, clock, 20)
    enterprise = shop.order("enterprise").invoice
    assert enterprise is not None
    assert sorted(each.kind for each in shop.open) == ["subscription", "upgrade"]
    shop.pay(str(enterprise.total), enterprise.id)
    assert [(each.plan, each.total) for each in shop.open] == [("enterprise", 1_000_000)]


def test_a_smaller_plan_and_another_cycle_wait_for_the_end(shop: Business, clock: VirtualClock) -> None:
    shop.buy("pro")
    ordered = shop.order("basic", "yearly")
    assert (ordered.result, ordered.begins) == ("scheduled", date(2025, 3, 13))
    assert (shop.tenant.plan, shop.open) == ("pro", [])
    assert shop.order("pro").result == "kept"
    assert shop.order("pro").result == "unchanged"
    shop.order("basic", "yearly")
    days(shop, clock, 22)
    assert [(each.plan, each.cycle, each.total) for each in shop.open] == [("basic", "yearly", 500_000)]
    shop.order("basic", "monthly")
    assert [(each.plan, each.cycle, each.total) for each in shop.open] == [("basic", "monthly", 50_000)]
    shop.pay(50_000)
    with pytest.raises(DomainError) as refused:
        shop.order("basic", "yearly")
    assert refused.value.code == "period_paid"
    days(shop, clock, 8)
    assert (shop.tenant.plan, shop.period, shop.credit()) == ("basic", (date(2025, 3, 13), date(2025, 4, 13)), 0)


def test_an_end_that_is_wanted_and_one_that_is_taken_back(shop: Business, clock: VirtualClock) -> None:
    shop.buy("basic")
    days(shop, clock, 22)
    assert len(shop.open) == 1
    assert shop.cancel().begins == date(2025, 3, 13)
    assert shop.open == []
    assert shop.resume().result == "kept"
    assert [each.total for each in shop.open] == [50_000]
    shop.cancel()
    assert days(shop, clock, 10) == []
    assert (shop.tenant.plan, shop.tenant.status, shop.open) == ("free", "active", [])
    for call in (shop.cancel, shop.resume):
        with pytest.raises(DomainError) as refused:
            call()
        assert refused.value.code == "nothing_runs"
    days(shop, clock, 60)
    assert shop.tenant.status == "active"


def test_a_trial_that_was_cancelled_ends_in_the_free_plan(shop: Business, clock: VirtualClock) -> None:
    shop.trial()
    shop.cancel()
    days(shop, clock, 10)
    assert (shop.tenant.plan, shop.tenant.status) == ("free", "active")


def test_two_rounds_at_once_bill_once(shop: Business, clock: VirtualClock) -> None:
    shop.buy("basic")
    clock.move_to(clock.now() + timedelta(days=21))
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _n: rounds.run(shop.db, shop.settings, shop.tenant_id), range(3)))
    assert [each.number for each in shop.open] == [f"INV-{shop.tenant_id}-2"]


def test_only_who_has_something_due_is_looked_at(shop: Business, rival: Business, clock: VirtualClock) -> None:
    rival.trial(30)
    shop.trial()

    def due() -> Sequence[int]:
        with shop.db.system() as tx:
            upcoming = rounds.next_work(tx)
            found = rounds.due_tenants(tx)
            assert upcoming is not None and (upcoming <= tx.now) == bool(found)
            return found

    assert due() == []
    clock.move_to(clock.now() + timedelta(days=3, hours=-2, minutes=-1))
    assert due() == []
    clock.move_to(clock.now() + timedelta(minutes=1))
    assert due() == [shop.tenant_id]
    shop.round()
    assert due() == []


def test_days_of_grace_are_a_setting(shop: Business, clock: VirtualClock) -> None:
    with shop.db.system() as tx:
        system_settings.change(tx, shop.settings, ADMIN, {"grace_days": 0})
    shop.trial(3)
    assert days(shop, clock, 5) == [("02-16", "suspended")]


def test_a_price_of_its_own_stays_and_others_follow_the_catalogue(
    shop: Business, rival: Business, clock: VirtualClock
) -> None:  # fmt: skip
    with shop.db.tenant(shop.tenant_id) as tx:
        terms = catalogue.read(tx, shop.settings)
        steering.put(tx, terms, ADMIN, steering.Wanted("pro", "monthly", price=Decimal(99_000)))
    rival.buy("basic")
    with shop.db.system() as tx:
        prices = {"pro": {"monthly": 1}, "USD": {"basic": {"monthly": 6}}}
        system_settings.change(tx, shop.settings, ADMIN, {"plan_prices": prices})
    clock.move_to(clock.now() + timedelta(days=22))
    shop.round()
    rival.round()
    assert [each.total for each in shop.open] == [99_000]
    assert [each.total for each in rival.open] == [6]


def test_what_the_super_admin_sets(shop: Business, clock: VirtualClock) -> None:
    shop.order("basic")

    def put(plan: str, cycle: str, **more: object) -> None:
        with shop.db.tenant(shop.tenant_id) as tx:
            terms = catalogue.read(tx, shop.settings)
            steering.put(tx, terms, ADMIN, steering.Wanted(plan, cycle, **more))  # type: ignore[arg-type]

    put("enterprise", "yearly", price=Decimal(9_000_000), ends=date(2025, 12, 24))
    assert (shop.tenant.plan, shop.open, shop.period[1]) == ("enterprise", [], date(2025, 12, 24))
    clock.move_to(clock.now() + timedelta(days=310))
    shop.round()
    assert [(each.total, each.period_from, each.period_to) for each in shop.open] == [
        (9_000_000, date(2025, 12, 24), date(2026, 12, 24))
    ]
    put("pro", "open")
    assert (shop.tenant.plan, shop.open, shop.period[1]) == ("pro", [], None)
    for wrong, code in (
        (("gold", "open"), "plan_unknown"), (("enterprise", "yearly"), "not_for_sale"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            put(*wrong)
        assert refused.value.code == code
    with pytest.raises(DomainError) as refused:
        put("pro", "monthly", ends=date(2025, 1, 1))
    assert refused.value.code == "bad_day"


def test_a_plan_set_by_hand_keeps_the_subscription_in_step(shop: Business) -> None:
    shop.buy("basic")
    with shop.db.tenant(shop.tenant_id) as tx:
        switching.set_plan(tx, ADMIN, "pro")
    assert (shop.tenant.plan, shop.subscription.plan, shop.subscription.cycle) == ("pro", "pro", "monthly")
    with shop.db.tenant(shop.tenant_id) as tx:
        switching.set_plan(tx, ADMIN, "free")
    assert (shop.tenant.plan, shop.subscription.plan, shop.subscription.cycle) == ("free", "free", "open")


def test_more_days_to_try(shop: Business, clock: VirtualClock) -> None:
    def extend(n: int) -> None:
        with shop.db.tenant(shop.tenant_id) as tx:
            subscriptions.extend_trial(tx, ADMIN, n)

    shop.trial()
    extend(3)
    assert shop.period[1] == date(2025, 2, 23)
    days(shop, clock, 20)
    assert shop.tenant.status == "suspended"
    extend(5)
    assert (shop.tenant.status, shop.period[1]) == ("trial", date(2025, 3, 10))
    shop.buy("basic")
    with pytest.raises(DomainError) as refused:
        extend(5)
    assert refused.value.code == "period_runs"


def test_a_bill_by_hand(shop: Business) -> None:
    def bill(*amounts: str, source: str = "manual:a", due_on: date | None = None) -> str:
        lines = [Line("Training", Decimal(each)) for each in amounts]
        with shop.db.tenant(shop.tenant_id) as tx:
            terms = catalogue.read(tx, shop.settings)
            return steering.bill(tx, terms, ADMIN, source, lines, None, due_on, None).number

    first = bill("400000", "-50000")
    assert bill("400000", "-50000") == first
    assert [(each.kind, each.total) for each in shop.open] == [("manual", 350_000)]
    for wrong in (("400000",), ("1", "-1"), ("0.5",)):
        with pytest.raises(DomainError) as refused:
            bill(*wrong, source="manual:a" if wrong == ("400000",) else "manual:b")
        assert refused.value.code == ("key_used" if wrong == ("400000",) else "bad_amount")
    shop.pay(350_000)
    assert (shop.open, shop.tenant.plan) == ([], "free")
