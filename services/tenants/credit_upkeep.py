"""What is seen to of the accounts of AI credits beside their use: whom to tell, and what a crash has left behind."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import text, update

from services.db.engine import Tx
from services.db.models import AiAccount
from services.tenants import credits, prices
from services.tenants.credits import OWN, Reservation

LOW = Decimal("0.2")
# How long a use may take until what it reserved is given back, and how far back such are looked for.
STALE_AFTER, LOOKED_BACK = timedelta(minutes=15), timedelta(days=7)
TOLD_AGAIN_AFTER = timedelta(hours=6)

_STALE = text("""
    select tenant_id, source, amount, bought, note from ai_credits as held
    where kind = 'reserved' and at < :before and at > :since
        and (cast(:tenant as bigint) is null or tenant_id = :tenant)
        and not exists (
            select from ai_credits as ended
            where ended.tenant_id = held.tenant_id
                and ended.source = :own || 'ended:' || substr(held.source, length(:own || 'reserved:') + 1)
        )
    order by tenant_id, id
""")


def stale_tenants(tx: Tx) -> list[int]:
    """Whose uses hold credits that a crash has cut off, in a platform transaction."""
    return list(dict.fromkeys(row.tenant_id for row in _stale(tx)))


def release_stale(tx: Tx) -> int:
    """Gives back what such uses of this tenant hold; returns how many there were."""
    released = 0
    for row in _stale(tx):
        key = row.source.removeprefix(f"{OWN}reserved:")
        released += credits.release(tx, Reservation(key, row.note, row.bought - row.amount, -row.bought))
    return released


def _stale(tx: Tx) -> list[Any]:
    before, since = tx.now - STALE_AFTER, tx.now - LOOKED_BACK
    return list(tx.execute(_STALE, {"tenant": tx.tenant_id, "before": before, "since": since, "own": OWN}))


_TELL = text("""
    update ai_accounts set told = case when allowance_left + bought_left < :least then 'empty' else 'low' end
    where tenant_id = :tenant and allowance >= 0 and base > 0 and (
        allowance_left + bought_left < :least and told is distinct from 'empty'
        or allowance_left + bought_left <= base * :low and told is null
    )
    returning told
""")


def newly_told(tx: Tx) -> Literal["low", "empty"] | None:
    """What the owner is to be told of the account now, once each: a fifth is `low`, less than an answer is `empty`."""
    told: Literal["low", "empty"] | None = tx.scalar(
        _TELL, {"tenant": tx.tenant, "least": max(credits.least(tx), prices.SMALLEST), "low": LOW}
    )
    return told


# Another model's trouble begins or ends nothing.
_FAILED = text("""
    update ai_accounts
    set trouble = case when trouble is null or trouble_of = :kind then :trouble else trouble end,
        trouble_of = case when trouble is null then :kind else trouble_of end,
        trouble_at = case when trouble is null then :now else trouble_at end,
        trouble_told_at = case
            when trouble_told_at is null or trouble_told_at <= :again and (
                trouble is null or trouble_told_at < trouble_at
            ) then :now else trouble_told_at end
    where tenant_id = :tenant
    returning trouble_told_at = :now
""")


def failed(tx: Tx, purpose: str, trouble: str) -> bool:
    """Notes that models fail; whether the owner is to be told: once an outage, and seldom of those that come and go."""
    given = {"now": tx.now, "trouble": trouble, "kind": _kind(purpose), "again": tx.now - TOLD_AGAIN_AFTER}
    return bool(tx.scalar(_FAILED, {"tenant": tx.tenant, **given}))


def recovered(tx: Tx, purpose: str) -> None:
    """Notes that models for this work again."""
    mine = update(AiAccount).where(AiAccount.tenant_id == tx.tenant, AiAccount.trouble_of == _kind(purpose))
    tx.execute(mine.values(trouble=None, trouble_of=None, trouble_at=None))


def _kind(purpose: str) -> str:
    """What has a model of its own: speech, vectors, and all the rest."""
    return purpose if purpose in ("transcription", "embedding") else "chat"
