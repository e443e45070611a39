"""Keys of the API that belong to a business's users: hashed, named, with scopes, shown once.

A key may do what its scopes name and its user's role allows. One for addresses (`in_address`) can do nothing but send,
and works there only while the tenant has it switched on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from services.db.engine import Tx
from services.db.models import Tenant, User, UserKey
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit, scopes
from services.tenants.actors import Actor
from services.tenants.keys import HINT_LENGTH, NOTED_EVERY, digest

PREFIX = "jrk_"


@dataclass(frozen=True, slots=True)
class Holder:
    """A key that works, its user, and their business."""

    key: UserKey
    user: User
    tenant: Tenant


def create(
    tx: Tx, actor: Actor, user_id: int, name: str, wanted: Iterable[str], *, in_address: bool = False,
    expires_at: datetime | None = None,
) -> tuple[UserKey, str]:  # fmt: skip
    """Makes a key of a user of the tenant and returns it with its text, the only time that it can be seen.

    Raises `DomainError` `scope_unknown`, or `scope_refused` for a key for addresses that could do more than send.
    """
    allowed = scopes.read(wanted)
    if in_address and allowed != [scopes.SENDING]:
        text = _("A key that stands in an address can only have the scope {scope}.", scope=scopes.SENDING)
        raise DomainError("scope_refused", text)
    secret = PREFIX + secrets.token_urlsafe(32)
    key = UserKey(
        tenant_id=tx.tenant, user_id=user_id, name=name, hint=secret[:HINT_LENGTH], hash=digest(secret),
        scopes=allowed, in_address=in_address, created_at=tx.now, expires_at=expires_at,
    )  # fmt: skip
    tx.add(key)
    tx.flush()
    audit.record(tx, actor, "key.create", "user_keys", key.id, after={"name": name, "scopes": allowed})
    return key, secret


def verify(tx: Tx, secret: str) -> Holder | None:
    """The key that this is, in a platform transaction, or None; notes that it was used. One statement.

    Raises `DomainError` `api_key_revoked` for one that was ended or has lapsed.
    """
    found = tx.execute(
        select(UserKey, User, Tenant)
        .join(User, (User.tenant_id == UserKey.tenant_id) & (User.id == UserKey.user_id))
        .join(Tenant, Tenant.id == UserKey.tenant_id)
        .where(UserKey.hash == digest(secret))
    ).one_or_none()
    if found is None or not found.User.active:
        return None
    key: UserKey = found.UserKey
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= tx.now):
        raise DomainError("api_key_revoked", _("This API key has been revoked. Ask for a new one."))
    if key.last_used_at is None or key.last_used_at < tx.now - NOTED_EVERY:
        mine = (UserKey.tenant_id == key.tenant_id) & (UserKey.id == key.id)
        tx.execute(update(UserKey).where(mine).values(last_used_at=tx.now))
    return Holder(key, found.User, found.Tenant)
