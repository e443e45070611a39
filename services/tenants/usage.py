"""Counting what is used against a limit, exactly, however many do it at once."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.db.engine import Tx
from services.db.models import UsageCounter
from services.tenants.plans import UNLIMITED


def consume(tx: Tx, name: str, limit: int, n: int = 1, period: str = "") -> bool:
    """Takes `n` of what `limit` allows in `period`; False, and nothing taken, when that is more than is left.

    One conditional statement: of two transactions at once for the last unit one gets it. A negative `n` gives back.
    """
    fresh = insert(UsageCounter).values(tenant_id=tx.tenant, name=name, period=period, used=max(n, 0))
    used = func.greatest(UsageCounter.used + n, 0)
    room = None if limit == UNLIMITED or n <= 0 else used <= limit
    statement = fresh.on_conflict_do_update(
        index_elements=["tenant_id", "name", "period"], set_={"used": used}, where=room
    ).returning(UsageCounter.used)
    if limit != UNLIMITED and n > limit:
        return False
    return tx.execute(statement).scalar() is not None


def next_number(tx: Tx, name: str) -> int:
    """The next number of a series of the tenant, from 1; whoever asks at the same time waits for this transaction."""
    fresh = insert(UsageCounter).values(tenant_id=tx.tenant, name=name, period="", used=1)
    statement = fresh.on_conflict_do_update(
        index_elements=["tenant_id", "name", "period"], set_={"used": UsageCounter.used + 1}
    ).returning(UsageCounter.used)
    return tx.execute(statement).scalar_one()


def used(tx: Tx, name: str, period: str = "") -> int:
    """How much is used."""
    found = tx.scalar(select(UsageCounter.used).where(UsageCounter.name == name, UsageCounter.period == period))
    return found or 0
