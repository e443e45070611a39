"""The job that learns a document or page: asked for in one transaction, read in none, kept in another.

Called by the worker. Until the end the version before goes on answering. Killed anywhere, it is simply done again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select

from services import queue, web
from services.assistant import documents, embeddings, knowledge, pictures, reading
from services.assistant.entries import Entry
from services.assistant.models import Models, Picture
from services.db.engine import Database, Tx, is_outage
from services.db.models import KnowledgeSource, KnowledgeVersion, WhatsAppSession
from services.errors import DomainError
from services.i18n import Renderable, Shown, _, _n, lines
from services.messaging.files import FileStore
from services.messaging.notices import tell_owner
from services.settings import Settings

MAX_TRIES = 3
# Begun more often than tried, it was killed again and again while it was read.
MAX_BEGINS = 6
PAUSE = timedelta(minutes=1)
# The owner hears how far it is when it takes longer than this, and once more after as long again.
SLOW = timedelta(seconds=5)
# Characters of what stands on a picture that the owner is shown.
MOST_SHOWN = 1_500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be read: a kept file or the page at an address. `asked` tells one request from the next."""

    source_id: int
    title: str
    kind: str
    address: str | None
    file_hash: str | None
    mime: str | None
    name: str
    asked: datetime
    begun: datetime


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was read of a document or page."""

    title: str | None
    pages: int | None
    entries: Sequence[Entry]
    notes: Sequence[Renderable]
    file_hash: str
    mime: str | None


def learn(
    db: Database, files: FileStore, settings: Settings, tenant_id: int, source_id: int, models: Models | None = None
) -> None:
    """Reads a document, page or picture that waits and has it answer; the owner hears how it went."""
    with db.tenant(tenant_id) as tx:
        task = _begin(tx, source_id)
    if task is None:
        return
    try:
        if task.kind == "image":
            learnt = _looked_at(db, files, models, tenant_id, task)
        else:
            learnt = _read(files, settings, task, _Progress(db, tenant_id, task))
        with db.tenant(tenant_id) as tx:
            _keep(tx, settings, task, learnt)
    except DomainError as refusal:
        with db.tenant(tenant_id) as tx:
            _give_up(tx, task, refusal.code, refusal.text)
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("not learnt", tenant=tenant_id, source=source_id)
        with db.tenant(tenant_id) as tx:
            _later(tx, task)


def _begin(tx: Tx, source_id: int) -> Task | None:
    """Takes the source; one that was being read when its worker died is taken again."""
    source = _locked(tx, source_id)
    if source is None or source.status not in ("waiting", "learning"):
        return None
    source.status, source.attempts, source.pages_read = "learning", source.attempts + 1, 0
    name = source.file_name or source.title
    task = Task(
        source.id, source.title, source.kind, source.address, source.file_hash, source.mime, name,
        source.changed_at, tx.now,
    )  # fmt: skip
    tx.flush()
    if source.attempts > MAX_BEGINS:
        _give_up(tx, task, "not_learnt", _NOT_LEARNT)
        return None
    return task


def _locked(tx: Tx, source_id: int) -> KnowledgeSource | None:
    statement = (
        select(KnowledgeSource)
        .where(KnowledgeSource.tenant_id == tx.tenant, KnowledgeSource.id == source_id)
        .with_for_update(key_share=True)
    )
    return tx.scalars(statement).one_or_none()


def _still_wanted(tx: Tx, task: Task) -> KnowledgeSource | None:
    """The source if it is still this request that is being read: not removed meanwhile, not done, not asked anew."""
    source = _locked(tx, task.source_id)
    if source is None or source.status != "learning":
        return None
    return source if (source.changed_at, source.file_hash) == (task.asked, task.file_hash) else None


def _read(files: FileStore, settings: Settings, task: Task, progress: Callable[[int, int], None]) -> Learnt:
    kind, file_hash, mime, charset = task.kind, task.file_hash, None, None
    if task.address is not None:
        page = web.fetch(task.address)
        file_hash, mime, charset = files.put(page.content), page.mime, page.charset
        kind = documents.kind_of(mime, task.address) or "web"
    assert file_hash is not None
    read = reading.read_file(
        files.path(file_hash), kind, max_pages=settings.knowledge_max_pages, progress=progress, charset=charset
    )
    if not read.entries:
        raise DomainError("nothing_to_learn", _("There is no text in it that could be learnt."))
    return Learnt(read.title, read.pages, read.entries, read.notes, file_hash, mime)


def _looked_at(db: Database, files: FileStore, models: Models | None, tenant_id: int, task: Task) -> Learnt:
    """What a model writes down of a picture, learnt like a text that was sent."""
    assert task.file_hash is not None
    picture = Picture(files.path(task.file_hash).read_bytes(), task.mime or "")
    words = pictures.words_on(db, models, tenant_id, picture)
    read = reading.read_file(files.path(files.put(words.encode())), "text", max_pages=1, progress=lambda *_: None)
    shown = words if len(words) <= MOST_SHOWN else f"{words[:MOST_SHOWN].rstrip()} …"
    note = lines(_("An AI model read this. Please check it, figures above all:"), Shown(shown))
    return Learnt(None, None, read.entries, (note, *read.notes), task.file_hash, task.mime)


class _Progress:
    """Notes how far the reading is, and tells the owner of it when it takes long."""

    def __init__(self, db: Database, tenant_id: int, task: Task) -> None:
        self._db, self._tenant_id, self._task = db, tenant_id, task
        self._next, self._told = task.begun + SLOW, 0

    def __call__(self, read: int, pages: int) -> None:
        """So many of the pages are read."""
        half = read * 2 >= pages
        if self._db.clock.now() < self._next or self._told > 1 or (self._told == 1 and not half):
            return
        self._told += 1
        with self._db.tenant(self._tenant_id) as tx:
            source = _still_wanted(tx, self._task)
            if source is None:
                self._told = 2
                return
            source.pages, source.pages_read = pages, read
            text = _("Still reading {title}: page {read} of {pages}.", title=source.title, read=read, pages=pages)
            _tell(tx, source, text)
            tx.flush()
            self._next = tx.now + SLOW


def _keep(tx: Tx, settings: Settings, task: Task, learnt: Learnt) -> None:
    """Has the source answer with what was read, and says so."""
    source = _still_wanted(tx, task)
    if source is None:
        return
    if task.address is not None:
        source.file_hash, source.mime = learnt.file_hash, learnt.mime
        if source.title == task.address and learnt.title:
            source.title = learnt.title[: knowledge.MOST_TITLE]
    knowledge.publish(tx, source, source.created_by, learnt.entries, pages=learnt.pages)
    source.pages_read = learnt.pages or 0
    tx.flush()
    embeddings.wanted(tx, settings)
    _tell(tx, source, _done(source, learnt))


def _done(source: KnowledgeSource, learnt: Learnt) -> Renderable:
    entries = _n("{n} entry", "{n} entries", len(learnt.entries))
    what = _("Learnt {title} (number {number}): {entries}.", title=source.title, number=str(source.number),
             entries=entries)  # fmt: skip
    if source.kind == "pdf" and learnt.pages:
        pages = _n("{n} page", "{n} pages", learnt.pages)
        what = _(
            "Learnt {title} (number {number}): {pages}, {entries}.", title=source.title, number=str(source.number),
            pages=pages, entries=entries,
        )  # fmt: skip
    question = _to_try(learnt)
    how = _("Try it: ask {question}", question=question) if question else _TRY
    return lines(what, *learnt.notes, how)


_TRY = _("Try it: *ask* and what a customer might want to know")


def _to_try(learnt: Learnt) -> str | None:
    """Something to ask about what was learnt: its first question, or what a passage is about; None if nothing tells."""
    for entry in learnt.entries:
        above, _sign, heading = (entry.heading or "").rpartition(" › ")
        if entry.questions or above:
            return entry.questions[0] if entry.questions else heading.lstrip("0123456789. ")
    return None


def _give_up(tx: Tx, task: Task, code: str, why: Renderable) -> None:
    """Keeps why it couldn't be learnt and tells the owner; what was learnt of it before stays."""
    source = _still_wanted(tx, task)
    if source is None:
        return
    source.error, source.status = code, "ready" if source.version else "failed"
    if source.version and source.address is None:
        _as_before(tx, source)
    text = _("I couldn't learn {title} (number {number}).", title=source.title, number=str(source.number))
    kept = _("What I had learnt of it before still answers.") if source.version else None
    _tell(tx, source, lines(text, why, kept))
    tx.flush()


def _as_before(tx: Tx, source: KnowledgeSource) -> None:
    """The file that is known is that of the version which answers."""
    statement = select(KnowledgeVersion.file_hash).where(
        KnowledgeVersion.tenant_id == tx.tenant, KnowledgeVersion.source_id == source.id,
        KnowledgeVersion.version == source.version,
    )  # fmt: skip
    source.file_hash = tx.scalar(statement)


def _later(tx: Tx, task: Task) -> None:
    """What failed for no reason that is known is tried again, three times in all."""
    source = _still_wanted(tx, task)
    if source is None:
        return
    if source.attempts >= MAX_TRIES:
        _give_up(tx, task, "not_learnt", _NOT_LEARNT)
        return
    source.status = "waiting"
    tx.flush()
    key = f"learn:{tx.tenant}:{source.id}:{source.attempts}"
    queue.defer(tx, "learn", key, at=tx.now + PAUSE * source.attempts, source_id=source.id)


_NOT_LEARNT = _("Something went wrong while I read it. Send it again later, or as another file, such as a PDF.")


def _tell(tx: Tx, source: KnowledgeSource, text: Renderable) -> None:
    """Tells the owner, once for this transaction, which does what the message says."""
    key = f"learn:{source.id}:{tx.scalar(select(func.txid_current()))}"
    tell_owner(tx, _session(tx, source), key, text)


def _session(tx: Tx, source: KnowledgeSource) -> int:
    """The session in whose own chat the owner hears of it: where it was asked for, else the default one."""
    if source.session_id is not None:
        return source.session_id
    default = select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.is_default)
    return tx.scalars(default).one()
