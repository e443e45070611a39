"""WhatsApp numbers, the people behind them, their conversations, and every message in and out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Json, Numbered, OfTenant, belongs_to


class WhatsAppSession(Numbered, Base):
    """A WhatsApp number of a tenant. `desired_state` is what people asked for, `state` what is so.

    `device` is the number that WhatsApp gave the linked device; without one the session has never been paired, or its
    pairing has ended. `holder` is the host process that keeps it; `retry_at` when it may be tried again.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        UniqueConstraint("phone"),
        Index("uq_sessions_default", "tenant_id", unique=True, postgresql_where=text("is_default")),
    )

    name: Mapped[str]
    phone: Mapped[str]
    lid: Mapped[str | None]
    state: Mapped[str]
    desired_state: Mapped[str]
    is_default: Mapped[bool]
    created_at: Mapped[datetime]
    provider: Mapped[str] = mapped_column(server_default=text("'simulator'"))
    device: Mapped[int | None]
    push_name: Mapped[str | None]
    state_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    holder: Mapped[str | None]
    paired_at: Mapped[datetime | None]
    connected_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    retry_at: Mapped[datetime | None]


class Contact(Numbered, Base):
    """A person or firm that the tenant deals with.

    `name` is the owner's word for them; `push_name` is what they call themselves on WhatsApp (else their
    number) and proves nothing. `source` is where they came from (`csv`, `api`, `whatsapp`; None: they wrote, or were
    named in a chat). One that was deleted keeps its row, without anything that identifies them, for the ledger's sake.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        Index(None, "tenant_id", "name_key"),
        Index("ix_contacts_push_name", "tenant_id", text("lower(push_name)")),
        Index("ix_contacts_created", "tenant_id", text("created_at desc nulls last"), "id"),
    )

    name: Mapped[str | None]
    name_key: Mapped[str | None]
    push_name: Mapped[str | None]
    locale: Mapped[str | None]
    blocked_at: Mapped[datetime | None]
    opted_out_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    email: Mapped[str | None]
    note: Mapped[str | None]
    source: Mapped[str | None]
    synced_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]


class ContactIdentity(OfTenant, Base):
    """An address under which a contact writes: a phone number or a `@lid`, on one channel."""

    __tablename__ = "contact_identities"
    __table_args__ = (belongs_to("contacts", "contact_id", "CASCADE"), Index(None, "tenant_id", "contact_id"))

    channel: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[int]


class Consent(Numbered, Base):
    """One word of a contact about being written to: `stop` or `start`, with the message that said it."""

    __tablename__ = "consents"
    __table_args__ = (
        belongs_to("contacts", "contact_id", "CASCADE"),
        CheckConstraint("word in ('stop', 'start')", name="word"),
        Index(None, "tenant_id", "contact_id"),
    )

    contact_id: Mapped[int]
    word: Mapped[str]
    said: Mapped[str]
    at: Mapped[datetime]
    message_id: Mapped[int | None]


class Conversation(Numbered, Base):
    """A chat on one session. Its row is the lock under which the chat's messages are handled one at a time.

    `dialog` is the one question that waits for an answer here. `chatbot_id` is the bot that answered last, at `bot_at`;
    `handoff_id` the request for a person because of which the bot keeps quiet. `summary` is what was said in the chat
    up to `summary_to`, in a few words. Until `thinking_until` an answer is being thought about. One with `closed_at` is
    done with until somebody writes again.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        belongs_to("sessions", "session_id", "CASCADE"),
        belongs_to("contacts", "contact_id"),
        belongs_to("chatbots", "chatbot_id", "SET NULL (chatbot_id)"),
        UniqueConstraint("tenant_id", "session_id", "chat"),
        Index(None, "tenant_id", "contact_id"),
        Index("ix_conversations_last", "tenant_id", text("last_in_at desc nulls last"), "id"),
    )

    session_id: Mapped[int]
    chat: Mapped[str]
    contact_id: Mapped[int | None]
    dialog: Mapped[Json | None]
    dialog_until: Mapped[datetime | None]
    takeover_until: Mapped[datetime | None]
    last_in_at: Mapped[datetime | None]
    window_start: Mapped[datetime | None]
    window_count: Mapped[int] = mapped_column(server_default=text("0"))
    answers_group: Mapped[bool] = mapped_column(server_default=text("false"))
    chatbot_id: Mapped[int | None]
    bot_at: Mapped[datetime | None]
    handoff_id: Mapped[int | None]
    summary: Mapped[str | None]
    summary_to: Mapped[datetime | None]
    thinking_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Message(Numbered, Base):
    """A message as it came in. `processed_at` is set in the commit that did what the message asked for.

    `alias` is the sender's other address, if it came along. Until `media_due` the message waits for its file, until
    `reading_due` for a model to read it; `heard` is what that made of it (of speech, the words are the body then).
    """

    __tablename__ = "messages"
    __table_args__ = (
        belongs_to("sessions", "session_id", "CASCADE"),
        UniqueConstraint("tenant_id", "session_id", "provider_id"),
        Index(
            "ix_messages_waiting", "tenant_id", "session_id", "id",
            postgresql_where=text("processed_at is null and parked_at is null"),
        ),
        Index("ix_messages_chat", "tenant_id", "session_id", "chat", "id"),
        Index(None, "tenant_id", "received_at"),
        Index("ix_messages_media", "tenant_id", "session_id", "id", postgresql_where=text("media_due is not null")),
        Index(
            "ix_messages_unanswered", "tenant_id", "conversation_id", "id",
            postgresql_where=text("answer_due"),
        ),
    )  # fmt: skip

    session_id: Mapped[int]
    provider_id: Mapped[str]
    chat: Mapped[str]
    sender: Mapped[str]
    sender_name: Mapped[str | None]
    from_me: Mapped[bool]
    kind: Mapped[str]
    body: Mapped[str]
    quoted_id: Mapped[str | None]
    media: Mapped[Json | None]
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    conversation_id: Mapped[int | None]
    processed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    understood: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    answer_due: Mapped[bool] = mapped_column(server_default=text("false"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    not_before: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    error: Mapped[str | None]
    alias: Mapped[str | None]
    mentioned: Mapped[bool] = mapped_column(server_default=text("false"))
    media_due: Mapped[datetime | None]
    reading_due: Mapped[datetime | None]
    heard: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))


class OutboxMessage(Numbered, Base):
    """A message to be sent, or what became of it. `file_hash` is the file that it carries, if any.

    `cold`: it goes to somebody who had never written to that number; such messages are sent slowly. One that `counts`
    was counted against the limit of messages when it was written down.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        belongs_to("sessions", "session_id", "CASCADE"),
        UniqueConstraint("tenant_id", "dedup_key"),
        CheckConstraint(
            "status in ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'cancelled')",
            name="status",
        ),
        Index("ix_outbox_queued", "tenant_id", "session_id", "id", postgresql_where=text("status = 'queued'")),
        Index(
            "ix_outbox_open",
            "tenant_id",
            "session_id",
            "chat",
            postgresql_where=text("status in ('sending', 'unknown')"),
        ),
        Index("ix_outbox_chat", "tenant_id", "session_id", "chat", "id"),
        Index("ix_outbox_failed", "tenant_id", "id", postgresql_where=text("status = 'failed'")),
        Index("ix_outbox_provider", "tenant_id", "session_id", "provider_id"),
        Index(None, "tenant_id", "created_at"),
    )

    session_id: Mapped[int]
    chat: Mapped[str]
    kind: Mapped[str]
    body: Mapped[str]
    priority: Mapped[int]
    dedup_key: Mapped[str | None]
    in_reply_to: Mapped[int | None]
    status: Mapped[str] = mapped_column(server_default=text("'queued'"))
    not_before: Mapped[datetime | None]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    provider_id: Mapped[str | None]
    error: Mapped[str | None]
    file_hash: Mapped[str | None]
    file_name: Mapped[str | None]
    mime: Mapped[str | None]
    voice: Mapped[bool] = mapped_column(server_default=text("false"))
    cold: Mapped[bool] = mapped_column(server_default=text("false"))
    counts: Mapped[bool] = mapped_column(server_default=text("false"))
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class Upload(Numbered, Base):
    """A file that a program has uploaded to send it; `token` is what it is called outside.

    It is forgotten a day after `touched_at`, when it was last uploaded or sent.
    """

    __tablename__ = "uploads"
    __table_args__ = (UniqueConstraint("tenant_id", "token"), Index(None, "file_hash"), Index(None, "touched_at"))

    token: Mapped[str]
    file_hash: Mapped[str]
    name: Mapped[str]
    mime: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
