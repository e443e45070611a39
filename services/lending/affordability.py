"""Whether a borrower can bear an instalment, and the plan to propose: a pure rule on figures that people gave.

Quotes and debt plans call it. It never guesses an income that isn't known, and it decides nothing: a verdict is advice
to the lender. Source: the product's lending rules, "Affordability".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Literal

from services.errors import DomainError
from services.lending.schedule import (
    PERIODS_A_YEAR,
    Frequency,
    Installment,
    LoanTerms,
    build_schedule,
    plan_by_amount,
)

Verdict = Literal["comfortable", "fair", "heavy", "unknown"]

COMFORTABLE = Decimal("0.30")
FAIR = Decimal("0.40")
USUAL_PERIODS = 10


@dataclass(frozen=True, slots=True)
class Affordability:
    """What is left of a month's income before the instalment, and the share that the instalment takes of it.

    Both are None when the income is unknown; `burden` (0.3 for 30 %) also when nothing is left.
    """

    net_income: Decimal | None
    burden: Decimal | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Proposal:
    """A schedule by round instalments of `amount`, the last one smaller, and how it can be borne."""

    amount: Decimal
    schedule: tuple[Installment, ...]
    affordability: Affordability


def assess(installment: Decimal, income: Decimal | None, other: Decimal) -> Affordability:
    """How a monthly instalment weighs on a monthly income of which `other` instalments are already paid.

    Comfortable below 30 %, fair from there to 40 % inclusive, heavy above, or when nothing is left of the income.
    """
    if income is None:
        return Affordability(None, None, "unknown")
    net = income - other
    if net <= 0:
        return Affordability(net, None, "heavy")
    verdict: Verdict = "heavy"
    if installment < COMFORTABLE * net:
        verdict = "comfortable"
    elif installment <= FAIR * net:
        verdict = "fair"
    return Affordability(net, installment / net, verdict)


def monthly(installment: Decimal, frequency: Frequency, every: int) -> Decimal:
    """What instalments come to in a month: those of a year (52 weeks or 365 days) ÷ 12, unrounded."""
    return installment * PERIODS_A_YEAR[frequency] / (12 * every)


def propose(terms: LoanTerms, income: Decimal | None, other: Decimal, longest: int) -> Proposal:
    """The shortest plan in round instalments that takes at most 30 % of the net income, within `longest` periods.

    Where none does, the plan takes `longest`; with an unknown income it takes the usual ten, or fewer if `longest` is.
    `terms.periods` and its rounding to a multiple don't count. Raises `DomainError` for terms that can't be met.
    """
    terms = replace(terms, periods=longest, installment_multiple=None)
    if income is None:
        usual = min(max(USUAL_PERIODS, terms.principal_grace + 1), longest)
        return _proposal(terms, _round_installment(terms, usual), income, other)
    limit = COMFORTABLE * (income - other)
    for amount in _round_installments(terms, limit):
        if monthly(amount, terms.frequency, terms.every) <= limit:
            break
    return _proposal(terms, amount, income, other)


def round_up(amount: Decimal, digits: int) -> Decimal:
    """An amount rounded up to two significant digits, in units that can be paid: 1,666,667 → 1,700,000; 8.33 → 8.40."""
    unit = Decimal(10) ** -digits
    step = max(unit, Decimal(10) ** (amount.adjusted() - 1))
    rounded = (amount / step).to_integral_value(ROUND_CEILING) * step
    return rounded.quantize(unit) if digits >= 0 else rounded


def _proposal(terms: LoanTerms, amount: Decimal, income: Decimal | None, other: Decimal) -> Proposal:
    burden = assess(monthly(amount, terms.frequency, terms.every), income, other)
    return Proposal(amount, plan_by_amount(terms, amount), burden)


def _round_installments(terms: LoanTerms, limit: Decimal) -> Iterator[Decimal]:
    """The round instalments of growing numbers of periods until `terms.periods`, at least one of them.

    It begins where an equal share of the principal could be within the limit, and ends early where more periods would
    never repay the loan.
    """
    shortest = terms.principal_grace + 1
    if limit > 0:
        share = monthly(_repaid_at_once(terms).principal, terms.frequency, terms.every) / limit
        shortest = terms.principal_grace + max(int(share), 1)
    first = min(shortest, terms.periods) if limit > 0 else terms.periods
    for periods in range(first, terms.periods + 1):
        try:
            yield _round_installment(terms, periods)
        except DomainError as error:
            if error.code != "never_repays" or periods == first:
                raise
            return


def _round_installment(terms: LoanTerms, periods: int) -> Decimal:
    """The round instalment that repays within a number of periods, at most the whole loan in one instalment."""
    largest = max(row.total for row in build_schedule(replace(terms, periods=periods)))
    once = _repaid_at_once(terms).total
    amount = min(round_up(largest, terms.digits), once)
    while len(plan_by_amount(terms, amount)) > periods:  # rounded shares of flat interest can fall short by a unit
        amount = min(round_up(amount + Decimal(10) ** -terms.digits, terms.digits), once)
    return amount


def _repaid_at_once(terms: LoanTerms) -> Installment:
    """The instalment that repays the whole loan as soon as the grace is over."""
    return build_schedule(replace(terms, periods=max(terms.principal_grace, 0) + 1))[-1]
