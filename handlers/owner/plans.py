"""From what an interview knows to the terms of an agreement: the plan, whether it can be borne, and its words."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from handlers.context import Context
from services.errors import DomainError
from services.i18n import Joined, Percent, Renderable, Shown, Text, Weekday, _, _n, lines
from services.lending.affordability import Affordability, assess, monthly, propose
from services.lending.penalties import read_penalty
from services.lending.schedule import (
    PERIODS_A_YEAR,
    Frequency,
    Installment,
    LoanTerms,
    build_schedule,
    effective_annual_rate,
    plan_by_amount,
    total_interest,
    total_to_repay,
)
from services.lending.terms import AgreementTerms, Person
from services.money import Money, currency_digits

HIGHEST_RATE = Decimal(1000)
# A pay day that is nearer than this is too soon for the first instalment.
FIRST_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Plan:
    """The terms as they would be signed, their schedule, and how the borrower can bear it."""

    terms: AgreementTerms
    schedule: tuple[Installment, ...]
    affordability: Affordability

    @property
    def assessment(self) -> dict[str, object]:
        """What is kept of the borrower's means, beside the terms."""
        net, burden = self.affordability.net_income, self.affordability.burden
        return {
            "net_income": None if net is None else str(net),
            "burden": None if burden is None else f"{burden:.4f}",
            "verdict": self.affordability.verdict,
        }


def plan_of(context: Context, borrower: Person, arguments: Mapping[str, object]) -> Plan:
    """The plan that the arguments ask for, else the one proposed; raises `DomainError` for terms that can't be."""
    loan = _loan(context, arguments)
    income = cast("Money | None", arguments.get("income"))
    other = cast("Money | None", arguments.get("other"))
    known_income = None if income is None else income.amount
    paid_elsewhere = Decimal(0) if other is None else other.amount
    installment = cast("Money | None", arguments.get("installment"))
    amount: Decimal | None = None
    if installment is not None:
        amount, schedule = installment.amount, plan_by_amount(loan, installment.amount)
        _refuse_more_than_all(installment, schedule)
    elif "periods" in arguments:
        schedule = build_schedule(loan)
    else:
        proposal = propose(loan, known_income, paid_elsewhere, _longest(context, loan))
        amount, schedule = proposal.amount, proposal.schedule
    loan = replace(loan, periods=len(schedule))
    largest = max(row.total for row in schedule)
    burden = assess(monthly(largest, loan.frequency, loan.every), known_income, paid_elsewhere)
    return Plan(_terms(context, borrower, arguments, loan, amount), schedule, burden)


def _refuse_more_than_all(installment: Money, schedule: Sequence[Installment]) -> None:
    everything = Money(total_to_repay(tuple(schedule)), installment.currency)
    if len(schedule) == 1 and everything < installment:
        raise DomainError(
            "installment_too_large",
            _(
                "{installment} is more than everything there is to repay, {everything}. Example of a change:"
                " *change {example}*",
                installment=installment, everything=everything, example=everything,
            ),
        )  # fmt: skip


def _loan(context: Context, arguments: Mapping[str, object]) -> LoanTerms:
    amount = cast(Money, arguments["amount"])
    rate = Decimal(str(arguments.get("rate", "0")))
    if rate > HIGHEST_RATE:
        raise DomainError(
            "bad_rate",
            _("{rate} a year can't be right; {most} a year is the most. Example: 2% a month", rate=Percent(rate / 100),
              most=Percent(HIGHEST_RATE / 100)),
        )  # fmt: skip
    frequency = cast(Frequency, arguments.get("frequency", "months"))
    terms: dict[str, Any] = {
        "principal": amount.amount,
        "annual_rate": rate,
        "periods": cast(int, arguments.get("periods", 1)),
        "disbursed": context.today,
        "frequency": frequency,
        "every": cast(int, arguments.get("every", 1)),
        "method": arguments.get("method", "flat"),
        "principal_grace": cast(int, arguments.get("grace", 0)),
        "digits": currency_digits(amount.currency),
    }
    pay_day = cast("int | None", arguments.get("pay_day"))
    if arguments.get("first_due") is not None:
        terms["first_due"] = arguments["first_due"]
    elif frequency == "months" and pay_day is not None:
        terms["first_due"] = first_pay_day(context.today, pay_day)
        terms["due_day"] = pay_day
    return LoanTerms(**terms)


def first_pay_day(today: date, pay_day: int) -> date:
    """The first pay day at least a week away; in a short month its last day."""
    earliest = today + FIRST_AFTER
    due = _in_month(earliest.year, earliest.month, pay_day)
    if due >= earliest:
        return due
    return _in_month(earliest.year + earliest.month // 12, earliest.month % 12 + 1, pay_day)


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _longest(context: Context, loan: LoanTerms) -> int:
    """The tenant's longest term, in periods of the loan."""
    months = cast(int, context.preference("longest_term"))
    return max(months * PERIODS_A_YEAR[loan.frequency] // (12 * loan.every), loan.principal_grace + 1)


def _terms(
    context: Context, borrower: Person, arguments: Mapping[str, object], loan: LoanTerms, installment: Decimal | None
) -> AgreementTerms:
    tenant = context.tenant
    lender = arguments.get("lender") or context.preference("lender") or tenant.name
    number = arguments.get("lender_number") or f"+{context.session.phone}"
    penalty = context.preference("penalty")
    return AgreementTerms(
        loan=loan,
        installment=installment,
        currency=tenant.currency,
        lender=Person(str(lender), str(number)),
        borrower=borrower,
        made_on=context.today,
        locale=tenant.locale,
        timezone=tenant.timezone,
        allocation_order=tuple(str(context.preference("allocation_order")).split(",")),
        shorten=context.preference("overpayment") == "shorten",
        penalty=read_penalty(str(penalty)) if penalty else None,
        how_to_pay=str(context.preference("how_to_pay") or ""),
        replaces=arguments.get("older") == "replace",
    )


_RHYTHM: Mapping[tuple[str, int], Text] = {
    ("months", 1): _("a month"),
    ("weeks", 1): _("a week"),
    ("days", 1): _("a day"),
}


def rhythm(loan: LoanTerms) -> Text:
    """How often an instalment is due."""
    named = _RHYTHM.get((loan.frequency, loan.every))
    if named is not None:
        return named
    if loan.frequency == "months":
        return _n("every month", "every {n} months", loan.every)
    if loan.frequency == "weeks":
        return _n("every week", "every {n} weeks", loan.every)
    return _n("every day", "every {n} days", loan.every)


def summary(terms: AgreementTerms, schedule: Sequence[Installment]) -> Renderable:
    """A plan in one line: `3 × Rp 1.700.000 monthly (the last one Rp 1.600.000)`."""
    first, last = (Money(row.total, terms.currency) for row in (schedule[0], schedule[-1]))
    params = {"n": len(schedule), "amount": first, "rhythm": rhythm(terms.loan)}
    if len({row.total for row in schedule[:-1]}) > 1:
        return _("{n} instalments {rhythm}, from {amount} to {last}", last=last, **params)
    if len(schedule) == 1:
        return _("one instalment of {amount}", amount=first)
    if first == last:
        return _("{n} × {amount} {rhythm}", **params)
    return _("{n} × {amount} {rhythm} (the last one {last})", last=last, **params)


_METHODS: Mapping[str, Text] = {
    "flat": _("flat"),
    "equal_installments": _("annuity"),
    "equal_principal": _("on the declining balance"),
}


def interest_line(terms: AgreementTerms, schedule: Sequence[Installment]) -> Renderable:
    """What the loan costs."""
    interest = total_interest(tuple(schedule))
    if not terms.loan.annual_rate:
        return _("Interest: none")
    effective = effective_annual_rate(terms.loan, tuple(schedule))
    return _(
        "Interest: {rate} a year {method} = {interest}, to repay {total} in all (effective {effective} a year)",
        rate=Percent(terms.loan.annual_rate / 100),
        method=_METHODS[terms.loan.method],
        interest=Money(interest, terms.currency),
        total=Money(total_to_repay(tuple(schedule)), terms.currency),
        effective=Percent((effective or Decimal(0)) / 100),
    )


def burden_line(plan: Plan) -> Renderable:
    """Whether the borrower can bear it."""
    found = plan.affordability
    if found.verdict == "unknown":
        return _("Burden: unknown, since the income is unknown.")
    net = Money(found.net_income or Decimal(0), plan.terms.currency)
    if found.burden is None:
        return _("⚠️ Burden: *heavy*. After other instalments nothing is left of the income ({net}).", net=net)
    params = {"share": Percent(round(found.burden, 3)), "net": net}
    if found.verdict == "comfortable":
        return _("✅ Burden: {share} of the net income of {net}: *comfortable* (below 30%).", **params)
    if found.verdict == "fair":
        return _("Burden: {share} of the net income of {net}: *fair* (30 to 40%).", **params)
    return _("⚠️ Burden: {share} of the net income of {net}: *heavy* (above 40%).", **params)


def proposal(plan: Plan) -> Renderable:
    """The plan as the lender is asked about it."""
    terms, schedule = plan.terms, plan.schedule
    dates = Joined((Shown(Weekday(schedule[0].due)), Shown(Weekday(schedule[-1].due))), " – ")
    penalty = terms.penalty.describe(terms.currency) if terms.penalty is not None else None
    return lines(
        _("*Agreement with {name}*: {amount}", name=terms.borrower.name, amount=terms.principal),
        _("Plan: {plan}", plan=summary(terms, schedule)),
        _("Due: {dates}", dates=dates if len(schedule) > 1 else Weekday(schedule[0].due)),
        interest_line(terms, schedule),
        _("When late: {penalty}", penalty=penalty) if penalty is not None else None,
        _("It takes the place of what {name} owes now.", name=terms.borrower.name) if terms.replaces else None,
        burden_line(plan),
    )
