"""A business's data as one file, for its owner: asked for, made in the background, and downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from flask import Response

from admin_api import tenancy
from admin_api.access import require_role
from admin_api.edge import actor, edge
from admin_api.replies import ok
from admin_api.routing import Family
from admin_api.shapes import Answer, Shape
from services.db.models import Document
from services.errors import DomainError
from services.i18n import _
from services.tenants import export

family = Family("tenant_export", "Tenants", "Businesses that use this installation.", "/api/v1/tenant/export")
_PIECE = 256 * 1024
_FILE = {
    "description": "The data: a JSON line for each row of each table, and tables for a spreadsheet.",
    "content": {export.ZIP: {"schema": {"type": "string", "format": "binary"}}},
}


class ExportShown(Shape):
    """An export: whether it is made, how large it is, and until when it can be downloaded."""

    status: Literal["waiting", "made", "failed"]
    asked_at: datetime
    made_at: datetime | None
    expires_at: datetime | None
    name: str
    size: int | None
    download: str | None


@family.post("", Answer[ExportShown], 202)
@require_role("owner")
def ask_for_export() -> Response:
    """Has the business's data put together; while one is being made, that one is meant."""
    tenant = tenancy.tenant()
    with edge().db.tenant(tenant.id) as tx:
        return ok(_shown(export.ask(tx, actor(), tenant)), 202)


@family.get("", Answer[ExportShown])
@require_role("owner")
def get_export() -> Response:
    """How the last export stands."""
    with edge().db.tenant(tenancy.tenant().id) as tx:
        return ok(_shown(export.last(tx)))


@family.get("/file", _FILE)
@require_role("owner")
def download_export() -> Response:
    """The file of the last export, once it is made."""
    with edge().db.tenant(tenancy.tenant().id) as tx:
        document = export.last(tx)
    path = _path(document)
    if path is None or not path.is_file():
        raise DomainError("export_not_ready", _("The export isn't made yet, or is too old. Ask for it once more."))
    response = Response(_pieces(path), mimetype=export.ZIP)
    response.content_length = path.stat().st_size
    response.headers["Content-Disposition"] = f'attachment; filename="{document.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _path(document: Document) -> Path | None:
    files = edge().files
    return None if files is None or document.file_hash is None else files.path(document.file_hash)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _shown(document: Document) -> ExportShown:
    path = _path(document)
    size = path.stat().st_size if path is not None and path.is_file() else None
    return ExportShown(
        status=document.status, asked_at=document.created_at, made_at=document.made_at,
        expires_at=None if document.made_at is None else document.made_at + export.KEPT, name=document.name, size=size,
        download=None if size is None else f"{family.prefix}/file",
    )  # fmt: skip
