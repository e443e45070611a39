"""Which payment settles which debt: a pure rule, replayed from the beginning whenever the ledger changes.

Movements are taken in the order of their dates. A payment goes to the open debt or instalment that is due first, and
within one to its components in their order (penalty, fee, interest, principal unless agreed otherwise); what is more
than everything owed is kept as credit, and the next debt uses it. Source: the product's lending rules, "Payments".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

COMPONENTS = ("penalty", "fee", "interest", "principal")


@dataclass(frozen=True, slots=True)
class Lent:
    """A debt, or a component of an instalment, comes to be: `entry` orders what happened on one day.

    `due_on` decides which debt is paid first, `rank` which component of it. An instalment belongs to an `agreement`;
    with `shorten` what is paid beyond the next instalment goes to the agreement's last ones first.
    """

    entry: int
    on: date
    debt: int
    amount: Decimal
    due_on: date
    component: str = "principal"
    rank: int = 0
    agreement: int | None = None
    shorten: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """A payment or a write-off of `amount`, a positive figure; one that is meant for a `debt` goes there first."""

    entry: int
    on: date
    amount: Decimal
    debt: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a payment (`entry`) that settles a component of a debt."""

    entry: int
    debt: int
    amount: Decimal
    component: str = "principal"


def allocate(movements: Iterable[Lent | Settled]) -> tuple[Share, ...]:
    """Shares of every payment among the debts of one account, in the order in which they arise."""
    account = _Account()
    ordered = sorted(movements, key=lambda each: (each.on, each.entry))
    for (on, _entry), together in groupby(ordered, key=lambda each: (each.on, each.entry)):
        for movement in together:
            if isinstance(movement, Lent):
                account.open.append(_Open(movement, movement.amount))
            else:
                account.credit.append(movement)
        account.spread(on)
    return tuple(account.shares())


@dataclass(slots=True)
class _Open:
    """A component with something left of it."""

    lent: Lent
    left: Decimal

    @property
    def due(self) -> tuple[date, int]:
        return self.lent.due_on, self.lent.debt


class _Account:
    """What is open, what is unused, and what settled what, while an account is replayed."""

    def __init__(self) -> None:
        self.open: list[_Open] = []
        self.credit: list[Settled] = []
        self._totals: dict[tuple[int, int, str], Decimal] = {}

    def spread(self, on: date) -> None:
        """Gives all unused payments to what is open on a day."""
        if not self.open or not self.credit:
            return
        unused: list[Settled] = []
        for payment in self.credit:
            left = self._give(payment, on)
            if left:
                unused.append(Settled(payment.entry, payment.on, left))
        self.credit = unused

    def _give(self, payment: Settled, on: date) -> Decimal:
        """Returns what is left of a payment once it has settled what it can."""
        left = payment.amount
        coming = {part.lent.agreement: part.due for part in sorted(self.open, key=lambda each: each.due, reverse=True)}
        while left and self.open:
            part = self._next(payment, on, coming)
            amount = min(left, part.left)
            key = (payment.entry, part.lent.debt, part.lent.component)
            self._totals[key] = self._totals.get(key, Decimal(0)) + amount
            left -= amount
            part.left -= amount
            if not part.left:
                self.open.remove(part)
        return left

    def _next(self, payment: Settled, on: date, coming: Mapping[int | None, tuple[date, int]]) -> _Open:
        """What is paid next: the debt that was meant, else the one due first; of one debt the component first in rank.

        Behind all others come, latest first, instalments not yet due of an agreement that shortens, but for the one
        that was `coming` next when the payment was made.
        """

        def order(part: _Open) -> tuple[bool, bool, int, int, int]:
            lent = part.lent
            last_first = lent.shorten and lent.due_on > on and part.due != coming[lent.agreement]
            sign = -1 if last_first else 1
            return lent.debt != payment.debt, last_first, sign * lent.due_on.toordinal(), sign * lent.debt, lent.rank

        return min(self.open, key=order)

    def shares(self) -> Iterable[Share]:
        """One share for each payment, debt and component."""
        return (Share(entry, debt, amount, kind) for (entry, debt, kind), amount in self._totals.items())
