"""People who are logged in: an access token that says so for some minutes, and a refresh token that gets the next.

The access token is a signed JWT; whether its login still holds, the records say at every request.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from sqlalchemy import ColumnElement, delete, func, or_, select, update

from services.db.engine import Tx
from services.db.models import Login, Tenant, User
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit
from services.tenants.actors import Actor
from services.tenants.keys import digest

_ALGORITHM, _ISSUER = "HS256", "juragan"
REFRESH_PREFIX = "jrr_"
USED_TWICE = "refresh token used twice"
# Ended logins are shown to nobody; they are kept for those who look into a theft.
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose login an access token is."""

    tenant_id: int
    login_id: int


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A login that holds, with its user and their business."""

    login: Login
    user: User
    tenant: Tenant


def begin(tx: Tx, user: User, days: int, *, address: str | None = None, agent: str | None = None) -> tuple[Login, str]:
    """Logs a user of the tenant in for so many days; returns the login and its refresh token, shown once."""
    refresh = REFRESH_PREFIX + secrets.token_urlsafe(32)
    login = Login(
        tenant_id=tx.tenant, user_id=user.id, created_at=tx.now, expires_at=tx.now + timedelta(days=days),
        refresh_hash=digest(refresh), address=address, agent=agent,
    )  # fmt: skip
    user.last_login_at = tx.now
    tx.add(login)
    tx.flush()
    return login, refresh


def access_token(login: Login, signing_key: str, now: datetime, minutes: int) -> str:
    """A token that says for some minutes that this login holds."""
    claims = {
        "iss": _ISSUER, "tid": login.tenant_id, "sid": login.id, "sub": str(login.user_id), "iat": now,
        "exp": now + timedelta(minutes=minutes),
    }  # fmt: skip
    return jwt.encode(claims, signing_key, algorithm=_ALGORITHM)


def looks_like_token(word: str) -> bool:
    """Whether this may be an access token; a key of the API has no dots."""
    return word.count(".") == 2


def read(token: str, signing_key: str, now: datetime) -> Claims:
    """What an access token says; raises `DomainError` `token_invalid` or `token_expired`."""
    try:
        # The library would ask the machine for the time.
        found = jwt.decode(
            token, signing_key, algorithms=[_ALGORITHM], issuer=_ISSUER,
            options={"require": ["exp", "iat", "sub"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )  # fmt: skip
        claims, until = Claims(int(found["tid"]), int(found["sid"])), float(found["exp"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise invalid() from None
    if not math.isfinite(until):
        raise invalid()
    if until <= now.timestamp():
        raise DomainError("token_expired", _("This access token has expired. Get a new one with the refresh token."))
    return claims


def current(tx: Tx, claims: Claims) -> LoggedIn:
    """The login as it is now, in a platform transaction. One statement. Raises `DomainError` `token_invalid`."""
    found = tx.execute(
        select(Login, User, Tenant)
        .join(User, (User.tenant_id == Login.tenant_id) & (User.id == Login.user_id))
        .join(Tenant, Tenant.id == Login.tenant_id)
        .where(Login.tenant_id == claims.tenant_id, Login.id == claims.login_id)
    ).one_or_none()
    if found is None or found.Login.revoked_at is not None or found.Login.expires_at <= tx.now or not found.User.active:
        raise invalid()
    return LoggedIn(found.Login, found.User, found.Tenant)


def invalid() -> DomainError:
    """The refusal of a token that says nothing, or whose login has ended."""
    return DomainError("token_invalid", _("This token isn't valid. Log in again."))


def refresh(tx: Tx, token: str) -> tuple[LoggedIn, str] | None:
    """The login of a refresh token and its next refresh token, in a platform transaction; None when it doesn't hold.

    The token before it ends the login, since one of two who have it has stolen it: whoever refuses then has to commit
    before.
    """
    hash_ = digest(token)
    found = tx.execute(
        select(Login, User, Tenant)
        .join(User, (User.tenant_id == Login.tenant_id) & (User.id == Login.user_id))
        .join(Tenant, Tenant.id == Login.tenant_id)
        .where(or_(Login.refresh_hash == hash_, Login.former_hash == hash_))
        .with_for_update(of=Login, key_share=True)
    ).one_or_none()
    if found is None:
        return None
    login: Login = found.Login
    if login.refresh_hash != hash_:
        login.revoked_at, login.reason = login.revoked_at or tx.now, login.reason or USED_TWICE
        tx.flush()
        return None
    if login.revoked_at is not None or login.expires_at <= tx.now or not found.User.active:
        return None
    fresh = REFRESH_PREFIX + secrets.token_urlsafe(32)
    login.refresh_hash, login.former_hash, login.refreshed_at = digest(fresh), hash_, tx.now
    tx.flush()
    return LoggedIn(login, found.User, found.Tenant), fresh


def end(tx: Tx, actor: Actor, user_id: int, login_id: int, reason: str) -> None:
    """Ends a login of a user of the tenant at once; raises `DomainError` `login_unknown` for one that doesn't run."""
    if not _end(tx, user_id, reason, Login.id == login_id):
        raise DomainError("login_unknown", _("There is no such login."))
    audit.record(tx, actor, "login.end", "logins", login_id, after={"reason": reason})


def end_all(tx: Tx, actor: Actor, user_id: int, reason: str, *, but: int | None = None) -> int:
    """Ends all logins of a user of the tenant at once, except one; returns how many there were."""
    ended = _end(tx, user_id, reason, *([] if but is None else [Login.id != but]))
    if ended:
        audit.record(tx, actor, "login.end_all", "users", user_id, after={"reason": reason, "logins": ended})
    return ended


def _end(tx: Tx, user_id: int, reason: str, *which: ColumnElement[bool]) -> int:
    running = (Login.tenant_id == tx.tenant, Login.user_id == user_id, Login.revoked_at.is_(None))
    ended = tx.execute(
        update(Login)
        .where(*running, Login.expires_at > tx.now, *which)
        .values(revoked_at=tx.now, reason=reason)
        .returning(Login.id)
    )
    return len(ended.all())


def listed(tx: Tx, user_id: int, offset: int, limit: int) -> tuple[Sequence[Login], int]:
    """A page of the logins of a user of the tenant that run, the newest first, and how many there are."""
    running = (
        Login.tenant_id == tx.tenant, Login.user_id == user_id, Login.revoked_at.is_(None), Login.expires_at > tx.now
    )  # fmt: skip
    page = select(Login).where(*running).order_by(Login.created_at.desc(), Login.id.desc())
    total = tx.scalar(select(func.count()).select_from(Login).where(*running)) or 0
    return tx.scalars(page.offset(offset).limit(limit)).all(), total


def forget(tx: Tx) -> None:
    """Deletes logins that ended long ago, in a platform transaction."""
    before = tx.now - KEPT
    tx.execute(delete(Login).where(or_(Login.expires_at < before, Login.revoked_at < before)))
