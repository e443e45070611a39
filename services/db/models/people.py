"""What a business knows of people beside who they are: tags, groups, and what WhatsApp itself has of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Numbered, OfTenant, belongs_to


class ContactTag(OfTenant, Base):
    """A word that a business put on a contact."""

    __tablename__ = "contact_tags"
    __table_args__ = (
        belongs_to("contacts", "contact_id", "CASCADE"),
        Index("ix_contact_tags_tenant_id_tag", "tenant_id", "tag", "contact_id"),
    )

    contact_id: Mapped[int] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


class ChatGroup(Numbered, Base):
    """A WhatsApp group in which a number is, as of the last look; `left_at` when it was found to be there no more."""

    __tablename__ = "chat_groups"
    __table_args__ = (
        belongs_to("sessions", "session_id", "CASCADE"),
        UniqueConstraint("tenant_id", "session_id", "chat"),
    )

    session_id: Mapped[int]
    chat: Mapped[str]
    name: Mapped[str]
    members: Mapped[int] = mapped_column(server_default=text("0"))
    is_admin: Mapped[bool] = mapped_column(server_default=text("false"))
    synced_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class ContactSync(Numbered, Base):
    """A look at what a number's WhatsApp knows of people and groups, as it was asked for and what came of it."""

    __tablename__ = "contact_syncs"
    __table_args__ = (
        belongs_to("sessions", "session_id", "CASCADE"),
        Index("ix_contact_syncs_waiting", "tenant_id", "session_id", postgresql_where=text("done_at is null")),
    )

    session_id: Mapped[int]
    asked_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    found: Mapped[int] = mapped_column(server_default=text("0"))
    added: Mapped[int] = mapped_column(server_default=text("0"))
    changed: Mapped[int] = mapped_column(server_default=text("0"))
    groups: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
