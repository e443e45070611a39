"""Agreements, to be looked at: their terms, their schedules, how far they are paid, and their PDFs. Read only."""

from __future__ import annotations

from flask import Response

from admin_api.access import require_role
from admin_api.edge import edge
from admin_api.lists import order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Paged
from admin_api.shown_lending import AgreementDetails, AgreementPath, AgreementShown, AgreementsWanted
from admin_api.tenancy import tenant
from services.lending import agreement_lists

family = Family("agreements", "Agreements", "Loans that people accept, and what is paid of them.", "/api/v1/agreements")
_PDF = "application/pdf"
_FILE = {
    "description": "The PDF, with the acceptance in it where there is one.",
    "content": {_PDF: {"schema": {"type": "string", "format": "binary"}}},
}


@family.get("", Paged[AgreementShown])
@require_role("read_only", "lending:read")
def list_agreements(query: AgreementsWanted) -> Response:
    """Agreements with how far each is paid."""
    by = order(agreement_lists.COLUMNS, query.sort, "-number")
    with edge().db.tenant(tenant().id) as tx:
        rows, total = agreement_lists.listed(
            tx, status=query.status, contact_id=query.contact, order=by, offset=query.offset, limit=query.per_page
        )
    shown = [AgreementShown.model_validate(AgreementShown.fields(row)) for row in rows]
    return paged(shown, total, query.page, query.per_page)


@family.get("/<string:number>", Answer[AgreementDetails])
@require_role("read_only", "lending:read")
def show_agreement(path: AgreementPath) -> Response:
    """An agreement with its schedule and what is paid of each instalment."""
    with edge().db.tenant(tenant().id) as tx:
        listed = agreement_lists.one(tx, path.number)
        parts = agreement_lists.parts(tx, listed.agreement)
    return ok(AgreementDetails.of(listed, parts))


@family.get("/<string:number>/pdf", _FILE)
@require_role("read_only", "lending:read")
def agreement_pdf(path: AgreementPath) -> Response:
    """The PDF of an agreement; 404 until it is made."""
    with edge().db.tenant(tenant().id) as tx:
        document = agreement_lists.pdf(tx, path.number)
    files = edge().files
    file = files.path(document.file_hash) if files is not None and document.file_hash is not None else None
    if file is None or not file.exists():
        raise agreement_lists.not_made(path.number)
    response = Response(file.read_bytes(), mimetype=document.mime)
    response.headers["Content-Disposition"] = f'attachment; filename="agreement-{path.number}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
