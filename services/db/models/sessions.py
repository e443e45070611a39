"""What happens to WhatsApp numbers: their history, their pairing, the processes that hold them, and who is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Json, Numbered, OfTenant, belongs_to


class SessionEvent(Numbered, Base):
    """A session came into a state, and why; never changed."""

    __tablename__ = "session_events"
    __table_args__ = (belongs_to("sessions", "session_id", "CASCADE"), Index(None, "tenant_id", "session_id", "id"))

    session_id: Mapped[int]
    at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str | None]


class Pairing(OfTenant, Base):
    """The pairing of a session that is going on: the code to be scanned or typed, and how many rounds were used.

    `holder` is the process that pairs; `show_in` the chat of a super admin who wants the picture. `misses` counts how
    often WhatsApp could not be reached, and `trouble` says why no code is there. `asked_at`: somebody wanted to see it.
    """

    __tablename__ = "pairings"
    __table_args__ = (
        belongs_to("sessions", "session_id", "CASCADE"),
        CheckConstraint("method in ('qr', 'code')", name="method"),
    )

    session_id: Mapped[int] = mapped_column(primary_key=True)
    method: Mapped[str]
    phone: Mapped[str | None]
    rounds: Mapped[int]
    code: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    started_at: Mapped[datetime]
    holder: Mapped[str | None]
    show_in: Mapped[str | None]
    misses: Mapped[int] = mapped_column(server_default=text("0"))
    not_before: Mapped[datetime | None]
    trouble: Mapped[str | None]
    asked_at: Mapped[datetime | None]


class Notification(Numbered, Base):
    """Something that people have to know of. What could not be delivered is listed by the API."""

    __tablename__ = "notifications"
    __table_args__ = (Index(None, "tenant_id", "at"),)

    at: Mapped[datetime]
    kind: Mapped[str]
    session_id: Mapped[int | None]
    data: Mapped[Json]
    delivered_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]


class SessionHost(Base):
    """A process that holds sessions; `seen_at` is its sign of life."""

    __tablename__ = "session_hosts"

    id: Mapped[str] = mapped_column(primary_key=True)
    machine: Mapped[str]
    pid: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class ApiKey(Base):
    """A super admin's key, of which only the hash is kept; `hint` shows its first characters."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("hash"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    hint: Mapped[str]
    hash: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
