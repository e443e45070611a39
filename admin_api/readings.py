"""What lists, the health page and the metrics read of the installation: a fixed number of statements, however large.

All in platform transactions. Counts go over partial indexes of what is unfinished, never over what is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text, update

from services.db.engine import Tx
from services.db.models import Notification, SessionHost, Tenant, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit, holding
from services.tenants.actors import Actor
from services.tenants.sessions import Shown


def session_page(tx: Tx, state: str | None, offset: int, limit: int) -> tuple[Sequence[Shown], int]:
    """A page of the sessions of all tenants, and how many there are."""
    conditions = [] if state is None else [WhatsAppSession.state == state]
    page = (
        select(WhatsAppSession, Tenant.slug, Tenant.name)
        .join(Tenant, Tenant.id == WhatsAppSession.tenant_id)
        .where(*conditions)
        .order_by(WhatsAppSession.tenant_id, WhatsAppSession.id)
    )
    total = tx.scalar(select(func.count()).select_from(WhatsAppSession).where(*conditions)) or 0
    return [Shown(*row) for row in tx.execute(page.offset(offset).limit(limit))], total


def hosts(tx: Tx) -> Sequence[tuple[SessionHost, int]]:
    """The host processes and how many sessions each of them has."""
    load = holding.load(tx)
    found = tx.scalars(select(SessionHost).order_by(SessionHost.machine, SessionHost.id)).all()
    return [(host, load.get(host.id, 0)) for host in found]


def notification_page(tx: Tx, unseen: bool, offset: int, limit: int) -> tuple[Sequence[tuple[Notification, str]], int]:
    """A page of the notifications with their tenants' slugs, unseen ones first, and how many there are."""
    conditions = [Notification.seen_at.is_(None)] if unseen else []
    page = (
        select(Notification, Tenant.slug)
        .join(Tenant, Tenant.id == Notification.tenant_id)
        .where(*conditions)
        .order_by(Notification.seen_at.is_not(None), Notification.at.desc(), Notification.tenant_id, Notification.id)
    )
    total = tx.scalar(select(func.count()).select_from(Notification).where(*conditions)) or 0
    return [(row[0], row[1]) for row in tx.execute(page.offset(offset).limit(limit))], total


def mark_seen(tx: Tx, actor: Actor, notification_id: int) -> Notification:
    """Marks a notification of the transaction's tenant as seen; a second time changes nothing."""
    changed = tx.execute(
        update(Notification)
        .where(Notification.tenant_id == tx.tenant, Notification.id == notification_id, Notification.seen_at.is_(None))
        .values(seen_at=tx.now)
        .returning(Notification.id)
    ).scalar()
    if changed is not None:
        audit.record(tx, actor, "notification.seen", "notifications", notification_id)
    found = tx.get(Notification, (tx.tenant, notification_id))
    if found is None:
        raise DomainError("notification_unknown", _("There is no such notification."))
    return found


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


def sessions_by_state(tx: Tx) -> Mapping[str, int]:
    """How many sessions there are in each state."""
    states = select(WhatsAppSession.state, func.count()).group_by(WhatsAppSession.state)
    return {row[0]: row[1] for row in tx.execute(states)}


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
