"""From the outbox to WhatsApp: one message after the other, each attempt recorded before it is made."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.transports.base import Delivery, Transport, TransportError
from services.db.engine import Database, Tx
from services.messaging import outbox
from services.messaging.files import FileStore
from services.messaging.notices import tell_of_failure, tell_of_unknown
from services.messaging.outbox import Claimed, Sent

log = structlog.get_logger(__name__)

# An attempt that has been open for so long has lost its sender: nobody knows whether the message went out.
ABANDONED_AFTER = timedelta(seconds=100)


class Sender:
    """Empties the outbox of sessions through a transport."""

    def __init__(self, db: Database, transport: Transport, files: FileStore) -> None:
        self._db = db
        self._transport = transport
        self._files = files

    def send_waiting(self, tenant_id: int, session_id: int) -> None:
        """Sends everything of a session that is due. Each step records the last result and claims the next message."""
        with self._db.tenant(tenant_id) as tx:
            message = outbox.claim(tx, session_id)
        while message is not None:
            result = self.attempt(message)
            with self._db.tenant(tenant_id) as tx:
                message = outbox.claim(tx, session_id, self.record(tx, message, result))

    def attempt(self, message: Claimed) -> str | TransportError | None:
        """WhatsApp's id, the refusal, or None when nobody can say what became of the message."""
        delivery = Delivery(
            message.id, message.tenant_id, message.session_id, message.chat, message.kind, message.text,
            self._files.path(message.file_hash) if message.file_hash else None, message.file_name, message.mime,
            message.voice,
        )  # fmt: skip
        try:
            return self._transport.send(delivery)
        except TransportError as error:
            log.warning("send refused", tenant=message.tenant_id, outbox=message.id, error=str(error))
            return error
        except Exception:
            log.exception("send interrupted", tenant=message.tenant_id, outbox=message.id)
            return None

    def record(self, tx: Tx, message: Claimed, result: str | TransportError | None) -> Sent | None:
        """Records what went wrong; a success is returned, to be recorded with the next claim."""
        match result:
            case str():
                return Sent(message.id, result)
            case TransportError():
                if outbox.failed(
                    tx, message, str(result), permanent=result.permanent, retry_after=result.retry_after
                ):  # fmt: skip
                    tell_of_failure(tx, message.session_id, message.id, message.chat, message.text, str(result))
            case None:
                outbox.mark_unknown(tx, [message.id])
                tell_of_unknown(tx, message.session_id, message.id, message.chat, message.text)
        return None
