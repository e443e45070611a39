"""What goes in and out about requests that wait for people."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from admin_api.lists import Listing
from admin_api.shapes import Body, RowId, Shape
from admin_api.shown_assistant import Lines, Number
from admin_api.shown_lending import Amount, written
from services.assistant import action_texts
from services.assistant.action_cases import Decision
from services.assistant.action_lists import Listed
from services.assistant.actions import times_again
from services.messaging.contacts import called

ActionKind = Literal[
    "proof", "question", "postponement", "discount", "refund", "handover", "complaint", "unknown", "rule"
]  # fmt: skip
ActionStatus = Literal["open", "approved", "rejected", "answered", "withdrawn", "expired"]
Priority = Literal["low", "medium", "high", "urgent"]
_FIGURE = r"^\d{1,15}(\.\d{1,4})?$"


class ActionShown(Shape):
    """A request. `amount` is what a proof is about, `until` the day that a postponement asks for."""

    number: Annotated[int, Field(json_schema_extra={"example": 3})]
    kind: ActionKind
    status: ActionStatus
    priority: Annotated[Priority, Field(json_schema_extra={"example": "medium"})]
    contact_id: int
    contact: Annotated[str, Field(json_schema_extra={"example": "Budi"})]
    said: Annotated[str, Field(json_schema_extra={"example": "I have paid 500.000"})]
    times: Annotated[int, Field(description="How often it was asked for.")]
    amount: Amount | None
    currency: str | None
    until: Annotated[date | None, Field(json_schema_extra={"examples": [None]})]
    bot: int | None
    created_at: datetime
    due_at: datetime | None
    overdue: Annotated[bool, Field(json_schema_extra={"example": False})]
    answer: Annotated[str | None, Field(json_schema_extra={"examples": [None]})]
    answered_at: Annotated[datetime | None, Field(json_schema_extra={"examples": [None]})]
    decided_by: Annotated[str | None, Field(json_schema_extra={"examples": [None]})]

    @classmethod
    def of(cls, listed: Listed, now: datetime) -> ActionShown:
        """A request of a list."""
        action, amount = listed.action, action_texts.amount_of(listed.action)
        return cls.model_validate(
            {
                "number": action.number, "kind": action.kind, "status": action.status, "priority": action.priority,
                "contact_id": action.contact_id, "contact": called(listed.person), "said": action.said,
                "times": times_again(action) + 1, "amount": amount and written(amount.amount, amount.currency),
                "currency": amount and amount.currency, "until": action_texts.day_of(action),
                "bot": action.chatbot_id, "created_at": action.created_at, "due_at": action.due_at,
                "overdue": action.status == "open" and action.due_at is not None and action.due_at <= now,
                "answer": action.answer, "answered_at": action.answered_at, "decided_by": listed.decided_by,
            }
        )  # fmt: skip


class DecidedShown(Shape):
    """A request that was decided, and whether the person who asked was told."""

    action: ActionShown
    told: bool


class ActionsWanted(Listing):
    """Which requests; the most urgent first, then the oldest, unless `sort` says otherwise."""

    status: ActionStatus | None = None
    kind: ActionKind | None = None
    priority: Priority | None = None
    contact: Annotated[RowId | None, Field(description="Only those of this contact.")] = None


class ActionPath(Shape):
    """A request, by its number."""

    number: Number


class Verdict(Body):
    """What becomes of a request.

    `approve`: a proof's payment is booked (of its `amount`, or of another); a discount or a refund is granted (of an
    `amount`, a `percent`, or as it was asked for); more time is given (`until` a day, or that which was asked for); a
    chat is taken over. `reject`: nothing of it; a proof's `text` tells why. `answer`: `text` is sent. `done`: it is
    settled, and a chat is the bot's again.
    """

    model_config = ConfigDict(openapi_extra={"example": {"decision": "approve"}})  # type: ignore[typeddict-unknown-key]

    decision: Literal["approve", "reject", "answer", "done"]
    text: Annotated[Lines | None, Field(max_length=500)] = None
    amount: Annotated[str | None, Field(pattern=_FIGURE, json_schema_extra={"example": "500000"})] = None
    percent: Annotated[str | None, Field(pattern=_FIGURE, json_schema_extra={"example": "10"})] = None
    until: date | None = None

    def read(self) -> Decision:
        """The same, as the rules take it."""
        return Decision(self.decision, self.text, _figure(self.amount), _figure(self.percent), self.until)


def _figure(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
