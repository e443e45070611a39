"""The commands about agreements that exist: the list, sending one again, cancelling, other terms, the instalments."""

from __future__ import annotations

import re

from handlers.grammar.lending import read_agreement
from handlers.grammar.reading import Reading
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.grammar.values import clean_name
from handlers.owner import accounts, agreement_texts, offers
from handlers.owner.call import Call
from handlers.owner.interview import AREA
from handlers.owner.persons import find_person
from handlers.reply import Notice, Question, Reply, say
from services.errors import DomainError
from services.i18n import _, _c, lines
from services.lending import agreements, progress
from services.messaging import contacts

_WHICH = _("Which agreement? (its number; *agreements* lists them)")


def listing(call: Call) -> Reply | Question:
    """Lists agreements with their states, of one person or of everybody."""
    contact_id = None
    if call.text("name") is not None:
        person = find_person(call, careful=False)
        if isinstance(person, Question):
            return person
        contact_id = person.id
    return say(agreement_texts.listing(progress.of_agreements(call.context.tx, contact_id)))


def send(call: Call) -> Reply:
    """Sends the PDF again."""
    return offers.send_again(call, agreements.by_number(call.context.tx, _number(call)))


def cancel(call: Call) -> Reply | Question:
    """Cancels an agreement; the borrower hears of it if they had it."""
    context = call.context
    agreement = agreements.by_number(context.tx, _number(call))
    person = contacts.get(context.tx, agreement.contact_id)
    before = agreement.status
    agreements.cancel(context.tx, context.source, agreement, reason="owner")
    number, name = str(agreement.number), accounts.shown(person)
    text = _("Agreement {number} with {name} is cancelled.", number=number, name=name)
    if before == "active":
        text = _("Agreement {number} with {name} is cancelled; the loan is taken back.", number=number, name=name)
    reach = contacts.reach(context.tx, [person.id]).get(person.id)
    if before == "draft" or reach is None or not context.may_write_to(reach):
        return say(text)
    notice = _("{business}: agreement {number} is cancelled. Nothing is owed from it.", business=context.tenant.name,
               number=number)  # fmt: skip
    return Reply((lines(text, _("{name} has been told.", name=name)),), (Notice(reach, notice),))


def installments(call: Call) -> Reply | Question:
    """Shows how far each agreement is paid, of one person with every instalment."""
    tx, today = call.context.tx, call.context.today
    if call.text("name") is None:
        found = [each for each in progress.of_agreements(tx) if each.status in ("active", "defaulted")]
        return say(agreement_texts.overview(found, today))
    person = find_person(call, careful=False)
    if isinstance(person, Question):
        return person
    found = [each for each in progress.of_agreements(tx, person.id) if each.status in ("active", "completed")]
    rows = progress.installments(tx, person.id)
    return say(agreement_texts.installments(accounts.shown(person), found, rows, today))


def _number(call: Call) -> int:
    number = call.arguments["number"]
    if not isinstance(number, int) or not 0 < number < 10**9:
        raise DomainError("unknown_agreement", _WHICH)
    return number


_ID = re.compile(r"(?:(?:no|nomor|number|id)\.?|#)?\s*#?(\d{1,9})[.!]?", re.IGNORECASE)
_WORD = re.compile(r"^(?:perjanjian|agreement|pdf|kontrak|surat)\s+", re.IGNORECASE)


def read_id(text: str, _reading: Reading) -> dict[str, object]:
    """`3`, `#3`, `perjanjian no. 3`."""
    match = _ID.fullmatch(_WORD.sub("", text.strip()))
    return {"number": int(match[1])} if match is not None else {}


def _answer_id(_asked: str, text: str, reading: Reading, _loosely: bool) -> dict[str, object] | None:
    return read_id(text, reading) or None


def _with_id(text: str, reading: Reading) -> str | None:
    """`send Budi a reminder` and a bare `cancel` are something else."""
    return None if read_id(text, reading) or not text.strip() else ""


def _cancel_with_id(text: str, reading: Reading) -> str | None:
    return None if read_id(text, reading) else ""


def _read_listing(text: str, _reading: Reading) -> dict[str, object]:
    name = clean_name(text)
    return {"name": name} if name else {}


def _new_or_list(text: str, reading: Reading) -> str | None:
    """`PERJANJIAN Ahmad 5jt` begins a new one."""
    return "agreement" if "amount" in read_agreement(text, reading) else None


NUMBER = Argument("number", Kind.NUMBER, _WHICH)
COMMANDS = (
    Command(
        name="agreements",
        words=Words(_c("command", "agreements")),
        area=AREA,
        usage=_("[NAME]"),
        help=_("lists the agreements and where they stand"),
        run=listing,
        arguments=(Argument("name", Kind.NAME),),
        examples=("agreements", "PERJANJIAN"),
        reader=Reader(_read_listing, reroute=_new_or_list),
    ),
    Command(
        name="send",
        words=Words(_c("command", "send | resend")),
        area=AREA,
        usage=_("ID"),
        help=_("sends the PDF of an agreement again"),
        run=send,
        permission="book",
        arguments=(NUMBER,),
        examples=("send 1", "KIRIM 1"),
        booking=True,
        reader=Reader(read_id, _answer_id, _with_id),
    ),
    Command(
        name="cancel",
        words=Words(_c("command", "cancel | cancel agreement")),
        area=AREA,
        usage=_("ID"),
        help=_("cancels an agreement on which nothing has been paid"),
        run=cancel,
        permission="book",
        arguments=(NUMBER,),
        examples=("cancel 1", "BATALKAN 1"),
        booking=True,
        reader=Reader(read_id, _answer_id, _cancel_with_id),
    ),
    Command(
        name="installments",
        words=Words(_c("command", "installments | instalments")),
        area=AREA,
        usage=_("[NAME]"),
        help=_("shows how far each agreement is paid"),
        run=installments,
        arguments=(Argument("name", Kind.NAME),),
        examples=("installments", "STATUS CICILAN Ahmad"),
        reader=Reader(_read_listing),
    ),
)
