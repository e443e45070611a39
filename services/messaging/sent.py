"""What went out or is to go out: the outbox as its tenant reads it, and taking back what hasn't left yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import OutboxMessage, Tenant, User, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.messaging import outbox
from services.messaging.sending import BY_API, status_of
from services.tenants import audit, usage
from services.tenants.actors import Actor
from services.tenants.plans import UNLIMITED

SOURCES = ("api", "reply", "system")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages: of a status (`scheduled` beside those of the outbox), to a chat, from a source, in a time."""

    status: str | None = None
    chat: str | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def is_scheduled(message: OutboxMessage, now: datetime) -> bool:
    """Whether a message waits for the time for which it was written."""
    waits = message.not_before is not None and message.not_before > now
    return message.status == "queued" and message.attempts == 0 and waits


def source_of(message: OutboxMessage) -> str:
    """Who wanted a message: a program (`api`), somebody who is answered (`reply`), else the business's rules."""
    if (message.dedup_key or "").startswith(BY_API):
        return "api"
    return "system" if message.in_reply_to is None else "reply"


def page(
    tx: Tx, wanted: Wanted, order: Sequence[ColumnElement[object]], offset: int, limit: int
) -> tuple[Sequence[tuple[OutboxMessage, str]], int]:
    """A page of what the tenant sent, each with the name of its session, and how many there are."""
    conditions = [OutboxMessage.tenant_id == tx.tenant, *_conditions(tx, wanted)]
    rows = tx.execute(
        select(OutboxMessage, WhatsAppSession.name)
        .join(
            WhatsAppSession,
            and_(WhatsAppSession.tenant_id == OutboxMessage.tenant_id, WhatsAppSession.id == OutboxMessage.session_id),
        )
        .where(*conditions)
        .order_by(*order, OutboxMessage.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    total = tx.scalar(select(func.count()).select_from(OutboxMessage).where(*conditions)) or 0
    return [(row[0], row[1]) for row in rows], total


def _conditions(tx: Tx, wanted: Wanted) -> list[ColumnElement[bool]]:
    by_api = func.coalesce(OutboxMessage.dedup_key.like(f"{BY_API}%"), False)
    waits = func.coalesce((OutboxMessage.attempts == 0) & (OutboxMessage.not_before > tx.now), False)
    sources = {
        "api": by_api, "reply": ~by_api & OutboxMessage.in_reply_to.is_not(None),
        "system": ~by_api & OutboxMessage.in_reply_to.is_(None),
    }  # fmt: skip
    found: list[ColumnElement[bool]] = []
    if wanted.status == "scheduled":
        found += [OutboxMessage.status == "queued", waits]
    elif wanted.status is not None:
        found += [OutboxMessage.status == wanted.status, *([~waits] if wanted.status == "queued" else [])]
    found += [] if wanted.chat is None else [OutboxMessage.chat == wanted.chat]
    found += [] if wanted.source is None else [sources[wanted.source]]
    found += [] if wanted.since is None else [OutboxMessage.created_at >= wanted.since]
    found += [] if wanted.until is None else [OutboxMessage.created_at < wanted.until]
    return found


def one(tx: Tx, message_id: int) -> tuple[OutboxMessage, str]:
    """A message with the name of its session; raises `DomainError` `message_unknown`."""
    message = status_of(tx, message_id)
    return message, tx.get_one(WhatsAppSession, (tx.tenant, message.session_id)).name


def cancel(tx: Tx, actor: Actor, message_id: int) -> tuple[OutboxMessage, str]:
    """Takes back a message that a program asked for and that hasn't left, with all of its parts; twice is harmless.

    What it took of the limit is given back. Raises `DomainError` `message_unknown` or `message_not_cancelled`.
    """
    message, session = one(tx, message_id)
    if source_of(message) != "api":
        raise DomainError("message_not_cancelled", _("Only messages that a program asked for can be taken back."))
    if message.status == "cancelled":
        return message, session
    key = message.dedup_key or ""
    taken_back = tx.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.tenant_id == tx.tenant, OutboxMessage.status == "queued",
            or_(OutboxMessage.id == message_id, OutboxMessage.dedup_key.startswith(f"{key}#", autoescape=True)),
            OutboxMessage.chat == message.chat, OutboxMessage.created_at == message.created_at,
        )
        .values(status="cancelled")
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    ).all()  # fmt: skip
    if message_id not in [row.id for row in taken_back]:
        tx.refresh(message)
        text = _("This message can't be taken back any more: it is “{status}”.", status=message.status)
        raise DomainError("message_not_cancelled", text, status=message.status)
    _give_back(tx, message, len(taken_back))
    outbox.wake(tx, message.session_id)
    audit.record(
        tx, actor, "message.cancel", "outbox", message_id, before={"status": "queued"}, after={"status": "cancelled"}
    )
    tx.refresh(message)
    return message, session


def _give_back(tx: Tx, message: OutboxMessage, n: int) -> None:
    """To the day and month from which it was taken; what goes to the business's own people was never taken."""
    phone = message.chat.removeprefix("phone:")
    own = select(User.id).where(User.tenant_id == tx.tenant, User.phone == phone).union_all(
        select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.phone == phone)
    )  # fmt: skip
    if not tx.policy.counts_usage or tx.scalar(own.limit(1)) is not None:
        return
    day = local_date(message.created_at, tx.get_one(Tenant, tx.tenant).timezone)
    for period in (f"{day:%Y-%m-%d}", f"{day:%Y-%m}"):
        usage.consume(tx, "messages", UNLIMITED, -n, period)
