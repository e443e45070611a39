"""What an answer to a request does, by the request's kind: it is decided, and the person who asked is told.

Called with the request locked. Money is only booked for a proof; a discount or a refund is the owner's to give.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from handlers.grammar.codec import decode
from handlers.grammar.values import find_dates, lone_money
from handlers.owner import accounts, handovers, payments
from handlers.owner.answering import Answering
from handlers.owner.call import Call
from handlers.owner.checks import to_ask
from handlers.reply import Question, Reply
from services.assistant import action_notices, action_texts
from services.clock import local_date
from services.db.models import Message
from services.errors import DomainError
from services.i18n import Percent, Renderable, Weekday, _
from services.lending import promises
from services.money import Money

PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:%|persen|percent|per cent)[.! ]*")
_WHAT_TO_ANSWER = _("What shall I answer {name}? (*no* if nothing can be done)")
_UNTIL_WHEN = _("Until when may {name} pay? (for example tgl 25, or 2 weeks)")


def answered(given: Answering) -> Reply | Question:
    """Does what an answer says, as the request's kind has it."""
    special = {"proof": proof, "handover": handovers.handover, "postponement": postponement}.get(given.action.kind)
    return special(given) if special is not None else _words(given)


def _words(given: Answering) -> Reply | Question:
    """A discount, a refund, or whatever is answered in words."""
    kind, word = given.action.kind, given.word
    if word == "done":
        return _settled(given)
    if word == "no":
        given.decide("rejected")
        return given.told(_no_text(given), action_notices.declined(given.business, given.action))
    if word == "yes" and kind not in action_notices.GRANTED:
        what = _(_WHAT_TO_ANSWER.message, name=accounts.shown(given.person))
        return in_words(given) if given.call.arguments.get("asked") else _ask(what)
    if word == "yes":
        given.decide("approved")
        notice = action_notices.granted(given.business, given.action)
        return given.told(_("Request {number} is approved.", number=given.number), notice)
    offer = _offer(given) if kind in action_notices.GRANTED else None
    if offer is not None:
        given.decide("approved")
        notice = action_notices.offered(given.business, given.action, offer)
        return given.told(_("Request {number} is approved: {offer}.", number=given.number, offer=offer), notice)
    return in_words(given)


def _ask(text: Renderable) -> Question:
    """Asks for the answer; a *yes* to that is one."""
    return Question("answer", text, arguments={"asked": True})


def in_words(given: Answering) -> Reply:
    """Sends the answer as it was written."""
    given.decide("answered")
    notice = action_notices.answered(given.business, given.said)
    return given.told(_("Request {number} is answered.", number=given.number), notice, spoken=True)


def _no_text(given: Answering) -> Renderable:
    return _("Request {number} is declined.", number=given.number)


def _settled(given: Answering) -> Reply:
    """What was settled otherwise is closed."""
    given.decide("answered")
    notice = action_notices.settled(given.business, given.action)
    return given.told(_("Request {number} is settled.", number=given.number), notice)


def _offer(given: Answering) -> Percent | Money | None:
    """The percentage or the amount that an answer is; raises `DomainError` for one that can't be meant."""
    context = given.call.context
    share = PERCENT.fullmatch(given.said.strip().casefold())
    if share is not None:
        percent = Decimal(share[1].replace(",", "."))
        if 0 < percent <= 100:
            return Percent(percent / 100)
        raise DomainError("bad_share", _("A share is more than 0 % and at most 100 %, for example 10%."))
    amount = lone_money(given.said, context.reading)
    if amount is None:
        return None
    paid = given.call.book["paid"]
    if to_ask(context, paid, {"name": "x", "amount": amount}) is not None:
        raise DomainError(
            "bad_amount", _("Do you mean a share or an amount? For example: 10%, or {amount}", amount="50rb")
        )
    return amount


def proof(given: Answering) -> Reply | Question:
    """Books the payment that somebody proved, of the amount that was said or of another; anything else rejects it."""
    call, action, person = given.call, given.action, given.person
    context = call.context
    if given.word == "done":
        given.decide("answered")
        return Reply((_("Request {number}: nothing was booked.", number=given.number),))
    if given.word == "no":
        return _not_found(given, None)
    amount = lone_money(given.said, context.reading) if given.word != "yes" else decode(action.data)["amount"]
    if not isinstance(amount, Money):
        return _not_found(given, given.said)
    paid_call = Call(context, call.book, call.book["paid"], {"name": accounts.shown(person), "contact": person.id})
    problem = to_ask(context, paid_call.command, {**paid_call.arguments, "amount": amount, "meant": True})
    if problem is not None:
        raise DomainError("bad_amount", problem.text)
    given.decide("approved")
    on = local_date(_sent(given), context.tenant.timezone)
    booked = payments.pay(paid_call.given(amount=amount), person, "lent", amount, on, action=action.id)
    return replace(booked, understood=call.understood())


def _sent(given: Answering) -> datetime:
    """When the person wrote: that is the day of the payment."""
    tx, action = given.call.context.tx, given.action
    message = tx.get(Message, (tx.tenant, action.message_id))
    return message.sent_at if message is not None else action.created_at


def _not_found(given: Answering, reason: str | None) -> Reply:
    given.decide("rejected")
    notice = action_notices.payment_not_found(given.business, reason)
    return given.told(_("Request {number}: nothing was booked.", number=given.number), notice)


def postponement(given: Answering) -> Reply | Question:
    """Gives more time, until the day that was asked for or another: kept as a promise, for which reminders wait."""
    context, name = given.call.context, accounts.shown(given.person)
    if given.word in ("no", "done"):
        return _words(given)
    day = action_texts.day_of(given.action) if given.word == "yes" else _one_day(given)
    if day is None and given.word != "yes":
        return in_words(given)
    if day is None or day < context.today:
        return _ask(_(_UNTIL_WHEN.message, name=name))
    given.decide("approved", day.isoformat())
    promises.keep(context.tx, given.person.id, day, given.action.said, given.action.message_id, context.today)
    text = _("Request {number}: {name} has time until {day}; reminders wait until then.", number=given.number,
             name=name, day=Weekday(day))  # fmt: skip
    return given.told(text, action_notices.more_time(given.business, day))


def _one_day(given: Answering) -> date | None:
    """The day that an answer names, if it hardly says more."""
    days = {claim.value for claim in find_dates(given.said, given.call.context.reading)}
    day = days.pop() if len(days) == 1 else None
    return day if isinstance(day, date) and len(given.said.split()) <= 6 else None
