"""Files that programs upload to send them afterwards."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated

from flask import Response, request
from pydantic import ConfigDict, Field

from admin_api import tenancy
from admin_api.access import require_role, require_subscription
from admin_api.bodies import FILE, UPLOADS, takes
from admin_api.edge import actor, edge
from admin_api.replies import ok
from admin_api.routing import Family
from admin_api.sending import count, max_bytes, store
from admin_api.shapes import Answer, Body, Line, Shape
from services.errors import DomainError
from services.i18n import _
from services.messaging import sending_media
from services.messaging.sending_media import Received
from services.tenants.scopes import SENDING

family = Family("uploads", "Messages", "Sending by WhatsApp for other programs.", UPLOADS)
_TEXT = base64.b64encode(b"Cement: Rp 65.000").decode()


class UploadBody(Body):
    """A file in JSON; the same route takes it bare, with its Content-Type, or as the part `file` of a form."""

    model_config = ConfigDict(
        openapi_extra={"required": False, "example": {"name": "prices.txt", "content": _TEXT}}  # type: ignore[typeddict-unknown-key]
    )

    content: Annotated[
        str | None, Field(description="The file in base64.", json_schema_extra={"example": _TEXT})
    ] = None  # fmt: skip
    name: Annotated[Line | None, Field(json_schema_extra={"example": "prices.txt"})] = None
    mime: Annotated[Line | None, Field(json_schema_extra={"example": "text/plain"})] = None


class UploadNamed(Shape):
    """What a bare file is called."""

    name: Line | None = None


class UploadShown(Shape):
    """An upload: send it as `media: {"upload": id}`. It is kept until `expiresAt`, a day after its last use."""

    id: str
    name: str
    mime: str
    kind: str
    size: int
    expires_at: datetime


@family.post("", Answer[UploadShown], 201)
@takes(FILE)
@require_role("staff", SENDING)
@require_subscription
def create_upload(body: UploadBody, query: UploadNamed) -> Response:
    """Takes a file to be sent afterwards: bare with its `Content-Type`, as `multipart/form-data`, or in JSON."""
    tenant, here = tenancy.tenant(), edge()
    count(tenant)
    file = Received(*_given(body, query.name), max_bytes())
    with here.db.tenant(tenant.id) as tx:
        sending_media.room_for(tx, 0, max_bytes())
    file_hash = sending_media.waiting_room(store()).put(file.content)
    with here.db.tenant(tenant.id) as tx:
        kept = sending_media.keep(tx, actor(), file_hash, file, max_bytes())
        shown = UploadShown(
            id=kept.token, name=kept.name, mime=kept.mime, kind=kept.kind, size=kept.size,
            expires_at=tx.now + sending_media.KEPT_FOR,
        )  # fmt: skip
    return ok(shown, 201)


def _given(body: UploadBody, name: str | None) -> tuple[bytes, str | None, str | None]:
    """The file's content, the type that it is said to be of, and its name."""
    if request.is_json:
        try:
            content = base64.b64decode(body.content or "", validate=True)
        except (binascii.Error, ValueError):
            raise DomainError("bad_base64", _("The content of the file isn't base64.")) from None
        return content, body.mime, body.name or name
    if request.mimetype == "multipart/form-data":
        part = request.files.get("file")
        if part is None:
            raise DomainError("file_missing", _("Send the file as the part “file” of the form."))
        return part.stream.read(), part.mimetype, name or part.filename
    return request.get_data(cache=False), request.mimetype or None, name
