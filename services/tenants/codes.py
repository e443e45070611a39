"""Codes by which a person sets a password: short-lived, used once, and kept only as a keyed hash.

Eight characters are too few to be kept as a plain hash: without the installation's secret key a copy of the database
tells nobody what they were.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import ColumnElement, delete, select, tuple_, update

from services.db.engine import Tx
from services.db.models import OneTimeCode, Tenant, User
from services.errors import DomainError
from services.i18n import _
from services.messaging.outbox import SECRET_KEY
from services.security import derive, load_secret_key
from services.settings import Settings

Purpose = Literal["reset", "invitation"]

# Without what looks alike: no 0 and O, no 1 and I.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH, TRIES = 8, 5
LIVES = {"reset": timedelta(minutes=15), "invitation": timedelta(days=7)}
KEPT = timedelta(days=1)
# How the `dedup_key` of every message begins that carries a code: its text is for nobody but its reader.
SENT_AS = SECRET_KEY


@dataclass(frozen=True, slots=True)
class Found:
    """A code that was right: which, and whose."""

    tenant_id: int
    id: int
    user_id: int

    @property
    def whose(self) -> tuple[int, int]:
        """The tenant and the user."""
        return self.tenant_id, self.user_id


def key_of(settings: Settings) -> str:
    """What codes are hashed with."""
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    return derive(load_secret_key(settings.data_dir / "secrets", given), "one-time codes")


def make(tx: Tx, key: str, user: User, purpose: Purpose) -> tuple[OneTimeCode, str]:
    """A new code of a user of the tenant, and its text (`ABCD-2345`), seen only now; former ones end."""
    former = (OneTimeCode.tenant_id == tx.tenant) & (OneTimeCode.user_id == user.id)
    tx.execute(delete(OneTimeCode).where(former, OneTimeCode.purpose == purpose))
    plain = "".join(secrets.choice(ALPHABET) for _n in range(LENGTH))
    code = OneTimeCode(
        tenant_id=tx.tenant, user_id=user.id, purpose=purpose, hash=digest(key, purpose, plain), created_at=tx.now,
        expires_at=tx.now + LIVES[purpose],
    )  # fmt: skip
    tx.add(code)
    tx.flush()
    return code, f"{plain[:4]}-{plain[4:]}"


def digest(key: str, purpose: Purpose, written: str) -> str:
    """How a code is kept, however it is written: in small letters, with spaces or dashes."""
    plain = "".join(character for character in written.upper() if character.isalnum())
    return hmac.new(key.encode(), f"{purpose}:{plain}".encode(errors="replace"), hashlib.sha256).hexdigest()


def attempt(tx: Tx, key: str, users: Sequence[tuple[int, int]], written: str) -> Found | None:
    """Tries a reset code for users (tenant and id), in a platform transaction; None when it is wrong.

    One statement, for nobody too. Each try is counted, so whoever refuses one has to commit before.
    """
    mine = tuple_(OneTimeCode.tenant_id, OneTimeCode.user_id).in_(list(users))
    tried = tx.execute(
        update(OneTimeCode)
        .where(mine, OneTimeCode.purpose == "reset", *_usable(tx))
        .values(attempts=OneTimeCode.attempts + 1)
        .returning(OneTimeCode.tenant_id, OneTimeCode.id, OneTimeCode.user_id, OneTimeCode.hash)
    ).all()
    wanted = digest(key, "reset", written)
    right = [each for each in tried if hmac.compare_digest(each.hash, wanted)]
    return Found(right[0].tenant_id, right[0].id, right[0].user_id) if right else None


def invited(tx: Tx, key: str, written: str) -> tuple[Found, User, Tenant] | None:
    """Whose invitation this is, in a platform transaction; None when it is wrong. One statement."""
    statement = (
        select(OneTimeCode, User, Tenant)
        .join(User, (User.tenant_id == OneTimeCode.tenant_id) & (User.id == OneTimeCode.user_id))
        .join(Tenant, Tenant.id == OneTimeCode.tenant_id)
        .where(OneTimeCode.hash == digest(key, "invitation", written), OneTimeCode.purpose == "invitation")
        .where(*_usable(tx), User.active)
    )
    found = tx.execute(statement).all()
    # Two people with the same code: neither can be told from the other.
    if len(found) != 1:
        return None
    code, user, tenant = found[0]
    return Found(code.tenant_id, code.id, code.user_id), user, tenant


def end(tx: Tx, user: User) -> None:
    """Ends every code of a user of the tenant."""
    tx.execute(delete(OneTimeCode).where(OneTimeCode.tenant_id == tx.tenant, OneTimeCode.user_id == user.id))


def use(tx: Tx, found: Found) -> None:
    """Uses a code up, in its tenant's transaction: of several at once one does. Raises `DomainError` `code_wrong`."""
    mine = (OneTimeCode.tenant_id == tx.tenant) & (OneTimeCode.id == found.id)
    used = tx.execute(
        update(OneTimeCode)
        .where(mine, OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > tx.now)
        .values(used_at=tx.now)
        .returning(OneTimeCode.id)
    ).one_or_none()
    if used is None:
        raise wrong()


def wrong() -> DomainError:
    """The one refusal of a code, whatever is wrong with it."""
    return DomainError("code_wrong", _("This code isn't right, or not valid any more. Ask for a new one."))


def forget(tx: Tx) -> None:
    """Deletes codes that nobody can use any more, in a platform transaction."""
    tx.execute(delete(OneTimeCode).where(OneTimeCode.expires_at < tx.now - KEPT))


def _usable(tx: Tx) -> tuple[ColumnElement[bool], ...]:
    return (OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > tx.now, OneTimeCode.attempts < TRIES)
