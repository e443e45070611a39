"""What is due when: the instalments of a loan, worked out from its terms by rules that can be followed by hand.

Quotes, agreements and affordability call it. It knows no database and no clock, and it never books anything. Amounts
are `Decimal` in the loan's currency. Source: the product's lending rules, "Schedule"; the conventions are those of
Apache Fineract and Frappe Lending, and published schedules of both are reproduced in the tests.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Literal, get_args

from services.errors import DomainError
from services.i18n import Renderable, _

Frequency = Literal["days", "weeks", "months"]
Method = Literal["flat", "equal_installments", "equal_principal"]
Interest = Literal["per_period", "daily"]

MOST_PERIODS = 1200
DAYS_A_YEAR = 365
PERIODS_A_YEAR: dict[Frequency, int] = {"days": DAYS_A_YEAR, "weeks": 52, "months": 12}

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_LARGEST = Decimal(10) ** 18
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """What lender and borrower agree on.

    `annual_rate` is in per cent a year; an instalment is due every `every`-th day, week or month; `digits` are the
    currency's decimals; `principal_grace` counts the first instalments, which pay interest only. Without `first_due`
    the first instalment is due one period after `disbursed`. `due_day` is the day of the month that the series keeps
    where the first due date fell on the last day of a shorter month.
    """

    principal: Decimal
    annual_rate: Decimal
    periods: int
    disbursed: date
    frequency: Frequency = "months"
    every: int = 1
    method: Method = "flat"
    interest: Interest = "per_period"
    installment_multiple: Decimal | None = None
    principal_grace: int = 0
    first_due: date | None = None
    digits: int = 2
    due_day: int | None = None


@dataclass(frozen=True, slots=True)
class Installment:
    """One row of a schedule: `total` = principal + interest; `balance` is the principal still outstanding after it."""

    number: int
    due: date
    principal: Decimal
    interest: Decimal
    total: Decimal
    balance: Decimal


# The principal that a regular row repays, from the balance before it and its interest.
_Share = Callable[[Decimal, Decimal], Decimal]


def build_schedule(terms: LoanTerms) -> tuple[Installment, ...]:
    """The instalments of a loan over a number of periods.

    Flat interest is principal × rate × time over the whole term, spread evenly; when interest is daily, the time is the
    days until the last due date. The last row takes what rounding left of it and of the principal. Where rounding up
    repays the principal sooner, the schedule ends with that row, and flat interest of later rows isn't charged. Rows in
    grace aren't rounded to `installment_multiple`: they have no principal to give or take.
    Raises `DomainError` for terms that can't be met, `never_repays` where an instalment doesn't exceed its interest.
    """
    _check(terms)
    with localcontext(_EXACT):
        return tuple(_rows(terms, terms.periods, _share_over(terms)))


def plan_by_amount(terms: LoanTerms, amount: Decimal) -> tuple[Installment, ...]:
    """The shortest schedule by instalments of `amount`; `terms.periods` and its rounding to a multiple don't count.

    Every row after the grace is `amount`, the last at most that; flat interest is the same in every row. An
    `equal_principal` loan with interest takes the smallest number of periods whose largest row is within `amount`.
    Raises `DomainError`: `bad_installment`, or `never_repays` where the interest eats it or 1200 periods don't suffice.
    """
    terms = replace(terms, periods=MOST_PERIODS, installment_multiple=None)
    _check(terms)
    if not _payable(amount, terms.digits):
        raise DomainError(
            "bad_installment",
            _("The instalment must be more than zero and payable in the currency's smallest unit. Example: 500000"),
        )
    shortest = _shortest_declining
    if terms.annual_rate and terms.method != "equal_installments":
        shortest = _shortest_flat if terms.method == "flat" else _shortest_equal_principal
    with localcontext(_EXACT):
        return shortest(terms, amount)


def total_interest(schedule: tuple[Installment, ...]) -> Decimal:
    """The interest of all rows."""
    return sum((row.interest for row in schedule), _NOTHING)


def total_to_repay(schedule: tuple[Installment, ...]) -> Decimal:
    """Principal and interest of all rows."""
    return sum((row.total for row in schedule), _NOTHING)


def effective_annual_rate(terms: LoanTerms, schedule: tuple[Installment, ...]) -> Decimal | None:
    """The annual percentage rate (APR) in per cent to 2 decimals; None where there is no interest.

    It is the yearly rate at which the instalments, discounted over actual days ÷ 365 from `disbursed`, are worth the
    principal. Source: Directive 2008/48/EC, Annex I, part I. Found by bisection in floats to far below a hundredth:
    a rate is no amount of money.
    """
    if not total_interest(schedule):
        return None
    payments = [((row.due - terms.disbursed).days / DAYS_A_YEAR, float(row.total)) for row in schedule]

    def worth(growth: float) -> float:
        return sum(total * math.exp(-growth * years) for years, total in payments)

    low, high, principal = 0.0, 1.0, float(terms.principal)
    while worth(high) > principal and high < _STEEPEST:
        low, high = high, high * 2
    for _step in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if worth(middle) > principal else (low, middle)
    with localcontext(_EXACT):
        return Decimal(math.expm1(low) * 100).quantize(Decimal("0.01"))


# Continuous growth a year at which the search for the effective rate stops: e⁶⁴ is beyond any loan.
_STEEPEST = 64.0


def due_date(terms: LoanTerms, number: int) -> date:
    """When instalment `number` (from 1) is due; months keep the day of the first: 31 January, 28 February, 31 March.

    Raises `DomainError` `too_long` beyond the calendar's last year.
    """
    start, steps = (terms.disbursed, number) if terms.first_due is None else (terms.first_due, number - 1)
    try:
        if terms.frequency == "months":
            return _months_later(start, steps * terms.every, terms.due_day)
        return start + timedelta(days=steps * terms.every * (7 if terms.frequency == "weeks" else 1))
    except (OverflowError, ValueError):
        raise DomainError(
            "too_long", _("The last due date would be too far away. Choose fewer or closer instalments.")
        ) from None


def _months_later(start: date, months: int, day: int | None) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > date.max.year:
        raise ValueError(year)
    return date(year, month + 1, min(day or start.day, monthrange(year, month + 1)[1]))


def _rows(terms: LoanTerms, periods: int, share: _Share) -> Iterator[Installment]:
    """Rows until nothing is outstanding, at the latest the last of `periods`."""
    unit, flat = _unit(terms.digits), _flat_interest(terms, periods) if terms.method == "flat" else None
    balance, paid, since = terms.principal, _NOTHING, terms.disbursed
    for number in range(1, periods + 1):
        due = due_date(terms, number)
        if flat is None:
            interest = _nearest(_accrued(terms, balance, 1, (due - since).days), unit)
        else:
            left = _nearest(flat, unit) - paid
            interest = left if number == periods else min(_nearest(flat / periods, unit), left)
        principal = _NOTHING if number <= terms.principal_grace else share(balance, interest)
        if number == periods or principal >= balance:
            principal = balance
        elif number > terms.principal_grace and principal <= 0:
            raise _never_repays(principal + interest)
        balance, paid, since = balance - principal, paid + interest, due
        yield _row(unit, number, due, principal, interest, balance)
        if not balance:
            return


def _row(unit: Decimal, number: int, due: date, principal: Decimal, interest: Decimal, balance: Decimal) -> Installment:
    """A row whose figures all show the currency's decimals."""
    amounts = (_nearest(amount, unit) for amount in (principal, interest, principal + interest, balance))
    return Installment(number, due, *amounts)


def _flat_interest(terms: LoanTerms, periods: int) -> Decimal:
    """Flat interest of a whole term, unrounded: on the principal, until the last due date."""
    return _accrued(terms, terms.principal, periods, (due_date(terms, periods) - terms.disbursed).days)


def _accrued(terms: LoanTerms, base: Decimal, periods: int, days: int) -> Decimal:
    """base × rate × time, where time is a number of periods, or of actual days when interest is daily."""
    count, year = (days, DAYS_A_YEAR)
    if terms.interest == "per_period":
        count, year = periods * terms.every, PERIODS_A_YEAR[terms.frequency]
    return base * terms.annual_rate * count / (100 * year)


def _share_over(terms: LoanTerms) -> _Share:
    """How a schedule of `terms.periods` rows repays: by equal totals, or by equal parts of the principal."""
    rows = terms.periods - terms.principal_grace
    if terms.method == "equal_installments":
        total = _rounded_total(terms, _annuity(terms, rows))
        return lambda _balance, interest: total - interest
    part = terms.principal / rows
    if terms.installment_multiple is None:
        equal = _nearest(part, _unit(terms.digits))
        return lambda _balance, _interest: equal
    return lambda _balance, interest: _rounded_total(terms, part + interest) - interest


def _annuity(terms: LoanTerms, rows: int) -> Decimal:
    """The equal instalment, unrounded: principal × r ÷ (1 − (1 + r)⁻ⁿ), with r the rate of one period."""
    rate = terms.annual_rate * terms.every / (100 * PERIODS_A_YEAR[terms.frequency])
    if not rate:
        return terms.principal / rows
    return terms.principal * rate / (1 - (1 + rate) ** -rows)


def _rounded_total(terms: LoanTerms, total: Decimal) -> Decimal:
    return _nearest(total, terms.installment_multiple or _unit(terms.digits))


def _shortest_flat(terms: LoanTerms, amount: Decimal) -> tuple[Installment, ...]:
    """Tries numbers of periods upwards, as the interest of a row depends on their days when it is daily."""
    unit = _unit(terms.digits)
    for periods in range(_fewest(terms, amount), MOST_PERIODS + 1):
        flat, grace = _flat_interest(terms, periods), terms.principal_grace
        whole = _nearest(flat, unit)
        owed = terms.principal + whole - min(grace * _nearest(flat / periods, unit), whole)
        if amount * (periods - grace) < owed:
            continue
        schedule = tuple(_rows(terms, periods, lambda _balance, interest: amount - interest))
        if schedule[-1].total <= amount:
            return schedule
    raise _never_repays(amount)


def _shortest_declining(terms: LoanTerms, amount: Decimal) -> tuple[Installment, ...]:
    """Pays the amount until nothing is outstanding."""
    rows = tuple(_rows(terms, MOST_PERIODS, lambda _balance, interest: amount - interest))
    if rows[-1].total > amount:
        raise _never_repays(amount)
    return rows


def _shortest_equal_principal(terms: LoanTerms, amount: Decimal) -> tuple[Installment, ...]:
    """Tries numbers of periods upwards, from the first that could fit the row after the grace."""
    grace = terms.principal_grace
    since = due_date(terms, grace) if grace else terms.disbursed
    days = (due_date(terms, grace + 1) - since).days
    interest = _nearest(_accrued(terms, terms.principal, 1, days), _unit(terms.digits))
    periods = 0
    while amount > interest and periods < MOST_PERIODS:
        periods = max(periods + 1, _fewest(terms, amount - interest + _unit(terms.digits)))
        schedule = build_schedule(replace(terms, periods=min(periods, MOST_PERIODS)))
        largest = max(schedule, key=lambda row: row.total)
        if largest.total <= amount:
            return schedule
        interest = largest.interest  # this row has no less interest when there are more periods
    raise _never_repays(amount)


def _fewest(terms: LoanTerms, part: Decimal) -> int:
    """How many periods it takes at least when a row repays no more than `part`."""
    return terms.principal_grace + math.ceil(terms.principal / part)


def _unit(digits: int) -> Decimal:
    return Decimal(10) ** -digits


def _nearest(amount: Decimal, step: Decimal) -> Decimal:
    """The multiple of `step` nearest to an amount, half to even."""
    return (amount / step).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * step


def _payable(amount: Decimal, digits: int) -> bool:
    """Whether an amount is more than zero and whole in the currency's smallest unit."""
    return amount.is_finite() and 0 < amount < _LARGEST and not amount % _unit(digits)


def _never_repays(amount: Decimal) -> DomainError:
    return DomainError(
        "never_repays",
        _(
            "Instalments of {amount} would never repay this loan. Choose a larger instalment, another number of"
            " instalments or a finer rounding.",
            amount=amount,
        ),
    )


def _check(terms: LoanTerms) -> None:
    """Refuses the first field of the terms that makes no sense."""
    for fine, code, text in _checks(terms):
        if not fine:
            raise DomainError(code, text)
    due_date(terms, 1)


def _checks(terms: LoanTerms) -> Iterator[tuple[bool, str, Renderable]]:
    payable = _("The principal must be more than zero and payable in the currency's smallest unit. Example: 5000000")
    yield _payable(terms.principal, terms.digits), "bad_principal", payable
    rate = _("The interest rate can't be negative. Example: 12 for 12 % a year")
    yield terms.annual_rate.is_finite() and 0 <= terms.annual_rate < _LARGEST, "bad_rate", rate
    number = _("The number of instalments must be from 1 to {most}.", most=MOST_PERIODS)
    yield 1 <= terms.periods <= MOST_PERIODS, "bad_periods", number
    grace = _("The grace on principal must be from 0 to {most} instalments.", most=terms.periods - 1)
    yield 0 <= terms.principal_grace < terms.periods, "bad_grace", grace
    for value, choices, code, text in (
        (
            terms.method,
            Method,
            "bad_method",
            _("The interest method must be one of: {choices}.", choices=_listed(Method)),
        ),
        (
            terms.frequency,
            Frequency,
            "bad_frequency",
            _("The frequency must be one of: {choices}.", choices=_listed(Frequency)),
        ),
        (
            terms.interest,
            Interest,
            "bad_interest",
            _("Interest must be counted by one of: {choices}.", choices=_listed(Interest)),
        ),
    ):
        yield value in get_args(choices), code, text
    yield terms.every >= 1, "bad_every", _("The interval between instalments must be 1 or more.")
    multiple = _("Instalments can only be rounded to a payable amount of more than zero. Example: 1000")
    fine = terms.installment_multiple is None or _payable(terms.installment_multiple, terms.digits)
    yield fine, "bad_multiple", multiple
    first = _("The first due date must be after the day of disbursement, {day}.", day=terms.disbursed)
    yield terms.first_due is None or terms.first_due > terms.disbursed, "bad_first_due", first


def _listed(choices: object) -> str:
    return ", ".join(get_args(choices))
