"""The states of an agreement, and how they follow from what is paid.

`draft` until its PDF is made, `sent` until it is answered, then `active` until nothing is left: `completed` when it was
paid, `defaulted` when the rest was written off, `cancelled` when another agreement took its place. Every change is an
audit entry.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from services.db.engine import Tx
from services.db.models import Agreement
from services.lending.ledger import Source
from services.tenants import audit

OPEN = ("draft", "sent", "active")
REPLACED = "replaced"
_NEXT = {
    "draft": ("sent", "cancelled"),
    "sent": ("draft", "active", "declined", "cancelled", "expired"),
    "active": ("completed", "defaulted", "cancelled"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """An agreement that went from one state to another because of what was booked."""

    agreement_id: int
    number: int
    before: str
    after: str


def move(tx: Tx, source: Source, agreement: Agreement, status: str, reason: str | None = None) -> None:
    """Puts an agreement into another state that may follow on its present one."""
    if status not in _NEXT.get(agreement.status, ()):
        raise ValueError(f"an agreement can't go from {agreement.status} to {status}")
    _record(tx, source, agreement.id, agreement.status, status, reason)
    agreement.status = status
    agreement.reason = reason
    if status not in OPEN:
        agreement.closed_at = tx.now
    tx.flush()


def _record(tx: Tx, source: Source, agreement_id: int, before: str, after: str, reason: str | None = None) -> None:
    followed: dict[str, object] = {"status": after}
    if reason:
        followed["reason"] = reason
    audit.record(
        tx, source.actor, f"agreement.{after}", "agreements", agreement_id, before={"status": before}, after=followed,
        message_id=source.message_id,
    )  # fmt: skip


# An agreement in force follows its instalments; one that was replaced is in force again when they are open again.
_FOLLOW = text("""
    with paid as (
        select debt.agreement_id, bool_or(debt.is_open) as open, bool_or(entry.kind = 'write_off') as lost,
            bool_or(entry.kind = 'replacement') as replaced
        from debts debt
        left join allocations allocation
            on allocation.tenant_id = debt.tenant_id and allocation.debt_id = debt.id
        left join ledger_entries entry
            on entry.tenant_id = allocation.tenant_id and entry.id = allocation.entry_id
        where debt.tenant_id = :tenant and debt.contact_id = :contact and debt.agreement_id is not null
        group by debt.agreement_id
    ), state as (
        select agreement.id, agreement.status as before, case
            when open then 'active' when lost then 'defaulted' when replaced then 'cancelled' else 'completed'
        end as after
        from agreements agreement join paid on paid.agreement_id = agreement.id
        where agreement.tenant_id = :tenant
            and (agreement.status in ('active', 'completed', 'defaulted') or agreement.status = 'cancelled' and open)
    )
    update agreements set status = after, closed_at = case when after = 'active' then null else :now end,
        reason = case when after = 'cancelled' then :replaced end
    from state where agreements.tenant_id = :tenant and agreements.id = state.id and before <> after
    returning agreements.id, agreements.number, before, after
""")


def follow_payments(tx: Tx, source: Source, contact_id: int) -> tuple[Change, ...]:
    """Brings the agreements of a contact into the states that their instalments tell of."""
    given = {"tenant": tx.tenant, "contact": contact_id, "now": tx.now, "replaced": REPLACED}
    changes = tuple(Change(*row) for row in tx.execute(_FOLLOW, given))
    for change in changes:
        _record(tx, source, change.agreement_id, change.before, change.after)
    tx.flush()
    return changes
