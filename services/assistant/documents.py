"""Documents and pages that bots are to learn: asked for in a chat, read afterwards by the job `learn`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import ColumnElement, func, select

from services import queue
from services.assistant import knowledge
from services.assistant.knowledge import MOST_TITLE, Place
from services.db.engine import Tx
from services.db.models import KnowledgeSource
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KINDS = {
    "application/pdf": "pdf", DOCX: "docx", "text/plain": "text", "text/markdown": "text", "text/csv": "table",
    "text/tab-separated-values": "table", "image/jpeg": "image", "image/png": "image",
}  # fmt: skip
_TABLES = (".csv", ".tsv", ".tab")

LOST_AFTER = timedelta(minutes=10)

# What became of a request: something new, a newer version of what is known, read once more, known already, or it is
# being read at this moment.
How = Literal["new", "newer", "again", "known", "reading"]


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A kept file that somebody sent, as its sender called it."""

    hash: str
    mime: str
    name: str


@dataclass(frozen=True, slots=True)
class Requested:
    """The source that will hold what was given, and what the request came to."""

    source: KnowledgeSource
    how: How


def kind_of(mime: str, name: str) -> str | None:
    """How a file is read: `pdf`, `docx`, `text`, `table` or `image`; None for what can't be read."""
    kind = _KINDS.get(mime)
    return "table" if kind == "text" and name.casefold().endswith(_TABLES) else kind


def request_document(tx: Tx, place: Place, file: GivenFile, title: str | None = None) -> Requested:
    """Has a file learnt. A file of the same name, or with the same title, is a new version of what that name has.

    Raises `unreadable_kind` for a type that can't be read.
    """
    kind = kind_of(file.mime, file.name)
    if kind is None:
        raise DomainError("unreadable_kind", _("That type of file can't be learnt. Send it as PDF, Word, text or CSV."))
    called = (title or file.name)[:MOST_TITLE]
    alike = (KnowledgeSource.file_hash == file.hash) | (
        func.lower(KnowledgeSource.title if title else KnowledgeSource.file_name) == (title or file.name).lower()
    )
    there = _alike(tx, place, (KnowledgeSource.kind != "web") & alike)
    same = next((each for each in there if each.file_hash == file.hash), None)
    found = same or (there[0] if there else None)
    if found is None:
        source = knowledge.new_source(tx, place, kind, called)
        return _asked(tx, place, source, "new", file)
    if found.file_hash == file.hash:
        return _known(tx, place, found, title)
    found.kind = kind
    if title or found.title == found.file_name:
        found.title = called
    return _asked(tx, place, found, "newer", file)


def request_page(tx: Tx, place: Place, address: str, title: str | None = None) -> Requested:
    """Has a page of the web learnt; `address` is as `services.web.normalised` gives it. A known one is read again."""
    found = _alike(tx, place, (KnowledgeSource.kind == "web") & (KnowledgeSource.address == address))
    if found:
        source = found[0]
        source.title = (title or source.title)[:MOST_TITLE]
        return Requested(source, "again" if reread(tx, place, source) else "reading")
    source = knowledge.new_source(tx, place, "web", (title or address)[:MOST_TITLE])
    source.address = address
    return _asked(tx, place, source, "new", None)


def _alike(tx: Tx, place: Place, which: ColumnElement[bool]) -> Sequence[KnowledgeSource]:
    """What of this bot is the same document, locked, the newest first."""
    knowledge.alone(tx)
    mine = KnowledgeSource.chatbot_id
    statement = (
        select(KnowledgeSource)
        .where(KnowledgeSource.tenant_id == tx.tenant, KnowledgeSource.status != "removed", which)
        .where(mine.is_(None) if place.chatbot_id is None else mine == place.chatbot_id, KnowledgeSource.kind != "qa")
        .order_by(KnowledgeSource.id.desc())
        .with_for_update(key_share=True)
    )
    return tx.scalars(statement).all()


def _known(tx: Tx, place: Place, source: KnowledgeSource, title: str | None) -> Requested:
    """The same content again: only another title is new; what failed is tried once more."""
    if title and title != source.title:
        source.title = title[:MOST_TITLE]
        tx.flush()
    if is_read_now(tx, source):
        return Requested(source, "reading")
    if source.status != "ready":
        reread(tx, place, source)
        return Requested(source, "again")
    return Requested(source, "known")


def _asked(tx: Tx, place: Place, source: KnowledgeSource, how: How, file: GivenFile | None) -> Requested:
    if file is not None:
        source.file_hash, source.file_name, source.mime = file.hash, file.name, file.mime
    _wait(tx, place, source)
    audit.record(
        tx, place.actor, f"knowledge.{'add' if how == 'new' else 'renew'}", "knowledge_sources", source.id,
        after={"title": source.title, "file": source.file_hash or source.address}, message_id=place.message_id,
    )  # fmt: skip
    return Requested(source, how)


def _wait(tx: Tx, place: Place, source: KnowledgeSource) -> None:
    source.status, source.error, source.attempts, source.pages_read = "waiting", None, 0, 0
    source.session_id, source.changed_at = place.session_id, tx.now
    tx.flush()
    queue.defer(tx, "learn", f"learn:{tx.tenant}:{source.id}", source_id=source.id)


def reread(tx: Tx, place: Place, source: KnowledgeSource) -> bool:
    """Has a document or page read again, the old version answering meanwhile; False when it is being read anyway.

    Raises `not_a_document` for a question.
    """
    if source.kind == "qa":
        raise DomainError(
            "not_a_document",
            _("{number} is a question; change its answer with: kb edit {number} = …", number=str(source.number)),
        )
    if is_read_now(tx, source):
        return False
    _wait(tx, place, source)
    audit.record(tx, place.actor, "knowledge.reread", "knowledge_sources", source.id, message_id=place.message_id)
    return True


def is_read_now(tx: Tx, source: KnowledgeSource) -> bool:
    """Whether a source is being read; what has been so for long lost its job when the database was away."""
    return source.status in ("waiting", "learning") and source.changed_at > tx.now - LOST_AFTER


def every_one(tx: Tx) -> Sequence[KnowledgeSource]:
    """Every document and page, locked, the oldest first."""
    statement = (
        select(KnowledgeSource)
        .where(KnowledgeSource.tenant_id == tx.tenant, KnowledgeSource.kind != "qa")
        .where(KnowledgeSource.status != "removed")
        .order_by(KnowledgeSource.id)
        .with_for_update(key_share=True)
    )
    return tx.scalars(statement).all()
