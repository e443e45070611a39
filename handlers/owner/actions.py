"""The actions center: what waits for a person of the business, and deciding it with one word."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.grammar.codec import decode
from handlers.grammar.reading import Reading
from handlers.grammar.sentences import answer
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.grammar.values import lone_money
from handlers.owner import accounts, payments
from handlers.owner.call import Call
from handlers.owner.checks import to_ask
from handlers.owner.dialogs import pending
from handlers.owner.running import run
from handlers.reply import Notice, Question, Reply, say
from services.clock import local_date
from services.db.models import Action, Contact, Message
from services.errors import DomainError
from services.i18n import Joined, Renderable, _, _c, lines
from services.lending import actions
from services.messaging import contacts
from services.money import Money

AREA = _("Actions")
_WHICH = _("Which request? (its number; *actions* lists them)")
_WHAT = _("What shall I do with it? *yes*, *no*, an amount, or an answer to send")
# A bare yes means the only request that waits only this long after it was shown.
FRESH = timedelta(hours=24)
SHOWN = 30


def listing(call: Call) -> Reply:
    """Lists what waits."""
    found = actions.waiting(call.context.tx)
    if not found:
        return say(_("Nothing waits for you."))
    people = contacts.by_ids(call.context.tx, {action.contact_id for action in found[:SHOWN]})
    return say(
        lines(
            _("Waiting for you:"),
            *(_line(call.context, action, people[action.contact_id]) for action in found[:SHOWN]),
            _("Decide with: action {number} yes (or no, an amount, or your answer)", number=str(found[0].number)),
        )
    )


def _line(context: Context, action: Action, person: Contact) -> Renderable:
    params = {
        "number": str(action.number), "name": accounts.shown(person), "words": action.said.strip()[:80],
        "day": local_date(action.created_at, context.tenant.timezone),
    }  # fmt: skip
    if action.kind == "proof":
        amount = decode(action.data).get("amount")
        line = _("{number}. {name} says that they paid {amount} ({day})", amount=amount, **params)
    else:
        line = _("{number}. {name} asks ({day})", **params)
    return Joined((line, _("“{words}”", **params) if action.said.strip() else None), ": ")


def decide(call: Call) -> Reply | Question:
    """Approves, rejects or answers a request; the person who asked is told."""
    number = call.arguments["number"]
    action = actions.by_number(call.context.tx, int(str(number)))
    said = call.text("answer") or ""
    person = contacts.get(call.context.tx, action.contact_id)
    if action.status != "open":
        raise DomainError("action_closed", _("Request {number} is done already.", number=str(number)))
    return _proof(call, action, person, said) if action.kind == "proof" else _question(call, action, person, said)


def _proof(call: Call, action: Action, person: Contact, said: str) -> Reply | Question:
    context, word = call.context, answer(said)
    if word == "no":
        return _rejected(call, action, person, None)
    amount = lone_money(said, context.reading) if word != "yes" else decode(action.data)["amount"]
    if not isinstance(amount, Money):
        return _rejected(call, action, person, said)
    paid_call = Call(context, call.book, call.book["paid"], {"name": accounts.shown(person), "contact": person.id})
    problem = to_ask(context, paid_call.command, {**paid_call.arguments, "amount": amount, "meant": True})
    if problem is not None:
        raise DomainError("bad_amount", problem.text)
    actions.decide(context.tx, context.actor, action, "approved", said)
    on = local_date(_sent(context, action), context.tenant.timezone)
    booked = payments.pay(paid_call.given(amount=amount), person, "lent", amount, on, action=action.id)
    return replace(booked, understood=call.understood())


def _sent(context: Context, action: Action) -> datetime:
    """When the person wrote: that is the day of the payment."""
    message = context.tx.get(Message, (context.tx.tenant, action.message_id))
    return message.sent_at if message is not None else action.created_at


def _rejected(call: Call, action: Action, person: Contact, reason: str | None) -> Reply:
    context, name = call.context, accounts.shown(person)
    actions.decide(context.tx, context.actor, action, "rejected", reason)
    notice = lines(
        _("{business} couldn't find your payment yet.", business=context.tenant.name),
        _("Message: “{reason}”", reason=reason) if reason else _("Please write here if you think that's wrong."),
    )
    text = _("Request {number}: nothing was booked.", number=str(action.number))
    return _told(call, person, text, notice, name)


def _question(call: Call, action: Action, person: Contact, said: str) -> Reply:
    context, word = call.context, answer(said)
    if word == "no":
        actions.decide(context.tx, context.actor, action, "rejected")
        return say(_("Request {number} is closed without an answer.", number=str(action.number)))
    if word == "yes":
        raise DomainError("answer_needed", _("What shall I answer? Write: action {number} TEXT",
                                             number=str(action.number)))  # fmt: skip
    actions.decide(context.tx, context.actor, action, "answered", said)
    notice = _("{business}: {answer}", business=context.tenant.name, answer=said)
    return _told(call, person, _("Request {number} is answered.", number=str(action.number)), notice,
                 accounts.shown(person))  # fmt: skip


def _told(call: Call, person: Contact, text: Renderable, notice: Renderable, name: str) -> Reply:
    reach = contacts.reach(call.context.tx, [person.id]).get(person.id)
    if reach is None or not call.context.may_write_to(reach):
        return say(text)
    return Reply((lines(text, _("{name} has been told.", name=name)),), (Notice(reach, notice),))


def by_one_word(context: Context, book: CommandBook) -> Reply | None:
    """A reply that quotes a request decides it; so does a bare yes or no to the only one, while no question waits."""
    quoted = context.message.quoted_id
    number = actions.quoted(context.tx, context.session.id, quoted) if quoted else None
    if number is not None and context.text.strip():
        return run(context, book, book["action"], {"number": number, "answer": context.text.strip()})
    if answer(context.text) not in ("yes", "no") or pending(context) is not None:
        return None
    found = actions.waiting(context.tx)
    if len(found) != 1 or found[0].kind != "proof" or found[0].created_at < context.tx.now - FRESH:
        return None
    return run(context, book, book["action"], {"number": found[0].number, "answer": context.text.strip()})


_LINE = re.compile(r"(?:no\.?|#)?\s*(\d{1,9})[.:]?(?:\s+(.+))?", re.DOTALL | re.IGNORECASE)


def read_line(text: str, _reading: Reading) -> dict[str, object]:
    """`3 yes`, `3 500rb`, `3 we'll look into it`."""
    match = _LINE.fullmatch(text.strip())
    if match is None:
        return {}
    return {"number": int(match[1])} | ({"answer": match[2].strip()} if match[2] else {})


def _read_answer(asked: str, text: str, reading: Reading, loosely: bool) -> dict[str, object] | None:
    if asked == "number":
        return read_line(text, reading) or None
    return {"answer": text.strip()} if loosely or answer(text) in ("yes", "no") else None


def _or_list(text: str, reading: Reading) -> str | None:
    return "actions" if not text.strip() else None if read_line(text, reading) else ""


COMMANDS = (
    Command(
        name="actions",
        words=Words(_c("command", "actions")),
        area=AREA,
        usage=None,
        help=_("lists what waits for you"),
        run=listing,
        examples=("actions", "DAFTAR AKSI"),
    ),
    Command(
        name="action",
        words=Words(_c("command", "action")),
        area=AREA,
        usage=_("N yes/no/AMOUNT/TEXT"),
        help=_("approves, rejects or answers a request"),
        run=decide,
        permission="book",
        arguments=(Argument("number", Kind.NUMBER, _WHICH), Argument("answer", Kind.TEXT, _WHAT)),
        examples=("action 1 yes", "AKSI 1 ya"),
        reader=Reader(read_line, _read_answer, _or_list),
    ),
)
