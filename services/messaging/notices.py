"""Telling the owner something that isn't a reply: in the session's own chat, in the tenant's language."""

from __future__ import annotations

from sqlalchemy import select

from services.db.engine import Tx
from services.db.models import Tenant, WhatsAppSession
from services.i18n import Renderable
from services.messaging import outbox
from services.messaging.outbox import Outgoing


def tell_owner(tx: Tx, session_id: int, key: str, text: Renderable) -> None:
    """Writes to the owner, once ever for each `key`."""
    statement = (
        select(WhatsAppSession.phone, Tenant.locale)
        .join(Tenant, Tenant.id == WhatsAppSession.tenant_id)
        .where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.id == session_id)
    )
    phone, locale = tx.execute(statement).one()
    outbox.put(tx, [Outgoing(session_id, f"phone:{phone}", text.render(locale), dedup_key=key)])
