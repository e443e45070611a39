"""How every figure of a schedule is worked out, in words and with the numbers, so that it can be followed by hand.

The sentences say what `services.lending.schedule` does; they are part of the agreement. Nothing here draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import TYPE_CHECKING

from services.documents.facts import AgreementFacts
from services.i18n import Percent, Renderable, Shown, _, _n
from services.money import Money

if TYPE_CHECKING:
    from services.lending.schedule import Installment, LoanTerms

_PERIODS_A_YEAR = {"days": 365, "weeks": 52, "months": 12}


def every(terms: LoanTerms) -> Renderable:
    """How often an instalment is due."""
    number = terms.every
    if number == 1:
        return {"days": _("each day"), "weeks": _("each week"), "months": _("each month")}[terms.frequency]
    if terms.frequency == "days":
        return _n("every {n} day", "every {n} days", number)
    if terms.frequency == "weeks":
        return _n("every {n} week", "every {n} weeks", number)
    return _n("every {n} month", "every {n} months", number)


def term(facts: AgreementFacts) -> Renderable:
    """How long the loan runs, counted in the terms' own unit."""
    count = len(facts.schedule) * facts.terms.every
    if facts.terms.frequency == "days":
        return _n("{n} day", "{n} days", count)
    if facts.terms.frequency == "weeks":
        return _n("{n} week", "{n} weeks", count)
    return _n("{n} month", "{n} months", count)


def rate_in_words(facts: AgreementFacts) -> Renderable:
    """The rate with its method."""
    terms = facts.terms
    if not terms.annual_rate:
        return _("No interest is charged.")
    rate = Percent(terms.annual_rate / 100)
    if terms.method == "flat":
        return _("{rate} a year, flat: always on the original principal.", rate=rate)
    if terms.method == "equal_principal":
        return _("{rate} a year on the outstanding principal, which is repaid in equal parts.", rate=rate)
    return _("{rate} a year on the outstanding principal, repaid in equal instalments.", rate=rate)


def working(facts: AgreementFacts) -> Iterator[Renderable]:
    """The formulas with their numbers, in the order in which one works out a row."""
    if len(facts.schedule) == 1 and not facts.terms.annual_rate:
        return
    if facts.terms.annual_rate:
        yield from _interest(facts)
    if len(facts.schedule) > 1:
        yield from _principal(facts)
    yield from _rounding(facts)


def _amount(facts: AgreementFacts, value: Decimal) -> Money:
    return Money(value, facts.principal.currency)


def _interest(facts: AgreementFacts) -> Iterator[Renderable]:
    """Interest of the whole term when flat, else that of a row, worked out for the first."""
    terms = facts.terms
    if terms.method == "flat":
        yield _flat_interest(facts)
        if _periods(facts) > 1:
            yield _(
                "Interest of each instalment = {principal} × {rate} × {time} ÷ {periods} = {interest}, rounded only at"
                " the end.",
                time="{}/{}".format(*_flat_time(facts)),
                periods=_periods(facts),
                interest=_amount(facts, facts.schedule[0].interest),
                **_given(facts),
            )
        return
    given = {**_given(facts), "interest": _amount(facts, facts.schedule[0].interest)}
    if terms.interest == "daily":
        yield _(
            "Interest of an instalment = principal still outstanding × yearly rate × days since the due date before it"
            " ÷ 365; the first: {principal} × {rate} × {days} ÷ 365 = {interest}, from the day of disbursement.",
            days=(facts.schedule[0].due - terms.disbursed).days,
            **given,
        )
    else:
        yield _(
            "Interest of an instalment = principal still outstanding × yearly rate × part of the year; the first:"
            " {principal} × {rate} × {part} = {interest}.",
            part=_part_of_a_year(terms),
            **given,
        )


def _flat_interest(facts: AgreementFacts) -> Renderable:
    whole = _amount(facts, _flat_whole(facts))
    if facts.terms.interest == "daily":
        return _(
            "Interest of the whole term = principal × yearly rate × days from the disbursement to the last due date"
            " ÷ 365 = {principal} × {rate} × {days} ÷ 365 = {whole}.",
            days=_flat_time(facts)[0],
            whole=whole,
            **_given(facts),
        )
    return _(
        "Interest of the whole term = principal × yearly rate × years = {principal} × {rate} × {years} = {whole}.",
        years="{}/{}".format(*_flat_time(facts)),
        whole=whole,
        **_given(facts),
    )


def _flat_time(facts: AgreementFacts) -> tuple[int, int]:
    """The whole term as a fraction of years."""
    terms = facts.terms
    if terms.interest == "daily":
        from services.lending.schedule import due_date

        return (due_date(terms, _periods(facts)) - terms.disbursed).days, _PERIODS_A_YEAR["days"]
    return _periods(facts) * terms.every, _PERIODS_A_YEAR[terms.frequency]


def _flat_whole(facts: AgreementFacts) -> Decimal:
    """Flat interest of the whole term, rounded once."""
    terms = facts.terms
    count, year = _flat_time(facts)
    with localcontext(prec=60):
        exact = terms.principal * terms.annual_rate * count / (100 * year)
        return exact.quantize(Decimal(1).scaleb(-terms.digits), rounding=ROUND_HALF_EVEN)


def _given(facts: AgreementFacts) -> dict[str, object]:
    return {"principal": facts.principal, "rate": Percent(facts.terms.annual_rate / 100)}


def _part_of_a_year(terms: LoanTerms) -> str:
    return f"{terms.every}/{_PERIODS_A_YEAR[terms.frequency]}"


def _principal(facts: AgreementFacts) -> Iterator[Renderable]:
    """What a row repays of the principal."""
    terms = facts.terms
    if terms.principal_grace:
        yield _n(
            "Grace: {n} instalment at the beginning pays interest only.",
            "Grace: {n} instalments at the beginning pay interest only.",
            terms.principal_grace,
        )
    if facts.installment is not None:
        yield _by_amount(facts, facts.installment)
    elif terms.method == "equal_installments" and terms.annual_rate:
        yield _annuity(facts)
    elif terms.installment_multiple is not None:
        yield _(
            "Instalment = principal ÷ {rows} + its interest, rounded to the nearest multiple of {multiple}; of it, what"
            " is more than the interest repays principal.",
            rows=_rows(facts),
            multiple=_amount(facts, terms.installment_multiple),
        )
    else:
        yield _(
            "Principal of each instalment = {principal} ÷ {rows} = {part}; the instalment is its sum with the"
            " interest.",
            principal=facts.principal,
            rows=_rows(facts),
            part=_amount(facts, _regular(facts).principal),
        )


def _by_amount(facts: AgreementFacts, amount: Money) -> Renderable:
    if facts.terms.method == "equal_principal" and facts.terms.annual_rate:
        return _(
            "The number of instalments is the smallest with which none is more than {amount}. Principal of each"
            " instalment = {principal} ÷ {rows} = {part}; the instalment is its sum with the interest.",
            amount=amount,
            principal=facts.principal,
            rows=_rows(facts),
            part=_amount(facts, _regular(facts).principal),
        )
    return _(
        "Each instalment is {amount}; of it, what is more than the interest repays principal. The last instalment, of"
        " {last}, is what remains.",
        amount=amount,
        last=_amount(facts, facts.schedule[-1].total),
    )


def _annuity(facts: AgreementFacts) -> Renderable:
    terms = facts.terms
    return _(
        "Instalment = P × r × (1 + r)ⁿ ÷ ((1 + r)ⁿ – 1) with P = {principal}, r = {rate} × {part} and n = {rows},"
        " which gives {installment}; of it, what is more than the interest repays principal.",
        principal=facts.principal,
        rate=Percent(terms.annual_rate / 100),
        part=_part_of_a_year(terms),
        rows=_rows(facts),
        installment=_amount(facts, _regular(facts).total),
    )


def _periods(facts: AgreementFacts) -> int:
    """Rows over which the loan was to run; rounding up may need fewer."""
    return len(facts.schedule) if facts.installment is not None else facts.terms.periods


def _rows(facts: AgreementFacts) -> int:
    """Rows that repay principal."""
    return _periods(facts) - facts.terms.principal_grace


def _regular(facts: AgreementFacts) -> Installment:
    """The first row that repays principal."""
    return facts.schedule[min(facts.terms.principal_grace, len(facts.schedule) - 1)]


def _rounding(facts: AgreementFacts) -> Iterator[Renderable]:
    terms = facts.terms
    unit = Shown(_amount(facts, Decimal(1).scaleb(-terms.digits)))
    yield _(
        "Rounding: every figure to the nearest {unit}; a figure halfway between two goes to the even one.", unit=unit
    )
    by_count = facts.installment is None
    if by_count and terms.installment_multiple is not None and terms.method == "equal_installments":
        yield _(
            "The instalment is rounded to the nearest multiple of {multiple}, halfway to the even one.",
            multiple=_amount(facts, terms.installment_multiple),
        )
    if len(facts.schedule) == 1:
        return
    if len(facts.schedule) < _periods(facts):
        yield _(
            "As rounding up repays the principal sooner, the schedule ends with instalment {n}; interest of later ones"
            " isn't charged.",
            n=len(facts.schedule),
        )
    elif terms.method == "flat" and terms.annual_rate:
        yield _("The last instalment takes what is left of the principal and of the interest.")
    elif by_count or terms.method == "equal_principal":
        yield _("The last instalment takes what is left of the principal.")
