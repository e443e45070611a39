"""Pictures that a model has read as proofs of a payment: what is said of them, and what is asked where they show none.

Of what a picture shows nothing is believed: the owner sees it beside the picture, with what makes it doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from handlers.context import Context, in_takeover, is_stale
from handlers.grammar.codec import encode
from handlers.grammar.reading import Understood
from handlers.grammar.sentences import understand_owner
from handlers.grammar.values import find_money
from handlers.reply import Drop, Later, Reply, Thinking, Unread
from services.assistant import vision
from services.assistant.vision import Slip, slip_of
from services.db.models import Message
from services.i18n import Renderable, _
from services.lending.ledger import OpenDebt
from services.money import Money

ASKED_AGAIN_AFTER = timedelta(hours=12)
# How many times more or less than every debt makes an amount unlikely.
UNLIKELY = 10
_SPEAKS_OF_PAYING = re.compile(
    r"\b(?:[dmt]?i?bayar\w*|m[ae]mbayar\w*|pembayaran\w*|lunas\w*|transfer\w*|ditransfer\w*|tf|trf|trans?fer\w*|setor\w*"
    r"|nyicil\w*|cicil\w*|angsur\w*|bukti\w*|struk|resi|kwitansi|kuitansi|su?dah|udah|kirim\w*|dikirim|dp|qris"
    r"|paid|pay|pays|paying|payments?|sent|send|settled?|receipts?|proofs?|slips?|instal?lments?|done|deposit\w*)\b",
    re.IGNORECASE,
)


def amount_said(context: Context) -> Money | None:
    """The one amount that was written, if it is one that can be paid."""
    found = [claim.value for claim in find_money(context.text, context.reading)]
    amount = found[0] if len(found) == 1 else None
    right = isinstance(amount, Money) and amount.currency == context.tenant.currency and amount.is_exact
    return amount if isinstance(amount, Money) and right and amount.amount > 0 else None


def read_on(message: Message) -> Slip | None:
    """What a model read on the picture of a message; None where it didn't."""
    return slip_of((message.heard or {}).get("picture"))


def shows_something_else(context: Context) -> bool:
    """Whether a picture shows no payment, and nothing beside it speaks of one: a cat."""
    slip = read_on(context.message)
    if slip is None or slip.is_payment or amount_said(context) is not None:
        return False
    understood = understand_owner(context.text, context.reading)
    says_paid = isinstance(understood, Understood) and understood.command == "paid"
    return not says_paid and _SPEAKS_OF_PAYING.search(context.text) is None


def asked_about(context: Context) -> Reply | None:
    """Who sends such a picture without a word is asked about it, once in half a day; with words, after their answer."""
    if context.text.strip():
        return None
    question = _question(context, [context.message])
    return Reply((question,) if question is not None else (), outcome="picture")


def with_question(
    context: Context, waiting: Sequence[Message], answer: Reply | Drop | Later | Unread | Thinking
) -> Reply | Drop | Later | Unread | Thinking:
    """The answer to a burst, with the question about a picture in it that came with other words."""
    shown = [message for message in waiting if read_on(message) is not None]
    if not shown or not isinstance(answer, Reply | Drop) or answer == Drop("stale"):
        return answer
    if isinstance(answer, Reply) and answer.outcome in ("proof", "passed_on"):
        return answer
    others = [each for each in shown if shows_something_else(replace(context, message=each, text=each.body))]
    question = _question(context, others) if others else None
    if question is None:
        return answer
    if isinstance(answer, Reply):
        return replace(answer, texts=(*answer.texts, question))
    return Reply((question,), outcome="picture")


def _question(context: Context, pictures: Sequence[Message]) -> Renderable | None:
    """What is asked about pictures, which are marked as asked about; None where it was asked lately."""
    if is_stale(context.message) or in_takeover(context.conversation, context.tx.now) or _asked(context) is not None:
        return None
    for message in pictures:
        _mark(message, asked=True)
    return _("I can't see a payment on your picture. If it is the proof of one, please write the amount.")


def _mark(message: Message, *, asked: bool) -> None:
    heard = message.heard or {}
    message.heard = {**heard, "picture": {**heard["picture"], "asked": asked}}


def _asked(context: Context) -> Message | None:
    """The picture of this chat that was asked about lately."""
    statement = (
        select(Message)
        .where(
            Message.tenant_id == context.tx.tenant,
            Message.conversation_id == context.conversation.id,
            Message.received_at > context.tx.now - ASKED_AGAIN_AFTER,
            Message.heard["picture"]["asked"].astext == "true",
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    return context.tx.scalars(statement).one_or_none()


def meant(context: Context) -> Message | None:
    """The picture that was asked about, and that an amount belongs to which is written now; asked about no more."""
    picture = _asked(context)
    if picture is not None:
        _mark(picture, asked=False)
    return picture


def supposed(said: Money | None, slip: Slip | None, found: Sequence[OpenDebt]) -> Money:
    """What was probably paid: as it was written, else as it stands on the picture, else what is due next."""
    read = slip.amount if slip is not None and slip.is_payment and slip.sure else None
    return said or read or found[0].left


def facts(context: Context, said: Money | None, slip: Slip | None, found: Sequence[OpenDebt]) -> Mapping[str, Any]:
    """What a request keeps of a proof: the amount, whether it was written, and what stands on the picture."""
    amount = encode({"amount": supposed(said, slip, found), "said": said is not None})
    if slip is None:
        return amount
    doubts = {"same_as": vision.with_reference(context.tx, slip), "unlikely": _is_unlikely(slip.amount, found)}
    return {**amount, "picture": slip.kept(), **{name: fact for name, fact in doubts.items() if fact}}


def _is_unlikely(amount: Money | None, found: Sequence[OpenDebt]) -> bool:
    """Whether an amount is far from every open debt, and from all of them together."""
    if amount is None:
        return False
    lefts = [debt.left.amount for debt in found]
    return all(amount.amount > UNLIKELY * left or amount.amount * UNLIKELY < left for left in (*lefts, sum(lefts)))
