"""What a tenant's status means, and which may follow which: one set for the program, its API and its docs.

| status | what it means |
|---|---|
| `pending_approval` | registered itself; waits for the super admin |
| `rejected` | the super admin said no |
| `pending_qr` | registered by the super admin; its number isn't linked yet |
| `trial` | tries it for `TRIAL_PERIOD` days |
| `active` | works; paid, or without an end |
| `past_due` | works, but its period is over: days of grace |
| `suspended` | not paid: messages are kept, only commands about the account are answered |
| `inactive` | switched off by the super admin, its numbers with it |
| `closed` | left; its data can be exported until they are erased |
"""

from __future__ import annotations

from collections.abc import Mapping

from services.db.engine import Tx
from services.db.models import Tenant
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit
from services.tenants.actors import Actor

WORKING = frozenset({"trial", "active", "past_due"})
"""Their customers are answered, their reminders go out, others may write through them."""

OFF = frozenset({"pending_approval", "rejected", "suspended", "inactive", "closed"})

GRACE_DAYS = 7
"""Unless the installation has a setting of its own."""

ERASED_AFTER_DAYS = 30

FOLLOWS: Mapping[str, frozenset[str]] = {
    "pending_approval": frozenset({"trial", "active", "pending_qr", "rejected", "closed"}),
    "rejected": frozenset({"trial", "active", "closed"}),
    "pending_qr": frozenset({"trial", "active", "inactive", "closed"}),
    "trial": frozenset({"active", "past_due", "suspended", "inactive", "closed"}),
    "active": frozenset({"past_due", "suspended", "inactive", "closed", "trial"}),
    "past_due": frozenset({"active", "trial", "suspended", "inactive", "closed"}),
    "suspended": frozenset({"active", "trial", "past_due", "inactive", "closed"}),
    "inactive": frozenset({"active", "trial", "past_due", "suspended", "pending_qr", "closed"}),
    "closed": frozenset({"active", "trial", "past_due", "pending_approval"}),
}


def works(status: str) -> bool:
    """Whether a tenant of this status does business."""
    return status in WORKING


def is_off(status: str) -> bool:
    """Whether nothing goes out in its name; one whose number isn't linked yet is not off."""
    return status in OFF


def refused(before: str, after: str) -> DomainError:
    """The refusal of a status that can't follow another."""
    text = _("A business that is “{before}” can't become “{after}”.", before=before, after=after)
    return DomainError("status_refused", text, before=before, after=after)


def move(tx: Tx, actor: Actor, tenant: Tenant, status: str, reason: str | None = None) -> bool:
    """Brings a tenant (locked by the caller) into a status, with a record of it; False when it is there already.

    Raises `DomainError` `status_refused` when that can't follow.
    """
    before = tenant.status
    if before == status:
        return False
    if status not in FOLLOWS[before]:
        raise refused(before, status)
    tenant.status, tenant.status_at, tenant.status_reason = status, tx.now, reason
    tx.flush()
    audit.record(
        tx, actor, f"tenant.{status}", "tenants", tenant.id, before={"status": before},
        after={"status": status, **({} if reason is None else {"reason": reason})},
    )  # fmt: skip
    return True
