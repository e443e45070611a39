"""Telling the owner something that isn't a reply: in the session's own chat, in the tenant's language."""

from __future__ import annotations

from sqlalchemy import select

from services.db.engine import Tx
from services.db.models import Tenant, WhatsAppSession
from services.i18n import Renderable, _
from services.messaging import outbox
from services.messaging.outbox import Outgoing


def tell_owner(tx: Tx, session_id: int, key: str, text: Renderable) -> None:
    """Writes to the owner, once ever for each `key`."""
    _tell(tx, session_id, key, text)


def tell_of_unknown(tx: Tx, session_id: int, message_id: int, chat: str, text: str) -> None:
    """Tells the owner of a message of the outbox of which nobody can say whether it arrived."""
    _tell(
        tx,
        session_id,
        f"unknown:{message_id}",
        _(
            "I was interrupted while sending a message to {chat}, so I can't say whether it arrived: “{text}”",
            chat=chat.partition(":")[2],
            text=text[:80],
        ),
        about=chat,
    )


def tell_of_failure(tx: Tx, session_id: int, message_id: int, chat: str, text: str, reason: str) -> None:
    """Tells the owner of a message that could not be sent."""
    _tell(
        tx,
        session_id,
        f"failed:{message_id}",
        _(
            "WhatsApp did not take my message to {chat} ({reason}): “{text}”",
            chat=chat.partition(":")[2],
            reason=reason[:120],
            text=text[:80],
        ),
        about=chat,
    )


def _tell(tx: Tx, session_id: int, key: str, text: Renderable, *, about: str | None = None) -> None:
    """Of a message that went to the owner themselves nothing is told: it would end like the first, and so for ever."""
    chat, locale = _owner(tx, session_id)
    if about != chat:
        outbox.put(tx, [Outgoing(session_id, chat, text.render(locale), dedup_key=key)])


def tell_of_slow_start(tx: Tx, session_id: int) -> None:
    """Tells the owner, once a day, that messages to people who have never written wait for the number's sake."""
    tell_owner(
        tx,
        session_id,
        f"slow:{session_id}:{tx.now:%Y-%m-%d}",
        _(
            "Some of my messages to people who have never written to this number wait until tomorrow:"
            " WhatsApp restricts numbers that write to many strangers. Whoever writes to you is answered at once."
        ),
    )


def _owner(tx: Tx, session_id: int) -> tuple[str, str]:
    """The chat in which the owner reads, and their language."""
    statement = (
        select(WhatsAppSession.phone, Tenant.locale)
        .join(Tenant, Tenant.id == WhatsAppSession.tenant_id)
        .where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.id == session_id)
    )
    phone, locale = tx.execute(statement).one()
    return f"phone:{phone}", locale
