"""How an instalment weighs on an income, and the round plan that is proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import DomainError
from services.lending.affordability import assess, monthly, propose, round_up
from services.lending.schedule import LoanTerms

FIVE_MILLION = LoanTerms(Decimal(5_000_000), Decimal(0), 1, date(2025, 1, 31), digits=0)
NONE = Decimal(0)


@pytest.mark.parametrize(
    ("installment", "verdict"),
    [(0, "comfortable"), (299, "comfortable"), (300, "fair"), (400, "fair"), (401, "heavy"), (5000, "heavy")],
)
def test_verdicts_by_the_share_of_net_income(installment: int, verdict: str) -> None:
    found = assess(Decimal(installment), Decimal(1_500), Decimal(500))
    assert (found.net_income, found.burden, found.verdict) == (1_000, Decimal(installment) / 1_000, verdict)


@pytest.mark.parametrize("income", [500, 400, 0])
def test_nothing_left_is_heavy(income: int) -> None:
    found = assess(Decimal(1), Decimal(income), Decimal(500))
    assert (found.net_income, found.burden, found.verdict) == (income - 500, None, "heavy")


def test_unknown_income_is_not_guessed() -> None:
    found = assess(Decimal(1), None, Decimal(500))
    assert (found.net_income, found.burden, found.verdict) == (None, None, "unknown")


def test_instalments_of_other_rhythms_are_compared_by_the_month() -> None:
    assert monthly(Decimal(300), "months", 3) == 100
    assert monthly(Decimal(120), "weeks", 2) == 260
    assert monthly(Decimal(12), "days", 1) == 365


@pytest.mark.parametrize(
    ("amount", "digits", "rounded"),
    [
        ("1666667", 0, "1700000"),
        ("520834", 0, "530000"),
        ("500000", 0, "500000"),
        ("7", 0, "7"),
        ("83.34", 2, "84.00"),
        ("8.33", 2, "8.40"),
        ("0.07", 2, "0.07"),
        ("99.10", 2, "100.00"),
    ],
)
def test_round_instalments_have_two_significant_digits(amount: str, digits: int, rounded: str) -> None:
    assert str(round_up(Decimal(amount), digits)) == rounded


def test_proposal_is_the_shortest_within_thirty_per_cent() -> None:
    proposal = propose(FIVE_MILLION, Decimal(6_000_000), NONE, 12)
    assert proposal.amount == 1_700_000
    assert [row.total for row in proposal.schedule] == [1_700_000, 1_700_000, 1_600_000]
    assert proposal.affordability.verdict == "comfortable"
    assert propose(FIVE_MILLION, Decimal(6_000_000), Decimal(500_000), 12).amount == 1_300_000


def test_proposal_counts_other_rhythms_by_the_month() -> None:
    weekly = propose(replace(FIVE_MILLION, frequency="weeks"), Decimal(6_000_000), NONE, 52)
    assert (weekly.amount, len(weekly.schedule)) == (390_000, 13)
    assert weekly.affordability.burden == Decimal(390_000) * 52 / 12 / 6_000_000


def test_proposal_takes_the_longest_term_when_none_is_bearable() -> None:
    proposal = propose(FIVE_MILLION, Decimal(1_000_000), NONE, 12)
    assert (proposal.amount, len(proposal.schedule)) == (420_000, 12)
    assert proposal.affordability.verdict == "heavy"
    assert propose(FIVE_MILLION, Decimal(500_000), Decimal(900_000), 12).amount == 420_000


def test_proposal_for_an_unknown_income_takes_a_usual_term() -> None:
    proposal = propose(FIVE_MILLION, None, NONE, 24)
    assert (proposal.amount, len(proposal.schedule), proposal.affordability.verdict) == (500_000, 10, "unknown")
    assert propose(FIVE_MILLION, None, NONE, 6).amount == 840_000


def test_a_loan_that_can_be_repaid_at_once_is() -> None:
    small = replace(FIVE_MILLION, principal=Decimal(123_456), annual_rate=Decimal(12))
    proposal = propose(small, Decimal(6_000_000), NONE, 12)
    assert (proposal.amount, len(proposal.schedule)) == (124_691, 1)


def test_proposal_after_a_grace() -> None:
    proposal = propose(replace(FIVE_MILLION, principal_grace=2), Decimal(6_000_000), NONE, 12)
    assert [row.total for row in proposal.schedule] == [0, 0, 1_700_000, 1_700_000, 1_600_000]


def test_proposal_refuses_what_a_schedule_refuses() -> None:
    for change, longest, code in (
        ({"principal": NONE}, 12, "bad_principal"),
        ({"principal": Decimal("NaN")}, 12, "bad_principal"),
        ({}, 0, "bad_periods"),
        ({"principal_grace": 12}, 12, "bad_grace"),
    ):
        with pytest.raises(DomainError) as refused:
            propose(replace(FIVE_MILLION, **change), Decimal(6_000_000), NONE, longest)
        assert refused.value.code == code


@settings(max_examples=100, deadline=None)
@given(
    st.integers(10_000, 90_000_000),
    st.integers(0, 60),
    st.sampled_from(["flat", "equal_installments", "equal_principal"]),
    st.sampled_from(["days", "weeks", "months"]),
    st.sampled_from(["per_period", "daily"]),
    st.none() | st.integers(0, 30_000_000),
    st.integers(1, 36),
)
def test_any_proposal_is_within_its_limits(
    principal: int, rate: int, method: str, frequency: str, interest: str, income: int | None, longest: int
) -> None:
    terms = LoanTerms(
        Decimal(principal), Decimal(rate), 1, date(2025, 1, 31), frequency, method=method, interest=interest, digits=0
    )
    net = None if income is None else Decimal(income)
    proposal = propose(terms, net, NONE, longest)
    assert len(proposal.schedule) <= longest
    assert sum(row.principal for row in proposal.schedule) == principal
    assert all(row.total <= proposal.amount for row in proposal.schedule)
    assert len(proposal.schedule) == 1 or len(str(proposal.amount).rstrip("0")) <= 2
    month = monthly(proposal.amount, terms.frequency, 1)
    assert proposal.affordability == assess(month, net, NONE)
