"""The code that links a number: as JSON, as a picture, or as text for a terminal."""

from __future__ import annotations

import base64

from flask import Response, request
from sqlalchemy import select

from admin_api.edge import Edge, edge
from admin_api.replies import made, ok
from admin_api.shown import CodeShown
from services import qr
from services.db.engine import Tx
from services.db.models import Tenant, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.messaging.sending import SIMULATED
from services.tenants import pairings
from services.tenants.pairings import Code

# The first code takes WhatsApp a few seconds.
EVERY_SECONDS, AT_MOST_SECONDS = 0.4, 8.0
_ACCEPTED = {
    "application/json": "json", "image/png": "png", "image/svg+xml": "svg", "text/plain": "text"
}  # fmt: skip


def code_answer(tenant: Tenant, name: str | None, wanted: str | None) -> Response:
    """The code of a session as it is wanted; 202 while there is none yet."""
    shape = wanted or _ACCEPTED[request.accept_mimetypes.best_match(_ACCEPTED, default="application/json")]
    session, code = _awaited(edge(), tenant.id, name)
    if code.code is None or shape == "json":
        return ok(_shown(session, code), 200 if code.code is not None else 202)
    if shape == "text":
        return made(qr.terminal(code.code) if code.method == "qr" else code.code + "\n", 200, "text/plain")
    if code.method != "qr":
        raise DomainError("code_is_typed", _("This number is linked by a code that is typed: {code}", code=code.code))
    if shape == "svg":
        return made(_standing_alone(qr.svg(code.code)), 200, "image/svg+xml")
    response = made("", 200, "image/png")
    response.set_data(qr.png(code.code))
    return response


def _standing_alone(svg: str) -> str:
    """An SVG file of its own needs its namespace, which an element within a page doesn't."""
    return svg if "xmlns=" in svg else svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def _awaited(here: Edge, tenant_id: int, name: str | None) -> tuple[WhatsAppSession, Code]:
    """The session and its code, waited for if there is a place for somebody who waits."""
    found = _read(here, tenant_id, name, asked=True)
    if found[1].code is not None or not here.waiting.acquire(blocking=False):
        return found
    try:
        for _round in range(int(AT_MOST_SECONDS / EVERY_SECONDS)):
            here.wait(EVERY_SECONDS)
            found = _read(here, tenant_id, name)
            if found[1].code is not None or found[1].trouble is not None:
                break
        return found
    finally:
        here.waiting.release()


def _read(here: Edge, tenant_id: int, name: str | None, *, asked: bool = False) -> tuple[WhatsAppSession, Code]:
    with here.db.tenant(tenant_id) as tx:
        session = unlocked(tx, name)
        if asked:
            pairings.ask(tx, session.id)
        if session.provider == SIMULATED:
            raise DomainError("nothing_to_link", _("A simulated number needs no link: it is always connected."))
        return session, pairings.shown(tx, session)


def unlocked(tx: Tx, name: str | None) -> WhatsAppSession:
    """The tenant's session of this name, else its default, only to look at it; raises `session_unknown`."""
    wanted = WhatsAppSession.is_default if name is None else WhatsAppSession.name == name
    found = tx.scalars(select(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant, wanted)).one_or_none()
    if found is None:
        raise DomainError("session_unknown", _("There is no such WhatsApp session."))
    return found


def _shown(session: WhatsAppSession, code: Code) -> CodeShown:
    picture = None
    if code.code is not None and code.method == "qr":
        picture = "data:image/png;base64," + base64.b64encode(qr.png(code.code)).decode()
    return CodeShown(
        session=session.name, method=code.method, code=code.code, expires_at=code.expires_at, qr=picture,
        trouble=code.trouble,
    )  # fmt: skip
