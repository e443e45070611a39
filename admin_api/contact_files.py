"""Contacts in and out in bulk: as CSV, and from the address book of a number's own WhatsApp."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Response, current_app, request
from sqlalchemy.exc import IntegrityError

from admin_api import bodies
from admin_api.access import require_role, require_subscription
from admin_api.contact_shapes import ImportMode, ImportShown, ImportWanted, SyncShown, SyncWanted
from admin_api.contacts import READ, WRITE
from admin_api.edge import actor, edge
from admin_api.replies import ok
from admin_api.routing import Family
from admin_api.shapes import Answer, WhichSession
from admin_api.tenancy import tenant
from services.db.engine import Database
from services.errors import DomainError
from services.i18n import _
from services.messaging import contact_csv, contact_imports, contact_lists, syncing
from services.messaging.contact_csv import Row, Sheet
from services.messaging.contact_imports import Outcome
from services.phone import normalise_phone
from services.tenants.actors import Actor

_CSV = {"content": {"text/csv": {"schema": {"type": "string"}}}}
_PAGE = 1000
# Somebody may write from a number for the first time just when it is imported.
_TRIES = 3

family = Family("contact_files", "Contacts", "The people and firms that the business deals with.", "/api/v1/contacts")


@family.post("/import", Answer[ImportShown])
@require_role("manager", WRITE)
@require_subscription
@bodies.takes(bodies.CSV)
def import_contacts(body: ImportWanted, query: ImportMode) -> Response:
    """Takes in a CSV: what is empty is filled and tags are added; lines that can't be used are told."""
    text = contact_csv.decode(request.get_data()) if request.mimetype == "text/csv" else body.csv
    if text is None:
        raise DomainError("bad_csv", _("Send the file as the field csv, or as a body of the type text/csv."))
    country, rule, dry = tenant().country, edge().rule, body.dry_run or query.dry_run
    sheet = contact_csv.read(text, lambda number: rule.read(number, country))
    return ok(ImportShown.of(_take_in(edge().db, tenant().id, actor(), sheet, dry), sheet.lines, dry))


def _take_in(db: Database, tenant_id: int, who: Actor, sheet: Sheet, dry: bool) -> Outcome:
    found = Outcome(problems=sheet.problems)
    for rows in [sheet.rows] if dry else contact_imports.batches(sheet.rows):
        found += _batch(db, tenant_id, who, rows, dry)
    return found


def _batch(db: Database, tenant_id: int, who: Actor, rows: Sequence[Row], dry: bool) -> Outcome:
    for left in reversed(range(_TRIES)):
        try:
            with db.tenant(tenant_id) as tx:
                return contact_imports.take_in(tx, who, rows, dry=dry)
        except IntegrityError:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


@family.get("/export", _CSV)
@require_role("read_only", READ)
def export_contacts() -> Response:
    """All contacts as CSV, which `import` reads."""
    response = current_app.response_class(_lines(edge().db, tenant().id, tenant().country), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=contacts.csv"
    response.headers["Cache-Control"] = "no-store"
    return response


def _lines(db: Database, tenant_id: int, country: str) -> Iterator[str]:
    """The file in parts, each from a transaction of its own, with the mark by which spreadsheets know UTF-8."""
    yield "\ufeff" + contact_csv.write([], lambda _number: True, headings=True)
    after = 0
    while True:
        with db.tenant(tenant_id) as tx:
            found = contact_lists.after(tx, after, _PAGE)
        if not found:
            return
        after = found[-1].contact.id
        yield contact_csv.write(contact_lists.rows_of(found), lambda number: _is_plain(number, country))


def _is_plain(number: str, country: str) -> bool:
    return normalise_phone(number, country) == f"+{number}"


@family.post("/sync", Answer[SyncShown], 202)
@require_role("staff", WRITE)
@require_subscription
def sync_contacts(body: SyncWanted) -> Response:
    """Has the address book and the groups of a number's WhatsApp taken over; `GET` tells what came of it."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(SyncShown.of(syncing.ask(tx, actor(), body.session)), 202)


@family.get("/sync", Answer[SyncShown])
@require_role("read_only", READ)
def last_sync(query: WhichSession) -> Response:
    """What came of the last sync."""
    with edge().db.tenant(tenant().id) as tx:
        found = syncing.last(tx, query.session)
    if found is None:
        raise DomainError("sync_unknown", _("Nothing was synced yet."))
    return ok(SyncShown.of(found))
