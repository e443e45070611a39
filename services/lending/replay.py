"""An account worked out anew after each change: what each payment settled, and what is still open.

Called by the rules that write to the ledger, with the account locked. It reads all entries that stand, has
`allocation` decide, and writes down only what differs from the last time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from services.db.engine import Tx
from services.db.models import Agreement, Allocation, Contact, Debt
from services.lending.allocation import COMPONENTS, Lent, Settled, Share, allocate
from services.lending.ledger import Account, OpenDebt, Side
from services.money import Money


@dataclass(frozen=True, slots=True)
class Replayed:
    """An account worked out anew: where it stands, who settled what, and by how many its open debts grew.

    `opened` doesn't count instalments; `agreements` holds the ids of the agreements on the account.
    """

    account: Account
    shares: tuple[Share, ...]
    opened: int
    agreements: frozenset[int]


_DEBTS = select(Debt).where(
    Debt.tenant_id == bindparam("tenant"), Debt.contact_id == bindparam("contact"), Debt.side == bindparam("side")
)
_AGREEMENTS = select(Agreement).where(
    Agreement.tenant_id == bindparam("tenant"), Agreement.contact_id == bindparam("contact")
)


def replay(tx: Tx, contact: Contact, side: Side, currency: str) -> Replayed:
    """Works out which payment settled which debt of an account, and writes down what changed since the last time."""
    debts = tx.scalars(_DEBTS, _account(tx, contact.id, side)).all()
    with_agreement = any(debt.agreement_id is not None for debt in debts)
    agreements = tx.scalars(_AGREEMENTS, _account(tx, contact.id, side)).all() if with_agreement else ()
    numbers = {each.id: each.number for each in agreements}
    movements = list(movements_of(_entries(tx, contact.id, side), debts, agreements))
    shares = allocate(movements)
    _write_shares(tx, _allocations(tx, contact.id, side), shares)
    lent = _sums((each.debt, each.amount) for each in movements if isinstance(each, Lent))
    settled = _sums((share.debt, share.amount) for share in shares)
    left = {debt: amount - settled.get(debt, Decimal(0)) for debt, amount in lent.items()}
    opened = _write_open(tx, debts, {debt for debt, amount in left.items() if amount})
    paid = sum((each.amount for each in movements if isinstance(each, Settled)), Decimal(0))
    still_open = tuple(
        OpenDebt(
            debt.id, contact.id, contact.name or "", side, debt.due_on, debt.note,
            Money(lent[debt.id], currency), Money(left[debt.id], currency),
            numbers.get(debt.agreement_id or 0), debt.number,
        )
        for debt in sorted(debts, key=lambda each: (each.due_on, each.id))
        if debt.is_open
    )  # fmt: skip
    credit = Money(paid - sum(settled.values(), Decimal(0)), currency)
    return Replayed(Account(still_open, credit), shares, opened, frozenset(numbers))


def _account(tx: Tx, contact_id: int, side: Side) -> dict[str, object]:
    """What the statements below take."""
    return {"tenant": tx.tenant, "contact": contact_id, "side": side}


class Entry(NamedTuple):
    """An entry that stands, as far as the replay needs it."""

    id: int
    kind: str
    on: date
    debt_id: int | None
    agreement_id: int | None
    amount: Decimal


_ENTRIES = text("""
    select entry.id, entry.kind, entry.effective_on, entry.debt_id, entry.agreement_id, entry.amount
    from ledger_entries entry
    where entry.tenant_id = :tenant and entry.contact_id = :contact and entry.side = :side
        and entry.reverses_id is null
        and not exists (
            select from ledger_entries reversal
            where reversal.tenant_id = entry.tenant_id and reversal.reverses_id = entry.id
        )
""")


def _entries(tx: Tx, contact_id: int, side: Side) -> list[Entry]:
    """The entries of an account that stand: neither reversed nor reversals."""
    return [Entry(*row) for row in tx.execute(_ENTRIES, _account(tx, contact_id, side))]


def movements_of(
    entries: Iterable[Entry], debts: Sequence[Debt], agreements: Sequence[Agreement]
) -> Iterator[Lent | Settled]:
    """What the entries of an account mean for its debts.

    The disbursement of an agreement brings all of its instalments, each with the principal and interest agreed for it.
    """
    by_id = {debt.id: debt for debt in debts}
    terms = {each.id: each for each in agreements}
    installments: dict[int, list[Debt]] = {}
    for debt in debts:
        if debt.agreement_id is not None:
            installments.setdefault(debt.agreement_id, []).append(debt)
    for entry in entries:
        if entry.kind == "disbursement" and entry.debt_id is None:
            for debt in installments.get(entry.agreement_id or 0, ()):
                yield from _components(entry, debt, terms[debt.agreement_id or 0])
        elif entry.amount > 0 and entry.debt_id is not None:
            debt = by_id[entry.debt_id]
            kind = "principal" if entry.kind == "disbursement" else entry.kind
            agreement = terms.get(debt.agreement_id or 0)
            yield _lent(entry, debt, kind, entry.amount, agreement)
        elif entry.amount < 0:
            yield Settled(entry.id, entry.on, -entry.amount, entry.debt_id)


def _components(entry: Entry, debt: Debt, agreement: Agreement) -> Iterator[Lent]:
    for kind, amount in (("interest", debt.interest), ("principal", debt.principal)):
        if amount:
            yield _lent(entry, debt, kind, amount, agreement)


def _lent(entry: Entry, debt: Debt, kind: str, amount: Decimal, agreement: Agreement | None) -> Lent:
    if agreement is None:
        return Lent(entry.id, entry.on, debt.id, amount, debt.due_on, kind, COMPONENTS.index(kind))
    rank = agreement.allocation_order.split(",").index(kind)
    return Lent(
        entry.id, entry.on, debt.id, amount, debt.due_on, kind, rank, agreement.id, agreement.shorten
    )  # fmt: skip


_ALLOCATIONS = text("""
    select allocation.entry_id, allocation.debt_id, allocation.amount, allocation.component
    from allocations allocation
    join debts debt on debt.tenant_id = allocation.tenant_id and debt.id = allocation.debt_id
    where debt.tenant_id = :tenant and debt.contact_id = :contact and debt.side = :side
""")


def _allocations(tx: Tx, contact_id: int, side: Side) -> list[Share]:
    return [Share(*row) for row in tx.execute(_ALLOCATIONS, _account(tx, contact_id, side))]


def _write_shares(tx: Tx, kept: Sequence[Share], wanted: Sequence[Share]) -> None:
    stale, fresh = set(kept) - set(wanted), set(wanted) - set(kept)
    if stale:
        keys = [(share.entry, share.debt, share.component) for share in stale]
        key = tuple_(Allocation.entry_id, Allocation.debt_id, Allocation.component)
        tx.execute(delete(Allocation).where(Allocation.tenant_id == tx.tenant, key.in_(keys)))
    if fresh:
        rows = [
            {
                "tenant_id": tx.tenant,
                "entry_id": s.entry,
                "debt_id": s.debt,
                "component": s.component,
                "amount": s.amount,
            }
            for s in fresh
        ]
        tx.execute(insert(Allocation).values(rows))


def _write_open(tx: Tx, debts: Sequence[Debt], wanted: set[int]) -> int:
    before = sum(debt.is_open for debt in debts if debt.agreement_id is None)
    for debt in debts:
        debt.is_open = debt.id in wanted
    tx.flush()
    return sum(debt.is_open for debt in debts if debt.agreement_id is None) - before


def _sums(pairs: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    totals: dict[int, Decimal] = {}
    for key, amount in pairs:
        totals[key] = totals.get(key, Decimal(0)) + amount
    return totals
