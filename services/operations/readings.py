"""What waits in the queue, in the inbox and in the outbox, for the health page and the metrics: few, cheap statements.

All in platform transactions. Counts go over partial indexes of what is unfinished, never over what is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text

from services.db.engine import Tx


@dataclass(frozen=True, slots=True)
class Queue:
    """Jobs that are due, and the seconds for which the oldest has been."""

    waiting: int
    oldest: float


_QUEUE = text("""
    with due as (
        select id, scheduled_at from procrastinate_jobs
        where status = 'todo' and (scheduled_at is null or scheduled_at <= :now)
    )
    select (select count(*) from due), least(
        (select min(scheduled_at) from due),
        (select min(at) from procrastinate_events
         where job_id = (select min(id) from due where scheduled_at is null) and type = 'deferred')
    )
""")


def queue(tx: Tx) -> Queue:
    """What the workers have before them."""
    waiting, since = tx.execute(_QUEUE, {"now": tx.now}).one()
    return Queue(waiting, 0.0 if since is None else max(0.0, (tx.now - since).total_seconds()))


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages that wait to be handled, how long the oldest has, and those that were parked; what leaves, by status.

    `accepted` and `written` are the numbers that were given to messages in and out: refused repeats used one as well.
    """

    waiting: int
    oldest: float
    outbox: Mapping[str, int]
    accepted: int
    written: int


_INBOX = text("select count(*), min(received_at) from messages where processed_at is null and parked_at is null")
_OUTBOX = text("""
    select 'queued', count(*) from outbox where status = 'queued'
    union all
    select status, count(*) from outbox where status in ('sending', 'unknown') group by status
""")
_NUMBERS = text("""
    select coalesce(pg_sequence_last_value('messages_id_seq'::regclass), 0),
        coalesce(pg_sequence_last_value('outbox_id_seq'::regclass), 0)
""")


def messages(tx: Tx) -> Messages:
    """What comes in and goes out."""
    waiting, since = tx.execute(_INBOX).one()
    outbox = {"sending": 0, "unknown": 0} | {row[0]: row[1] for row in tx.execute(_OUTBOX)}
    accepted, written = tx.execute(_NUMBERS).one()
    oldest = 0.0 if since is None else max(0.0, (tx.now - since).total_seconds())
    return Messages(waiting, oldest, outbox, accepted, written)
