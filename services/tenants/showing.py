"""Showing a super admin, in the chat where they asked for it, the code that links a number."""

from __future__ import annotations

import hashlib

from services import qr
from services.db.engine import Database
from services.db.models import Pairing, Tenant
from services.i18n import Renderable, _
from services.messaging import outbox
from services.messaging.files import FileStore
from services.messaging.outbox import REPLY, Attachment, Outgoing
from services.tenants import platform, sessions


def show_qr(db: Database, files: FileStore, tenant_id: int, session_id: int) -> None:
    """Sends the code that links a session to the super admin who asked for it, as a picture; each code once."""
    with db.tenant(tenant_id) as tx:
        pairing = tx.get(Pairing, (tenant_id, session_id))
        if pairing is None or pairing.code is None or pairing.show_in is None or pairing.expires_at is None:
            return
        seconds = int((pairing.expires_at - tx.now).total_seconds())
        phone = sessions.get(tx, session_id).phone
        name = tx.get_one(Tenant, tenant_id).name
    if seconds <= 0:
        return
    code, is_picture = pairing.code, pairing.method == "qr"
    key = f"qr:{tenant_id}:{session_id}:{hashlib.sha256(code.encode()).hexdigest()[:16]}"
    attachment = Attachment(files.put(qr.png(code)), f"qr-{phone}.png", "image/png") if is_picture else None
    text = (_scan if is_picture else _type)(name, phone, code, seconds)
    with db.system() as tx:
        found = platform.place(tx)
    if found is None:
        return
    with db.tenant(found.tenant_id) as tx:
        locale = tx.get_one(Tenant, found.tenant_id).locale
        shown = Outgoing(
            found.session_id, pairing.show_in, text.render(locale), priority=REPLY, dedup_key=key,
            kind="image" if is_picture else "text", attachment=attachment,
        )  # fmt: skip
        outbox.put(tx, [shown])


def _scan(name: str, phone: str, _code: str, seconds: int) -> Renderable:
    return _(
        "To link +{number} of {name}: open WhatsApp on that phone, *Linked devices*, *Link a device*, and scan this"
        " code within {seconds} seconds.",
        number=phone, name=name, seconds=seconds,
    )  # fmt: skip


def _type(name: str, phone: str, code: str, seconds: int) -> Renderable:
    return _(
        "To link +{number} of {name}: open WhatsApp on that phone, *Linked devices*, *Link with phone number*, and type"
        " *{code}* within {seconds} seconds.",
        number=phone, name=name, code=code, seconds=seconds,
    )  # fmt: skip
