"""What comes in and goes out where messages are sent: by programs of today, and by routers as they always have."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field

from admin_api.lists import Listing
from admin_api.shapes import Answer, Body, Digits, Line, MessageWanted, RowId, Shape
from services.db.models import OutboxMessage
from services.messaging import outbox, sent

MOST_NUMBERS = 20
_ADDRESS = {"json_schema_extra": {"example": "https://example.com/prices.pdf"}}


def _written(value: object) -> object:
    if value is not None and not isinstance(value, (str, datetime)):
        raise ValueError("a moment is written as text")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
Words = Annotated[str, Field(max_length=65_536, json_schema_extra={"example": "Hello!"})]
LATER = Field(description="When to send it, with its zone, up to 90 days ahead.")
DRY = Field(description="Only check whether it could be sent: nothing is written, a file's address isn't opened.")
WAITS = Field(description="Whether it may wait until the session is connected.")


class MediaWanted(Shape):
    """A file to go along: at a public address, or uploaded before."""

    url: Annotated[str | None, Field(max_length=2000, description="Where it is fetched from.", **_ADDRESS)] = None
    upload: Annotated[
        Line | None, Field(description="The id of an upload.", json_schema_extra={"example": "upl_5f0c7a51c9e64d0c"})
    ] = None
    caption: Annotated[str | None, Field(max_length=1024)] = None
    name: Annotated[Line | None, Field(description="What the reader sees it called.")] = None


class GatewayMessage(MessageWanted):
    """A message to be sent, with a file if one is named."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"companyId": "dani-lending", "phone": "79001234567", "message": "Hello!"}
        }
    )

    message: Annotated[str | None, Field(min_length=1, max_length=65_536)] = None  # type: ignore[assignment]
    media: MediaWanted | None = None
    send_at: Annotated[Moment | None, LATER] = None
    dry_run: Annotated[bool, Field(strict=True), DRY] = False


class NewMessage(Body):
    """A message to a number (`to`) or a group."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"to": "6281234567890", "text": "Hello!", "sendAt": "2025-02-14T09:00:00+07:00"}
        }
    )

    to: Annotated[Digits | None, Field(description="A number in any spelling.")] = None
    group: Annotated[
        Line | None, Field(description="A group's id (digits, or …@g.us), or its name once groups are synchronised.")
    ] = None
    text: Words | None = None
    media: MediaWanted | None = None
    session: Annotated[Line | None, Field(description="The session by which it goes; the usual one if left out.")] = (
        None
    )
    send_at: Annotated[Moment | None, LATER] = None
    dry_run: Annotated[bool, Field(strict=True), DRY] = False
    queue: Annotated[bool, Field(strict=True), WAITS] = False


class TakenShown(Shape):
    """A message that was taken, under its number; with `dryRun` there is none, and `status` is `checked`."""

    message_id: int | None
    status: Annotated[str, Field(json_schema_extra={"example": "queued"})]
    session: str
    send_at: datetime | None = None
    parts: int = 1


class MessagesWanted(Listing):
    """Which messages that went out, or are to go out."""

    status: (
        Literal["scheduled", "queued", "sending", "sent", "delivered", "read", "failed", "unknown", "cancelled"] | None
    ) = None
    to: Annotated[Digits | None, Field(description="A number in any spelling, or a group's id.")] = None
    source: Annotated[
        Literal["api", "reply", "system"] | None,
        Field(description="`api`: programs asked for it; `reply`: an answer; `system`: notices and reminders."),
    ] = None
    since: Annotated[Moment | None, Field(description="Asked for at this moment or later.")] = None
    until: Annotated[Moment | None, Field(description="Asked for before this moment.")] = None


class SentShown(Shape):
    """A message that went out or is to go out. `to` is a number, or else `group` a group's id."""

    id: int
    status: Annotated[str, Field(json_schema_extra={"example": "queued"})]
    to: str | None
    group: str | None
    text: str
    kind: str
    file_name: str | None
    session: str
    source: Literal["api", "reply", "system"]
    created_at: datetime
    send_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    attempts: int
    provider_id: str | None
    error: str | None

    @classmethod
    def of(cls, message: OutboxMessage, session: str, now: datetime) -> SentShown:
        """A message of the outbox with the name of its session."""
        kind, _colon, value = message.chat.partition(":")
        scheduled = sent.is_scheduled(message, now)
        return cls(
            id=message.id, status="scheduled" if scheduled else message.status, session=session,
            text=outbox.shown(message),
            to=None if kind == "group" else value, group=value if kind == "group" else None, kind=message.kind,
            file_name=message.file_name, source=sent.source_of(message),
            created_at=message.created_at, send_at=message.not_before, sent_at=message.sent_at,
            delivered_at=message.delivered_at, read_at=message.read_at, attempts=message.attempts,
            provider_id=message.provider_id, error=message.error,
        )  # fmt: skip


class SentPath(Shape):
    """A message."""

    id: RowId


_KEY = Field(
    alias="api_key", max_length=200, description="A key; better in the body or in X-API-Key than in an address."
)  # fmt: skip
_SENDER = Field(description="The number that sends, one of the business's own; the usual one if left out.")
_NUMBERS = Field(
    min_length=1, max_length=600, description=f"Up to {MOST_NUMBERS} numbers in any spelling, separated by commas.",
    json_schema_extra={"example": "081234567890"},
)  # fmt: skip


def _digits(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class RouterQuery(Shape):
    """A message as network routers ask for it."""

    api_key: Annotated[str | None, _KEY] = None
    sender: Annotated[Digits | None, _SENDER] = None
    number: Annotated[str, BeforeValidator(_digits), _NUMBERS]
    message: Annotated[str, Field(min_length=1, max_length=65_536, json_schema_extra={"example": "Hello!"})]


class RouterBody(Body, RouterQuery):
    """The same in a body, as JSON or as a form."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"sender": "6281100000001", "number": "081234567890", "message": "Hello!"}
        }
    )


class GroupQuery(Shape):
    """A message to a group, as network routers ask for it; `number` means the same as `group`."""

    api_key: Annotated[str | None, _KEY] = None
    sender: Annotated[Digits | None, _SENDER] = None
    group: Annotated[
        Digits | None, Field(description="A group's id (digits, or …@g.us), or its name once groups are synchronised.")
    ] = None
    number: Digits | None = None
    message: Annotated[str, Field(min_length=1, max_length=65_536, json_schema_extra={"example": "Hello!"})]


class GroupBody(Body, GroupQuery):
    """The same in a body, as JSON or as a form."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"sender": "6281100000001", "group": "120363041234567890", "message": "Hello!"}
        }
    )


class RouterAnswer(Answer[list[TakenShown]]):
    """Messages that were taken, with `status` and `message` beside them for scripts that look at nothing else."""

    status: Literal[True] = True
    message: str
