"""Periods and amounts: no gaps, no overlaps, no money made or lost, whatever the calendar does."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.periods import CYCLES, LATE, OVER, SUSPEND, Course, Period, begun_by_payment, difference, rounded
from services.money import Money, currency_digits

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
CYCLE = st.sampled_from(CYCLES)
CURRENCY = st.sampled_from(["IDR", "USD", "JPY", "KWD"])
PRICE = st.decimals(0, 10_000_000, places=2)


@pytest.mark.parametrize(
    ("begin", "cycle", "ends"),
    [
        ("2025-01-31", "monthly", ["2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"]),
        ("2024-01-30", "monthly", ["2024-02-29", "2024-03-30"]),
        ("2024-02-29", "yearly", ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("2025-12-31", "monthly", ["2026-01-31", "2026-02-28", "2026-03-31"]),
    ],
)
def test_the_anchor_is_never_lost(begin: str, cycle: str, ends: list[str]) -> None:
    period, found = Period.of(date.fromisoformat(begin), cycle), []
    for _each in ends:
        found.append(period.end.isoformat())
        period = period.after(cycle)
    assert found == ends


@given(DAYS, st.lists(CYCLE, min_size=1, max_size=40))
def test_periods_follow_each_other_whatever_their_cycles(begin: date, cycles: list[str]) -> None:
    period = Period.of(begin, cycles[0])
    for cycle in cycles[1:]:
        following = period.after(cycle)
        assert following.begin == period.end
        assert following.days in ((28, 29, 30, 31) if cycle == "monthly" else (365, 366, 337, 338, 364, 367, 368))
        assert following.end.day == begin.day or (following.end + timedelta(days=1)).day == 1
        period = following


@given(DAYS, CYCLE, CYCLE, st.integers(0, 500), st.integers(0, 60), st.integers(0, 30))
def test_what_is_paid_late_follows_or_begins_anew(
    begin: date, cycle: str, wanted: str, late: int, entered_after: int, grace: int
) -> None:
    former = Period.of(begin, cycle)
    paid_on = former.end + timedelta(days=late)
    today = paid_on + timedelta(days=entered_after)
    period = begun_by_payment(former, wanted, today, paid_on, grace)
    assert period.begin in (former.end, today)
    assert period.begin >= former.end
    assert period.end > today
    if late >= grace:
        assert period.begin == today
    elif former.after(wanted).end > today:
        assert (period.begin, period.anchor) == (former.end, former.anchor)


@given(PRICE, PRICE, DAYS, CYCLE, st.integers(-5, 400), CURRENCY)
def test_a_larger_plan_never_gives_money_back(
    now: Decimal, wanted: Decimal, begin: date, cycle: str, after: int, currency: str
) -> None:
    period = Period.of(begin, cycle)
    prices = [Money(rounded(each, currency), currency) for each in (now, wanted)]
    more = difference(prices[0], prices[1], period, begin + timedelta(days=after))
    whole = prices[1].amount - prices[0].amount
    assert 0 <= more.amount <= max(whole, Decimal(0))
    assert more.is_exact
    if after <= 0:
        assert more.amount == max(whole, Decimal(0))
    if after >= period.days:
        assert not more


@given(st.integers(0, 10**9), st.integers(1, 10**9), DAYS, CYCLE, st.integers(0, 30), st.integers(0, 30))
def test_less_is_left_every_day(now: int, more: int, begin: date, cycle: str, day: int, later: int) -> None:
    period, low, high = Period.of(begin, cycle), Money(Decimal(now), "IDR"), Money(Decimal(now + more), "IDR")
    first = difference(low, high, period, begin + timedelta(days=day))
    assert difference(low, high, period, begin + timedelta(days=day + later)).amount <= first.amount


@given(st.decimals(-(10**9), 10**9, places=6), CURRENCY)
def test_amounts_are_whole_units_of_their_currency(amount: Decimal, currency: str) -> None:
    found = rounded(amount, currency)
    assert Money(found, currency).is_exact
    assert abs(found - amount) * 2 <= Decimal(1).scaleb(-currency_digits(currency))


def walked(course: Course, from_day: date, until: date) -> list[tuple[date, str]]:
    """Every step of a course that nobody pays, looked at day by day."""
    found, day = [], from_day
    while day <= until:
        step = course.due(day)
        if step is None:
            day += timedelta(days=1)
            continue
        found.append((day, step))
        over = day if step == OVER else course.over_since
        course = Course(course.begin, course.end, step, over, course.grace)
        if step == SUSPEND:
            break
    return found


def test_the_steps_of_an_unpaid_month() -> None:
    course = Course(date(2025, 3, 1), date(2025, 4, 1), None, None, 7)
    assert [(f"{day:%m-%d}", step) for day, step in walked(course, course.begin, date(2025, 5, 1))] == [
        ("03-24", "7"), ("03-28", "3"), ("03-30", "1"), ("03-31", "0"), ("04-01", OVER), ("04-07", LATE),
        ("04-08", SUSPEND),
    ]  # fmt: skip


@given(DAYS, st.integers(1, 400), st.integers(0, 30), st.integers(0, 500))
@settings(max_examples=60)
def test_each_step_comes_once_and_in_order_however_late_somebody_looks(
    begin: date, days: int, grace: int, looked_after: int
) -> None:
    course = Course(begin, begin + timedelta(days=days), None, None, grace)
    steps = walked(course, begin + timedelta(days=looked_after), begin + timedelta(days=1000))
    named = [step for _day, step in steps]
    order = ["7", "3", "1", "0", OVER, LATE, SUSPEND]
    assert named == [step for step in order if step in named]
    assert named[-1] == SUSPEND and OVER in named
    over, suspended = (next(day for day, step in steps if step == wanted) for wanted in (OVER, SUSPEND))
    assert suspended == over + timedelta(days=grace)
    assert over >= course.end


@given(DAYS, st.integers(1, 400), st.integers(0, 30), st.integers(0, 500))
def test_nothing_is_due_before_the_next_day_says_so(begin: date, days: int, grace: int, after: int) -> None:
    course, day = Course(begin, begin + timedelta(days=days), None, None, grace), begin + timedelta(days=after)
    assert (course.due(day) is not None) == (course.next_day() <= day)
