"""What goes out about people who log in, users of a business, and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from admin_api.shapes import Shape
from services.db.models import Login, Tenant, User, UserKey


class Done(Shape):
    """It is done."""

    done: Literal[True] = True


class UserShown(Shape):
    """A user: a person who acts for a business, on WhatsApp from `phone`, and here with a password if they have one."""

    id: int
    name: str
    phone: str
    email: str | None
    role: str
    language: str | None
    active: bool
    has_password: bool
    created_at: datetime
    invited_at: datetime | None
    last_login_at: datetime | None

    @classmethod
    def of(cls, user: User) -> UserShown:
        """A user as others may see them."""
        return cls(
            id=user.id, name=user.name, phone=user.phone, email=user.email, role=user.role, language=user.locale,
            active=user.active, has_password=user.password_hash is not None, created_at=user.created_at,
            invited_at=user.invited_at, last_login_at=user.last_login_at,
        )  # fmt: skip


class BusinessShown(Shape):
    """The business for which somebody acts."""

    id: int
    company_id: str
    name: str
    status: str
    plan: str
    language: str
    timezone: str
    currency: str
    country: str

    @classmethod
    def of(cls, tenant: Tenant) -> BusinessShown:
        """A business in brief."""
        return cls(
            id=tenant.id, company_id=tenant.slug, name=tenant.name, status=tenant.status, plan=tenant.plan,
            language=tenant.locale, timezone=tenant.timezone, currency=tenant.currency, country=tenant.country,
        )  # fmt: skip


class MeShown(Shape):
    """Who is logged in, and for which business."""

    user: UserShown
    tenant: BusinessShown


class TokensShown(Shape):
    """The access token (`Authorization: Bearer …`) works for `expiresIn` seconds; the refresh token gets the next."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: UserShown
    tenant: BusinessShown


class EndedShown(Shape):
    """So many logins ended."""

    ended: int


class LoginShown(Shape):
    """A place where somebody is logged in; `current` is the one that asks."""

    id: int
    current: bool
    created_at: datetime
    refreshed_at: datetime | None
    expires_at: datetime
    address: str | None
    agent: Annotated[str | None, Field(json_schema_extra={"example": "curl/8.5"})]

    @classmethod
    def of(cls, login: Login, current: int | None) -> LoginShown:
        """A login that runs."""
        return cls(
            id=login.id, current=login.id == current, created_at=login.created_at, refreshed_at=login.refreshed_at,
            expires_at=login.expires_at, address=login.address, agent=login.agent,
        )  # fmt: skip


class KeyShown(Shape):
    """A key, of which only the beginning (`hint`) can be seen. The text before a rotation works until `formerUntil`."""

    id: int
    name: str
    user_id: int
    user: Annotated[str, Field(json_schema_extra={"example": "Dani"})]
    hint: Annotated[str, Field(json_schema_extra={"example": "jrk_2f9c"})]
    scopes: list[str]
    in_address: bool
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    former_until: datetime | None

    @classmethod
    def of(cls, key: UserKey, user: str) -> KeyShown:
        """A key with its user's name."""
        return cls(
            id=key.id, name=key.name, user_id=key.user_id, user=user, hint=key.hint, scopes=key.scopes,
            in_address=key.in_address, created_at=key.created_at, last_used_at=key.last_used_at,
            expires_at=key.expires_at, revoked_at=key.revoked_at, former_until=key.former_until,
        )  # fmt: skip


class KeyMade(KeyShown):
    """A key with its text, which can be seen only now."""

    key: str


class ScopeShown(Shape):
    """What a key may be allowed to do."""

    scope: Annotated[str, Field(json_schema_extra={"example": "messages:send"})]
    about: Annotated[str, Field(json_schema_extra={"example": "send messages"})]


class ScopesShown(Shape):
    """Everything that a key may be allowed to do."""

    scopes: list[ScopeShown]


class CodeMade(Shape):
    """A code to be told to its user, seen only now."""

    code: Annotated[str, Field(json_schema_extra={"example": "ABCD-2345"})]
    expires_at: datetime
