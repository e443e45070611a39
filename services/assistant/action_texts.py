"""How requests are put into words for the people of the business, in lists, notices and reminders.

Called by the handlers and by the round that reminds. What the person who asked hears isn't here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from services.assistant.vision import slip_of
from services.db.models import Action, Contact
from services.i18n import Joined, Renderable, Shown, Text, _, _n
from services.messaging import contacts
from services.money import Money

SHOWN_WORDS = 80

_LINES: Mapping[str, Text] = {
    "proof": _("{number}. {name} says that they paid {amount} ({day})"),
    "question": _("{number}. {name} asks ({day})"),
    "postponement": _("{number}. {name} asks for more time to pay ({day})"),
    "discount": _("{number}. {name} asks for a discount ({day})"),
    "refund": _("{number}. {name} asks for a refund ({day})"),
    "handover": _("{number}. {name} asks for a person ({day})"),
    "complaint": _("{number}. {name} complains ({day})"),
    "unknown": _("{number}. I couldn't answer {name} ({day})"),
    "rule": _("{number}. {name} used words that you want to see ({day})"),
}
PRIORITY_WORDS: Mapping[str, Text] = {
    "low": _("low priority"), "medium": _("medium priority"), "high": _("high priority"), "urgent": _("urgent"),
}  # fmt: skip


def line(action: Action, person: Contact, timezone: str, now: datetime) -> Renderable:
    """A request in a list: its number, what it is about, who asks, since when, and how urgent it is."""
    params = {
        "number": str(action.number), "name": contacts.called(person), "amount": amount_of(action),
        "day": action.created_at.astimezone(ZoneInfo(timezone)),
    }  # fmt: skip
    marks: list[Renderable] = [PRIORITY_WORDS[action.priority]] if action.priority in ("high", "urgent") else []
    if action.due_at is not None and action.due_at <= now:
        marks.append(_("⏰ overdue"))
    marks.extend(doubts(action.data))
    about = _(_LINES[action.kind].message, **params)
    return Joined((Joined((about, words(action)), ": "), *marks), " · ")


def words(action: Action) -> Renderable | None:
    """What was said, in quotation marks and shortened; None where nothing was."""
    said = " ".join(action.said.split())
    shown = said if len(said) <= SHOWN_WORDS else f"{said[: SHOWN_WORDS - 1].rstrip()}…"
    return _("“{words}”", words=shown) if said else None


def count(found: int, overdue: int) -> Renderable | None:
    """How many requests wait, for a summary; None where none does."""
    late = _n("{n} of them overdue", "{n} of them overdue", overdue) if overdue else None
    waiting = _n(
        "{n} request waits for your answer (*actions*)", "{n} requests wait for your answer (*actions*)", found
    )
    return Joined((waiting, late), ", ") if found else None


def amount_of(action: Action) -> Money | None:
    """The amount that a proof is about."""
    return _money(action.data.get("amount"))


def _money(kept: object) -> Money | None:
    return Money(Decimal(kept["money"]), kept["currency"]) if isinstance(kept, dict) else None


def picture_line(data: Mapping[str, Any]) -> Renderable | None:
    """What a model read on the picture of a payment; None where it read nothing of use."""
    slip = slip_of(data.get("picture"))
    if slip is None:
        return None
    paid = _("{amount} on {day}", amount=slip.amount, day=slip.on) if slip.amount and slip.on else None
    parts: list[Renderable | str | None] = [
        paid or (Shown(slip.amount) if slip.amount else Shown(slip.on) if slip.on else None),
        slip.bank,
        _("from {sender}", sender=slip.sender) if slip.sender else None,
        _("to {recipient}", recipient=slip.recipient) if slip.recipient else None,
        _("reference {reference}", reference=slip.reference) if slip.reference else None,
    ]
    shown = Joined(tuple(part for part in parts if part is not None), ", ")
    if not shown.parts:
        return None
    if slip.sure:
        return _("On the picture: {facts}. Read by a model, please check.", facts=shown)
    return _("On the picture, hard to read: {facts}. Please check it yourself.", facts=shown)


def doubts(data: Mapping[str, Any]) -> tuple[Renderable, ...]:
    """What makes the picture of a payment doubtful, each as a line of its own."""
    slip = slip_of(data.get("picture"))
    if slip is None:
        return ()
    said, same = _money(data.get("amount")) if data.get("said") else None, data.get("same_as")
    differs = said is not None and slip.amount is not None and said != slip.amount
    found = (
        None if slip.is_payment else _("⚠️ The picture doesn't look like a payment"),
        _("⚠️ Written: {said}, on the picture: {read}", said=said, read=slip.amount) if differs else None,
        _("⚠️ The same reference as request {number}", number=str(same)) if same else None,
        _("⚠️ That is far from what is open") if data.get("unlikely") else None,
    )
    return tuple(doubt for doubt in found if doubt is not None)


def day_of(action: Action) -> date | None:
    """The day until which somebody asks for more time to pay."""
    day = action.data.get("until")
    return date.fromisoformat(day["date"]) if isinstance(day, dict) else None
