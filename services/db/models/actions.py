"""The actions center: what waits for a person of the business."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Json, Numbered, belongs_to

ACTION_KINDS = (
    "proof", "question", "postponement", "discount", "refund", "handover", "complaint", "unknown", "rule",
)  # fmt: skip
ACTION_STATES = ("open", "approved", "rejected", "answered", "withdrawn", "expired")
PRIORITIES = ("low", "medium", "high", "urgent")


class Action(Numbered, Base):
    """A request that waits for a person of the business: to approve, reject or answer. `number` is shown to people.

    `due_at` is when it should be answered by (its SLA); `reminded_at` and `escalated_at` are when the owner was last
    reminded and when the request was made more urgent. `said` is what the asker wrote, `data` what its kind needs.
    """

    __tablename__ = "actions"
    __table_args__ = (
        belongs_to("contacts", "contact_id"),
        belongs_to("chatbots", "chatbot_id", "SET NULL (chatbot_id)"),
        belongs_to("conversations", "conversation_id", "SET NULL (conversation_id)"),
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "message_id"),
        CheckConstraint(f"kind in {ACTION_KINDS}", name="kind"),
        CheckConstraint(f"status in {ACTION_STATES}", name="status"),
        CheckConstraint(f"priority in {PRIORITIES}", name="priority"),
        Index("ix_actions_open", "tenant_id", "id", postgresql_where=text("status = 'open'")),
        Index("ix_actions_due", "due_at", postgresql_where=text("status = 'open'")),
    )

    number: Mapped[int]
    kind: Mapped[str]
    contact_id: Mapped[int]
    message_id: Mapped[int]
    said: Mapped[str]
    data: Mapped[Json]
    status: Mapped[str] = mapped_column(server_default=text("'open'"))
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    answer: Mapped[str | None]
    chatbot_id: Mapped[int | None]
    conversation_id: Mapped[int | None]
    priority: Mapped[str] = mapped_column(server_default=text("'medium'"))
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(server_default=text("0"))
    escalated_at: Mapped[datetime | None]
