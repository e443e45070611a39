"""Dates and amounts of subscriptions, as pure rules: periods, what a part of one costs, what is due on which day.

A period is `begin` up to, not including, `end`. Months begin on the anchor's day where they have it, else on their last
one: 31 January, 28 February, 31 March.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from services.money import Money, currency_digits

CYCLES = ("monthly", "yearly")
REMINDERS = (7, 3, 1, 0)
"""Days before the last day of a period on which its owner hears of it."""

OVER, LATE, SUSPEND = "over", "late", "suspend"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` until the day before `end`; `anchor` is the day of the month that those after it keep to."""

    begin: date
    end: date
    anchor: int

    @staticmethod
    def of(begin: date, cycle: str, anchor: int | None = None) -> Period:
        """The period of a cycle (`monthly`, `yearly`) that begins on a day."""
        day = anchor or begin.day
        months = 1 if cycle == "monthly" else 12
        month = begin.year * 12 + begin.month - 1 + months
        year, index = divmod(month, 12)
        return Period(begin, date(year, index + 1, min(day, monthrange(year, index + 1)[1])), day)

    def after(self, cycle: str) -> Period:
        """The one that follows, without a gap."""
        return Period.of(self.end, cycle, self.anchor)

    @property
    def days(self) -> int:
        return (self.end - self.begin).days

    @property
    def last(self) -> date:
        """The last day that belongs to it."""
        return self.end - _DAY

    def days_left(self, today: date) -> int:
        """Days of it that are still to come, today included."""
        return min(max((self.end - today).days, 0), self.days)


def begun_by_payment(former: Period | None, cycle: str, today: date, paid_on: date, grace: int) -> Period:
    """The period that a payment begins, entered `today`.

    It follows the former one if that was paid for within the days of grace, unless it would be over already; else it
    begins today.
    """
    if former is not None and paid_on < former.end + timedelta(days=grace):
        following = former.after(cycle)
        if following.end > today:
            return following
    return Period.of(today, cycle)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """In whole smallest units of the currency, half away from zero, as on any bill."""
    return amount.quantize(Decimal(1).scaleb(-currency_digits(currency)), ROUND_HALF_UP)


def difference(now: Money, wanted: Money, period: Period, today: date) -> Money:
    """What moving to a dearer plan costs for the days that are left, today included; never less than nothing."""
    more = (wanted - now).amount * period.days_left(today) / period.days
    return Money(rounded(max(more, Decimal(0)), now.currency), now.currency)


@dataclass(frozen=True, slots=True)
class Course:
    """Where a subscription is on its way: its period, the last step that was done of it (`reminded`).

    `over_since` is the day on which it became past due, None while its period is paid; then `grace` days remain.
    """

    begin: date
    end: date
    reminded: str | None
    over_since: date | None
    grace: int

    @property
    def suspended_on(self) -> date:
        """The day on which it is suspended unless it is paid."""
        return max(self.end, self.over_since or self.end) + timedelta(days=self.grace)

    def due(self, today: date) -> str | None:
        """The step that is to be done today: a reminder by its days, `over`, `late` or `suspend`; None if none is.

        Of reminders that were missed only the last one is due.
        """
        reached = [step for day, step in self._steps() if day <= today]
        return reached[-1] if reached else None

    def next_day(self) -> date:
        """The day of the next step, which may have passed."""
        return self._steps()[0][0]

    def _steps(self) -> list[tuple[date, str]]:
        """Every step that is still to come, in order."""
        if self.over_since is not None:
            warned = [(self.suspended_on - _DAY, LATE)] if self.grace > 1 and self.reminded != LATE else []
            return [*warned, (self.suspended_on, SUSPEND)]
        done = int(self.reminded) if self.reminded is not None and self.reminded.isdigit() else None
        length = (self.end - self.begin).days
        coming = [days for days in REMINDERS if days < length and (done is None or days < done)]
        return [*((self.end - _DAY - timedelta(days=days), str(days)) for days in coming), (self.end, OVER)]
