"""The commands about people: a card, a number for a name, blocking and letting back."""

from __future__ import annotations

from handlers.grammar.spec import Argument, Command, Kind, Words
from handlers.owner import accounts, listings
from handlers.owner.bookings import NAME
from handlers.owner.call import Call
from handlers.owner.persons import find_person
from handlers.reply import Question, Reply, say
from services.db.models import Contact
from services.i18n import Joined, Renderable, _, _c, lines
from services.messaging import contacts, tags

AREA = _("People")


def contact(call: Call) -> Reply | Question:
    """Shows a card; with a number, links it to the name."""
    number = call.text("number")
    person = find_person(call, create=number is not None, careful=number is not None)
    if isinstance(person, Question):
        return person
    if number is None:
        return say(_card(call, person))
    contacts.link_number(call.context.tx, call.context.actor, person, number, call.context.message.id)
    return say(
        lines(
            _("{name} now has the number {number}.", name=accounts.shown(person), number=number),
            _(
                "From now on {name} hears of new entries, and can ask for their balance here.",
                name=accounts.shown(person),
            ),
        )
    )


def _card(call: Call, person: Contact) -> Renderable:
    numbers = [f"+{each.value}" for each in contacts.addresses(call.context.tx, person.id) if each.kind == "phone"]
    held = tags.of(call.context.tx, person.id)
    unknown = _("no number yet; tell me: contact {name} 0812…", name=accounts.shown(person))
    return lines(
        Joined(("*", accounts.shown(person), "*"), ""),
        Joined(("📞", ", ".join(numbers) or unknown), " "),
        f"✉️ {person.email}" if person.email else None,
        Joined(("🏷️", *(f"#{tag}" for tag in held)), " ") if held else None,
        f"📝 {person.note}" if person.note else None,
        _("Blocked: I neither answer nor write.") if person.blocked_at else None,
        _("Said STOP: gets no reminders or offers.") if person.opted_out_at else None,
        listings.of_person(call.context, person),
    )


def block(call: Call) -> Reply | Question:
    """Blocks somebody."""
    return _set_blocked(call, True)


def unblock(call: Call) -> Reply | Question:
    """Lets somebody back."""
    return _set_blocked(call, False)


def _set_blocked(call: Call, blocked: bool) -> Reply | Question:
    person = find_person(call)
    if isinstance(person, Question):
        return person
    contacts.set_blocked(call.context.tx, call.context.actor, person, blocked, call.context.message.id)
    name = accounts.shown(person)
    if blocked:
        return say(_("{name} is blocked: I neither answer nor write. Undo it with: unblock {name}", name=name))
    return say(_("{name} isn't blocked any more.", name=name))


COMMANDS = (
    Command(
        name="contact",
        words=Words(_c("command", "contact")),
        area=AREA,
        usage=_("NAME [NUMBER]"),
        help=_("shows a card; with a number, links it to the name"),
        run=contact,
        permission="people",
        arguments=(
            NAME,
            Argument("number", Kind.PHONE),
        ),
        examples=("contact Budi", "KONTAK Budi 081234567890"),
    ),
    Command(
        name="block",
        words=Words(_c("command", "block")),
        area=AREA,
        usage=_("NAME"),
        help=_("stops answering somebody and writing to them"),
        run=block,
        permission="people",
        arguments=(NAME,),
        examples=("block Budi", "BLOKIR Budi"),
    ),
    Command(
        name="unblock",
        words=Words(_c("command", "unblock")),
        area=AREA,
        usage=_("NAME"),
        help=_("lets somebody back"),
        run=unblock,
        permission="people",
        arguments=(NAME,),
        examples=("unblock Budi", "BUKA BLOKIR Budi"),
    ),
)
