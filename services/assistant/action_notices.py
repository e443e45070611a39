"""What the person who asked for something hears of its decision, and how they are reached.

Called wherever a request is decided: by chat and by the API.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from services.assistant.words import language
from services.db.engine import Tx
from services.db.models import Action
from services.i18n import Percent, Renderable, Text, Weekday, _, lines
from services.messaging import contacts
from services.messaging.addresses import Address
from services.messaging.contacts import Reach
from services.money import Money

# What can be granted in so many words, without saying more.
_GRANTED: Mapping[str, Text] = {
    "discount": _("{business}: approved: “{words}”"),
    "refund": _("{business}: your refund is approved: “{words}”"),
}
_OFFERED: Mapping[str, Text] = {
    "discount": _("{business} offers you a discount of {offer}."),
    "refund": _("{business} refunds you {offer}."),
}
_NO: Mapping[str, Text] = {
    "discount": _("{business}: sorry, we can't give a discount this time."),
    "refund": _("{business}: sorry, we can't give a refund for this."),
    "postponement": _("{business}: sorry, we can't give you more time. What was agreed holds."),
    "complaint": _("{business} has read your message. Sorry, we can't do anything more about it."),
    "question": _("{business} has read your message, but can't answer it. Sorry about that."),
    "unknown": _("{business} has read your message, but can't answer it. Sorry about that."),
    "rule": _("{business} has read your message. Sorry, we can't do anything more about it."),
}
GRANTED = frozenset(_GRANTED)


def granted(business: str, action: Action) -> Renderable:
    """A discount or a refund is granted as it was asked for."""
    return _(_GRANTED[action.kind].message, business=business, words=action.said.strip() or "…")


def offered(business: str, action: Action, offer: Percent | Money) -> Renderable:
    """A discount or a refund of so much is granted."""
    return _(_OFFERED[action.kind].message, business=business, offer=offer)


def declined(business: str, action: Action) -> Renderable:
    """Nothing can be done."""
    return _(_NO[action.kind].message, business=business)


def answered(business: str, answer: str) -> Renderable:
    """An answer in words."""
    return _("{business}: {answer}", business=business, answer=answer)


def settled(business: str, action: Action) -> Renderable:
    """It was settled otherwise."""
    words = action.said.strip() or "…"
    return _("{business}: what you wrote about is settled: “{words}”", business=business, words=words)


def payment_not_found(business: str, reason: str | None) -> Renderable:
    """A proof shows no payment that arrived."""
    return lines(
        _("{business} couldn't find your payment yet.", business=business),
        _("Message: “{reason}”", reason=reason) if reason else _("Please write here if you think that's wrong."),
    )


def more_time(business: str, day: date) -> Renderable:
    """A postponement until a day."""
    return _("{business}: you have time until {day}. Until then you get no reminders.", business=business,
             day=Weekday(day))  # fmt: skip


def person_is_here(business: str) -> Renderable:
    """Who asked for a person has one."""
    return _("{business}: a person is with you now.", business=business)


def nobody_can(business: str) -> Renderable:
    """Who asked for a person gets none."""
    return _(
        "{business}: sorry, nobody can take over right now. The automatic assistant answers you here again.",
        business=business,
    )


def reach_of(tx: Tx, action: Action, blocked_numbers: Collection[str]) -> Reach | None:
    """How the person who asked is told, in the language in which they asked; None if they can't be or are blocked."""
    reach = contacts.reach(tx, [action.contact_id]).get(action.contact_id)
    if reach is None or reach.blocked or Address.parse(reach.chat).value in blocked_numbers:
        return None
    return replace(reach, locale=reach.locale or language(action.said))
