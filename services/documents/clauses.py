"""What lender and borrower agree on, clause by clause; `services.documents.working` explains every figure.

A clause is a heading and its sentences, put into words in the document's language. Nothing here draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.documents.facts import AgreementFacts
from services.documents.words import in_words
from services.documents.working import every, rate_in_words, working
from services.i18n import Joined, LanguageName, Renderable, Text, _, _n
from services.money import Money

_COMPONENTS = {"penalty": _("penalties"), "fee": _("fees"), "interest": _("interest"), "principal": _("principal")}


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause of the agreement."""

    heading: Text
    paragraphs: tuple[Renderable, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a schedule."""

    principal: Money
    interest: Money
    repaid: Money
    first: date
    last: date


def totals(facts: AgreementFacts) -> Totals:
    """What all instalments come to, and when they begin and end."""
    currency = facts.principal.currency
    rows = facts.schedule
    return Totals(
        principal=Money(sum((row.principal for row in rows), Decimal(0)), currency),
        interest=Money(sum((row.interest for row in rows), Decimal(0)), currency),
        repaid=Money(sum((row.total for row in rows), Decimal(0)), currency),
        first=rows[0].due,
        last=rows[-1].due,
    )


def installments_in_words(facts: AgreementFacts) -> Renderable:
    """How many instalments of which amount: all alike, all but the last, or between two amounts."""
    currency = facts.principal.currency
    amounts = [Money(row.total, currency) for row in facts.schedule]
    count, first, last = len(amounts), amounts[0], amounts[-1]
    if len(set(amounts)) == 1:
        return _n("{n} instalment of {amount}", "{n} instalments of {amount} each", count, amount=first)
    if len(set(amounts[:-1])) == 1:
        return _n(
            "{n} instalment of {amount}, then a last one of {last}",
            "{n} instalments of {amount} each, then a last one of {last}",
            count - 1,
            amount=first,
            last=last,
        )
    return _(
        "{n} instalments from {low} to {high}, each as the schedule states",
        n=count,
        low=min(amounts, key=lambda each: each.amount),
        high=max(amounts, key=lambda each: each.amount),
    )


def clauses(facts: AgreementFacts, locale: str) -> tuple[Clause, ...]:
    """All clauses in their order."""
    return (
        _clause(_("Loan and disbursement"), _loan(facts, locale)),
        _clause(_("Repayment"), _repayment(facts)),
        Clause(_("Interest and how the figures are worked out"), (rate_in_words(facts), *working(facts))),
        _clause(_("Order in which payments are counted"), _payments(facts)),
        _clause(_("Paying more than is due"), [_overpayment(facts.overpayment)]),
        _clause(_("Late payment"), _late(facts)),
        _clause(_("Early repayment"), _early(facts)),
        _clause(_("How to pay and whom to call"), _paying(facts)),
        _clause(_("Changes"), _changes(facts)),
        _clause(_("Acceptance"), _accepting(facts)),
        _clause(_("Date and language"), _closing(facts, locale)),
    )


def _clause(heading: Text, sentences: Iterable[Renderable]) -> Clause:
    """A clause whose sentences run on in one paragraph."""
    return Clause(heading, (Joined(tuple(sentences), " "),))


def _loan(facts: AgreementFacts, locale: str) -> Iterator[Renderable]:
    yield _(
        "The First Party lends the Second Party {amount} ({words}), and the Second Party owes it from the disbursement"
        " on.",
        amount=facts.principal,
        words=in_words(facts.principal, locale),
    )
    yield _("Disbursed on {day}: {how}.", day=facts.disbursed_on, how=facts.disbursed_how)
    if facts.purpose:
        yield _("Purpose of the loan: {purpose}.", purpose=facts.purpose)
    if facts.replaces:
        yield _(
            "This loan takes the place of what the Second Party owed the First Party before; that debt ends with it."
        )
    yield _("No collateral is given for this loan.")


def _repayment(facts: AgreementFacts) -> Iterator[Renderable]:
    sums = totals(facts)
    if len(facts.schedule) == 1:
        yield _("The Second Party repays {total} in one payment on {day}.", total=sums.repaid, day=sums.last)
        return
    yield _(
        "The Second Party repays {total} in all, {rhythm}, from {first} to {last}: {installments}.",
        total=sums.repaid,
        rhythm=every(facts.terms),
        first=sums.first,
        last=sums.last,
        installments=installments_in_words(facts),
    )
    yield _("Day and amount of each instalment are in the schedule, which is part of this agreement.")


def _payments(facts: AgreementFacts) -> Iterator[Renderable]:
    order = Joined(tuple(_COMPONENTS[key] for key in facts.allocation_order), ", ")
    yield _(
        "A payment is counted towards the oldest open instalment first, and within it in this order: {order}.",
        order=order,
    )
    yield _("After a part payment the rest stays due. For each payment the First Party gives a receipt.")


def _overpayment(rule: str) -> Renderable:
    if rule == "shorten":
        return _(
            "What is paid beyond what is due reduces the last instalments first, so that the loan ends sooner. What is"
            " paid beyond everything owed is kept as credit or paid back."
        )
    return _(
        "What is paid beyond what is due counts towards the next instalment. What is paid beyond everything owed is"
        " kept as credit or paid back."
    )


def _late(facts: AgreementFacts) -> Iterator[Renderable]:
    if facts.penalties is None:
        yield _("No penalty is charged for late payment.")
        return
    yield _("Penalty for late payment: {rule}.", rule=facts.penalties)
    if facts.grace_days:
        yield _n(
            "Days of grace: {n} day after the due date no penalty is counted yet.",
            "Days of grace: for {n} days after the due date no penalty is counted yet.",
            facts.grace_days,
        )
    else:
        yield _("Days of grace: none.")
    yield _("Penalties are never worked out on penalties.")


def _early(facts: AgreementFacts) -> Iterator[Renderable]:
    yield _("The Second Party may repay early, in whole or in part, at any time and without a fee.")
    if totals(facts).interest:
        yield _(
            "The interest in the schedule stays as it is unless both parties agree otherwise in a new version of this"
            " agreement."
        )


def _paying(facts: AgreementFacts) -> Iterator[Renderable]:
    yield _("Payments are made as follows: {how}.", how=facts.how_to_pay)
    yield _("For questions and difficulties, call or write to {phone}.", phone=facts.contact_phone)


def _changes(facts: AgreementFacts) -> Iterator[Renderable]:
    yield _("A change is valid only as a new version of this agreement that both parties have accepted.")
    if facts.previous_version is not None:
        yield _(
            "This is version {version}; once accepted it takes the place of version {previous}.",
            version=facts.version,
            previous=facts.previous_version,
        )


def _accepting(facts: AgreementFacts) -> Iterator[Renderable]:
    if facts.borrower.phone:
        yield _(
            "The Second Party accepts this agreement by the message SETUJU or AGREE, sent from its own number {phone}"
            " after receiving this document, or by signing it. Nothing else is taken for consent.",
            phone=facts.borrower.phone,
        )
    else:
        yield _("The Second Party accepts this agreement by signing it. Nothing else is taken for consent.")


def _closing(facts: AgreementFacts, locale: str) -> Iterator[Renderable]:
    yield _(
        "Made on {day} in this language: {language}. Amounts are in {currency}; days and times are those of {zone}.",
        day=facts.made_on,
        language=LanguageName(locale),
        currency=facts.principal.currency,
        zone=facts.timezone,
    )
