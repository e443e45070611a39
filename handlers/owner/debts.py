"""The commands of the debt book: lend, owe, paid, status, history, remind, undo, write off, due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from handlers.grammar.spec import NO_ARGUMENTS, Argument, Command, Kind, Words
from handlers.owner import accounts
from handlers.owner.call import Call
from handlers.owner.persons import find_person
from handlers.owner.running import YES_NO
from handlers.owner.undoing import UNDO_WITHIN, last_command, undo_command
from handlers.reply import Notice, Option, Question, Reply, say
from services.db.models import Contact
from services.errors import DomainError
from services.i18n import Renderable, Weekday, _, _c, lines
from services.lending import debts, ledger
from services.lending.ledger import Side
from services.messaging import contacts
from services.messaging.contacts import Reach
from services.money import Money

LEND_DAYS, OWE_DAYS = 14, 30
AREA = _("Debts")

_NAME = Argument("name", Kind.NAME, _("Who is it?"))
_AMOUNT = Argument("amount", Kind.MONEY, _("How much is it? (for example {example})"))


def lend(call: Call) -> Reply | Question:
    """Books money lent."""
    return _book(call, "lent", LEND_DAYS)


def owe(call: Call) -> Reply | Question:
    """Books money that the owner owes."""
    return _book(call, "owed", OWE_DAYS)


def _book(call: Call, side: Side, days: int) -> Reply | Question:
    context = call.context
    on = call.day("on") or context.today
    due = call.day("due") or max(on + timedelta(days=days), context.today)
    call = _with(call, due=due)
    person = find_person(call, create=True)
    if isinstance(person, Question):
        return person
    amount = call.money("amount")
    booked = debts.book(
        context.tx, context.source, contact_id=person.id, side=side, amount=amount, due_on=due, on=on,
        note=call.text("note"), limit=context.limit("debts"),
    )  # fmt: skip
    told = _reach(call, person)
    call.remember(entries=[booked.entry_id], told=[told.contact_id] if told else [])
    reply = lines(
        accounts.booked(side, person, amount, due, call.text("note"), on if on != context.today else None),
        accounts.standing(side, person, booked.account),
        _hint(person, told),
    )
    return _reply(
        reply, told, accounts.booked_notice(context.tenant.name, side, person, amount, due, booked.account), call
    )


def paid(call: Call) -> Reply | Question:
    """Books a payment on whichever side is open."""
    person = find_person(call)
    if isinstance(person, Question):
        return person
    context = call.context
    sides = {side: debts_ for side in ("lent", "owed") if (debts_ := ledger.open_debts(context.tx, person.id, side))}  # type: ignore[arg-type]
    side = _side(call, person, list(sides))
    if isinstance(side, Question):
        return side
    amount = _amount(call, person, side, sides.get(side, []))
    if isinstance(amount, Question):
        return amount
    on = call.day("on") or call.day("due") or context.today
    question = _doubts(call, person, side, amount, on, bool(sides))
    return question or _pay(_with(call, amount=amount), person, side, amount, on)


def _side(call: Call, person: Contact, open_sides: Sequence[str]) -> Side | Question:
    chosen = call.text("side")
    if chosen in ("lent", "owed"):
        return chosen
    if len(open_sides) < 2:
        return "owed" if open_sides == ["owed"] else "lent"
    name = accounts.shown(person)
    return Question(
        "side",
        _("You and {name} owe each other. Who paid?", name=name),
        (Option(_("{name} paid me", name=name), "lent"), Option(_("I paid {name}", name=name), "owed")),
    )


def _amount(call: Call, person: Contact, side: Side, open_debts: Sequence[ledger.OpenDebt]) -> Money | Question:
    """The amount given, or everything that is open when it was said to be settled."""
    if "amount" in call.arguments:
        return call.money("amount")
    left = debts.total(open_debts, call.context.tenant.currency)
    if not left:
        raise DomainError("nothing_open", _("Nothing is open with {name}.", name=accounts.shown(person)))
    if call.arguments.get("all"):
        return left
    return Question("amount", _("How much did {name} pay? {left} is open.", name=accounts.shown(person), left=left))


def _doubts(call: Call, person: Contact, side: Side, amount: Money, on: date, anything_open: bool) -> Question | None:
    """What is asked about before a payment is booked."""
    context, name = call.context, accounts.shown(person)
    if on > context.today:
        return Question("due", _("{day} hasn't come yet. On which day was it paid?", day=Weekday(on)))
    if call.arguments.get("confirmed") is True:
        return None
    if not anything_open:
        text = _("Nothing is open with {name}. Shall I keep {amount} as credit?", name=name, amount=amount)
        return Question("confirmed", text, YES_NO)
    if debts.paid_today(context.tx, person.id, side, amount, on):
        text = _(
            "{amount} from {name} is already booked for that day. Was it paid once more?", name=name, amount=amount
        )
        return Question("confirmed", text, YES_NO)
    return None


def _pay(call: Call, person: Contact, side: Side, amount: Money, on: date) -> Reply:
    context = call.context
    booked = debts.pay(context.tx, context.source, contact_id=person.id, side=side, amount=amount, on=on)
    told = _reach(call, person)
    call.remember(entries=[booked.entry_id], told=[told.contact_id] if told else [])
    day = on if on != context.today else None
    reply = lines(
        accounts.paid(side, person, amount, day), accounts.standing(side, person, booked.account), _hint(person, told)
    )
    return _reply(reply, told, accounts.paid_notice(context.tenant.name, side, person, amount, booked.account), call)


def status(call: Call) -> Reply | Question:
    """Who owes what, of one person or of everybody."""
    if call.text("name") is None:
        return say(accounts.overview(call.context, call.text("side")))
    person = find_person(call, careful=False)
    if isinstance(person, Question):
        return person
    return say(accounts.of_person(call.context, person))


def history(call: Call) -> Reply | Question:
    """Every entry of one person with the running balance."""
    person = find_person(call, careful=False)
    return person if isinstance(person, Question) else say(accounts.entries_of(call.context, person))


def remind(call: Call) -> Reply | Question:
    """Sends a reminder now, or hands over a text to forward."""
    person = find_person(call)
    if isinstance(person, Question):
        return person
    context = call.context
    open_debts = ledger.open_debts(context.tx, person.id, "lent")
    if not open_debts:
        raise DomainError(
            "nothing_open", _("{name} owes you nothing, so there is nothing to remind of.", name=accounts.shown(person))
        )
    text = accounts.reminder(context, person, open_debts)
    reach = contacts.reach(context.tx, [person.id]).get(person.id)
    if reach is None:
        how = _(
            "I don't know {name}'s number (tell me: contact {name} 0812…). Forward this:", name=accounts.shown(person)
        )
        return say(how, text)
    if reach.blocked:
        raise DomainError("blocked", _("{name} is blocked, so I don't write to them.", name=accounts.shown(person)))
    return Reply((lines(_("Sent to {name}:", name=accounts.shown(person)), text),), (Notice(reach, text),))


def undo(call: Call) -> Reply:
    """Takes back the author's last command that can be."""
    context = call.context
    record = last_command(context, UNDO_WITHIN)
    if record is None:
        raise DomainError("nothing_to_undo", _("There is nothing to take back from the last 24 hours."))
    undone = undo_command(context, record.id)
    return Reply((accounts.undone(context, undone.command, undone.arguments),), undone.notices)


def write_off(call: Call) -> Reply | Question:
    """Lets go of what a person owes."""
    person = find_person(call)
    if isinstance(person, Question):
        return person
    context = call.context
    done = debts.write_off(
        context.tx, context.source, contact_id=person.id, side="lent", currency=context.tenant.currency,
        on=context.today,
    )  # fmt: skip
    if done is None:
        raise DomainError(
            "nothing_open", _("{name} owes you nothing, so there is nothing to write off.", name=accounts.shown(person))
        )
    told = _reach(call, person)
    call.remember(entries=[done.entry_id], told=[told.contact_id] if told else [])
    reply = lines(_("Written off: {name} owes you nothing any more.", name=accounts.shown(person)), _UNDO)
    return _reply(
        reply,
        told,
        _("{business}: what you owed has been written off; nothing is left to pay.", business=context.tenant.name),
        call,
    )


def due(call: Call) -> Reply | Question:
    """Moves the due date of a person's debt."""
    person = find_person(call)
    if isinstance(person, Question):
        return person
    context, day = call.context, call.day("due")
    open_debts = ledger.open_debts(context.tx, person.id)
    if not open_debts:
        raise DomainError("nothing_open", _("Nothing is open with {name}.", name=accounts.shown(person)))
    chosen = call.arguments.get("debt")
    if chosen is None and len(open_debts) > 1:
        return Question(
            "debt", _("Which one?"), tuple(Option(accounts.debt_line(each), each.id) for each in open_debts)
        )
    debt = next((each for each in open_debts if each.id == chosen), open_debts[0])
    assert day is not None
    before = debts.move_due(context.tx, context.source, debt.id, day, context.tenant.currency)
    told = _reach(call, person)
    call.remember(due_dates=[[debt.id, before.isoformat(), day.isoformat()]], told=[told.contact_id] if told else [])
    name = accounts.shown(person)
    reply = lines(
        _(
            "{amount} of {name} is now due on {day} (before: {before}).",
            amount=debt.left,
            name=name,
            day=Weekday(day),
            before=before,
        ),
        _hint(person, told),
    )
    notice = _(
        "{business}: {amount} is now due on {day}.", business=context.tenant.name, amount=debt.left, day=Weekday(day)
    )
    return _reply(reply, told, notice, call)


_UNDO = _("Wrong? Type *undo*.")


def _with(call: Call, **arguments: object) -> Call:
    return Call(call.context, call.book, call.command, {**call.arguments, **arguments})


def _reach(call: Call, person: Contact) -> Reach | None:
    """How the person hears of an entry; None if they don't: switched off, unknown number, or blocked."""
    if call.context.preference("notify") is not True:
        return None
    reach = contacts.reach(call.context.tx, [person.id]).get(person.id)
    return None if reach is None or reach.blocked else reach


def _hint(person: Contact, told: Reach | None) -> Renderable:
    name = accounts.shown(person)
    if told is not None:
        return lines(_("{name} has been told.", name=name), _UNDO)
    return _UNDO


def _reply(text: Renderable, told: Reach | None, notice: Renderable, call: Call) -> Reply:
    from handlers.owner.running import understood

    notices = (Notice(told, notice),) if told is not None else ()
    return Reply((text,), notices, understood=understood(call.command, call.arguments, "rules"))


_WHEN = Argument("due", Kind.DUE)
_NOTE = Argument("note", Kind.NOTE)

COMMANDS = (
    Command(
        "lend", Words(_c("command", "lend | loan")), AREA, _('NAME AMOUNT [PERIOD] ["NOTE"]'),
        _("books money that you lent, due in 14 days if you name no day"), lend, "book",
        (_NAME, _AMOUNT, _WHEN, _NOTE),
        ("lend Budi 500k 14 days", 'PINJAM Budi 500000 14hari "semen"'), booking=True,
    ),
    Command(
        "owe", Words(_c("command", "owe | borrow")), AREA, _("NAME AMOUNT [PERIOD]"),
        _("books money that you owe, due in 30 days if you name no day"), owe, "book",
        (_NAME, _AMOUNT, _WHEN, _NOTE),
        ("owe Toko Maju 1,000,000 3 months", "HUTANG Toko Maju 1jt sebulan"), booking=True,
    ),
    Command(
        "paid", Words(_c("command", "paid")), AREA, _("NAME AMOUNT"),
        _("books a payment, to what is due first; part of it or too much is fine"), paid, "book",
        (_NAME, Argument("amount", Kind.MONEY), _WHEN),
        ("paid Budi 200k", "BAYAR Budi 200rb"), booking=True,
    ),
    Command(
        "status", Words(_c("command", "status")), AREA, _("[NAME]"), _("shows who owes what, overdue first"), status, "read",
        (Argument("name", Kind.NAME),), ("status", "STATUS Budi"),
    ),
    Command(
        "history", Words(_c("command", "history")), AREA, _("NAME"), _("shows every entry with the running balance"), history, "read",
        (_NAME,), ("history Budi", "RIWAYAT Budi"),
    ),
    Command(
        "remind", Words(_c("command", "remind")), AREA, _("NAME"), _("sends a reminder now"), remind, "book",
        (_NAME,), ("remind Budi", "INGATKAN Budi"), booking=True,
    ),
    Command(
        "undo", Words(_c("command", "undo")), AREA, NO_ARGUMENTS, _("takes back the last thing you booked"), undo, "book", (),
        ("undo", "URUNGKAN"), booking=True,
    ),
    Command(
        "write_off", Words(_c("command", "write off")), AREA, _("NAME"), _("lets go of what somebody owes you"), write_off, "book",
        (_NAME,), ("write off Budi", "HAPUSKAN Budi"), booking=True,
    ),
    Command(
        "due", Words(_c("command", "due")), AREA, _("NAME DATE"), _("moves a due date"), due, "book",
        (_NAME, Argument("due", Kind.DUE, _("On which day is it due? (for example 25/12 or 2 weeks)"))),
        ("due Budi 14 days", "TEMPO Budi 2 minggu"), booking=True,
    ),
)  # fmt: skip
