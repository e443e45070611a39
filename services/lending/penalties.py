"""What paying late costs, where a tenant has set that: a pure rule.

Fixed or per cent of the overdue amount, once or per day, after days of grace, with a cap for each instalment. A
penalty is never worked out on penalties. Source: the product's lending rules, "Payments".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from services.i18n import Percent, Renderable, _, _n, lines
from services.money import Money


@dataclass(frozen=True, slots=True)
class Penalty:
    """`amount` is money, or with `percent` per cent of what is overdue; `grace` is days; `cap` an amount of money."""

    amount: Decimal
    percent: bool
    daily: bool
    grace: int = 0
    cap: Decimal | None = None

    def charge(self, overdue: Decimal, days_late: int, charged: Decimal, digits: int) -> Decimal:
        """What is charged on the day `days_late` (1 is the day after the due date), `charged` having been before.

        `overdue` is what is late of an instalment, penalties not counted.
        """
        counted = days_late - self.grace
        if counted < 1 or overdue <= 0 or (charged and not self.daily):
            return Decimal(0)
        due = overdue * self.amount / 100 if self.percent else self.amount
        if self.cap is not None:
            due = min(due, self.cap - charged)
        return max(due.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN), Decimal(0))

    def describe(self, currency: str) -> Renderable:
        """The rule in the words of an agreement."""
        amount: object = Percent(self.amount / 100) if self.percent else Money(self.amount, currency)
        if self.percent and self.daily:
            rule = _("{amount} of the overdue amount for each day of delay", amount=amount)
        elif self.percent:
            rule = _("{amount} of the overdue amount, once for each late instalment", amount=amount)
        elif self.daily:
            rule = _("{amount} for each day of delay", amount=amount)
        else:
            rule = _("{amount}, once for each late instalment", amount=amount)
        grace = _n("after {n} day of grace", "after {n} days of grace", self.grace) if self.grace else None
        cap = _("at most {cap} for each instalment", cap=Money(self.cap, currency)) if self.cap is not None else None
        return type(lines())(tuple(part for part in (rule, grace, cap) if part is not None), ", ")

    def to_json(self) -> dict[str, object]:
        return {
            "amount": str(self.amount),
            "percent": self.percent,
            "daily": self.daily,
            "grace": self.grace,
            "cap": None if self.cap is None else str(self.cap),
        }

    @staticmethod
    def from_json(stored: dict[str, object]) -> Penalty:
        cap = stored["cap"]
        return Penalty(
            Decimal(str(stored["amount"])),
            bool(stored["percent"]),
            bool(stored["daily"]),
            int(str(stored["grace"])),
            None if cap is None else Decimal(str(cap)),
        )


_RULE = re.compile(
    r"(?P<amount>\d+(?:[.,]\d+)?)\s*(?P<percent>%)?"
    r"(?:\s+(?P<every>once|daily|sekali|harian|(?:a|per)\s*day|per\s*hari))?"
    r"(?:\s+(?:after|setelah)\s+(?P<grace>\d+)(?:\s*(?:days?|hari))?)?"
    r"(?:\s+(?:max|maks|maksimal)\s+(?P<cap>\d+))?"
)
_ONCE = ("once", "sekali", None)
MOST_PERCENT = Decimal(100)


def read_penalty(text: str) -> Penalty | None:
    """`1% daily after 3 max 100000`, `25000 sekali setelah 7 hari`; None for what isn't such a rule."""
    match = _RULE.fullmatch(" ".join(text.casefold().split()))
    if match is None:
        return None
    amount, percent = Decimal(match["amount"].replace(",", ".")), match["percent"] is not None
    if amount <= 0 or (percent and amount > MOST_PERCENT):
        return None
    cap = Decimal(match["cap"]) if match["cap"] else None
    return Penalty(amount, percent, match["every"] not in _ONCE, int(match["grace"] or 0), cap)
