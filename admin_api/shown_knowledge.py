"""What goes in and out about what bots know."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from admin_api.lists import Listing
from admin_api.shapes import Body, Line, RowId, Shape
from admin_api.shown_assistant import Lines, Number
from services.assistant.knowledge_lists import Listed, Was
from services.assistant.retrieval import Found
from services.db.models import KnowledgeGap

Kind = Literal["qa", "pdf", "docx", "text", "table", "web", "image"]
KnowledgeStatus = Literal["waiting", "learning", "ready", "failed"]
_QUESTIONS = {"example": ["When do you open?", "opening hours"]}
_ANSWER = {"example": "We open at 8."}
BotId = Annotated[RowId | None, Field(description="The id of the bot that alone knows it; null for every bot.")]


class KnowledgeShown(Shape):
    """Something that was taught: a question with its answer (`qa`), a document or a page.

    `bot` is null for every bot; `pages` are those of a document, `error` says why it couldn't be read.
    """

    number: Annotated[int, Field(json_schema_extra={"example": 3})]
    kind: Kind
    title: Annotated[str, Field(json_schema_extra={"example": "When do you open?"})]
    status: Annotated[KnowledgeStatus, Field(json_schema_extra={"example": "ready"})]
    bot: int | None
    questions: Annotated[list[str], Field(json_schema_extra=_QUESTIONS)]
    answer: Annotated[str | None, Field(json_schema_extra=_ANSWER)]
    url: Annotated[str | None, Field(json_schema_extra={"examples": [None]})]
    file_name: Annotated[str | None, Field(json_schema_extra={"examples": [None]})]
    version: int
    pages: Annotated[int | None, Field(json_schema_extra={"examples": [None]})]
    entries: Annotated[int, Field(description="How many things can be found in it.")]
    error: str | None
    created_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, listed: Listed) -> KnowledgeShown:
        """What was taught, as lists have it."""
        source, answered = listed.source, listed.answered
        return cls.model_validate(
            {
                "number": source.number, "kind": source.kind, "title": source.title, "status": source.status,
                "bot": source.chatbot_id, "questions": list(answered.questions) if answered else [],
                "answer": answered.answer if answered else None, "url": source.address,
                "file_name": source.file_name, "version": source.version, "pages": source.pages,
                "entries": source.entries, "error": source.error, "created_at": source.created_at,
                "changed_at": source.changed_at,
            }
        )  # fmt: skip


class VersionShown(Shape):
    """What something was at one time."""

    version: int
    at: datetime
    by: str
    questions: Annotated[list[str], Field(json_schema_extra=_QUESTIONS)]
    answer: Annotated[str | None, Field(json_schema_extra=_ANSWER)]
    pages: Annotated[int | None, Field(json_schema_extra={"examples": [None]})]
    entries: int

    @classmethod
    def of(cls, was: Was) -> VersionShown:
        """A version."""
        questions = list(was.answered.questions) if was.answered else []
        return cls(
            version=was.version, at=was.at, by=was.by, pages=was.pages, entries=was.entries, questions=questions,
            answer=was.answered.answer if was.answered else None,
        )  # fmt: skip


class VersionsShown(Shape):
    """The latest versions, the newest first."""

    versions: list[VersionShown]


class FoundOne(Shape):
    """Something that may answer; `confidence` is the estimated probability, 0 to 1, that it is the right answer."""

    number: int
    kind: Kind
    title: Annotated[str, Field(json_schema_extra={"example": "When do you open?"})]
    question: str | None
    answer: Annotated[str, Field(json_schema_extra=_ANSWER)]
    heading: Annotated[str | None, Field(json_schema_extra={"examples": [None]})]
    page: Annotated[int | None, Field(json_schema_extra={"examples": [None]})]
    confidence: float

    @classmethod
    def of(cls, found: Found) -> FoundOne:
        """What the search found."""
        return cls.model_validate(
            {
                "number": found.source_number, "kind": found.kind, "title": found.title, "question": found.question,
                "answer": found.answer, "heading": found.heading, "page": found.page, "confidence": found.confidence,
            }
        )  # fmt: skip


class FindingsShown(Shape):
    """What a bot would do without a model: answer with `text`, offer to choose, or say that it doesn't know."""

    outcome: Literal["answer", "offer", "unknown"]
    text: Annotated[str | None, Field(json_schema_extra=_ANSWER)]
    confidence: float
    found: list[FoundOne]


class GapShown(Shape):
    """A question that nothing answered, and how often it was asked."""

    number: int
    question: str
    times: Annotated[int, Field(json_schema_extra={"example": 4})]
    status: Literal["open", "taught", "dismissed"]
    first_at: datetime
    last_at: datetime
    contact_id: int | None

    @classmethod
    def of(cls, gap: KnowledgeGap) -> GapShown:
        """A gap."""
        return cls.model_validate(gap)


class KnowledgeWanted(Listing):
    """Which of what was taught; the latest change first unless `sort` says otherwise."""

    q: Annotated[Line | None, Field(description="Part of a title.", json_schema_extra={"example": "open"})] = None
    bot: Annotated[RowId | None, Field(description="What this bot knows: its own, and everybody's.")] = None
    kind: Kind | None = None
    status: KnowledgeStatus | None = None


class FindWanted(Shape):
    """What to look for, as a customer would ask."""

    q: Annotated[Line, Field(description="A question.", json_schema_extra={"example": "opening hours"})]
    bot: Annotated[RowId | None, Field(description="The bot that is asked; any if left out.")] = None
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class GapsWanted(Listing):
    """Which questions; those asked most often first unless `sort` says otherwise."""

    status: Literal["open", "taught", "dismissed"] = "open"


class KnowledgePath(Shape):
    """Something that was taught, by its number."""

    number: Number


class NewKnowledge(Body):
    """A question in one or several wordings, with its answer."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"questions": ["When do you open?", "opening hours"], "answer": "We open at 8."}
        }
    )

    questions: Annotated[list[Lines], Field(min_length=1, max_length=50)]
    answer: Lines
    bot: BotId = None
    replace: Annotated[bool, Field(strict=True, description="Whether it takes the place of another answer.")] = False


class KnowledgeChange(Body):
    """Other wordings, or another answer; what is left out stays."""

    model_config = ConfigDict(openapi_extra={"example": {"answer": "We open at 9."}})  # type: ignore[typeddict-unknown-key]

    questions: Annotated[list[Lines] | None, Field(min_length=1, max_length=50)] = None
    answer: Lines | None = None


class NewPage(Body):
    """A page of the web that bots are to learn."""

    model_config = ConfigDict(openapi_extra={"example": {"url": "https://example.com/prices"}})  # type: ignore[typeddict-unknown-key]

    url: Annotated[str, Field(min_length=1, max_length=2000, description="Its address, `https://` if left out.")]
    title: Line | None = None
    bot: BotId = None


class PageShown(Shape):
    """What became of the wish: a new page, one read again, or one that is being read just now."""

    how: Literal["new", "again", "reading"]
    knowledge: KnowledgeShown


class GapAnswer(Body):
    """The answer to a question that nothing answered."""

    model_config = ConfigDict(openapi_extra={"example": {"answer": "We open at 8."}})  # type: ignore[typeddict-unknown-key]

    answer: Lines
