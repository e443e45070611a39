"""Files that programs send: uploaded before or fetched from an address, and forgotten unless they are used."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from sqlalchemy import delete, func, select

from services import web
from services.addresses import Guard, parsed
from services.db.engine import Tx
from services.db.models import Upload
from services.errors import DomainError
from services.i18n import _
from services.messaging import media
from services.messaging.files import FileStore
from services.messaging.outbox import Attachment
from services.messaging.sending import SentFile
from services.tenants import audit
from services.tenants.actors import Actor

KEPT_FOR = timedelta(days=1)
# How many times the size of the largest file a business's uploads may take up that nobody has sent.
MOST_WAITING = 20
SECONDS = 20.0
_PREFIX = "upl_"
# What WhatsApp shows as a picture, a film or a sound; all else goes as a document.
_SHOWN = {
    "image": frozenset({"image/jpeg", "image/png"}),
    "video": frozenset({"video/mp4", "video/3gpp"}),
    "audio": frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/amr", "audio/aac"}),
}


class _Everything(frozenset[str]):
    """Types of which every one is in: what the content shows decides afterwards."""

    def __contains__(self, _mime: object) -> bool:
        return True


_ANY: Collection[str] = _Everything()


class Received:
    """A file that came in, checked. Making one takes time; it is done outside of transactions.

    Raises `DomainError` `file_empty`, `file_too_large`, `file_type_refused` or `file_unsafe`.
    """

    def __init__(self, content: bytes, mime: str | None, name: str | None, max_bytes: int) -> None:
        checked = media.check(content, mime, max_bytes=max_bytes)
        self.content = content
        self.mime = checked.mime
        self.kind = next((kind for kind, mimes in _SHOWN.items() if checked.mime in mimes), "document")
        self.name = media.shown_name(name, checked.extension)


def fetch(url: str, name: str | None, max_bytes: int, guard: Guard = web.PUBLIC) -> Received:
    """The file at a public web address; raises what `web.fetch` and `Received` raise."""
    found = web.fetch(url, guard=guard, max_bytes=max_bytes, seconds=SECONDS, mimes=_ANY)
    last = unquote(urlsplit(found.url).path.rpartition("/")[2])
    return Received(found.content, found.mime, name or last or None, max_bytes)


def called(upload: Upload, name: str | None) -> str:
    """What the reader sees an upload called: `name` with the extension of what it is, else as it was uploaded."""
    return upload.name if name is None else media.shown_name(name, upload.name.rpartition(".")[2])


def require_address(url: str) -> None:
    """Refuses (`address_invalid`) what can't be the address of a file, without opening it."""
    parsed(url)


def sent_file(file_hash: str, kind: str, name: str, mime: str, caption: str) -> SentFile:
    """A file to go with a message; raises `DomainError` `caption_refused` for words that it can't carry."""
    if kind == "audio" and caption.strip():
        raise DomainError("caption_refused", _("A sound carries no words. Send them as a message of their own."))
    return SentFile(Attachment(file_hash, name, mime), kind)


def keep(tx: Tx, actor: Actor, file_hash: str, file: Received, max_bytes: int) -> Upload:
    """Notes a file that was uploaded; the same one once more gets the same id, and a day more.

    Raises `DomainError` `too_many_uploads` when too much of what was uploaded has never been sent.
    """
    token = _PREFIX + hashlib.sha256(f"{tx.tenant}:{file_hash}".encode()).hexdigest()[:32]
    found = tx.scalars(select(Upload).where(Upload.tenant_id == tx.tenant, Upload.token == token)).one_or_none()
    if found is not None:
        found.name, found.touched_at = file.name, tx.now
        return found
    room_for(tx, len(file.content), max_bytes)
    made = Upload(
        tenant_id=tx.tenant, token=token, file_hash=file_hash, name=file.name, mime=file.mime, kind=file.kind,
        size=len(file.content), created_at=tx.now, touched_at=tx.now,
    )  # fmt: skip
    tx.add(made)
    tx.flush()
    audit.record(tx, actor, "upload.create", "uploads", made.id, after={"name": made.name, "size": made.size})
    return made


def room_for(tx: Tx, size: int, max_bytes: int) -> None:
    """Refuses (`too_many_uploads`) what would be more than a business may leave lying about."""
    waiting = tx.scalar(
        select(func.coalesce(func.sum(Upload.size), 0)).where(
            Upload.tenant_id == tx.tenant, Upload.touched_at > tx.now - KEPT_FOR
        )
    )
    if int(waiting or 0) + size > MOST_WAITING * max_bytes:
        text = _("Too many files were uploaded in the last day. Send some of them as an address instead.")
        raise DomainError("too_many_uploads", text, retryAfter=3600)


def uploaded(tx: Tx, token: str, *, touch: bool = True) -> Upload:
    """The tenant's upload of this id; raises `DomainError` `upload_unknown`, also when it was forgotten."""
    found = tx.scalars(select(Upload).where(Upload.tenant_id == tx.tenant, Upload.token == token)).one_or_none()
    if found is None or found.touched_at <= tx.now - KEPT_FOR:
        text = _("There is no such upload. An upload is kept for a day after its last use.")
        raise DomainError("upload_unknown", text)
    if touch:
        found.touched_at = tx.now
    return found


def waiting_room(files: FileStore) -> FileStore:
    """Where uploads are kept apart from what was sent; their names there are hashes, so that this one is free."""
    return FileStore(files.path("uploads"))


def forget(tx: Tx, before: datetime) -> Collection[str]:
    """Forgets uploads that were last used before `before`, in a platform transaction.

    Returns the hashes of files in the waiting room that nobody has any more.
    """
    gone = set(tx.scalars(delete(Upload).where(Upload.touched_at < before).returning(Upload.file_hash)))
    return gone - set(tx.scalars(select(Upload.file_hash).where(Upload.file_hash.in_(gone)))) if gone else gone
