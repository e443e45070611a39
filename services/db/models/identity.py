"""How people and programs prove who they are: logins, codes that work once, and keys of the API."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Numbered, belongs_to


class Login(Numbered, Base):
    """A person who is logged in somewhere. `refresh_hash` is the token that gets the next pair of tokens.

    `former_hash` is the one before it: whoever comes with that one has a stolen one, or the thief has the other.
    """

    __tablename__ = "logins"
    __table_args__ = (
        belongs_to("users", "user_id", "CASCADE"),
        UniqueConstraint("refresh_hash"),
        Index(None, "former_hash"),
        Index(None, "tenant_id", "user_id"),
    )

    user_id: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    refreshed_at: Mapped[datetime | None]
    refresh_hash: Mapped[str]
    former_hash: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    address: Mapped[str | None]
    agent: Mapped[str | None]


class OneTimeCode(Numbered, Base):
    """A code by which a person sets a password: after forgetting it, or because they were invited."""

    __tablename__ = "one_time_codes"
    __table_args__ = (
        belongs_to("users", "user_id", "CASCADE"),
        CheckConstraint("purpose in ('reset', 'invitation')", name="purpose"),
        Index("ix_one_time_codes_tenant_id_user_id", "tenant_id", "user_id", "purpose"),
        Index(None, "hash"),
    )

    user_id: Mapped[int]
    purpose: Mapped[str]
    hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    used_at: Mapped[datetime | None]


class UserKey(Numbered, Base):
    """A user's key of the API, of which only the hash is kept; `hint` shows its first characters.

    It may do what its `scopes` name and its user's role allows. `in_address`: it may stand in an address, where others
    may read it; such a key can do nothing but send. The text from before a rotation (`former_hash`) works until
    `former_until`.
    """

    __tablename__ = "user_keys"
    __table_args__ = (
        belongs_to("users", "user_id", "CASCADE"),
        UniqueConstraint("hash"),
        Index(None, "former_hash"),
        Index(None, "tenant_id", "user_id"),
    )

    user_id: Mapped[int]
    name: Mapped[str]
    hint: Mapped[str]
    hash: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(JSONB)
    in_address: Mapped[bool]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    former_hash: Mapped[str | None]
    former_until: Mapped[datetime | None]
