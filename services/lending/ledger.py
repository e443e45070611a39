"""The append-only ledger of money between the tenant and its contacts, and what it amounts to.

An account is one contact and one side: `lent` (they owe the tenant) or `owed` (the tenant owes them). Entries are only
ever added; balances and what is left of each debt are derived from them. Callers lock the account first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from sqlalchemy import bindparam, func, select, text

from services.db.engine import Tx
from services.db.models import Contact, LedgerEntry
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
    """A debt with something left of it; an instalment has the numbers of its agreement and of itself."""

    id: int
    contact_id: int
    name: str
    side: Side
    due_on: date
    note: str | None
    amount: Money
    left: Money
    agreement: int | None = None
    number: int | None = None


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
    agreement_id: int | None = None,
    reverses_id: int | None = None,
    note: str | None = None,
) -> int:
    """Adds an entry and returns its id; `amount` is signed: positive raises what is owed."""
    entry = LedgerEntry(
        tenant_id=tx.tenant, contact_id=contact_id, side=side, kind=kind, debt_id=debt_id,
        agreement_id=agreement_id, amount=amount.amount, currency=amount.currency,
        effective_on=on, recorded_at=tx.now, reverses_id=reverses_id, note=note,
        source_key=source.key, actor_kind=source.actor.kind, actor_id=source.actor.id, message_id=source.message_id,
    )  # fmt: skip
    tx.add(entry)
    tx.flush()
    return entry.id


_OPEN_DEBTS = text("""
    select debt.id, debt.contact_id, coalesce(contact.name, '') as name, debt.side, debt.due_on, debt.note,
        tenant.currency, booked.amount, booked.amount - settled.amount as left, agreement.number as agreement,
        debt.number
    from debts debt
    join tenants tenant on tenant.id = debt.tenant_id
    join contacts contact on contact.tenant_id = debt.tenant_id and contact.id = debt.contact_id
    left join agreements agreement on agreement.tenant_id = debt.tenant_id and agreement.id = debt.agreement_id
    cross join lateral (
        select coalesce(debt.principal + debt.interest, 0) + coalesce(sum(amount), 0) as amount from ledger_entries
        where tenant_id = debt.tenant_id and debt_id = debt.id and kind not in ('payment', 'write_off', 'replacement')
    ) booked
    cross join lateral (
        select coalesce(sum(amount), 0) as amount from allocations
        where tenant_id = debt.tenant_id and debt_id = debt.id
    ) settled
    where debt.tenant_id = :tenant and debt.is_open
        and (cast(:contacts as bigint[]) is null or debt.contact_id = any(:contacts))
        and (cast(:side as text) is null or debt.side = :side)
        and (cast(:until as date) is null or debt.due_on <= :until)
    order by debt.due_on, debt.id
""")


def open_debts(
    tx: Tx, contact_id: int | Collection[int] | None = None, side: Side | None = None, until: date | None = None
) -> list[OpenDebt]:
    """Open debts of the tenant, of one contact or several, or of one account; those due first come first.

    With `until` only those that are due by that day. One statement.
    """
    contacts = [contact_id] if isinstance(contact_id, int) else None if contact_id is None else list(contact_id)
    given = {"tenant": tx.tenant, "contacts": contacts, "side": side, "until": until}
    return [
        OpenDebt(
            row.id, row.contact_id, row.name, row.side, row.due_on, row.note,
            Money(row.amount, row.currency), Money(row.left, row.currency), row.agreement, row.number,
        )
        for row in tx.execute(_OPEN_DEBTS, given)
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
