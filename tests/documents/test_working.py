"""The rules that a page states are those by which its schedule was worked out: followed by hand, they give each row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

from services.documents.clauses import clauses
from services.documents.facts import AgreementFacts
from services.errors import DomainError
from tests.documents.samples import agreement

YEAR = {"months": 12, "weeks": 52, "days": 365}


def nearest(amount: Fraction, unit: Fraction) -> Fraction:
    return round(amount / unit) * unit  # half to even


def by_hand(facts: AgreementFacts) -> list[tuple[Fraction, Fraction]]:
    """Principal and interest of each row, by the sentences of the agreement alone."""
    terms, unit = facts.terms, Fraction(1, 10**facts.terms.digits)
    periods = len(facts.schedule) if facts.installment is not None else terms.periods
    multiple = None if facts.installment is not None else terms.installment_multiple
    loan, rate = Fraction(terms.principal), Fraction(terms.annual_rate) / 100
    share, part = loan / (periods - terms.principal_grace), rate * terms.every / YEAR[terms.frequency]
    whole = loan * part * periods
    if terms.interest == "daily":
        whole = loan * rate * (facts.schedule[-1].due - terms.disbursed).days / 365
    left, charged, before, rows = loan, Fraction(0), terms.disbursed, []
    for number, row in enumerate(facts.schedule, start=1):
        days, before = (row.due - before).days, row.due
        time = rate * days / 365 if terms.interest == "daily" else part
        interest = nearest(whole / periods if terms.method == "flat" else left * time, unit)
        if number == periods and terms.method == "flat":
            interest = nearest(whole, unit) - charged
        if number <= terms.principal_grace:
            principal = Fraction(0)
        elif number == len(facts.schedule):
            principal = left
        elif facts.installment is not None and (terms.method != "equal_principal" or not rate):
            principal = Fraction(facts.installment.amount) - interest
        elif terms.method == "equal_installments" and part:
            grown = (1 + part) ** (periods - terms.principal_grace)
            principal = nearest(loan * part * grown / (grown - 1), Fraction(multiple or unit)) - interest
        elif multiple is not None:
            principal = nearest(share + interest, Fraction(multiple)) - interest
        else:
            principal = nearest(share, unit)
        left, charged = left - principal, charged + interest
        rows.append((principal, interest))
    return rows


@pytest.mark.parametrize("method", ["flat", "equal_installments", "equal_principal"])
@pytest.mark.parametrize("interest", ["per_period", "daily"])
@pytest.mark.parametrize("frequency", YEAR)
def test_every_figure_can_be_followed_by_hand(method: str, interest: str, frequency: str) -> None:
    followed = 0
    for every, periods, grace, multiple, rate, amount in product(
        (1, 2), (1, 2, 7, 12), (0, 1), (None, "1000"), ("0", "17.5"), (None, "700000")
    ):
        try:
            facts = agreement(
                "IDR", amount, method=method, interest=interest, frequency=frequency, every=every, periods=periods,
                principal_grace=grace, annual_rate=Decimal(rate), installment_multiple=multiple and Decimal(multiple),
            )  # fmt: skip
        except DomainError:
            continue
        assert by_hand(facts) == [(Fraction(row.principal), Fraction(row.interest)) for row in facts.schedule]
        followed += 1
    assert followed > 20


def test_interest_is_rounded_only_at_the_end() -> None:
    facts = agreement(annual_rate=Decimal("17.5"), periods=2)
    stated = " ".join(each.render("en") for clause in clauses(facts, "en") for each in clause.paragraphs)
    assert "IDR 5,000,000 × 17.5% × 2/12 ÷ 2 = IDR 72,917, rounded only at the end." in stated
    assert facts.schedule[0].due == date(2025, 3, 20)
