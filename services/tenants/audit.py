"""The record of who changed what."""

from __future__ import annotations

from services.db.engine import Tx
from services.db.models import AuditEntry
from services.tenants.actors import Actor


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
            message_id=message_id,
        )
    )  # fmt: skip
