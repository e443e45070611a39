"""The append-only ledger of money between the tenant and its contacts, and what it amounts to.

An account is one contact and one side: `lent` (they owe the tenant) or `owed` (the tenant owes them). Entries are only
ever added; balances and what is left of each debt are derived from them. Callers lock the account first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from sqlalchemy import bindparam, delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from services.db.engine import Tx
from services.db.models import Allocation, Contact, Debt, LedgerEntry
from services.lending.allocation import Lent, Settled, Share, allocate
from services.money import Money
from services.tenants.actors import Actor

Side = Literal["lent", "owed"]


@dataclass(frozen=True, slots=True)
class Source:
    """What an entry comes from: `key` is unique in the tenant, so that one source never books twice."""

    key: str
    actor: Actor
    message_id: int | None = None

    def part(self, name: object) -> Source:
        """The source of one of several entries."""
        return Source(f"{self.key}:{name}", self.actor, self.message_id)


@dataclass(frozen=True, slots=True)
class OpenDebt:
    """A debt with something left of it."""

    id: int
    contact_id: int
    name: str
    side: Side
    due_on: date
    note: str | None
    amount: Money
    left: Money


@dataclass(frozen=True, slots=True)
class Account:
    """Where one contact stands on one side: open debts, those due first at the top, and unused credit."""

    debts: tuple[OpenDebt, ...]
    credit: Money

    @property
    def left(self) -> Money:
        """What is left to pay, credit not counted: there is credit only where nothing is open."""
        return Money(sum((debt.left.amount for debt in self.debts), Decimal(0)), self.credit.currency)


_LOCK = (
    select(Contact)
    .where(Contact.tenant_id == bindparam("tenant"), Contact.id == bindparam("contact"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def lock(tx: Tx, contact_id: int) -> Contact:
    """Makes this transaction the only one that changes the contact's accounts until it ends."""
    return tx.scalars(_LOCK, {"tenant": tx.tenant, "contact": contact_id}).one()


def post(
    tx: Tx,
    source: Source,
    *,
    contact_id: int,
    side: Side,
    kind: str,
    amount: Money,
    on: date,
    debt_id: int | None = None,
    reverses_id: int | None = None,
    note: str | None = None,
) -> int:
    """Adds an entry and returns its id; `amount` is signed: positive raises what is owed."""
    entry = LedgerEntry(
        tenant_id=tx.tenant, contact_id=contact_id, side=side, kind=kind, debt_id=debt_id, amount=amount.amount,
        currency=amount.currency, effective_on=on, recorded_at=tx.now, reverses_id=reverses_id, note=note,
        source_key=source.key, actor_kind=source.actor.kind, actor_id=source.actor.id, message_id=source.message_id,
    )  # fmt: skip
    tx.add(entry)
    tx.flush()
    return entry.id


@dataclass(frozen=True, slots=True)
class Replayed:
    """An account worked out anew: where it stands, who settled what, and by how many its open debts grew."""

    account: Account
    shares: tuple[Share, ...]
    opened: int


_DEBTS = select(Debt).where(
    Debt.tenant_id == bindparam("tenant"), Debt.contact_id == bindparam("contact"), Debt.side == bindparam("side")
)


def replay(tx: Tx, contact: Contact, side: Side, currency: str) -> Replayed:
    """Works out which payment settled which debt of an account, and writes down what changed since the last time."""
    debts = tx.scalars(_DEBTS, _account(tx, contact.id, side)).all()
    movements = _movements(tx, contact.id, side, {debt.id: debt.due_on for debt in debts})
    shares = allocate(movements)
    _write_shares(tx, _allocations(tx, contact.id, side), shares)
    lent = {each.debt: each.amount for each in movements if isinstance(each, Lent)}
    settled = _sums((share.debt, share.amount) for share in shares)
    left = {debt: amount - settled.get(debt, Decimal(0)) for debt, amount in lent.items()}
    opened = _write_open(tx, debts, {debt for debt, amount in left.items() if amount})
    paid = sum((each.amount for each in movements if isinstance(each, Settled)), Decimal(0))
    still_open = tuple(
        OpenDebt(
            debt.id, contact.id, contact.name or "", side, debt.due_on, debt.note,
            Money(lent[debt.id], currency), Money(left[debt.id], currency),
        )
        for debt in sorted(debts, key=lambda each: (each.due_on, each.id))
        if debt.is_open
    )  # fmt: skip
    credit = Money(paid - sum(settled.values(), Decimal(0)), currency)
    return Replayed(Account(still_open, credit), shares, opened)


def _account(tx: Tx, contact_id: int | None, side: Side | None) -> dict[str, object]:
    """What the statements below take: one account, or with None any contact or either side."""
    return {"tenant": tx.tenant, "contact": contact_id, "side": side}


_MOVEMENTS = text("""
    select entry.id, entry.kind, entry.effective_on, entry.debt_id, entry.amount
    from ledger_entries entry
    where entry.tenant_id = :tenant and entry.contact_id = :contact and entry.side = :side
        and entry.reverses_id is null
        and not exists (
            select from ledger_entries reversal
            where reversal.tenant_id = entry.tenant_id and reversal.reverses_id = entry.id
        )
""")


def _movements(tx: Tx, contact_id: int, side: Side, due: Mapping[int, date]) -> list[Lent | Settled]:
    """The entries of an account that stand: neither reversed nor reversals."""
    return [
        Lent(row.id, row.effective_on, row.debt_id, row.amount, due[row.debt_id])
        if row.kind == "disbursement"
        else Settled(row.id, row.effective_on, -row.amount)
        for row in tx.execute(_MOVEMENTS, _account(tx, contact_id, side))
    ]


_ALLOCATIONS = text("""
    select allocation.entry_id, allocation.debt_id, allocation.amount
    from allocations allocation
    join debts debt on debt.tenant_id = allocation.tenant_id and debt.id = allocation.debt_id
    where debt.tenant_id = :tenant and debt.contact_id = :contact and debt.side = :side
""")


def _allocations(tx: Tx, contact_id: int, side: Side) -> list[Share]:
    return [Share(*row) for row in tx.execute(_ALLOCATIONS, _account(tx, contact_id, side))]


def _write_shares(tx: Tx, kept: Sequence[Share], wanted: Sequence[Share]) -> None:
    stale, fresh = set(kept) - set(wanted), set(wanted) - set(kept)
    if stale:
        keys = [(share.entry, share.debt) for share in stale]
        own = Allocation.tenant_id == tx.tenant
        tx.execute(delete(Allocation).where(own, tuple_(Allocation.entry_id, Allocation.debt_id).in_(keys)))
    if fresh:
        rows = [{"tenant_id": tx.tenant, "entry_id": s.entry, "debt_id": s.debt, "amount": s.amount} for s in fresh]
        tx.execute(insert(Allocation).values(rows))


def _write_open(tx: Tx, debts: Sequence[Debt], wanted: set[int]) -> int:
    before = sum(debt.is_open for debt in debts)
    for debt in debts:
        debt.is_open = debt.id in wanted
    tx.flush()
    return sum(debt.is_open for debt in debts) - before


def _sums(pairs: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    totals: dict[int, Decimal] = {}
    for key, amount in pairs:
        totals[key] = totals.get(key, Decimal(0)) + amount
    return totals


_OPEN_DEBTS = text("""
    select debt.id, debt.contact_id, coalesce(contact.name, '') as name, debt.side, debt.due_on, debt.note,
        booked.currency, booked.amount, booked.amount - settled.amount as left
    from debts debt
    join contacts contact on contact.tenant_id = debt.tenant_id and contact.id = debt.contact_id
    cross join lateral (
        select sum(amount) as amount, min(currency) as currency from ledger_entries
        where tenant_id = debt.tenant_id and debt_id = debt.id
    ) booked
    cross join lateral (
        select coalesce(sum(amount), 0) as amount from allocations
        where tenant_id = debt.tenant_id and debt_id = debt.id
    ) settled
    where debt.tenant_id = :tenant and debt.is_open
        and (cast(:contact as bigint) is null or debt.contact_id = :contact)
        and (cast(:side as text) is null or debt.side = :side)
    order by debt.due_on, debt.id
""")


def open_debts(tx: Tx, contact_id: int | None = None, side: Side | None = None) -> list[OpenDebt]:
    """Open debts of the tenant, of one contact, or of one account; those due first come first. One statement."""
    return [
        OpenDebt(
            row.id, row.contact_id, row.name, row.side, row.due_on, row.note,
            Money(row.amount, row.currency), Money(row.left, row.currency),
        )
        for row in tx.execute(_OPEN_DEBTS, _account(tx, contact_id, side))
    ]  # fmt: skip


_CREDITS = text("""
    select contact_id, side, -sum(amount) as credit
    from ledger_entries
    where tenant_id = :tenant and (cast(:contact as bigint) is null or contact_id = :contact)
    group by contact_id, side having sum(amount) < 0
""")


def credits(tx: Tx, contact_id: int | None = None) -> dict[tuple[int, Side], Decimal]:
    """What contacts have paid too much, by account: the accounts whose balance is below zero. One statement."""
    found = tx.execute(_CREDITS, {"tenant": tx.tenant, "contact": contact_id})
    return {(row.contact_id, cast(Side, row.side)): row.credit for row in found}


def account(tx: Tx, contact_id: int, side: Side, currency: str) -> Account:
    """Where a contact stands on one side. Two statements."""
    debts = tuple(open_debts(tx, contact_id, side))
    credit = credits(tx, contact_id).get((contact_id, side), Decimal(0))
    return Account(debts, Money(credit, currency))


def history(tx: Tx, contact_id: int, limit: int = 200) -> Sequence[LedgerEntry]:
    """The latest entries of a contact on both sides, oldest first."""
    statement = (
        select(LedgerEntry)
        .where(LedgerEntry.tenant_id == tx.tenant, LedgerEntry.contact_id == contact_id)
        .order_by(LedgerEntry.id.desc())
        .limit(limit)
    )
    return list(reversed(tx.scalars(statement).all()))


def balances_before(tx: Tx, contact_id: int, entry_id: int) -> dict[str, Decimal]:
    """The balance of each side of a contact just before an entry; empty for the first one."""
    statement = (
        select(LedgerEntry.side, func.sum(LedgerEntry.amount))
        .where(LedgerEntry.tenant_id == tx.tenant, LedgerEntry.contact_id == contact_id, LedgerEntry.id < entry_id)
        .group_by(LedgerEntry.side)
    )
    return {row.side: row[1] for row in tx.execute(statement)}
