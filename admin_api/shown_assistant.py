"""What goes in and out about bots, what they know, and the requests that wait for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from admin_api.lists import Listing
from admin_api.shapes import Body, Line, RowId, Shape
from services.assistant import bot_values
from services.db.models import Chatbot, Instruction

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Who = Literal["everyone", "customers", "borrowers", "new"]


def _printable(text: str) -> str:
    """Text of several lines, without the sign that the database can't keep."""
    return text.replace("\x00", "")


Lines = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_printable)]
_WARM = {"minimum": 0, "maximum": 2}
Number = Annotated[int, Field(ge=1, le=2**31 - 1, json_schema_extra={"example": 3})]
Clock = Annotated[str, Field(pattern=r"^([01]?\d|2[0-4]):[0-5]\d$", json_schema_extra={"example": "08:00"})]


class Span(Shape):
    """Hours of some days; a `to` that isn't later than `from` is on the next day. `24:00` is a day's end."""

    days: Annotated[list[Day], Field(min_length=1, max_length=7)]
    from_: Annotated[Clock, Field(alias="from")]
    to: Annotated[Clock, Field(json_schema_extra={"example": "17:00"})]


class BotShown(Shape):
    """A bot. Null is what is usual: any language, the installation's model, always, every number."""

    id: int
    number: Annotated[int, Field(description="What the chat's commands count.")]
    name: Annotated[str, Field(json_schema_extra={"example": "Siti"})]
    active: bool
    persona: Annotated[str | None, Field(json_schema_extra={"example": "A friendly shop assistant, short answers"})]
    language: str | None
    model: str | None
    temperature: float | None
    hours: list[Span] | None
    greeting: Annotated[str | None, Field(json_schema_extra={"example": "Hello! What can I do for you?"})]
    fallback: Annotated[str | None, Field(json_schema_extra={"example": "A colleague will answer."})]
    session: Annotated[str | None, Field(description="The number on which it answers.")]
    start_words: Annotated[list[str], Field(json_schema_extra={"example": ["order", "price list"]})]
    for_: Annotated[Who, Field(alias="for", description="For whom it is.")]
    person_words: Annotated[list[str], Field(json_schema_extra={"example": ["refund"]})]
    created_at: datetime

    @classmethod
    def of(cls, bot: Chatbot, session: str | None) -> BotShown:
        """A bot with the name of its number."""
        return cls.model_validate(
            {
                "id": bot.id, "number": bot.number, "name": bot.name, "active": bot.active, "persona": bot.persona,
                "language": bot.language, "model": bot.model, "hours": bot_values.spans(bot.hours),
                "temperature": None if bot.temperature is None else float(bot.temperature), "greeting": bot.greeting,
                "fallback": bot.fallback, "session": session, "start_words": bot.starts.get("words", []),
                "for": bot.starts.get("who", "everyone"), "person_words": bot.person_words,
                "created_at": bot.created_at,
            }
        )  # fmt: skip


class BotsWanted(Listing):
    """Which bots; by number unless `sort` says name, number, active or createdAt."""

    active: Annotated[bool | None, Field(description="Only those that are on, or off.")] = None
    q: Annotated[Line | None, Field(description="Part of a name.", json_schema_extra={"example": "siti"})] = None


def _hours(value: object) -> object:
    return None if value == [] else value


class BotSettings(Body):
    """What can be set of a bot; what is left out stays, null is what is usual."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"hours": "mon-fri 8-17, sat 9-13", "greeting": "Hello! What can I do for you?", "active": True}
        }
    )

    name: Annotated[Line | None, Field(json_schema_extra={"example": "Siti"})] = None
    active: Annotated[bool | None, Field(strict=True)] = None
    persona: Lines | None = None
    language: Annotated[Line | None, Field(description="`id`, `en`; null for whatever the customer writes.")] = None
    model: Line | None = None
    temperature: Annotated[
        float | None,
        Field(allow_inf_nan=False, description="From 0 (always the same words) to 2.", json_schema_extra=_WARM),
    ] = None
    hours: Annotated[
        Annotated[list[Span], Field(max_length=50)] | Line | None,
        BeforeValidator(_hours),
        Field(description="Spans, or as people write them: `mon-fri 8-17, sat 9-13`; null or `always` for always."),
    ] = None
    greeting: Lines | None = None
    fallback: Lines | None = None
    session: Annotated[Line | None, Field(description="The number on which it answers; null for every one.")] = None
    start_words: Annotated[list[Line] | None, Field(max_length=100)] = None
    for_: Annotated[Who | None, Field(alias="for")] = None
    person_words: Annotated[list[Line] | None, Field(max_length=100)] = None

    def given(self) -> dict[str, object]:
        """What is to change, in the words of `bot_values`; a switch or a name that is null stays as it is."""
        found: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if isinstance(found.get("hours"), list):
            found["hours"] = [each.model_dump(by_alias=True) for each in found["hours"]]
        if "for_" in found:
            found["who"] = found.pop("for_")
        return {name: value for name, value in found.items() if value is not None or name not in ("name", "active")}


class NewBot(BotSettings):
    """A bot to be made; it is on, for everyone, always and on every number unless said otherwise."""

    model_config = ConfigDict(
        openapi_extra={"example": {"name": "Siti", "language": "id", "for": "customers"}}  # type: ignore[typeddict-unknown-key]
    )

    name: Annotated[Line, Field(json_schema_extra={"example": "Siti"})]


class BotPath(Shape):
    """A bot."""

    id: RowId


class InstructionPath(BotPath):
    """Something that a bot has to heed."""

    instruction_id: RowId


class InstructionsWanted(Listing):
    """Which page; by number unless `sort` says number, from, until or createdAt."""


class InstructionShown(Shape):
    """Something that a bot, or every one, has to heed on some days or always."""

    id: int
    number: int
    text: Annotated[str, Field(json_schema_extra={"example": "We close at 3 today."})]
    for_all: Annotated[bool, Field(description="Whether every bot has to heed it.")]
    from_: Annotated[date | None, Field(alias="from")]
    until: date | None
    created_at: datetime

    @classmethod
    def of(cls, row: Instruction) -> InstructionShown:
        """An instruction."""
        return cls(
            id=row.id, number=row.number, text=row.body, for_all=row.chatbot_id is None, from_=row.starts_on,
            until=row.ends_on, created_at=row.created_at,
        )  # fmt: skip

    @classmethod
    def all_of(cls, rows: Sequence[Instruction]) -> list[InstructionShown]:
        """Several."""
        return [cls.of(row) for row in rows]


class NewInstruction(Body):
    """Something that a bot has to heed, from the first day to the last, both its own."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"text": "We close at 3 today.", "from": "2030-02-13", "until": "2030-02-13"}
        }
    )

    text: Lines
    for_all: Annotated[bool, Field(strict=True, description="Whether every bot has to heed it.")] = False
    from_: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None
