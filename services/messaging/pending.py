"""What a sender that chooses its time asks of the outbox: what could go next, what is due, what went to strangers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text

from services.db.engine import Tx
from services.db.models import OutboxMessage
from services.messaging.outbox import HEADS, READY, Sent, change


class Next(NamedTuple):
    """A message that could be sent next, as far as its sender has to know to choose the time."""

    id: int
    chat: str
    kind: str
    length: int
    cold: bool


_NEXT = text(f"""
    with {HEADS}
    select id, chat, kind, length(body), cold from heads
    where {READY} and (:cold or not cold) order by priority desc, id limit 20
""")


def next_up(tx: Tx, session_id: int, *, cold: bool) -> Sequence[Next]:
    """What could be sent now, one of each chat, in the order of `claim`; `cold`: also to who never wrote before."""
    given = {"tenant": tx.tenant, "session": session_id, "now": tx.now, "cold": cold, "done": 0}
    return [Next(*row) for row in tx.execute(_NEXT, given)]


def record_sent(tx: Tx, sent: Sent) -> None:
    """The transport has taken a message."""
    change(tx, sent.id, status="sent", sent_at=tx.now, provider_id=sent.provider_id, error=None)


_DUE = text("""
    select distinct tenant_id, session_id from outbox
    where status = 'queued' and session_id = any(:sessions) and (not_before is null or not_before <= :now)
""")


def due_sessions(tx: Tx, session_ids: Sequence[int]) -> Sequence[tuple[int, int]]:
    """Which of these sessions have something to send, with their tenants, in a platform transaction."""
    found = tx.execute(_DUE, {"sessions": list(session_ids), "now": tx.now})
    return [(row.tenant_id, row.session_id) for row in found]


def cold_since(tx: Tx, session_id: int, since: datetime) -> Sequence[datetime]:
    """When messages to people who had never written were sent since then, the oldest first."""
    cold = (OutboxMessage.tenant_id == tx.tenant) & (OutboxMessage.session_id == session_id) & OutboxMessage.cold
    sent = select(OutboxMessage.sent_at).where(cold, OutboxMessage.sent_at >= since).order_by(OutboxMessage.sent_at)
    return [moment for moment in tx.scalars(sent) if moment is not None]
