"""The gateway for other programs: sending a message by a company's number, and asking what became of it."""

from __future__ import annotations

import uuid

from flask import Response

from admin_api.access import require_auth, require_role, require_subscription
from admin_api.companies import company_of
from admin_api.edge import edge
from admin_api.replies import ok
from admin_api.routing import Family
from admin_api.sending import take
from admin_api.sending_shapes import GatewayMessage, TakenShown
from admin_api.shapes import Answer, Idempotent, MessagePath
from admin_api.shown import MessageShown
from services.errors import DomainError
from services.i18n import _
from services.messaging import sending
from services.messaging.sending import BY_API, Wish
from services.tenants.scopes import SENDING

family = Family("gateway", "Messages", "Sending by WhatsApp for other programs.", "/api/whatsapp")


@family.post("/send", Answer[TakenShown], 202, also={200: Answer[TakenShown]})
@require_role("staff", SENDING, tenant="named")
@require_subscription
def send_message(body: GatewayMessage, header: Idempotent) -> Response:
    """Takes a message to be sent; a repeat with the same key sends none and answers the same. 200 for one only
    checked.
    """
    tenant = company_of(body.company_id)
    if body.message is None and body.media is None:
        raise DomainError("bad_message", _("Write a message, or name a file."))
    key = header.idempotency_key or body.dedup_key or uuid.uuid4().hex
    wish = Wish(body.phone, body.message or "", BY_API + key, body.session, body.queue, send_at=body.send_at)
    (shown,) = take(tenant, [wish], body.media, dry_run=body.dry_run)
    return ok(shown, 200 if body.dry_run else 202)


@family.get("/messages/<string:companyId>/<string:messageId>", Answer[MessageShown])
@require_auth("messages:read", tenant="named")
def message_status(path: MessagePath) -> Response:
    """What became of a message."""
    with edge().db.tenant(company_of(path.company_id).id) as tx:
        return ok(MessageShown.of(sending.status_of(tx, path.message_id)))
