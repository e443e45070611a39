"""What others still owed on a day: now, as the book keeps it, or on an earlier day, as the ledger tells.

Read by the reports; nothing is written here. An earlier day is replayed from the entries that stand and had happened
by then, for all people at once and with the same rule that settles payments today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple, TypeVar

from sqlalchemy import select, text

from services.db.engine import Tx
from services.db.models import Agreement, Contact, Debt
from services.lending import ledger
from services.lending.allocation import Lent, allocate
from services.lending.replay import Entry, movements_of

# Entries until a day that stand: neither taken back nor taking back.
STANDING = """
    select entry.* from ledger_entries entry
    where entry.tenant_id = :tenant and entry.effective_on <= :until and entry.reverses_id is null
        and not exists (
            select from ledger_entries reversal
            where reversal.tenant_id = entry.tenant_id and reversal.reverses_id = entry.id
        )
"""


class Item(NamedTuple):
    """A debt or an instalment with something left of it; `agreement` is the same for all instalments of one."""

    contact_id: int
    name: str
    due_on: date
    left: Decimal
    agreement: int | None


def items_now(tx: Tx) -> list[Item]:
    """What others owe now, those due first at the top. One statement."""
    return [
        Item(debt.contact_id, debt.name, debt.due_on, debt.left.amount, debt.agreement)
        for debt in ledger.open_debts(tx, side="lent")
    ]


# Who owed nothing in all on that day had nothing open, and needn't be replayed.
_ENTRIES = text(f"""
    with standing as ({STANDING} and entry.side = 'lent'), owing as (
        select contact_id from standing group by contact_id having sum(amount) > 0
    )
    select entry.contact_id, entry.id, entry.kind, entry.effective_on, entry.debt_id, entry.agreement_id, entry.amount
    from standing entry join owing on owing.contact_id = entry.contact_id
    order by entry.contact_id
""")


def items_on(tx: Tx, on: date) -> list[Item]:
    """What others owed at the end of an earlier day, those due first at the top. Four statements."""
    rows = tx.execute(_ENTRIES, {"tenant": tx.tenant, "until": on}).all()
    entries = {
        contact_id: [Entry(*row[1:]) for row in theirs]
        for contact_id, theirs in groupby(rows, key=lambda row: int(row.contact_id))
    }
    people = list(entries)
    named = select(Contact.id, Contact.name).where(Contact.tenant_id == tx.tenant, Contact.id.in_(people))
    names = {row.id: row.name or "" for row in tx.execute(named)}
    lent = select(Debt).where(Debt.tenant_id == tx.tenant, Debt.side == "lent", Debt.contact_id.in_(people))
    debts = _by_contact(tx.scalars(lent).all())
    signed = select(Agreement).where(Agreement.tenant_id == tx.tenant, Agreement.contact_id.in_(people))
    agreements = _by_contact(tx.scalars(signed).all())
    found = [
        item
        for contact_id, theirs in entries.items()
        for item in _items(names[contact_id], theirs, debts.get(contact_id, ()), agreements.get(contact_id, ()))
    ]
    return sorted(found, key=lambda item: item.due_on)


_Row = TypeVar("_Row", Debt, Agreement)


def _by_contact(rows: Sequence[_Row]) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.contact_id, []).append(row)
    return found


def _items(
    name: str, entries: Sequence[Entry], debts: Sequence[Debt], agreements: Sequence[Agreement]
) -> Iterator[Item]:
    """What is left of one account once its entries are replayed."""
    movements = list(movements_of(entries, debts, agreements))
    left: dict[int, Decimal] = {}
    for movement in movements:
        if isinstance(movement, Lent):
            left[movement.debt] = left.get(movement.debt, Decimal(0)) + movement.amount
    for share in allocate(movements):
        left[share.debt] -= share.amount
    for debt in debts:
        if left.get(debt.id):
            yield Item(debt.contact_id, name, debt.due_on, left[debt.id], debt.agreement_id)
