"""Asking for a file in the transaction that wants it; it is made afterwards and then sent to whom it is for.

The same subject is made once: asked for again, the kept file is sent. Newly made PDFs count against the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from services import queue
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Document
from services.errors import DomainError
from services.messaging import outbox
from services.messaging.outbox import Attachment, Outgoing
from services.tenants import limits, usage
from services.tenants.plans import UNLIMITED

PDF = "application/pdf"
# Sending one never counts as a message.
_EXEMPT = frozenset({"receipt"})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file: its `kind` decides who makes it, from `params`; `subject` is the same for the same content."""

    kind: str
    subject: str
    params: Mapping[str, object]
    locale: str
    name: str
    mime: str = PDF


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a file goes once it is made, with the caption below it; with `dedup_key` once ever."""

    session_id: int
    chat: str
    caption: str
    dedup_key: str | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many PDFs a month the plan allows, and the tenant's time zone, in which months begin."""

    limit: int
    timezone: str


def request(tx: Tx, wanted: Wanted, recipients: Sequence[Recipient], allowance: Allowance | None) -> bool:
    """Has a file made, unless it has been, and sent; False, and nothing is done, when the month's PDFs are used up.

    Without `allowance` it isn't counted.
    """
    try:
        found = _found_or_new(tx, wanted, allowance)
    except DomainError as refusal:
        if refusal.code != limits.REACHED:
            raise
        return False
    if found.status == "made":
        deliver(tx, found, recipients)
        return True
    found.deliveries = [*found.deliveries, *map(asdict, recipients)]
    if found.status == "failed":
        found.status, found.attempts = "waiting", 0
    tx.flush()
    queue.defer(tx, "render", f"render:{tx.tenant}:{found.id}", document_id=found.id)
    return True


def _found_or_new(tx: Tx, wanted: Wanted, allowance: Allowance | None) -> Document:
    """The file of the same subject, else a new one that takes one of the month's; raises `DomainError`."""
    found = tx.scalars(
        select(Document)
        .where(Document.tenant_id == tx.tenant, Document.subject == wanted.subject)
        .with_for_update(key_share=True)
    ).one_or_none()
    if found is not None:
        return found
    if allowance is None or not tx.policy.counts_usage:
        return _new(tx, wanted, None)
    limits.take_up_to(tx, "pdfs", [allowance.limit], allowance.timezone)
    return _new(tx, wanted, f"{local_date(tx.now, allowance.timezone):%Y-%m}")


def prepared(tx: Tx, wanted: Wanted) -> Document:
    """A file that somebody wants to fetch: as it is made, or being made from now on. It isn't counted."""
    found = _kept(tx, wanted.subject)
    if found is None or found.status != "made":
        request(tx, wanted, (), None)
        found = _kept(tx, wanted.subject)
    assert found is not None
    return found


def _kept(tx: Tx, subject: str) -> Document | None:
    return tx.scalars(
        select(Document).where(Document.tenant_id == tx.tenant, Document.subject == subject)
    ).one_or_none()


def _new(tx: Tx, wanted: Wanted, month: str | None) -> Document:
    document = Document(
        tenant_id=tx.tenant, kind=wanted.kind, subject=wanted.subject, params=dict(wanted.params), status="waiting",
        locale=wanted.locale, name=wanted.name, mime=wanted.mime, counted_in=month, created_at=tx.now, deliveries=[],
        attempts=0,
    )  # fmt: skip
    tx.add(document)
    tx.flush()
    return document


def deliver(tx: Tx, document: Document, recipients: Sequence[Recipient]) -> None:
    """Puts a file that has been made into the outbox for each recipient."""
    assert document.file_hash is not None
    attachment = Attachment(document.file_hash, document.name, document.mime)
    outbox.put(
        tx,
        [
            Outgoing(
                each.session_id, each.chat, each.caption, dedup_key=each.dedup_key, kind="document",
                attachment=attachment, counted=document.kind in _EXEMPT,
            )
            for each in recipients
        ],
    )  # fmt: skip


def give_back(tx: Tx, document: Document) -> None:
    """What couldn't be made doesn't count."""
    if document.counted_in is not None:
        usage.consume(tx, "pdfs", UNLIMITED, -1, document.counted_in)
        document.counted_in = None
