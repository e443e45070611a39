"""A business's data as one ZIP file: a JSON line for each row, and the tables that people open in a spreadsheet.

Asked for in a transaction, made by a job in many short ones, kept for some days. Without anything secret.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

import structlog
from sqlalchemy import Table, func, select, tuple_

from services import queue
from services.clock import local_date
from services.db.engine import Database, Tx, is_outage
from services.db.models import Base, Contact, ContactIdentity, Debt, Document, LedgerEntry, Tenant
from services.errors import DomainError
from services.i18n import Text, _
from services.messaging.files import FileStore
from services.tenants import audit
from services.tenants.actors import Actor
from services.tenants.belongings import TENANT_HIDDEN, shown

KIND, ZIP = "export", "application/zip"
KEPT = timedelta(days=7)
_PAGE = 1000
# A cell that begins so is taken for a formula by a spreadsheet.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
log = structlog.get_logger(__name__)


def ask(tx: Tx, actor: Actor, tenant: Tenant) -> Document:
    """Has the business's data put together, unless that is being done already.

    Raises `DomainError` `tenant_erased` when there is none any more.
    """
    if tenant.erased_at is not None:
        raise DomainError("tenant_erased", _("{name} was closed too long ago; its data is erased.", name=tenant.name))
    tx.execute(select(Tenant.id).where(Tenant.id == tx.tenant).with_for_update(key_share=True))
    found = _last(tx)
    if found is not None and found.status == "waiting":
        return found
    name = f"{tenant.slug}-{local_date(tx.now, tenant.timezone)}.zip"
    after = 0 if found is None else found.id
    document = Document(
        tenant_id=tx.tenant, kind=KIND, subject=f"{KIND}:{after}", params={}, status="waiting",
        locale=tenant.locale, name=name, mime=ZIP, created_at=tx.now, deliveries=[], attempts=0,
    )  # fmt: skip
    tx.add(document)
    tx.flush()
    audit.record(tx, actor, "tenant.export", "documents", document.id)
    queue.defer(tx, KIND, f"{KIND}:{tx.tenant}:{document.id}", document_id=document.id)
    return document


def last(tx: Tx) -> Document:
    """The tenant's last export; raises `DomainError` `export_unknown`."""
    found = _last(tx)
    if found is None:
        raise DomainError("export_unknown", _("No export was asked for yet, or it was made too long ago."))
    return found


def _last(tx: Tx) -> Document | None:
    mine = select(Document).where(Document.tenant_id == tx.tenant, Document.kind == KIND)
    return tx.scalars(mine.order_by(Document.id.desc()).limit(1)).one_or_none()


def make(db: Database, files: FileStore, tenant_id: int, document_id: int) -> None:
    """Makes an export that still waits; older ones of the business go. One that is kept for long enough goes, too."""
    with db.tenant(tenant_id) as tx:
        found = tx.get(Document, (tenant_id, document_id))
        is_old = found is not None and found.made_at is not None and found.made_at + KEPT <= tx.now
        waits = found is not None and found.status == "waiting"
    if is_old:
        forget(db, files, tenant_id)
    if not waits:
        return
    try:
        file_hash = files.put(_made(db, tenant_id))
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("export not made", tenant=tenant_id, document=document_id)
        _finish(db, tenant_id, document_id, None, f"{error.__class__.__name__}: {error}"[:500])
        return
    _finish(db, tenant_id, document_id, file_hash, None)
    forget(db, files, tenant_id, but=document_id)


def _waiting(tx: Tx, document_id: int) -> Document | None:
    statement = select(Document).where(
        Document.tenant_id == tx.tenant, Document.id == document_id, Document.kind == KIND, Document.status == "waiting"
    )
    return tx.scalars(statement.with_for_update(key_share=True)).one_or_none()


def _finish(db: Database, tenant_id: int, document_id: int, file_hash: str | None, error: str | None) -> None:
    with db.tenant(tenant_id) as tx:
        document = _waiting(tx, document_id)
        if document is not None:
            document.status = "failed" if file_hash is None else "made"
            document.file_hash, document.made_at, document.error = file_hash, tx.now, error
            key = f"{KIND}:{tenant_id}:{document_id}:end"
            queue.defer(tx, KIND, key, at=tx.now + KEPT, document_id=document_id)


def forget(db: Database, files: FileStore, tenant_id: int, *, but: int | None = None) -> None:
    """Throws the exports of a business away, or all but one. No two exports are the same file."""
    with db.tenant(tenant_id) as tx:
        mine = select(Document).where(Document.tenant_id == tx.tenant, Document.kind == KIND)
        old = tx.scalars(mine if but is None else mine.where(Document.id != but)).all()
        for each in old:
            tx.delete(each)
    for each in old:
        if each.file_hash is not None:
            files.path(each.file_hash).unlink(missing_ok=True)


def _made(db: Database, tenant_id: int) -> bytes:
    with tempfile.TemporaryFile() as place:
        with ZipFile(place, "w", ZIP_DEFLATED) as archive:
            _write(db, tenant_id, archive)
        place.seek(0)
        return place.read()


def _write(db: Database, tenant_id: int, archive: ZipFile) -> None:
    with db.tenant(tenant_id) as tx:
        tenant = tx.get_one(Tenant, tenant_id)
        names = _names(tx)
    about = {column.name: getattr(tenant, column.name) for column in Tenant.__table__.columns}
    archive.writestr("business.json", _json({k: v for k, v in about.items() if k not in TENANT_HIDDEN}))
    archive.writestr("README.txt", _README.render(tenant.locale))
    for name, each in shown().items():
        table = Base.metadata.tables[name]
        columns = [c for c in table.columns if c.name not in each.hidden and c.name != "tenant_id"]
        with archive.open(f"data/{each.shown}.jsonl", "w") as file:
            for row in _rows(db, tenant_id, table):
                line = _json({column.name: row[column.name] for column in columns})
                file.write(f"{line}\n".encode())
    _csv(archive, "contacts.csv", _CONTACTS, _contacts(db, tenant_id))
    _csv(archive, "debts.csv", _DEBTS, _debts(db, tenant_id, names))
    _csv(archive, "ledger.csv", _LEDGER, _ledger(db, tenant_id, names))


def _json(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=str)


def _rows(db: Database, tenant_id: int, table: Table) -> Iterator[Mapping[str, Any]]:
    """All rows of a table in pages, each read in a transaction of its own."""
    keys = [column for column in table.primary_key.columns if column.name != "tenant_id"]
    after: tuple[Any, ...] | None = None
    while True:
        page = select(table).where(table.c.tenant_id == tenant_id)
        page = page if after is None or not keys else page.where(tuple_(*keys) > after)
        with db.tenant(tenant_id) as tx:
            rows = tx.execute(page.order_by(*keys).limit(_PAGE)).mappings().all()
        yield from (dict(row) for row in rows)
        if len(rows) < _PAGE or not keys:
            return
        after = tuple(rows[-1][key.name] for key in keys)


def _names(tx: Tx) -> Mapping[int, str]:
    statement = select(Contact.id, func.coalesce(Contact.name, Contact.push_name, "")).where(
        Contact.tenant_id == tx.tenant
    )
    return {row[0]: row[1] for row in tx.execute(statement)}


_CONTACTS = ("id", "name", "whatsapp_name", "numbers", "email", "note", "blocked", "since")
_DEBTS = ("id", "contact", "side", "due_on", "open", "note", "agreement", "installment", "principal", "interest")
_LEDGER = ("id", "date", "contact", "side", "kind", "amount", "currency", "debt", "agreement", "note", "recorded_at")


def _contacts(db: Database, tenant_id: int) -> Iterator[Sequence[Any]]:
    with db.tenant(tenant_id) as tx:
        numbers: dict[int, list[str]] = {}
        for contact_id, number in tx.execute(
            select(ContactIdentity.contact_id, ContactIdentity.value)
            .where(ContactIdentity.tenant_id == tx.tenant, ContactIdentity.kind == "phone")
            .order_by(ContactIdentity.value)
        ):
            numbers.setdefault(contact_id, []).append(number)
    for row in _rows(db, tenant_id, _table(Contact)):
        yield (
            row["id"], row["name"], row["push_name"], " ".join(numbers.get(row["id"], [])), row["email"], row["note"],
            row["blocked_at"] is not None, row["created_at"].date(),
        )  # fmt: skip


def _debts(db: Database, tenant_id: int, names: Mapping[int, str]) -> Iterator[Sequence[Any]]:
    for row in _rows(db, tenant_id, _table(Debt)):
        yield (
            row["id"], names.get(row["contact_id"]), row["side"], row["due_on"], row["is_open"], row["note"],
            row["agreement_id"], row["number"], row["principal"], row["interest"],
        )  # fmt: skip


def _ledger(db: Database, tenant_id: int, names: Mapping[int, str]) -> Iterator[Sequence[Any]]:
    for row in _rows(db, tenant_id, _table(LedgerEntry)):
        yield (
            row["id"], row["effective_on"], names.get(row["contact_id"]), row["side"], row["kind"],
            f"{row['amount'].normalize():f}", row["currency"], row["debt_id"], row["agreement_id"], row["note"],
            row["recorded_at"],
        )  # fmt: skip


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def _csv(archive: ZipFile, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with archive.open(name, "w") as file:
        _write_csv(file, head, rows)


def _write_csv(file: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """With the mark by which spreadsheets know UTF-8; a text that looks like a formula gets an apostrophe before it."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    text.flush()
    text.detach()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) and not _is_amount(value) else value


def _is_amount(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()


_README: Text = _(
    "This is everything that is kept of your business.\n\n"
    "contacts.csv, debts.csv and ledger.csv open in a spreadsheet. In the folder data there is a file for each kind of"
    " record, with one JSON object on each line; business.json is your business itself. Passwords and keys aren't in"
    " it.\n"
)
