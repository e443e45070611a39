"""What answers customers: chatbots, their instructions, what they were taught, and a record of each answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import REAL, CheckConstraint, Index, Numeric, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import BIT, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Json, Numbered, OfTenant, belongs_to
from services.db.models.vector import Vector

SOURCE_KINDS = ("qa", "pdf", "docx", "text", "table", "web", "image")
SOURCE_STATES = ("waiting", "learning", "ready", "failed", "removed")
ANSWER_OUTCOMES = ("answered", "offered", "unknown", "asked_person", "greeted", "closed", "failed")


class Chatbot(Numbered, Base):
    """A bot that answers customers. Without a `session_id` it answers on every number of the tenant.

    `language` is None where it follows whoever writes. `hours` lists `{"days": [0, 1], "from": 480, "to": 1020}`: days
    from Monday, minutes of the tenant's day; None is always. `starts` are its start conditions: `{"words": [...],
    "who": "everyone" | "customers" | "borrowers" | "new"}`. `person_words`: what is for a person whatever it knows.
    """

    __tablename__ = "chatbots"
    __table_args__ = (
        belongs_to("sessions", "session_id", "SET NULL (session_id)"),
        UniqueConstraint("tenant_id", "number"),
        Index(
            "uq_chatbots_name", "tenant_id", "name_key", unique=True, postgresql_where=text("removed_at is null")
        ),
    )  # fmt: skip

    number: Mapped[int]
    name: Mapped[str]
    name_key: Mapped[str]
    persona: Mapped[str | None]
    language: Mapped[str | None]
    model: Mapped[str | None]
    temperature: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    hours: Mapped[list[Json] | None] = mapped_column(JSONB(none_as_null=True))
    greeting: Mapped[str | None]
    fallback: Mapped[str | None]
    session_id: Mapped[int | None]
    starts: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    person_words: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Instruction(Numbered, Base):
    """Something that a bot, or every bot, is told to heed, from `starts_on` to `ends_on` where these are set."""

    __tablename__ = "conversation_instructions"
    __table_args__ = (belongs_to("chatbots", "chatbot_id"), UniqueConstraint("tenant_id", "number"))

    number: Mapped[int]
    chatbot_id: Mapped[int | None]
    body: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    removed_at: Mapped[datetime | None]


class KnowledgeSource(Numbered, Base):
    """Something that was taught: a question with its answer (`qa`), a document or a page. For every bot or for one.

    What is searched is the entries of its `version`; while a new one is read, the old one goes on answering.
    `session_id` is the number in whose own chat the owner hears of it. `error` is a code of `services.errors`.
    """

    __tablename__ = "knowledge_sources"
    __table_args__ = (
        belongs_to("chatbots", "chatbot_id"),
        belongs_to("sessions", "session_id", "SET NULL (session_id)"),
        UniqueConstraint("tenant_id", "number"),
        CheckConstraint(f"kind in {SOURCE_KINDS}", name="kind"),
        CheckConstraint(f"status in {SOURCE_STATES}", name="status"),
        Index("ix_knowledge_sources_learning", "tenant_id", "id",
              postgresql_where=text("status in ('waiting', 'learning')")),
        Index(None, "tenant_id", "address"),
    )  # fmt: skip

    number: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    chatbot_id: Mapped[int | None]
    address: Mapped[str | None]
    file_hash: Mapped[str | None]
    file_name: Mapped[str | None]
    mime: Mapped[str | None]
    status: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("0"))
    pages: Mapped[int | None]
    pages_read: Mapped[int] = mapped_column(server_default=text("0"))
    entries: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
    session_id: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    changed_at: Mapped[datetime]


class KnowledgeVersion(OfTenant, Base):
    """What a source was at one time, never changed. `content` holds a question's wordings and its answer."""

    __tablename__ = "knowledge_versions"
    __table_args__ = (belongs_to("knowledge_sources", "source_id", "CASCADE"),)

    source_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    author: Mapped[str]
    file_hash: Mapped[str | None]
    pages: Mapped[int | None]
    entries: Mapped[int]
    content: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))


class KnowledgeEntry(Numbered, Base):
    """One thing that can be answered: the answer to a question, or a passage of a document.

    `question` is the first wording; a passage has none, but may stand below a `heading`.
    """

    __tablename__ = "knowledge_entries"
    __table_args__ = (
        belongs_to("knowledge_sources", "source_id", "CASCADE"),
        Index(None, "tenant_id", "source_id", "position"),
    )

    source_id: Mapped[int]
    position: Mapped[int]
    page: Mapped[int | None]
    heading: Mapped[str | None]
    question: Mapped[str | None]
    answer: Mapped[str]


class KnowledgeText(Numbered, Base):
    """What a question is compared with: one wording of a question, or a passage (whose words the entry has).

    `key` is the same for wordings that differ only in case, signs and spelling.
    """

    __tablename__ = "knowledge_texts"
    __table_args__ = (
        belongs_to("knowledge_entries", "entry_id", "CASCADE"),
        Index(None, "tenant_id", "entry_id"),
        Index("ix_knowledge_texts_key", "tenant_id", "key", postgresql_where=text("key is not null")),
    )

    entry_id: Mapped[int]
    chatbot_id: Mapped[int | None]
    key: Mapped[str | None]
    body: Mapped[str | None]


class KnowledgePosting(OfTenant, Base):
    """That a term stands in an entry, with its weight there: what is added up for each entry.

    The weights of an entry make a unit vector: the mean direction of its wordings. `chatbot_id` is the source's.
    Without a reference to the entry, which would double the time of learning: `services.assistant.index` keeps them.
    """

    __tablename__ = "knowledge_postings"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "term", "entry_id", postgresql_include=["weight", "chatbot_id"]),
        Index(None, "tenant_id", "entry_id"),
    )

    term: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(primary_key=True)
    weight: Mapped[float] = mapped_column(REAL)
    chatbot_id: Mapped[int | None]


class KnowledgeTerm(OfTenant, Base):
    """In how many entries of a tenant a term stands; the empty term counts all entries."""

    __tablename__ = "knowledge_terms"

    term: Mapped[str] = mapped_column(primary_key=True)
    entries: Mapped[int]


class KnowledgeSpelling(OfTenant, Base):
    """What a mistyped word shares with a taught one: the word without one letter, or its consonants, as a number."""

    __tablename__ = "knowledge_spellings"

    piece: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)


class KnowledgeVector(OfTenant, Base):
    """The embedding of a text, of length 1, by the model last used.

    `signs` has a bit for each number, 0 for negative ones: few bits differ where the vectors are near, so that a short
    list is found without reading the vectors.
    """

    __tablename__ = "knowledge_vectors"
    __table_args__ = (
        belongs_to("knowledge_texts", "text_id", "CASCADE"),
        PrimaryKeyConstraint("tenant_id", "text_id", postgresql_include=["model", "chatbot_id", "signs"]),
    )

    text_id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[str]
    chatbot_id: Mapped[int | None]
    signs: Mapped[str] = mapped_column(BIT(varying=True))
    vector: Mapped[Sequence[float]] = mapped_column(Vector)


class KnowledgeGap(Numbered, Base):
    """A question that nothing answered, with how often it was asked; the same in other words counts with it."""

    __tablename__ = "knowledge_gaps"
    __table_args__ = (
        belongs_to("contacts", "contact_id"),
        belongs_to("conversations", "conversation_id", "SET NULL (conversation_id)"),
        belongs_to("knowledge_sources", "source_id", "SET NULL (source_id)"),
        UniqueConstraint("tenant_id", "key"),
        UniqueConstraint("tenant_id", "number"),
        CheckConstraint("status in ('open', 'taught', 'dismissed')", name="status"),
        Index("ix_knowledge_gaps_open", "tenant_id", "times", postgresql_where=text("status = 'open'")),
    )

    number: Mapped[int]
    key: Mapped[str]
    question: Mapped[str]
    times: Mapped[int]
    status: Mapped[str] = mapped_column(server_default=text("'open'"))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    contact_id: Mapped[int | None]
    conversation_id: Mapped[int | None]
    source_id: Mapped[int | None]


class BotAnswer(Numbered, Base):
    """One answer of a bot: what was asked, what it said and why, and what that took. Kept as long as messages are.

    `confidence` is the estimated probability, 0 to 1, that the answer is right; `sources` lists what it rests on;
    `duration_ms` is the time from looking it up to the words; `credits` are AI credits.
    """

    __tablename__ = "answers"
    __table_args__ = (
        belongs_to("chatbots", "chatbot_id", "SET NULL (chatbot_id)"),
        belongs_to("conversations", "conversation_id", "CASCADE"),
        belongs_to("contacts", "contact_id"),
        CheckConstraint(f"outcome in {ANSWER_OUTCOMES}", name="outcome"),
        Index(None, "tenant_id", "conversation_id", "id"),
        Index(None, "tenant_id", "at"),
    )

    at: Mapped[datetime]
    chatbot_id: Mapped[int | None]
    conversation_id: Mapped[int | None]
    contact_id: Mapped[int | None]
    message_id: Mapped[int]
    question: Mapped[str]
    answer: Mapped[str | None]
    outcome: Mapped[str]
    confidence: Mapped[float | None] = mapped_column(REAL)
    sources: Mapped[list[Json]] = mapped_column(JSONB, server_default=text("'[]'"))
    model: Mapped[str | None]
    prompt_tokens: Mapped[int] = mapped_column(server_default=text("0"))
    completion_tokens: Mapped[int] = mapped_column(server_default=text("0"))
    credits: Mapped[Decimal] = mapped_column(Numeric(14, 3), server_default=text("0"))
    duration_ms: Mapped[int]
