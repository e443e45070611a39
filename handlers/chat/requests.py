"""What a borrower says about paying: proofs, promises, more time, doubts. The owner hears of each; nothing is booked.

A proof becomes a request that the owner approves with one word; a promise is kept, and reminders wait for its day.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat import pictures
from handlers.chat.asking import MAX_QUOTED, ask_person
from handlers.chat.telling import to_owner
from handlers.context import Context
from handlers.grammar.codec import encode
from handlers.grammar.lending import read_promise, reads_dispute
from handlers.grammar.lending.postponing import read_postponement
from handlers.grammar.reading import Understood
from handlers.grammar.sentences import understand_owner
from handlers.grammar.values import lone_money
from handlers.media import File, file_of, is_heard, problem_of
from handlers.owner import accounts
from handlers.reply import Reply
from services.assistant import action_texts, actions
from services.db.models import Message
from services.i18n import Renderable, Weekday, _, lines
from services.lending import ledger, promises
from services.lending.ledger import OpenDebt
from services.messaging.outbox import Attachment
from services.money import Money

# Files that are shown to the owner as they came.
_SHOWN = ("image", "document")


def proof(context: Context) -> Reply | None:
    """Somebody with something open sends a picture or a file: probably the proof of a payment."""
    if context.message.kind not in _SHOWN or context.contact is None:
        return None
    found = ledger.open_debts(context.tx, context.contact.id, "lent")
    if not found:
        return None
    if pictures.shows_something_else(context):
        return pictures.asked_about(context)
    return _claim(context, found, pictures.amount_said(context), context.message)


def says_paid(context: Context) -> Reply | None:
    """Somebody with something open writes that they paid, or which amount the picture shows that they were asked of."""
    understood = understand_owner(context.text, context.reading)
    paid = isinstance(understood, Understood) and understood.command == "paid"
    bare = None if paid else lone_money(context.text, context.reading)
    if context.contact is None or not (paid or bare):
        return None
    found = ledger.open_debts(context.tx, context.contact.id, "lent")
    picture = pictures.meant(context) if found else None
    if not found or not (paid or picture):
        return None
    amount = understood.arguments.get("amount") if isinstance(understood, Understood) else None
    said = amount if isinstance(amount, Money) else pictures.amount_said(context)
    return _claim(context, found, said, picture or context.message)


def _claim(context: Context, found: Sequence[OpenDebt], said: Money | None, message: Message) -> Reply:
    """Asks the owner to approve a payment: of the amount that was said, else the picture's, else what is due next.

    The owner sees the picture itself, that of `message`; one that couldn't be taken is asked for again.
    """
    assert context.contact is not None
    file = file_of(message) if message.kind in _SHOWN else None
    slip, name = pictures.read_on(message), accounts.shown(context.contact)
    data = dict(pictures.facts(context, said, slip, found))
    supposed = pictures.supposed(said, slip, found)
    thanks = lines(
        _("Thank you! {business} will check it and note it.", business=context.tenant.name), problem_of(message)
    )
    shown = lines(_quote(context, message), action_texts.picture_line(data), *action_texts.doubts(data))
    hint = _("If it is right: paid {name} {amount}", name=name, amount=supposed)
    plain = to_owner(context, lines(shown, hint), None, _shown(file))
    if not context.settings.enable_actions_center:
        return Reply((thanks,), (plain,), outcome="passed_on")
    if file is not None:
        data["file"] = {"hash": file.hash, "mime": file.mime, "name": file.name}
    asked = actions.ask_once(
        context.tx, "proof", contact_id=context.contact.id, message_id=context.message.id, said=context.text,
        conversation_id=context.conversation.id, data=data,
    )  # fmt: skip
    if not asked.is_new:
        return Reply((thanks,), (plain,), outcome="passed_on")
    action, number = asked.action, str(asked.action.number)
    ask = _("Did you get {amount}? (request {number})", amount=supposed, number=number)
    is_guess = said is None and (slip is None or slip.amount != supposed)
    how = _(
        "Reply *yes* to this message and I book it, or: *action {number} yes*, *action {number} AMOUNT*,"
        " *action {number} no*.",
        number=number,
    )
    text = lines(shown, ask, _due_next(found[0]) if is_guess else None, how)
    return Reply((thanks,), (to_owner(context, text, actions.notice_key(action), _shown(file)),), outcome="proof")


def _shown(file: File | None) -> Attachment | None:
    return None if file is None else file.attached("proof")


def _due_next(debt: OpenDebt) -> Renderable:
    return _("(No amount was written; this is what is due next, on {due}.)", due=Weekday(debt.due_on))


def _quote(context: Context, message: Message) -> Renderable:
    assert context.contact is not None
    name, words = accounts.shown(context.contact), context.text.strip()[:MAX_QUOTED]
    if message.kind in _SHOWN:
        if words:
            return _("📎 {name} sent a proof of payment: “{words}”", name=name, words=words)
        if file_of(message) is not None:
            return _("📎 {name} sent a proof of payment.", name=name)
        return _("📎 {name} sent a proof of payment; see it in your chat with them.", name=name)
    if is_heard(message):
        return _("🎙️ {name} says: “{words}”", name=name, words=words)
    return _("{name} writes: “{words}”", name=name, words=words)


def promise(context: Context) -> Reply | None:
    """Somebody who owes says when they will pay: kept, and shown to the owner. Asking for time is another matter."""
    if context.contact is None or read_postponement(context.text, context.reading) is not None:
        return None
    day = read_promise(context.text, context.reading)
    if day is None or not ledger.open_debts(context.tx, context.contact.id, "lent"):
        return None
    promises.keep(context.tx, context.contact.id, day, context.text, context.message.id, context.today)
    name, business = accounts.shown(context.contact), context.tenant.name
    text = _("Noted: you pay on {day}. {business} has been told; until then you get no reminders.", day=Weekday(day),
             business=business)  # fmt: skip
    notice = _("🤝 {name} promises to pay on {day}: “{words}”. Reminders wait until then.", name=name,
               day=Weekday(day), words=context.text.strip()[:MAX_QUOTED])  # fmt: skip
    return Reply((text,), (to_owner(context, notice),), outcome="promise")


def postponement(context: Context) -> Reply | None:
    """Somebody who owes asks for more time without saying that they will pay: the owner decides."""
    asked = read_postponement(context.text, context.reading)
    found = ledger.open_debts(context.tx, context.contact.id, "lent") if asked and context.contact else ()
    if asked is None or not found:
        return None
    until = asked.until
    if until is not None and until <= found[0].due_on:
        # A week more, said before the day, is a week after that day.
        until = found[0].due_on + (until - context.today)
    return ask_person(context, "postponement", context.text, data=encode({"until": until}))


def dispute(context: Context) -> Reply | None:
    """Somebody with an account doubts what is booked: a question that the owner answers."""
    if context.contact is None or not reads_dispute(context.text):
        return None
    if not ledger.history(context.tx, context.contact.id, 1):
        return None
    return ask_person(context, "question", context.text, data={"personal": True})


def is_proof(context: Context) -> bool:
    """Whether a message is probably the proof of a payment, which counts whoever has taken the chat over."""
    if context.message.kind not in _SHOWN or context.contact is None or context.in_group:
        return False
    if pictures.shows_something_else(context):
        return False
    return bool(ledger.open_debts(context.tx, context.contact.id, "lent"))
