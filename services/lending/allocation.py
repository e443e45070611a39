"""Which payment settles which debt: a pure rule, replayed from the beginning whenever the ledger changes.

Movements are taken in the order of their dates. A payment goes to the open debt that is due first; what is more than
everything owed is kept as credit, and the next debt uses it. Source: the product's lending rules, "Payments".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Lent:
    """A debt comes to be: `entry` orders what happened on one day; `due_on` decides who is paid first."""

    entry: int
    on: date
    debt: int
    amount: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class Settled:
    """A payment or a write-off of `amount`, a positive figure."""

    entry: int
    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a payment (`entry`) that settles a debt."""

    entry: int
    debt: int
    amount: Decimal


def allocate(movements: Iterable[Lent | Settled]) -> tuple[Share, ...]:
    """Shares of every payment among the debts of one account, in the order in which they arise."""
    open_debts: dict[int, _Open] = {}
    credit: list[Settled] = []
    shares: list[Share] = []
    for movement in sorted(movements, key=lambda each: (each.on, each.entry)):
        if isinstance(movement, Lent):
            open_debts[movement.debt] = _Open(movement.due_on, movement.debt, movement.amount)
            unused, credit = credit, []
            for payment in unused:
                credit += _spread(payment, open_debts, shares)
        else:
            credit += _spread(movement, open_debts, shares)
    return tuple(_summed(shares))


@dataclass(slots=True)
class _Open:
    due_on: date
    debt: int
    left: Decimal


def _spread(payment: Settled, open_debts: dict[int, _Open], shares: list[Share]) -> list[Settled]:
    """Gives a payment to the open debts, oldest due first; returns what is left of it, if anything."""
    left = payment.amount
    for debt in sorted(open_debts.values(), key=lambda each: (each.due_on, each.debt)):
        if not left:
            break
        part = min(left, debt.left)
        shares.append(Share(payment.entry, debt.debt, part))
        left -= part
        debt.left -= part
        if not debt.left:
            del open_debts[debt.debt]
    return [Settled(payment.entry, payment.on, left)] if left else []


def _summed(shares: Iterable[Share]) -> Iterable[Share]:
    """One share for each payment and debt."""
    totals: dict[tuple[int, int], Decimal] = {}
    for share in shares:
        key = (share.entry, share.debt)
        totals[key] = totals.get(key, Decimal(0)) + share.amount
    return (Share(entry, debt, amount) for (entry, debt), amount in totals.items())
