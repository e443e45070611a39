"""Instalments worked out by hand, the edges of the rules, and what holds for any terms whatever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.errors import DomainError
from services.lending.schedule import (
    Installment,
    LoanTerms,
    build_schedule,
    effective_annual_rate,
    plan_by_amount,
    total_interest,
    total_to_repay,
)

DAY = date(2025, 1, 15)
FIVE_MILLION = LoanTerms(Decimal(5_000_000), Decimal(0), 10, DAY, digits=0)
YEAR = LoanTerms(Decimal(1_200_000), Decimal(24), 12, DAY, digits=0)
METHODS = ("flat", "equal_installments", "equal_principal")


def column(schedule: Sequence[Installment], name: str) -> list[Decimal]:
    return [getattr(row, name) for row in schedule]


def dues(terms: LoanTerms) -> list[date]:
    return [row.due for row in build_schedule(terms)]


def code_of(terms: LoanTerms, amount: Decimal | None = None) -> str:
    with pytest.raises(DomainError) as refused:
        build_schedule(terms) if amount is None else plan_by_amount(terms, amount)
    assert refused.value.text.render("en")
    return refused.value.code


@pytest.mark.parametrize("method", METHODS)
def test_without_interest_every_method_gives_equal_instalments(method: str) -> None:
    schedule = build_schedule(replace(FIVE_MILLION, method=method))
    assert column(schedule, "total") == [500_000] * 10
    assert column(schedule, "balance") == [500_000 * left for left in range(9, -1, -1)]
    assert total_interest(schedule) == 0
    assert schedule[0] == Installment(
        1, date(2025, 2, 15), Decimal(500_000), Decimal(0), Decimal(500_000), Decimal(4_500_000)
    )


def test_flat_interest_is_the_same_each_period() -> None:
    schedule = build_schedule(YEAR)
    assert column(schedule, "principal") == [100_000] * 12
    assert column(schedule, "interest") == [24_000] * 12
    assert (total_interest(schedule), total_to_repay(schedule)) == (288_000, 1_488_000)


def test_the_last_row_takes_what_rounding_left_of_principal_and_flat_interest() -> None:
    schedule = build_schedule(LoanTerms(Decimal(1_000_000), Decimal(10), 7, DAY, digits=0))
    assert column(schedule, "principal") == [142_857] * 6 + [142_858]
    assert column(schedule, "interest") == [8_333] * 6 + [8_335]
    assert total_interest(schedule) == 58_333


def test_flat_interest_of_tiny_loans_is_never_more_than_its_total() -> None:
    schedule = build_schedule(LoanTerms(Decimal(60), Decimal(12), 10, DAY, digits=0))
    assert column(schedule, "interest") == [1] * 6 + [0] * 4


def test_annuity_of_twelve_months() -> None:
    schedule = build_schedule(replace(YEAR, method="equal_installments"))
    assert column(schedule, "total") == [113_472] * 11 + [113_467]
    assert column(schedule, "interest")[:3] == [24_000, 22_211, 20_385]
    assert column(schedule, "balance")[:3] == [1_110_528, 1_019_267, 926_180]


def test_equal_principal_pays_less_each_month() -> None:
    schedule = build_schedule(replace(YEAR, method="equal_principal"))
    assert column(schedule, "principal") == [100_000] * 12
    assert column(schedule, "interest") == [24_000 - 2_000 * n for n in range(12)]


def test_weeks_are_parts_of_52() -> None:
    terms = LoanTerms(Decimal(1000), Decimal(26), 4, DAY, frequency="weeks", every=2, method="equal_principal")
    schedule = build_schedule(terms)
    assert column(schedule, "interest") == [10, Decimal("7.5"), 5, Decimal("2.5")]
    assert column(schedule, "due") == [DAY + timedelta(weeks=2 * n) for n in range(1, 5)]


def test_days_are_parts_of_365() -> None:
    terms = LoanTerms(Decimal(3650), Decimal(10), 5, DAY, frequency="days", every=10)
    schedule = build_schedule(terms)
    assert column(schedule, "interest") == [10] * 5
    assert column(schedule, "due") == [DAY + timedelta(days=10 * n) for n in range(1, 6)]


def test_daily_interest_counts_actual_days_and_keeps_the_instalment() -> None:
    terms = LoanTerms(Decimal(1000), Decimal(12), 3, DAY, method="equal_installments", interest="daily")
    schedule = build_schedule(terms)
    assert column(schedule, "interest") == [Decimal("10.19"), Decimal("6.17"), Decimal("3.43")]  # 31, 28 and 31 days
    assert column(schedule, "total") == [Decimal("340.02"), Decimal("340.02"), Decimal("339.75")]


def test_daily_interest_of_a_first_row_counts_from_the_disbursement() -> None:
    terms = LoanTerms(Decimal(3650), Decimal(10), 2, DAY, method="equal_principal", interest="daily")
    schedule = build_schedule(replace(terms, first_due=date(2025, 3, 1)))
    assert column(schedule, "interest") == [45, Decimal("15.5")]
    assert column(schedule, "due") == [date(2025, 3, 1), date(2025, 4, 1)]


def test_months_keep_the_day_of_the_first() -> None:
    assert dues(replace(FIVE_MILLION, disbursed=date(2025, 1, 31)))[:4] == [
        date(2025, 2, 28),
        date(2025, 3, 31),
        date(2025, 4, 30),
        date(2025, 5, 31),
    ]
    assert dues(replace(FIVE_MILLION, disbursed=date(2023, 12, 31)))[1] == date(2024, 2, 29)
    assert dues(replace(FIVE_MILLION, disbursed=date(2023, 11, 30), every=3))[:2] == [
        date(2024, 2, 29),
        date(2024, 5, 30),
    ]


def test_first_due_shifts_the_series() -> None:
    assert dues(replace(FIVE_MILLION, first_due=date(2025, 1, 31)))[:3] == [
        date(2025, 1, 31),
        date(2025, 2, 28),
        date(2025, 3, 31),
    ]
    weekly = replace(FIVE_MILLION, frequency="weeks", first_due=date(2025, 1, 20))
    assert dues(weekly)[:2] == [date(2025, 1, 20), date(2025, 1, 27)]


def test_instalments_are_rounded_to_the_nearest_multiple() -> None:
    schedule = build_schedule(replace(YEAR, method="equal_installments", installment_multiple=Decimal(5_000)))
    assert column(schedule, "total")[:11] == [115_000] * 11
    assert schedule[0].principal == 91_000
    halves = LoanTerms(Decimal(10_000), Decimal(0), 4, DAY, installment_multiple=Decimal(1_000), digits=0)
    assert column(build_schedule(halves), "total") == [2_000, 2_000, 2_000, 4_000]  # 2,500 goes to the even multiple


def test_rounding_up_can_end_a_schedule_sooner() -> None:
    terms = LoanTerms(Decimal(1_000_000), Decimal(12), 10, DAY, installment_multiple=Decimal(60_000), digits=0)
    schedule = build_schedule(terms)
    assert column(schedule, "principal") == [110_000] * 9 + [10_000]
    sooner = build_schedule(replace(terms, installment_multiple=Decimal(65_000)))
    assert column(sooner, "total") == [130_000] * 8 + [50_000]
    assert column(sooner, "interest") == [10_000] * 9


@pytest.mark.parametrize("method", METHODS)
def test_grace_pays_interest_only_and_the_rest_repays(method: str) -> None:
    schedule = build_schedule(replace(YEAR, method=method, principal_grace=2, installment_multiple=Decimal(1_000)))
    assert column(schedule, "principal")[:2] == [0, 0]
    assert column(schedule, "total")[:2] == [24_000, 24_000]
    assert column(schedule, "balance")[:2] == [1_200_000, 1_200_000]
    first = {"flat": 144_000, "equal_installments": 134_000, "equal_principal": 144_000}
    assert (schedule[2].total, len(schedule)) == (first[method], 12)


def test_amounts_show_the_decimals_of_the_currency() -> None:
    row = build_schedule(LoanTerms(Decimal(10), Decimal(0), 2, DAY))[1]
    assert [str(amount) for amount in (row.principal, row.interest, row.total, row.balance)] == [
        "5.00",
        "0.00",
        "5.00",
        "0.00",
    ]


@pytest.mark.parametrize("method", METHODS)
def test_plan_by_amount_without_interest(method: str) -> None:
    schedule = plan_by_amount(replace(FIVE_MILLION, method=method), Decimal(1_700_000))
    assert column(schedule, "total") == [1_700_000, 1_700_000, 1_600_000]
    assert len(plan_by_amount(FIVE_MILLION, Decimal(5_000_000))) == 1
    assert len(plan_by_amount(FIVE_MILLION, Decimal(9_000_000))) == 1


def test_plan_by_amount_with_interest() -> None:
    flat = plan_by_amount(YEAR, Decimal(224_000))
    assert column(flat, "total") == [224_000] * 6
    assert column(flat, "interest") == [24_000] * 6
    declining = plan_by_amount(replace(YEAR, method="equal_installments"), Decimal(500_000))
    assert column(declining, "interest") == [24_000, 14_480, 4_770]
    assert column(declining, "total") == [500_000, 500_000, 243_250]
    equal = plan_by_amount(replace(YEAR, method="equal_principal"), Decimal(224_000))
    assert column(equal, "principal") == [200_000] * 6
    assert column(equal, "total") == [224_000 - 4_000 * n for n in range(6)]


def test_plan_by_amount_after_a_grace() -> None:
    schedule = plan_by_amount(replace(YEAR, principal_grace=2), Decimal(624_000))
    assert column(schedule, "total") == [24_000, 24_000, 624_000, 624_000]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"principal": Decimal(0)}, "bad_principal"),
        ({"principal": Decimal(-5)}, "bad_principal"),
        ({"principal": Decimal("10.5")}, "bad_principal"),
        ({"principal": Decimal("NaN")}, "bad_principal"),
        ({"annual_rate": Decimal(-1)}, "bad_rate"),
        ({"annual_rate": Decimal("Infinity")}, "bad_rate"),
        ({"periods": 0}, "bad_periods"),
        ({"periods": -1}, "bad_periods"),
        ({"periods": 1201}, "bad_periods"),
        ({"principal_grace": -1}, "bad_grace"),
        ({"principal_grace": 12}, "bad_grace"),
        ({"method": "balloon"}, "bad_method"),
        ({"frequency": "years"}, "bad_frequency"),
        ({"interest": "hourly"}, "bad_interest"),
        ({"every": 0}, "bad_every"),
        ({"every": 10_000}, "too_long"),
        ({"every": 10**12, "frequency": "days"}, "too_long"),
        ({"installment_multiple": Decimal(0)}, "bad_multiple"),
        ({"installment_multiple": Decimal("0.5")}, "bad_multiple"),
        ({"first_due": DAY}, "bad_first_due"),
        ({"first_due": DAY - timedelta(days=1)}, "bad_first_due"),
    ],
)
def test_terms_that_make_no_sense_are_refused_by_name(change: dict[str, object], code: str) -> None:
    assert code_of(replace(YEAR, **change)) == code


@pytest.mark.parametrize("method", METHODS)
def test_an_instalment_that_never_repays_is_refused(method: str) -> None:
    assert code_of(replace(YEAR, method=method, installment_multiple=Decimal(10_000_000))) == "never_repays"
    assert code_of(replace(YEAR, method=method), Decimal(24_000)) == "never_repays"
    assert code_of(replace(FIVE_MILLION, method=method), Decimal(4_000)) == "never_repays"
    assert code_of(YEAR, Decimal(24_001)) == "never_repays"
    assert code_of(YEAR, Decimal(0)) == "bad_installment"
    assert code_of(YEAR, Decimal("100.5")) == "bad_installment"


def test_an_annuity_whose_longest_month_exceeds_the_instalment_is_refused() -> None:
    terms = replace(YEAR, method="equal_installments", interest="daily", annual_rate=Decimal(60), periods=360)
    assert code_of(terms) == "never_repays"


def test_effective_annual_rate() -> None:
    assert effective_annual_rate(FIVE_MILLION, build_schedule(FIVE_MILLION)) is None
    once = LoanTerms(Decimal(1000), Decimal(10), 1, DAY, every=12)
    assert effective_annual_rate(once, build_schedule(once)) == Decimal("10.00")
    declining = replace(YEAR, method="equal_installments")
    assert effective_annual_rate(declining, build_schedule(declining)) == Decimal(
        "26.95"
    )  # 1.02¹² − 1 = 26.82, but for days
    assert effective_annual_rate(YEAR, build_schedule(YEAR)) == Decimal("50.95")
    steep = LoanTerms(Decimal(1000), Decimal(3650), 1, DAY, frequency="days")
    rate = effective_annual_rate(steep, build_schedule(steep))
    assert rate is not None
    assert rate > Decimal(10) ** 17


@st.composite
def terms_of(draw: st.DrawFn) -> LoanTerms:
    digits = draw(st.sampled_from([0, 2]))
    principal = Decimal(draw(st.integers(1_000, 50_000_000)))
    periods = draw(st.integers(1, 40))
    disbursed = date(2023, 1, 1) + timedelta(days=draw(st.integers(0, 1000)))
    later = draw(st.none() | st.integers(1, 90))
    return LoanTerms(
        principal if digits == 0 else principal / 100,
        draw(st.just(Decimal(0)) | st.integers(1, 12_000).map(lambda basis: Decimal(basis) / 100)),
        periods,
        disbursed,
        draw(st.sampled_from(["days", "weeks", "months"])),
        draw(st.integers(1, 4)),
        draw(st.sampled_from(METHODS)),
        draw(st.sampled_from(["per_period", "daily"])),
        draw(st.none() | st.sampled_from([Decimal(1), Decimal(50), Decimal(1000)])),
        draw(st.integers(0, periods - 1)),
        None if later is None else disbursed + timedelta(days=later),
        digits,
    )


def holds(terms: LoanTerms, schedule: Sequence[Installment]) -> None:
    """What is true of every schedule."""
    assert [row.number for row in schedule] == list(range(1, len(schedule) + 1))
    assert sum(column(schedule, "principal")) == terms.principal
    assert schedule[-1].balance == 0
    before = terms.principal
    for row in schedule:
        assert row.total == row.principal + row.interest
        assert row.balance == before - row.principal
        assert row.interest >= 0
        assert row.principal == 0 if row.number <= terms.principal_grace else row.principal > 0
        before = row.balance
    days = column(schedule, "due")
    assert days == sorted(set(days))
    assert days[0] > terms.disbursed
    if terms.frequency == "months":
        kept = (terms.first_due or terms.disbursed).day
        assert all(day.day == kept or (day + timedelta(days=1)).day == 1 for day in days)


@settings(max_examples=100, deadline=None)
@given(terms_of())
def test_any_schedule_repays_exactly(terms: LoanTerms) -> None:
    try:
        schedule = build_schedule(terms)
    except DomainError as error:
        assert error.code == "never_repays"
        assume(False)
    holds(terms, schedule)
    assert len(schedule) <= terms.periods
    repaying = schedule[terms.principal_grace : -1]
    if terms.installment_multiple is not None:
        assert all(row.total % terms.installment_multiple == 0 for row in repaying)
    if terms.method == "equal_installments":
        assert len({row.total for row in repaying}) <= 1
    if terms.method == "flat":
        assert (
            len(schedule) < terms.periods
            or abs(total_interest(schedule) - flat_interest(terms, schedule)) <= unit(terms) / 2
        )


def flat_interest(terms: LoanTerms, schedule: Sequence[Installment]) -> Decimal:
    """Principal × rate × time, unrounded."""
    years = Decimal((schedule[-1].due - terms.disbursed).days) / 365
    if terms.interest == "per_period":
        years = Decimal(len(schedule) * terms.every) / {"days": 365, "weeks": 52, "months": 12}[terms.frequency]
    return (terms.principal * terms.annual_rate * years / 100).quantize(Decimal("1e-9"))


def unit(terms: LoanTerms) -> Decimal:
    return Decimal(1).scaleb(-terms.digits)


@settings(max_examples=100, deadline=None)
@given(terms_of(), st.integers(1, 60))
def test_any_plan_by_amount_is_the_shortest_within_the_amount(terms: LoanTerms, parts: int) -> None:
    amount = (terms.principal / parts).quantize(unit(terms)) + unit(terms)
    try:
        schedule = plan_by_amount(terms, amount)
    except DomainError as error:
        assert error.code == "never_repays"
        assume(False)
    holds(terms, schedule)
    repaying = schedule[terms.principal_grace :]
    assert all(row.total <= amount for row in repaying)
    if terms.method == "equal_principal" and terms.annual_rate:
        shorter = replace(terms, periods=len(schedule) - 1, installment_multiple=None)
        if shorter.periods > terms.principal_grace:
            assert max(row.total for row in build_schedule(shorter)) > amount
    else:
        assert all(row.total == amount for row in repaying[:-1])
