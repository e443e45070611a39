"""The record of who changed what."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from services.db.engine import Tx
from services.db.models import AuditEntry, SystemAuditEntry
from services.tenants.actors import Actor

# The request of the API within which something is done; what people write to a number has none.
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)


def record(
    tx: Tx,
    actor: Actor,
    action: str,
    subject: str,
    subject_id: object,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    message_id: int | None = None,
) -> None:
    """Writes that `actor` did `action` (`contact.block`) to the `subject` table's row, with what changed of it."""
    tx.add(
        AuditEntry(
            tenant_id=tx.tenant, at=tx.now, actor_kind=actor.kind, actor_id=actor.id, actor_role=actor.role,
            action=action, subject=subject, subject_id=str(subject_id), before=before, after=after,
            message_id=message_id, request_id=REQUEST_ID.get(),
        )
    )  # fmt: skip


def record_system(
    tx: Tx,
    actor: Actor,
    action: str,
    subject: str,
    subject_id: object,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """The same of what belongs to the installation and to no tenant, in a platform transaction."""
    tx.add(
        SystemAuditEntry(
            at=tx.now, actor_kind=actor.kind, actor_id=actor.id, actor_role=actor.role, action=action, subject=subject,
            subject_id=str(subject_id), before=before, after=after, request_id=REQUEST_ID.get(),
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records; `until` isn't included."""

    subject: str | None = None
    subject_id: str | None = None
    action: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


Entry = type[AuditEntry] | type[SystemAuditEntry]
SORTABLE = {"at": AuditEntry.at, "id": AuditEntry.id, "action": AuditEntry.action, "subject": AuditEntry.subject}
SYSTEM_SORTABLE = {
    "at": SystemAuditEntry.at, "id": SystemAuditEntry.id, "action": SystemAuditEntry.action,
    "subject": SystemAuditEntry.subject,
}  # fmt: skip


def listed(
    tx: Tx, wanted: Wanted, order: Sequence[ColumnElement[Any]], offset: int, limit: int
) -> tuple[Sequence[AuditEntry], int]:
    """A page of the tenant's records and how many there are; of the same moment the latest first."""
    conditions = [AuditEntry.tenant_id == tx.tenant, *_conditions(AuditEntry, wanted)]
    total = tx.scalar(select(func.count()).select_from(AuditEntry).where(*conditions)) or 0
    page = select(AuditEntry).where(*conditions).order_by(*order, AuditEntry.id.desc())
    return tx.scalars(page.offset(offset).limit(limit)).all(), total


def listed_system(
    tx: Tx, wanted: Wanted, order: Sequence[ColumnElement[Any]], offset: int, limit: int
) -> tuple[Sequence[SystemAuditEntry], int]:
    """The same of what belongs to the installation, in a platform transaction."""
    conditions = _conditions(SystemAuditEntry, wanted)
    total = tx.scalar(select(func.count()).select_from(SystemAuditEntry).where(*conditions)) or 0
    page = select(SystemAuditEntry).where(*conditions).order_by(*order, SystemAuditEntry.id.desc())
    return tx.scalars(page.offset(offset).limit(limit)).all(), total


def _conditions(of: Entry, wanted: Wanted) -> list[ColumnElement[bool]]:
    exact = {of.subject: wanted.subject, of.subject_id: wanted.subject_id, of.action: wanted.action,
             of.actor_id: wanted.actor}  # fmt: skip
    conditions: list[ColumnElement[bool]] = [column == word for column, word in exact.items() if word is not None]
    conditions += [] if wanted.since is None else [of.at >= wanted.since]
    conditions += [] if wanted.until is None else [of.at < wanted.until]
    return conditions
