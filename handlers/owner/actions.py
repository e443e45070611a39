"""The actions center: what waits for a person of the business, and deciding it with one word."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.grammar.reading import Reading
from handlers.grammar.sentences import answer
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.grammar.values import clean_name, find_values
from handlers.owner import accounts, action_answers, handovers
from handlers.owner.answering import Answering, closed
from handlers.owner.call import Call
from handlers.owner.dialogs import pending
from handlers.owner.running import pending as ask_pending
from handlers.owner.running import run
from handlers.reply import YES_NO, Question, Reply, say
from services.assistant import action_texts, actions, handoffs, knowledge
from services.assistant.knowledge import Answered, Place
from services.db.models import Action, Message
from services.i18n import Joined, Renderable, Shown, Text, Weekday, _, _c, _n, lines
from services.messaging import contacts

AREA = _("Actions")
_WHICH = _("Which request? (its number; *actions* lists them)")
_WHAT = _("What shall I do with it? *yes*, *no*, an amount, or an answer to send")
# A bare yes means the only request that waits only this long after it was shown.
FRESH = timedelta(hours=24)
# A line that begins with a number means a request only this long after they were listed.
LISTED = timedelta(minutes=30)
DECIDED_SINCE = timedelta(days=30)
SHOWN, SHOWN_DECIDED = 30, 10
# What is decided by yes or no, and not only answered in words.
_DECIDED = ("proof", "discount", "refund", "postponement", "handover")


def listing(call: Call) -> Reply | Question:
    """Lists what waits, of everybody or of one person; with `all`, or of a person, also what was decided lately."""
    tx, person = call.context.tx, None
    if "name" in call.arguments:
        found = handovers.find_asker(call, careful=False)
        if isinstance(found, Question):
            return found
        person = found
    person_id = person.id if person is not None else None
    waiting = actions.waiting(tx, person_id)
    also = person is not None or "all" in call.arguments
    done = actions.decided(tx, tx.now - DECIDED_SINCE, person_id, SHOWN_DECIDED) if also else []
    in_hand = [each for each in handoffs.with_people(tx) if person_id in (None, each[1].id)]
    if not waiting and not done and not in_hand:
        return say(_("Nothing waits for you."))
    people = contacts.by_ids(tx, {action.contact_id for action in (*waiting[:SHOWN], *done)})
    zone = call.context.tenant.timezone
    rest = len(waiting) - SHOWN
    return say(
        lines(
            _("Waiting for you:") if waiting else _("Nothing waits for you."),
            *(action_texts.line(each, people[each.contact_id], zone, tx.now) for each in waiting[:SHOWN]),
            _n("… and {n} more", "… and {n} more", rest) if rest > 0 else None,
            _how(waiting[0]) if waiting else None,
            *(_in_hand(number, accounts.shown(whose)) for number, whose in in_hand),
            *(("", _("Decided lately:")) if done else ()),
            *(_decided_line(each, accounts.shown(people[each.contact_id])) for each in done),
        )
    )


def _how(first: Action) -> Renderable:
    return _("Decide with: action {number} yes (or no, an amount, or your answer)", number=str(first.number))


def _in_hand(number: int, name: str) -> Renderable:
    return _("🙋 {name} is with you; I keep quiet there until: action {number} done", name=name, number=str(number))


_OUTCOMES: dict[str, Text] = {
    "approved": _("approved"), "rejected": _("declined"), "answered": _("answered"), "expired": _("expired"),
    "withdrawn": _("withdrawn"),
}  # fmt: skip


def _decided_line(action: Action, name: str) -> Renderable:
    said = _("“{words}”", words=_answer_shown(action.answer)) if action.answer else None
    about = Joined((_OUTCOMES[action.status], said), ": ")
    parts = (Joined((f"{action.number}.", name), " "), action_texts.words(action), Joined(("→", about), " "))
    return Joined(parts, " ")


def _answer_shown(answer: str) -> Renderable | str:
    """What was answered; a day as people write it."""
    try:
        return Shown(Weekday(date.fromisoformat(answer)))
    except ValueError:
        return answer[: action_texts.SHOWN_WORDS]


def decide(call: Call) -> Reply | Question:
    """Approves, rejects or answers a request; the person who asked is told."""
    context, number = call.context, int(str(call.arguments["number"]))
    found = actions.find(context.tx, number)
    if call.arguments.get("remember") is True:
        return _learnt(call, found)
    chat = handoffs.chat_of(context.tx, found) if found.kind == "handover" else None
    action = actions.by_number(context.tx, number)
    person = contacts.get(context.tx, action.contact_id)
    given = Answering(call, action, person, call.text("answer") or "", chat)
    if action.status != "open" and not handovers.goes_on(given):
        raise closed(given)
    reply = action_answers.answered(given)
    return _offer_to_learn(given, reply) if isinstance(reply, Reply) else reply


def by_one_word(context: Context, book: CommandBook) -> Reply | None:
    """A reply that quotes a request decides it, as does `3 yes`; and a bare yes or no to the only one (to a wish for a
    discount a bare `10%`, too), while no question waits.
    """
    quoted = context.message.quoted_id
    number = actions.quoted(context.tx, context.session.id, quoted) if quoted else None
    if number is not None and context.text.strip():
        return run(context, book, book["action"], {"number": number, "answer": context.text.strip()})
    state = pending(context)
    if state is not None and state.get("asked") != "remember":
        return None
    line = _of_listed(context)
    if line is not None:
        return run(context, book, book["action"], line)
    plain = answer(context.text) in ("yes", "no")
    decides = _DECIDED if plain else ("discount",) if _is_share(context.text) else ()
    if state is not None or not decides:
        return None
    found = actions.waiting(context.tx)
    if len(found) != 1 or found[0].kind not in decides or found[0].created_at < context.tx.now - FRESH:
        return None
    return run(context, book, book["action"], {"number": found[0].number, "answer": context.text.strip()})


def _is_share(text: str) -> bool:
    return action_answers.PERCENT.fullmatch(text.strip()) is not None


def _of_listed(context: Context) -> dict[str, object] | None:
    """`3 yes` while request 3 waits; right after the list any answer, such as `3 we open at 8`."""
    line = read_line(context.text, context.reading)
    if "answer" not in line or _is_figure(context):
        return None
    plain = answer(str(line["answer"])) in ("yes", "no")
    waits = {action.number for action in actions.waiting(context.tx)}
    if line["number"] not in waits or not (plain or _just_listed(context)):
        return None
    return line


def _is_figure(context: Context) -> bool:
    """Whether the number with which a text begins belongs to an amount or a date: `2 juta Budi`, `3 hari lagi`."""
    values = find_values(context.text, context.reading)
    lead = len(context.text) - len(context.text.lstrip("# "))
    number = re.match(r"\d+", context.text[lead:])
    end = lead + (number.end() if number else 0)
    return any(claim.start <= lead and claim.end > end for claim in (*values.money, *values.dates, *values.phones))


def _just_listed(context: Context) -> bool:
    """Whether the last thing somebody did in this chat was to look at the requests, or to decide one."""
    last = (
        select(Message.understood)
        .where(
            Message.tenant_id == context.tx.tenant, Message.session_id == context.session.id,
            Message.chat == context.message.chat, Message.id < context.message.id,
            Message.processed_at > context.tx.now - LISTED,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )  # fmt: skip
    understood = context.tx.scalar(last)
    return understood is not None and understood.get("command") in ("actions", "action")


def _offer_to_learn(given: Answering, reply: Reply) -> Reply:
    """Asks whether the bot shall know an answer from now on that it didn't know before."""
    action, call = given.action, given.call
    is_question = action.kind == "unknown" or (action.kind == "question" and "personal" not in action.data)
    fits = 0 < len(action.said.strip()) <= knowledge.MOST_QUESTION
    if not (is_question and action.status == "answered" and given.word is None and fits):
        return reply
    if not call.context.actor.may(call.book["kb"].permission):
        return reply
    known = {"number": action.number, "answer": given.said}
    question = Question("remember", _("Shall I answer this by myself next time?"), YES_NO)
    asked = ask_pending(call.context, call.command, known, question)
    return replace(reply, texts=(lines(*reply.texts, *asked.texts),), dialog=asked.dialog)


def _learnt(call: Call, action: Action) -> Reply:
    """The bot knows the answer from now on."""
    context = call.context
    place = Place(context.actor, action.chatbot_id, context.session.id, context.message.id)
    source = knowledge.add_qa(context.tx, place, Answered((action.said,), call.text("answer") or ""))
    return say(
        _("Learnt: “{question}” I answer myself from now on. To take it back: kb remove {number}",
          question=source.title, number=str(source.number)),
    )  # fmt: skip


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
    if asked != "answer":
        return None
    return {"answer": text.strip()} if loosely or answer(text) in ("yes", "no") else None


_ALL = frozenset(("all", "everything", "semua", "semuanya"))


def read_whose(text: str, _reading: Reading) -> dict[str, object]:
    """`all`, or somebody's name."""
    said = text.strip(" .:!?")
    if said.casefold() in _ALL:
        return {"all": True}
    name = clean_name(said)
    return {"name": name} if name else {}


def _or_list(text: str, reading: Reading) -> str | None:
    """`aksi` alone, and `aksi Budi`, list what waits; more words without a number are no command."""
    if read_line(text, reading):
        return None
    words = text.split()
    return "actions" if not words or (len(words) <= 2 and answer(text) is None) else ""


COMMANDS = (
    Command(
        name="actions",
        words=Words(_c("command", "actions")),
        area=AREA,
        usage=_("[NAME or ALL]"),
        help=_("lists what waits for you, the most urgent first"),
        run=listing,
        arguments=(Argument("name", Kind.NAME),),
        examples=("actions", "DAFTAR AKSI", "actions all"),
        reader=Reader(read_whose),
    ),
    Command(
        name="action",
        words=Words(_c("command", "action")),
        area=AREA,
        usage=_("N yes/no/done/AMOUNT/TEXT"),
        help=_("approves, declines, settles or answers a request"),
        run=decide,
        permission="book",
        arguments=(Argument("number", Kind.NUMBER, _WHICH), Argument("answer", Kind.TEXT, _WHAT)),
        examples=("action 1 yes", "AKSI 1 ya"),
        reader=Reader(read_line, _read_answer, _or_list),
    ),
)
