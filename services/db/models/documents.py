"""Files that are made for people: asked for in a transaction, made afterwards, kept by the hash of their content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Json, Numbered


class Document(Numbered, Base):
    """A PDF or spreadsheet. `subject` names what it shows, so that the same thing is made once and then sent again.

    `params` is what making it needs; `deliveries` lists the messages that go out once it is made. `counted_in` is the
    month (`2025-02`) whose allowance it used.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("tenant_id", "subject"),
        CheckConstraint("status in ('waiting', 'made', 'failed')", name="status"),
    )

    kind: Mapped[str]
    subject: Mapped[str]
    params: Mapped[Json]
    locale: Mapped[str]
    name: Mapped[str]
    mime: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    deliveries: Mapped[list[Json]] = mapped_column(JSONB, server_default=text("'[]'"))
    counted_in: Mapped[str | None]
    created_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    file_hash: Mapped[str | None]
    error: Mapped[str | None]
