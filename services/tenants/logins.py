"""People who are logged in: an access token that says so for some minutes, and a refresh token that gets the next.

The access token is a signed JWT; whether its login still holds, the records say at every request.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from sqlalchemy import select

from services.db.engine import Tx
from services.db.models import Login, Tenant, User
from services.errors import DomainError
from services.i18n import _
from services.tenants.keys import digest

_ALGORITHM, _ISSUER = "HS256", "juragan"
REFRESH_PREFIX = "jrr_"


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
        raise DomainError("token_invalid", _("This access token isn't valid. Log in again.")) from None
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
        raise DomainError("token_invalid", _("This access token isn't valid. Log in again."))
    return LoggedIn(found.Login, found.User, found.Tenant)
