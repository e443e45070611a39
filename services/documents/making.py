"""The job that makes a file: what it shows is read in one transaction, it is drawn in none, and kept in another.

Called by the worker. Made twice, after a crash, it is the same file and is sent once. When the disk is full it is tried
again for a day; the owner is told at once.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import select

from services import queue
from services.db.engine import Database, Tx, is_outage
from services.db.models import Document, WhatsAppSession
from services.documents.gathering import gather, made
from services.documents.requests import Recipient, deliver, give_back
from services.i18n import Text, _
from services.messaging.files import FileStore
from services.messaging.notices import tell_owner

MAX_ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=3)

log = structlog.get_logger(__name__)


def make(db: Database, files: FileStore, tenant_id: int, document_id: int) -> None:
    """Makes a document that still waits, keeps it and puts it into the outbox."""
    with db.tenant(tenant_id) as tx:
        document = _waiting(tx, document_id)
        draw = None if document is None else gather(tx, document)
    if draw is None:
        return
    try:
        file_hash = files.put(draw())
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("document not made", tenant=tenant_id, document=document_id)
        with db.tenant(tenant_id) as tx:
            _failed(tx, document_id, error)
        return
    with db.tenant(tenant_id) as tx:
        document = _waiting(tx, document_id)
        if document is not None:
            _keep(tx, document, file_hash)


def _waiting(tx: Tx, document_id: int) -> Document | None:
    statement = (
        select(Document)
        .where(Document.tenant_id == tx.tenant, Document.id == document_id, Document.status == "waiting")
        .with_for_update(key_share=True)
    )
    return tx.scalars(statement).one_or_none()


def _keep(tx: Tx, document: Document, file_hash: str) -> None:
    recipients = [Recipient(**each) for each in document.deliveries]
    document.status, document.file_hash, document.made_at, document.error = "made", file_hash, tx.now, None
    document.deliveries = []
    tx.flush()
    made(tx, document)
    deliver(tx, document, recipients)


def _failed(tx: Tx, document_id: int, error: Exception) -> None:
    """Tries again later where that may help; whoever waits for it is told the first time."""
    document = _waiting(tx, document_id)
    if document is None:
        return
    document.attempts += 1
    document.error = f"{error.__class__.__name__}: {error}"[:500]
    lasting = not isinstance(error, OSError)
    if document.attempts == 1 or lasting:
        _tell(tx, document, _FAILED if lasting else _NO_ROOM)
    if lasting or document.attempts >= MAX_ATTEMPTS:
        document.status = "failed"
        give_back(tx, document)
    else:
        pause = min(FIRST_PAUSE * 2 ** (document.attempts - 1), LONGEST_PAUSE)
        key = f"render:{tx.tenant}:{document.id}:{document.attempts}"
        queue.defer(tx, "render", key, at=tx.now + pause, document_id=document.id)
    tx.flush()


_NO_ROOM = _(
    "{name} couldn't be written: the disk is full or can't be written to. Nothing is lost; I try again by myself."
)
_FAILED = _("{name} couldn't be made. What was booked stands; please tell your administrator.")


def _tell(tx: Tx, document: Document, text: Text) -> None:
    session = select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.is_default)
    key = f"document:{document.id}:{document.attempts}:{tx.now:%Y%m%d%H%M}"
    tell_owner(tx, tx.scalars(session).one(), key, _(text.message, name=document.name))
