"""The words of a reminder for one person: the house's templates, or the owner's own words with their placeholders.

Reminders sent by themselves and by hand read the same. Which debts a reminder names is decided here too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.i18n import Joined, Renderable, Text, Weekday, _, _n, lines, show
from services.lending.ledger import OpenDebt
from services.money import Money
from services.tenants.preference_values import TEMPLATES

_HEADS = {
    "default": _("Hello {name}, a friendly reminder from {business}:"),
    "friendly": _("Hi {name} 👋 {business} here, just a little reminder:"),
    "formal": _("Dear {name}, {business} would like to remind you of the following:"),
}
_ENDS = {
    "default": _("Thank you! If you have paid already, just tell us here."),
    "friendly": _("Already paid? Then just tell us here. Thanks a lot! 🙏"),
    "formal": _("We kindly ask for your payment. If you have paid already, please let us know here. Thank you."),
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class OwnWords:
    """An owner's template with values in the place of its placeholders, each shown for the reader."""

    template: str
    values: Mapping[str, object]

    def render(self, locale: str) -> str:
        return _PLACEHOLDER.sub(lambda match: show(self.values[match[1]], locale), self.template)


def reminder(template: str, business: str, name: str, debts: Sequence[OpenDebt], today: date) -> Renderable:
    """A reminder of some debts of one person, those due first at the top; `template` as the tenant set it."""
    total = Money(sum((debt.left.amount for debt in debts), Decimal(0)), debts[0].left.currency)
    if template not in TEMPLATES:
        first = debts[0].due_on
        values = {"name": name, "amount": total, "due": Weekday(first), "days": distance(first, today)}
        return OwnWords(template, {**values, "business": business})
    return lines(
        _(_HEADS[template].message, name=name, business=business),
        *(_line(debt, today) for debt in debts),
        _("Total: {total}", total=total) if len(debts) > 1 else None,
        _ENDS[template],
    )


def to_remind_of(debts: Sequence[OpenDebt], today: date) -> list[OpenDebt]:
    """The debts that a reminder by hand names, those due first at the top: of an agreement what is late, else next."""
    named: list[OpenDebt] = []
    agreements: set[int] = set()
    for debt in debts:
        if debt.agreement is None or debt.due_on <= today or debt.agreement not in agreements:
            named.append(debt)
        agreements.add(debt.agreement or 0)
    return named


def distance(due: date, today: date) -> Text:
    """How far a due date is from today: `due in 3 days`, `due today`, `3 days late`."""
    days = (today - due).days
    if days > 0:
        return _n("{n} day late", "{n} days late", days)
    if days == 0:
        return _("due today")
    return _n("due in {n} day", "due in {n} days", -days)


def _line(debt: OpenDebt, today: date) -> Renderable:
    """One debt with what is left of it and how near or late it is."""
    due = Weekday(debt.due_on)
    if debt.agreement is not None:
        number, agreement = str(debt.number), str(debt.agreement)
        what: Renderable = _(
            "Instalment {number} of agreement {agreement}: {left}, due {due}",
            number=number, agreement=agreement, left=debt.left, due=due,
        )  # fmt: skip
    else:
        what = _("{left}, due {due}", left=debt.left, due=due)
    mark = "⚠️" if debt.due_on < today else "•"
    note = f"({debt.note})" if debt.note else None
    near = debt.due_on <= today + timedelta(days=3)
    return Joined((mark, what, note, Joined(("–", distance(debt.due_on, today)), " ") if near else None), " ")
