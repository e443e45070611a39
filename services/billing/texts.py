"""What owners read about their plan, invoices and payments: every sentence of billing, for chats and captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.billing import invoices
from services.billing.catalogue import Catalogue, Offer
from services.billing.periods import Period
from services.db.models import Invoice, Subscription
from services.i18n import Renderable, Text, Weekday, _, _n, lines
from services.money import Money

_DAY = timedelta(days=1)
_EACH: Mapping[str, Text] = {"monthly": _("{price} a month"), "yearly": _("{price} a year")}
_ONE: Mapping[str, Text] = {
    "monthly": _("Plan {plan}, one month from the day of payment"),
    "yearly": _("Plan {plan}, one year from the day of payment"),
}


@dataclass(frozen=True, slots=True)
class Done:
    """What a payment brought about: the invoices that are paid now, and the period that has begun or is certain."""

    paid: Sequence[Invoice] = ()
    plan: str | None = None
    until: date | None = None


def each(price: Money, cycle: str) -> Renderable:
    """A price for each month or year."""
    return _(_EACH[cycle].message, price=price)


def days(begin: date, end: date) -> Renderable:
    """A period by its first and last day."""
    return _("{first} – {last}", first=begin, last=end - _DAY)


def line_of_period(plan: str, period: Period) -> Renderable:
    """The line of an invoice for a period."""
    return _("Plan {plan}, {days}", plan=plan, days=days(period.begin, period.end))


def line_of_start(plan: str, cycle: str) -> Renderable:
    """The line of an invoice for a period that begins with its payment."""
    return _(_ONE[cycle].message, plan=plan)


def line_of_upgrade(before: str, plan: str, begin: date, end: date) -> Renderable:
    """The line of an invoice for what a larger plan costs more."""
    return _("Plan {plan} instead of {before}, {days}", plan=plan, before=before, days=days(begin, end))


def offered(offers: Sequence[Offer]) -> Sequence[Renderable]:
    """What can be bought, a line for each plan and cycle, with what is to be written for it."""
    shown = {
        "monthly": _("• *plan {plan}*: {price} a month").message,
        "yearly": _("• *plan {plan} yearly*: {price} a year").message,
    }
    return [_(shown[each.cycle], plan=each.plan, price=each.price) for each in offers]


def how_to_pay(catalogue: Catalogue) -> Renderable:
    """How an invoice is paid."""
    if catalogue.instructions is None:
        return _("How to pay: please ask the administrator.")
    return _("How to pay: {instructions}", instructions=catalogue.instructions)


def invoice(found: Invoice, catalogue: Catalogue) -> Renderable:
    """The caption of an invoice that is sent."""
    left = invoices.left(found)
    return lines(
        _("Invoice {number} over {total}", number=found.number, total=Money(found.total, found.currency)),
        *(f"• {each['text']}" for each in found.lines),
        _("Already paid: {paid}", paid=Money(found.paid, found.currency)) if found.paid else None,
        _("Please pay {left} by {day}.", left=left, day=Weekday(found.due_on)),
        how_to_pay(catalogue),
    )


def reminder(found: Invoice, catalogue: Catalogue, today: date) -> Renderable:
    """A reminder of an invoice before its last day, or on it."""
    given = {"left": invoices.left(found), "number": found.number}
    n = (found.due_on - today).days
    if n < 0:
        text: Renderable = _("{left} of invoice {number} should have been paid by {day}.", day=found.due_on, **given)
    elif n == 0:
        text = _("Today is the last day to pay {left} for invoice {number}.", **given)
    elif n == 1:
        text = _("Please pay {left} for invoice {number} by tomorrow.", **given)
    else:
        text = _n(
            "Please pay {left} for invoice {number} within {n} day, by {day}.",
            "Please pay {left} for invoice {number} within {n} days, by {day}.", n, day=Weekday(found.due_on), **given,
        )  # fmt: skip
    return lines(text, how_to_pay(catalogue))


def trial_ends(
    last: date, today: date, offers: Sequence[Offer], chosen: Invoice | None, catalogue: Catalogue
) -> Renderable:  # fmt: skip
    """A reminder of the end of a trial, for who has chosen a plan and not paid it yet, and for who hasn't."""
    n = (last - today).days
    if n <= 0:
        text: Renderable = _("Your trial ends today.")
    elif n == 1:
        text = _("Your trial ends tomorrow.")
    else:
        text = _n("Your trial ends in {n} day, on {day}.", "Your trial ends in {n} days, on {day}.", n,
                  day=Weekday(last))  # fmt: skip
    return lines(text, *_way_on(offers, chosen, catalogue))


_FREE = _("• *plan free*: nothing, with small limits")


def _way_on(offers: Sequence[Offer], chosen: Invoice | None, catalogue: Catalogue) -> Sequence[Renderable]:
    if chosen is not None:
        return [_owed(chosen), how_to_pay(catalogue)]
    return [_("To go on, choose a plan. Write:"), *offered(offers), _FREE]


def _owed(found: Invoice) -> Renderable:
    return _("To be paid: {left} for invoice {number}.", left=invoices.left(found), number=found.number)


def trial_over(
    until: date, offers: Sequence[Offer], chosen: Invoice | None, catalogue: Catalogue
) -> Renderable:  # fmt: skip
    """A trial has ended, and nothing was paid."""
    over = _("Your trial is over. Everything still works until {day}.", day=Weekday(until - _DAY))
    return lines(over, *_way_on(offers, chosen, catalogue))


def past_due(found: Invoice | None, catalogue: Catalogue, until: date) -> Renderable:
    """A period has ended, and the next one isn't paid."""
    unpaid = (
        _("Your paid time is over.")
        if found is None
        else _("{left} of invoice {number} isn't paid yet.", left=invoices.left(found), number=found.number)
    )
    return lines(
        _("⚠️ Payment due"), unpaid,
        _("Everything works until {day}. After that customers aren't answered until it is paid.", day=until - _DAY),
        how_to_pay(catalogue),
    )  # fmt: skip


def last_warning(found: Invoice | None, catalogue: Catalogue, is_trial: bool) -> Renderable:
    """Tomorrow it is suspended."""
    return lines(
        _("⚠️ From tomorrow on your customers won't be answered any more."), *_way_back(found, catalogue, is_trial)
    )


def suspended(found: Invoice | None, catalogue: Catalogue, is_trial: bool) -> Renderable:
    """It isn't paid, and nothing works any more."""
    return lines(
        _("Your business is suspended now."),
        _("Messages are kept, but nobody is answered and no reminders go out. Nothing is lost."),
        *_way_back(found, catalogue, is_trial),
    )


def _way_back(found: Invoice | None, catalogue: Catalogue, is_trial: bool) -> Sequence[Renderable]:
    if found is None:
        text = _("Choose a plan to go on: *plan* shows which there are.")
        return [text if is_trial else _("*plan* shows how it goes on.")]
    return [_owed(found), how_to_pay(catalogue), _("Once it is paid, everything goes on at once.")]


def ends(plan: str, last: date) -> Renderable:
    """A reminder of the end that the owner wanted."""
    return lines(
        _("Your plan *{plan}* ends on {day}, as you wanted. After that you have the plan *free*.", plan=plan,
          day=Weekday(last)),
        _("To keep it, write: plan resume"),
    )  # fmt: skip


def ended(plan: str) -> Renderable:
    """It has ended, and the free plan has begun."""
    return lines(
        _("Your plan *{plan}* has ended; you have the plan *free* now.", plan=plan),
        _("Everything you have stays. Only what is beyond its limits can't be added. *plan* shows the others."),
    )


def renewed(found: Subscription) -> Renderable:
    """The next period has begun, with another plan or cycle than before."""
    assert found.period_to is not None
    return _("From today on you have the plan *{plan}*, until {day}.", plan=found.plan, day=found.period_to - _DAY)


def received(amount: Money, done: Done, open_one: Invoice | None, credit: Money) -> Renderable:
    """What a payment did."""
    return lines(
        _("Thank you! We received {amount}.", amount=amount),
        *paid(done),
        None
        if open_one is None
        else _("Still to be paid for invoice {number}: {left}", number=open_one.number, left=invoices.left(open_one)),
        _("{credit} is kept for your next invoice.", credit=credit) if credit else None,
    )


def paid(done: Done) -> Sequence[Renderable]:
    """Which invoices are paid now, and until when."""
    shown: list[Renderable] = [_("Invoice {number} is paid.", number=each.number) for each in done.paid]
    if done.plan is not None and done.until is not None:
        shown.append(_("Your plan *{plan}* runs until {day}.", plan=done.plan, day=done.until - _DAY))
    return shown


def paid_by_credit(done: Done) -> Renderable:
    """An invoice was paid from what there was."""
    return lines(_("Your credit was enough."), *paid(done))


def taken_back(amount: Money, open_one: Invoice | None) -> Renderable:
    """A payment was entered by mistake."""
    return lines(
        _("A correction: {amount} that we had noted as received was taken back.", amount=amount),
        None
        if open_one is None
        else _("Still to be paid for invoice {number}: {left}", number=open_one.number, left=invoices.left(open_one)),
    )


def started(plan: str) -> Renderable:
    """A plan that costs nothing has begun."""
    return _("You have the plan *{plan}* now.", plan=plan)
