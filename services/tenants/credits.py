"""AI credits that a tenant was given: an append-only account whose balance is the sum of its entries.

Not to be confused with a person's credit balance in the debt book.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.db.engine import Tx
from services.db.models import AiCredit
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit
from services.tenants.actors import Actor

GRANTED = "granted"
MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the account; `balance` is that after it."""

    id: int
    amount: int
    source: str
    note: str | None
    balance: int


def add(tx: Tx, actor: Actor, amount: int, source: str, note: str | None = None) -> Entry:
    """Gives the tenant `amount` credits, once for each `source`: a repeat changes nothing and returns the first entry.

    Raises `DomainError` `bad_amount`, or `source_used` when that source gave another amount before.
    """
    if not 1 <= amount <= MOST:
        raise DomainError("bad_amount", _("Write an amount between 1 and {most}.", most=MOST), most=MOST)
    fresh = insert(AiCredit).values(
        tenant_id=tx.tenant, at=tx.now, kind=GRANTED, amount=amount, source=source, note=note
    )
    made = tx.scalar(fresh.on_conflict_do_nothing(index_elements=["tenant_id", "source"]).returning(AiCredit.id))
    entry = tx.scalars(select(AiCredit).where(AiCredit.tenant_id == tx.tenant, AiCredit.source == source)).one()
    if entry.amount != amount:
        raise DomainError(
            "source_used",
            _("{source} was used before, for {amount} credits.", source=source, amount=entry.amount),
            source=source,
        )
    if made is not None:
        audit.record(tx, actor, "credits.add", "ai_credits", made, after={"amount": amount, "source": source})
    return Entry(entry.id, int(entry.amount), entry.source, entry.note, _sum(tx, entry.id))


def balance(tx: Tx) -> int:
    """What the tenant of this transaction has."""
    return _sum(tx)


def _sum(tx: Tx, last: int | None = None) -> int:
    statement = select(func.coalesce(func.sum(AiCredit.amount), 0)).where(AiCredit.tenant_id == tx.tenant)
    if last is not None:
        statement = statement.where(AiCredit.id <= last)
    return int(tx.scalars(statement).one())
