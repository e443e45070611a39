"""Taking the chats with somebody over for a while, and giving them back to the bot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from handlers.context import in_takeover
from handlers.grammar.reading import Reading
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.grammar.values import clean_name, find_dates
from handlers.owner import accounts
from handlers.owner.bookings import NAME
from handlers.owner.call import Call
from handlers.owner.handovers import find_asker
from handlers.owner.people import AREA
from handlers.reply import Notice, Question, Reply, say
from services.assistant import handoffs
from services.assistant.action_rounds import back
from services.db.models import Contact, Conversation
from services.errors import DomainError
from services.i18n import Renderable, Text, _, _c, lines
from services.messaging import contacts

FOR_A_DAY, LONGEST = 24 * 60, 30 * 24 * 60


def take_over(call: Call) -> Reply | Question:
    """Keeps the bot quiet in every chat with somebody."""
    person = find_asker(call)
    if isinstance(person, Question):
        return person
    given, name = call.arguments.get("minutes"), accounts.shown(person)
    chats = _chats(call, person)
    now, before = call.context.tx.now, _taken_until(call, chats)
    until = now + timedelta(minutes=_minutes(given))
    asked = handoffs.take(call.context.tx, call.context.actor, person.id)
    if before is not None and (until <= before if given is None else until == before):
        text = lines(_already(call, name, before), _how_back(name))
    else:
        for chat in chats:
            handoffs.prolong(call.context.tx, chat, until)
        quiet = _("I keep quiet in the chat with {name} until {until}.", name=name, until=_local(call, until))
        text = lines(quiet, _how_back(name))
    here = _("{business}: a person is with you now.", business=call.context.tenant.name)
    return Reply((text,), _told(call, person, here) if asked else ())


def _already(call: Call, name: str, until: datetime) -> Text:
    if until >= handoffs.FOREVER:
        return _("You have the chat with {name} already, until you release it.", name=name)
    return _("You have the chat with {name} already, until {until}.", name=name, until=_local(call, until))


def release(call: Call) -> Reply | Question:
    """Lets the bot answer somebody again, whoever had taken the chat over and however; who asked for a person hears."""
    person = find_asker(call)
    if isinstance(person, Question):
        return person
    chats, now = _chats(call, person), call.context.tx.now
    taken, name = [chat for chat in chats if in_takeover(chat, now)], accounts.shown(person)
    was_asked_for = handoffs.released(call.context.tx, call.context.actor, person.id, chats)
    if not taken and not was_asked_for:
        return say(_("The chat with {name} isn't taken over; I answer there.", name=name))
    again = back(call.context.tenant.name, still_open=False)
    return Reply((_("I answer {name} again.", name=name),), _told(call, person, again) if was_asked_for else ())


def _told(call: Call, person: Contact, text: Renderable) -> tuple[Notice, ...]:
    """What somebody hears who had asked for a person."""
    reach = contacts.reach(call.context.tx, [person.id]).get(person.id)
    return (Notice(reach, text),) if reach is not None and call.context.may_write_to(reach) else ()


def _how_back(name: str) -> Text:
    return _("To let me answer again: release {name}", name=name)


def _minutes(given: object) -> int:
    minutes = given if isinstance(given, int) else FOR_A_DAY
    if not 1 <= minutes <= LONGEST:
        raise DomainError(
            "bad_period", _("I can keep quiet for a minute up to 30 days, for example: take over Budi 2 hours")
        )
    return minutes


def _chats(call: Call, person: Contact) -> Sequence[Conversation]:
    """The chats with somebody, locked; who never wrote gets the one in which they would be written to."""
    tx = call.context.tx
    places = [str(address) for address in contacts.addresses(tx, person.id)]
    theirs = (Conversation.contact_id == person.id) | Conversation.chat.in_(places)
    statement = (
        select(Conversation)
        .where(Conversation.tenant_id == tx.tenant, theirs, Conversation.chat.not_like("group:%"))
        .order_by(Conversation.id)
        .with_for_update(key_share=True)
    )
    found = tx.scalars(statement).all()
    if found:
        return found
    reach = contacts.reach(tx, [person.id]).get(person.id)
    if reach is None:
        name = accounts.shown(person)
        raise DomainError("no_number", _("I don't know {name}'s number. Tell me: contact {name} 0812…", name=name))
    begun = insert(Conversation).values(
        tenant_id=tx.tenant, session_id=reach.session_id, chat=reach.chat, contact_id=person.id
    )
    own = {"contact_id": person.id}
    tx.execute(begun.on_conflict_do_update(index_elements=["tenant_id", "session_id", "chat"], set_=own))
    return tx.scalars(statement).all()


def _taken_until(call: Call, chats: Sequence[Conversation]) -> datetime | None:
    """Until when every one of the chats is taken over already."""
    times = [chat.takeover_until for chat in chats if in_takeover(chat, call.context.tx.now)]
    return min(filter(None, times)) if len(times) == len(chats) else None


def _local(call: Call, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(call.context.tenant.timezone))


_HOURS = re.compile(
    r"\s(?:(?:for|selama|until|sampai)\s+)?(?:(\d{1,5})|(an?|se))\s*(?:(minutes?|mins?|m|menit|mnt)|(hours?|hrs?|h|jam))$",
    re.IGNORECASE,
)
_FILLING = re.compile(r"\s+(?:for|selama|until|sampai)$", re.IGNORECASE)


def read_line(text: str, reading: Reading) -> dict[str, object]:
    """`Budi`, `Budi 2 hours`, `Budi 90 menit`, `Budi 3 hari`, `Budi until friday`."""
    written = f" {text.strip()}"
    short = _HOURS.search(written)
    if short is not None:
        count = int(short[1] or 1) * (60 if short[4] else 1)
        return _named(written[: short.start()]) | {"minutes": count}
    days = [claim for claim in find_dates(written, reading) if claim.end == len(written)]
    if days and isinstance(days[0].value, date):
        count = (days[0].value - reading.today).days
        return _named(written[: days[0].start]) | {"minutes": count * FOR_A_DAY}
    return _named(written)


def _named(text: str) -> dict[str, object]:
    name = clean_name(_FILLING.sub("", text.rstrip()))
    return {"name": name} if name else {}


_LINE = Reader(read_line)
COMMANDS = (
    Command(
        name="take_over",
        words=Words(_c("command", "take over | takeover")),
        area=AREA,
        usage=_("NAME [PERIOD]"),
        help=_("keeps me quiet in the chat with somebody, for a day if you don't say how long"),
        run=take_over,
        permission="people",
        arguments=(NAME, Argument("minutes", Kind.NUMBER)),
        examples=("take over Budi 2 hours", "AMBIL ALIH Budi 2 jam"),
        reader=_LINE,
    ),
    Command(
        name="release",
        words=Words(_c("command", "release")),
        area=AREA,
        usage=_("NAME"),
        help=_("lets me answer somebody again whom you had taken over"),
        run=release,
        permission="people",
        arguments=(NAME,),
        examples=("release Budi", "LEPAS Budi"),
    ),
)
