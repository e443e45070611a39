"""Keys of the API: made once, shown once, kept only as a hash.

A key has 256 random bits, so that its SHA-256 tells nobody what it was; what people choose themselves (a password)
would need a slow hash. All of this happens in platform transactions.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import exists, select, text, update

from services.db.engine import Tx
from services.db.models import ApiKey
from services.errors import DomainError
from services.i18n import _

PREFIX = "jrg_"
FIRST = "first start"
HINT_LENGTH = 8
# Writing down each use would make every call of the API a write.
NOTED_EVERY = timedelta(minutes=1)
# Any fixed number: of processes that start together one makes the first key.
_LOCK = 7_283_645_002


def digest(key: str) -> str:
    """How a key is kept: its SHA-256 in hexadecimal."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def create(tx: Tx, name: str) -> str:
    """Makes a key and returns it, the only time that it can be seen."""
    key = PREFIX + secrets.token_urlsafe(32)
    tx.add(ApiKey(name=name, hint=key[:HINT_LENGTH], hash=digest(key), created_at=tx.now))
    tx.flush()
    return key


def verify(tx: Tx, key: str) -> ApiKey | None:
    """The stored key that this is, or None; raises `DomainError` `api_key_revoked`. Notes that it was used."""
    found = tx.scalars(select(ApiKey).where(ApiKey.hash == digest(key))).one_or_none()
    if found is None:
        return None
    if found.revoked_at is not None:
        raise DomainError("api_key_revoked", _("This API key has been revoked. Ask for a new one."))
    if found.last_used_at is None or found.last_used_at < tx.now - NOTED_EVERY:
        tx.execute(update(ApiKey).where(ApiKey.id == found.id).values(last_used_at=tx.now))
    return found


def revoke(tx: Tx, key_id: int) -> None:
    """Ends a key for good; doing it again changes nothing. Raises `DomainError` `api_key_unknown`."""
    found = tx.get(ApiKey, key_id)
    if found is None:
        raise DomainError("api_key_unknown", _("There is no such API key."))
    found.revoked_at = found.revoked_at or tx.now
    tx.flush()


def listed(tx: Tx) -> Sequence[ApiKey]:
    """All keys that were ever made, the oldest first."""
    return tx.scalars(select(ApiKey).order_by(ApiKey.id)).all()


def ensure_first(tx: Tx) -> str | None:
    """A first key, to be printed once, where none is stored that still works; None where there is one."""
    tx.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    usable = tx.scalar(select(exists().where(ApiKey.revoked_at.is_(None))))
    return None if usable else create(tx, FIRST)
