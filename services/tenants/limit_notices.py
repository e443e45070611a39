"""Telling the owner, by a job, that a limit is near or reached: what it is, how much, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from services.clock import local_date
from services.db.engine import Database
from services.db.models import Tenant, WhatsAppSession
from services.i18n import Renderable, Text, Weekday, _, lines
from services.messaging.notices import tell_owner
from services.tenants import limits
from services.tenants.limits import FULL, NAMES, WINDOWS

# What happens once nothing is left.
_THEN: Mapping[str, Text] = {
    "debts": _("Before another debt can be booked, one must be settled (paid) or written off."),
    "agreements": _("Before another agreement can be made, one must be closed (cancel ID)."),
    "pdfs": _("Receipts then go out as text, and files that were made before are sent as ever."),
    "messages": _(
        "Bots then keep quiet and reminders wait. What you send yourself, receipts and confirmations still go out."
    ),
    "campaigns": _("No other campaign can be started then."),
    "sessions": _("No other number can be added."),
    "users": _("Nobody else can be given access."),
}


def tell(db: Database, tenant_id: int, what: str, period: str, level: int, limit: int, used: int) -> None:
    """Tells the owner once for each limit (`what`), period and level, by the tenant's default number.

    `period` is the day or month that the limit is for; of what has none, the day on which it came to that.
    """
    with db.tenant(tenant_id) as tx:
        tenant = tx.get_one(Tenant, tx.tenant)
        session = select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.is_default)
        session_id = tx.scalar(session)
        if session_id is None:
            return
        name, window = next((name, each) for name, found in WINDOWS.items() for each in found if each.key == what)
        resets = limits.resets_at(window, tx.now, tenant.timezone)
        day = None if resets is None else Weekday(local_date(resets, tenant.timezone))
        text = lines(
            _headline(what, level, limit, min(used, limit)),
            _THEN[name],
            None if day is None else _("It begins anew on {day}.", day=day),
            _("What you have and use: *usage*. For more, ask for a larger plan: *plan*"),
        )
        tell_owner(tx, session_id, f"limit:{what}:{period}:{level}", text)


def _headline(what: str, level: int, limit: int, used: int) -> Renderable:
    if level == FULL:
        return _("⚠️ All {limit} {what} are in use.", limit=limit, what=NAMES[what])
    return _("⚠️ {used} of {limit} {what} are in use.", used=used, limit=limit, what=NAMES[what])
