"""The debt book: booking, paying, writing off, moving a due date, and taking any of it back.

Amounts are in the tenant's currency and positive; dates are in its zone. Everything here can be undone: what was
booked is answered by reversing entries, never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from services.db.engine import Tx
from services.db.models import Allocation, Contact, Debt, LedgerEntry
from services.errors import DomainError
from services.i18n import _
from services.lending import ledger
from services.lending.agreement_states import Change, follow_payments
from services.lending.allocation import Share
from services.lending.ledger import Account, Side, Source
from services.lending.replay import replay
from services.money import Money
from services.tenants import audit, limits
from services.tenants.plans import UNLIMITED

# Entries that make a debt what it is; the others lower what is owed.
_RAISING = ("disbursement", "fee", "penalty")


@dataclass(frozen=True, slots=True)
class Booked:
    """What a booking did: its entry, the amount, and where the account stands afterwards.

    `shares` tells what each payment settled, `changes` which agreements went into another state.
    """

    entry_id: int
    amount: Money
    account: Account
    shares: tuple[Share, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """An account after a change."""

    account: Account
    shares: tuple[Share, ...]
    changes: tuple[Change, ...]


def book(
    tx: Tx, source: Source, *, contact_id: int, side: Side, amount: Money, due_on: date, on: date, note: str | None,
    limit: int,
) -> Booked:  # fmt: skip
    """Books money lent or owed; unused credit of the account goes to it at once.

    `limit` is how many open debts the tenant's plan allows. Raises `DomainError` `limit_reached`.
    """
    contact = ledger.lock(tx, contact_id)
    debt = Debt(tenant_id=tx.tenant, contact_id=contact_id, side=side, due_on=due_on, note=note, is_open=False)
    tx.add(debt)
    tx.flush()
    entry = ledger.post(
        tx, source, contact_id=contact_id, side=side, kind="disbursement", amount=amount, on=on, debt_id=debt.id,
        note=note,
    )  # fmt: skip
    return _booked(entry, amount, settle(tx, source, contact, side, amount.currency, limit))


def pay(tx: Tx, source: Source, *, contact_id: int, side: Side, amount: Money, on: date) -> Booked:
    """Books a payment: to the debts due first; what is more than everything owed stays as credit."""
    contact = ledger.lock(tx, contact_id)
    entry = ledger.post(tx, source, contact_id=contact_id, side=side, kind="payment", amount=-amount, on=on)
    return _booked(entry, amount, settle(tx, source, contact, side, amount.currency))


def write_off(tx: Tx, source: Source, *, contact_id: int, side: Side, currency: str, on: date) -> Booked | None:
    """Lets go of everything that is open on an account; None when nothing is."""
    contact = ledger.lock(tx, contact_id)
    left = ledger.account(tx, contact_id, side, currency).left
    if not left:
        return None
    entry = ledger.post(tx, source, contact_id=contact_id, side=side, kind="write_off", amount=-left, on=on)
    return _booked(entry, left, settle(tx, source, contact, side, currency))


def _booked(entry_id: int, amount: Money, settled: Settled) -> Booked:
    own = tuple(share for share in settled.shares if share.entry == entry_id)
    return Booked(entry_id, amount, settled.account, own, settled.changes)


def reverse(tx: Tx, source: Source, entry_ids: Sequence[int], reason: str) -> None:
    """Takes entries back by opposite entries. A debt that somebody has paid on since isn't taken back.

    Raises `DomainError` `already_paid_on`, or `already_reversed`.
    """
    entries = tx.scalars(
        select(LedgerEntry).where(LedgerEntry.tenant_id == tx.tenant, LedgerEntry.id.in_(entry_ids))
    ).all()
    contacts = {contact_id: ledger.lock(tx, contact_id) for contact_id in sorted({each.contact_id for each in entries})}
    for entry in sorted(entries, key=lambda each: each.id, reverse=True):
        _refuse_if_needed(tx, entry, entry_ids)
        ledger.post(
            tx, source.part(entry.id), contact_id=entry.contact_id, side=entry.side, kind="reversal",  # type: ignore[arg-type]
            amount=Money(-entry.amount, entry.currency), on=entry.effective_on, reverses_id=entry.id, note=reason,
            debt_id=entry.debt_id if entry.kind in _RAISING else None, agreement_id=entry.agreement_id,
        )  # fmt: skip
    for contact_id, side, currency in sorted({(each.contact_id, each.side, each.currency) for each in entries}):
        settle(tx, source, contacts[contact_id], side, currency)  # type: ignore[arg-type]


def _refuse_if_needed(tx: Tx, entry: LedgerEntry, together: Sequence[int]) -> None:
    """A debt that a later payment settles, even in part, stays; payments taken back in the same step don't count."""
    if entry.kind != "disbursement" or entry.debt_id is None:
        return
    later = select(Allocation.entry_id).where(
        Allocation.tenant_id == tx.tenant,
        Allocation.debt_id == entry.debt_id,
        Allocation.entry_id > entry.id,
        Allocation.entry_id.not_in(together),
    )
    if tx.scalars(later.limit(1)).one_or_none() is not None:
        raise DomainError(
            "already_paid_on",
            _("Something has been paid on this debt since, so it can't be taken back. Undo the payment first."),
        )


def move_due(tx: Tx, source: Source, debt_id: int, due_on: date, currency: str) -> date:
    """Moves the due date of a debt and returns the earlier one; what payments settled is worked out anew."""
    debt = tx.scalars(select(Debt).where(Debt.tenant_id == tx.tenant, Debt.id == debt_id)).one()
    contact = ledger.lock(tx, debt.contact_id)
    before = debt.due_on
    debt.due_on = due_on
    tx.flush()
    settle(tx, source, contact, debt.side, currency)  # type: ignore[arg-type]
    audit.record(
        tx, source.actor, "debt.move_due", "debts", debt_id,
        before={"due_on": before.isoformat()}, after={"due_on": due_on.isoformat()}, message_id=source.message_id,
    )  # fmt: skip
    return before


def paid_on(tx: Tx, contact_id: int, side: Side, amount: Money, on: date) -> bool:
    """Whether a payment of the same amount by the same person stands on the same day."""
    reversed_ids = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    return bool(
        tx.scalar(
            select(func.count())
            .select_from(LedgerEntry)
            .where(
                LedgerEntry.tenant_id == tx.tenant,
                LedgerEntry.contact_id == contact_id,
                LedgerEntry.side == side,
                LedgerEntry.kind == "payment",
                LedgerEntry.amount == -amount.amount,
                LedgerEntry.effective_on == on,
                LedgerEntry.id.not_in(reversed_ids),
            )
        )
    )


def settle(tx: Tx, source: Source, contact: Contact, side: Side, currency: str, limit: int = UNLIMITED) -> Settled:
    """Replays an account after a change; the count of open debts and the states of agreements follow.

    Raises `DomainError` `limit_reached` when more debts are open than `limit`.
    """
    replayed = replay(tx, contact, side, currency)
    if replayed.opened:
        limits.take_up_to(tx, "debts", [limit], n=replayed.opened)
    changes = follow_payments(tx, source, contact.id) if replayed.agreements else ()
    return Settled(replayed.account, replayed.shares, changes)


def total(debts: Sequence[ledger.OpenDebt], currency: str) -> Money:
    """The sum of what is left of some debts."""
    return Money(sum((debt.left.amount for debt in debts), Decimal(0)), currency)
