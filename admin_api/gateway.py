"""The gateway for other programs: sending a message by a company's number, and asking what became of it."""

from __future__ import annotations

import uuid

from flask import Response

from admin_api.access import require_auth, require_role, require_subscription
from admin_api.companies import company_of
from admin_api.edge import actor, edge
from admin_api.replies import ok
from admin_api.routing import Family
from admin_api.shapes import Answer, Idempotent, MessagePath, MessageWanted
from admin_api.shown import MessageShown, QueuedShown
from services.errors import DomainError
from services.i18n import Shown
from services.messaging import sending
from services.messaging.sending import Wish
from services.tenants.scopes import SENDING

family = Family("gateway", "Messages", "Sending by WhatsApp for other programs.", "/api/whatsapp")


@family.post("/send", Answer[QueuedShown], 202)
@require_role("staff", SENDING, tenant="named")
@require_subscription
def send_message(body: MessageWanted, header: Idempotent) -> Response:
    """Takes a message to be sent; a repeat with the same key sends none and answers the same."""
    tenant = company_of(body.company_id)
    _count(str(tenant.id))
    key = header.idempotency_key or body.dedup_key or uuid.uuid4().hex
    wish = Wish(body.phone, body.message, f"api:{key}", body.session, body.queue)
    with edge().db.tenant(tenant.id) as tx:
        message, session = sending.queue(tx, actor(), edge().rule, wish)
    return ok(QueuedShown(message_id=message.id, status=message.status, session=session.name), 202)


def _count(tenant: str) -> None:
    if not edge().rate.hit(tenant):
        raise DomainError("rate_limited", Shown("Rate limit exceeded"), retryAfter=edge().rate.wait(tenant))


@family.get("/messages/<string:companyId>/<string:messageId>", Answer[MessageShown])
@require_auth("messages:read", tenant="named")
def message_status(path: MessagePath) -> Response:
    """What became of a message."""
    with edge().db.tenant(company_of(path.company_id).id) as tx:
        return ok(MessageShown.of(sending.status_of(tx, path.message_id)))
