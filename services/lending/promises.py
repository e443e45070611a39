"""What borrowers promised: the day on which they will pay, in their own words. The latest word counts.

Reminders wait for the day; the owner's daily summary tells which promises fall on it and which were broken.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from services.db.engine import Tx
from services.db.models import Promise


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise that counts: who made it, on which day, for which day, and in which words."""

    contact_id: int
    name: str
    made_on: date
    promised_on: date
    said: str


def keep(tx: Tx, contact_id: int, promised_on: date, said: str, message_id: int, on: date) -> None:
    """Writes down what somebody said on the day `on`; it takes the place of what they promised before."""
    words = said.replace("\x00", "")[:500]
    tx.add(
        Promise(
            tenant_id=tx.tenant, contact_id=contact_id, made_on=on, promised_on=promised_on, said=words,
            message_id=message_id,
        )
    )  # fmt: skip
    tx.flush()


_LATEST = """
    select promise.contact_id, coalesce(contact.name, contact.push_name, '?') as name, promise.made_on,
        promise.promised_on, promise.said
    from (
        select distinct on (contact_id) * from promises
        where tenant_id = :tenant and (cast(:contacts as bigint[]) is null or contact_id = any(:contacts))
        order by contact_id, id desc
    ) promise
    join contacts contact on contact.tenant_id = promise.tenant_id and contact.id = promise.contact_id
    where promise.promised_on >= :first and (cast(:last as date) is null or promise.promised_on < :last)
        and exists (
            select from debts
            where tenant_id = :tenant and contact_id = promise.contact_id and side = 'lent' and is_open
        )
"""
_STANDING = text(f"{_LATEST} order by promise.promised_on, name")
_BROKEN = text(f"""{_LATEST}
        and not exists (
            select from ledger_entries paid
            where paid.tenant_id = :tenant and paid.contact_id = promise.contact_id and paid.side = 'lent'
                and paid.kind = 'payment' and paid.effective_on >= promise.made_on
                and not exists (
                    select from ledger_entries reversal
                    where reversal.tenant_id = paid.tenant_id and reversal.reverses_id = paid.id
                )
        )
    order by promise.promised_on, name
""")


def standing(tx: Tx, contact_ids: Collection[int] | None, today: date) -> list[Promised]:
    """Promises for today or later of people who still owe, the soonest first; with None those of everybody."""
    contacts = None if contact_ids is None else list(contact_ids)
    given = {"tenant": tx.tenant, "contacts": contacts, "first": today, "last": None}
    return [Promised(*row) for row in tx.execute(_STANDING, given)]


def broken(tx: Tx, since: date, today: date) -> list[Promised]:
    """Promises for a day from `since` until yesterday after which nothing was paid, by people who still owe."""
    given = {"tenant": tx.tenant, "contacts": None, "first": since, "last": today}
    return [Promised(*row) for row in tx.execute(_BROKEN, given)]
