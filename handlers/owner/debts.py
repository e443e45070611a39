"""The other commands of the debt book: status, history, remind, undo, write off, due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from handlers.grammar.spec import Argument, Command, Kind, Words
from handlers.owner import accounts, listings
from handlers.owner.bookings import AREA, NAME
from handlers.owner.call import Call
from handlers.owner.persons import find_person
from handlers.owner.telling import done, reach_of
from handlers.owner.undoing import last_undoable, undo_command
from handlers.reply import Notice, Option, Question, Reply, say
from services.errors import DomainError
from services.i18n import Weekday, _, _c, lines
from services.lending import debts, ledger, reminders
from services.lending.ledger import OpenDebt
from services.messaging import contacts


def status(call: Call) -> Reply | Question:
    """Shows who owes what, of one person or of everybody."""
    if call.text("name") is None:
        only_late = call.arguments.get("late") is True
        return say(listings.overview(call.context, call.text("side"), only_late=only_late))
    person = find_person(call, careful=False)
    return person if isinstance(person, Question) else say(listings.of_person(call.context, person))


def history(call: Call) -> Reply | Question:
    """Shows every entry of one person with the running balance."""
    person = find_person(call, careful=False)
    return person if isinstance(person, Question) else say(listings.entries_of(call.context, person))


def remind(call: Call) -> Reply | Question:
    """Sends a reminder now, or hands over a text to forward."""
    person = find_person(call)
    if isinstance(person, Question):
        return person
    context, name = call.context, accounts.shown(person)
    found = ledger.open_debts(context.tx, person.id, "lent")
    if not found:
        nothing = _("{name} owes you nothing, so there is nothing to remind of.", name=name)
        raise DomainError("nothing_open", nothing)
    text = accounts.reminder(context, person, found)
    reach = contacts.reach(context.tx, [person.id]).get(person.id)
    if reach is None:
        how = _("I don't know {name}'s number (tell me: contact {name} 0812…). Forward this:", name=name)
        return Reply((how, text))
    if not context.may_write_to(reach):
        raise DomainError("blocked", _("{name} is blocked, so I don't write to them.", name=name))
    reminders.record_by_hand(context.tx, person.id, context.today)
    return Reply((lines(_("Sent to {name}:", name=name), text),), (Notice(reach, text),))


def undo(call: Call) -> Reply:
    """Takes back the author's last command that can be."""
    record = last_undoable(call.context)
    if record is None:
        raise DomainError("nothing_to_undo", _("There is nothing to take back from the last 24 hours."))
    undone = undo_command(call.context, record.id)
    text = accounts.undone(undone.command, {**undone.arguments, "due": undone.due})
    told = _("{name} has been told.", name=undone.arguments["name"]) if undone.notices else None
    return Reply((lines(text, undone.standing, told),), undone.notices)


def write_off(call: Call) -> Reply | Question:
    """Lets go of what a person owes."""
    person = find_person(call)
    if isinstance(person, Question):
        return person
    context, name = call.context, accounts.shown(person)
    written = debts.write_off(
        context.tx,
        context.source,
        contact_id=person.id,
        side="lent",
        currency=context.tenant.currency,
        on=context.today,
    )
    if written is None:
        text = _("{name} owes you nothing, so there is nothing to write off.", name=name)
        raise DomainError("nothing_open", text)
    told = reach_of(call, person)
    call.remember(person, told, entries=[written.entry_id])
    business = context.tenant.name
    text = _("Written off: {amount}. {name} owes you nothing any more.", amount=written.amount, name=name)
    notice = _("{business}: what you owed has been written off; nothing is left to pay.", business=business)
    return done(call, person, told, text, notice)


def due(call: Call) -> Reply | Question:
    """Moves the due date of a person's debt."""
    person = find_person(call)
    if isinstance(person, Question):
        return person
    context, name = call.context, accounts.shown(person)
    debt = _which_debt(call, ledger.open_debts(context.tx, person.id), name)
    if isinstance(debt, Question):
        return debt
    day = call.day("due")
    assert day is not None
    before = debts.move_due(context.tx, context.source, debt.id, day, context.tenant.currency)
    told = reach_of(call, person)
    call.remember(person, told, due_dates=[[debt.id, before.isoformat(), day.isoformat()]])
    params = {"amount": debt.left, "name": name, "day": Weekday(day), "business": context.tenant.name}
    text = _("{amount} with {name} is now due on {day} (before: {before}).", before=before, **params)
    return done(call, person, told, text, _("{business}: {amount} is now due on {day}.", **params))


def _which_debt(call: Call, found: Sequence[OpenDebt], name: str) -> OpenDebt | Question:
    """The debt whose date is to move: the only one, or the one that was chosen."""
    fixed = any(debt.number is not None for debt in found)
    found = [debt for debt in found if debt.number is None]
    if not found and fixed:
        text = _(
            "The due dates of instalments stand in the agreement and can't be moved; a new agreement can replace it."
        )
        raise DomainError("fixed_by_agreement", text)
    if not found:
        raise DomainError("nothing_open", _("Nothing is open with {name}.", name=name))
    chosen = cast("int | None", call.arguments.get("debt"))
    if chosen is None and len(found) > 1:
        return Question("debt", _("Which one?"), tuple(Option(listings.debt_line(each), each.id) for each in found))
    return next((each for each in found if each.id == chosen), found[0])


COMMANDS = (
    Command(
        name="status",
        words=Words(_c("command", "status")),
        area=AREA,
        usage=_("[NAME]"),
        help=_("shows who owes what, overdue first"),
        run=status,
        arguments=(Argument("name", Kind.NAME),),
        examples=("status", "STATUS Budi"),
    ),
    Command(
        name="history",
        words=Words(_c("command", "history")),
        area=AREA,
        usage=_("NAME"),
        help=_("shows every entry with the running balance"),
        run=history,
        arguments=(NAME,),
        examples=("history Budi", "RIWAYAT Budi"),
    ),
    Command(
        name="remind",
        words=Words(_c("command", "remind")),
        area=AREA,
        usage=_("NAME"),
        help=_("sends a reminder now"),
        run=remind,
        permission="book",
        arguments=(NAME,),
        examples=("remind Budi", "INGATKAN Budi"),
        booking=True,
    ),
    Command(
        name="undo",
        words=Words(_c("command", "undo")),
        area=AREA,
        usage=None,
        help=_("takes back the last thing you booked"),
        run=undo,
        permission="book",
        examples=("undo", "URUNGKAN"),
        booking=True,
    ),
    Command(
        name="write_off",
        words=Words(_c("command", "write off")),
        area=AREA,
        usage=_("NAME"),
        help=_("lets go of what somebody owes you"),
        run=write_off,
        permission="book",
        arguments=(NAME,),
        examples=("write off Budi", "HAPUSKAN Budi"),
        booking=True,
    ),
    Command(
        name="due",
        words=Words(_c("command", "due")),
        area=AREA,
        usage=_("NAME DATE"),
        help=_("moves a due date"),
        run=due,
        permission="book",
        arguments=(NAME, Argument("due", Kind.DUE, _("On which day is it due? (for example 25/12 or 2 weeks)"))),
        examples=("due Budi 14 days", "TEMPO Budi 2 minggu"),
        booking=True,
    ),
)
