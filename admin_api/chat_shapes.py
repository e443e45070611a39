"""What comes in and goes out about chats: groups, and conversations with their messages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from admin_api.contact_shapes import called
from admin_api.lists import Listing
from admin_api.shapes import Body, Line, RowId, Shape
from services.messaging import conversations, groups


class GroupsWanted(Listing):
    """Which groups. `sort` by `name`, `members`, `syncedAt`."""

    session: Annotated[Line | None, Field(description="Only the groups of this number.")] = None
    q: Annotated[Line | None, Field(description="Part of the name.")] = None


class GroupPath(Shape):
    """A group."""

    id: RowId


class GroupChange(Body):
    """Whether the bot answers in a group."""

    model_config = ConfigDict(openapi_extra={"example": {"answers": True}})  # type: ignore[typeddict-unknown-key]

    answers: Annotated[bool, Field(strict=True)]


class GroupShown(Shape):
    """A WhatsApp group in which a number is; `answers`: the bot answers there who mentions it."""

    id: int
    chat: Annotated[str, Field(json_schema_extra={"example": "120363000000000001@g.us"})]
    name: str
    members: int
    is_admin: bool
    session: str
    answers: bool
    synced_at: datetime

    @classmethod
    def of(cls, listed: groups.Listed) -> GroupShown:
        """A group with the name of the number that is in it."""
        group = listed.group
        return cls(
            id=group.id, chat=f"{group.chat.partition(':')[2]}@g.us", name=group.name, members=group.members,
            is_admin=group.is_admin, session=listed.session, answers=listed.answers, synced_at=group.synced_at,
        )  # fmt: skip


class ConversationsWanted(Listing):
    """Which conversations. `sort` by `lastMessageAt`, `id`."""

    state: Annotated[Literal["open", "closed"] | None, Field(description="Only the open ones, or the closed.")] = None
    session: Annotated[Line | None, Field(description="Only those of this number.")] = None
    contact_id: Annotated[RowId | None, Field(description="Only those with this contact.")] = None


class ConversationPath(Shape):
    """A conversation."""

    id: RowId


class MessagesOfConversation(Shape):
    """Which page of the messages, the newest first."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=100, alias="per_page")] = 20


class SaidShown(Shape):
    """A message. `author`: the `contact`, the `bot` (this program) or a `person` who typed it on the phone."""

    id: int
    direction: Literal["in", "out"]
    author: Literal["contact", "bot", "person"]
    kind: Annotated[str, Field(json_schema_extra={"example": "text"})]
    text: str
    at: datetime
    status: Annotated[str | None, Field(json_schema_extra={"example": None})]


class WithWhom(Shape):
    """The contact of a conversation."""

    id: int
    name: str | None
    push_name: str | None


class ConversationShown(Shape):
    """A conversation with one person; `phone` is theirs, unless WhatsApp hides it.

    Until `takeoverUntil` a person answers there and not the bot.
    """

    id: int
    contact: WithWhom
    phone: Annotated[str | None, Field(json_schema_extra={"example": "6281234567890"})]
    session: str
    state: Literal["open", "closed"]
    closed_at: datetime | None
    takeover_until: datetime | None
    last_message_at: datetime | None
    last_in: SaidShown | None
    last_out: SaidShown | None

    @classmethod
    def of(cls, listed: conversations.Listed) -> ConversationShown:
        """A conversation with the last message each way."""
        chat, contact = listed.conversation, listed.contact
        return cls(
            id=chat.id, contact=WithWhom(id=contact.id, name=contact.name, push_name=called(contact)),
            phone=_number(chat.chat), session=listed.session,
            state="open" if chat.closed_at is None else "closed", closed_at=chat.closed_at,
            takeover_until=chat.takeover_until, last_message_at=chat.last_in_at,
            last_in=said(listed.last_in), last_out=said(listed.last_out),
        )  # fmt: skip


def _number(chat: str) -> str | None:
    kind, _colon, value = chat.partition(":")
    return value if kind == "phone" else None


def said(message: conversations.Said | None) -> SaidShown | None:
    """A message as JSON."""
    return None if message is None else SaidShown.model_validate(message)
