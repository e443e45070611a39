"""A model in the place of a bot's own words: when it is asked, what it is told, and what becomes of what it wrote.

Everything here happens in transactions; in between, `handlers.thinking` has the model write. What a model can't give
is None here, and the bot answers as it does without one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import func, select

from handlers.chat.bot_offers import asking_person, keep_gap, unknowing
from handlers.chat.bot_tools import LEAST, MOST, Seat, tools_for
from handlers.chat.bot_turn import Turn, ask_person, tell
from handlers.context import Context, is_stale
from handlers.grammar.customers import wish_of
from handlers.reply import Reply, Thinking
from services.assistant import answering, handoffs, hours, instructions, prompts, retrieval, words
from services.assistant.answering import Outcome, Vectors
from services.assistant.briefs import Brief, Said
from services.assistant.retrieval import Found
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Chatbot, Contact, Message, Tenant
from services.i18n import Shown, lines
from services.settings import Settings
from services.tenants import credits

_NUMBER = re.compile(r"\d+")
TURNS, LONGEST = 10, 4_000
_MOST_NAME, _MOST_NAMES = 40, 4
_UNKNOWING = re.compile(
    r"\b(?:(?:tidak|belum|kurang|nggak|ga|gak|tak) (?:tahu|tau|punya (?:info|data)\w*|ada info\w*|menemukan|yakin)"
    r"|(?:don't|do not|doesn't) (?:\w+ )?(?:know|have (?:\w+ )?(?:information|info|details|answer))|not sure"
    r"|no information|(?:couldn't|could not|can't|cannot) find)\b",
    re.IGNORECASE,
)


def may_use(tx: Tx, settings: Settings) -> bool:
    """Whether a model may be asked now: there is one, and credits to pay for it."""
    return settings.uses_chat and credits.may_use(tx)


def question_of(text: str) -> str:
    """What a model is asked, and by what its answer is known."""
    return text.strip()[:LONGEST]


def is_wanted(tx: Tx, tenant: Tenant, bot: Chatbot, outcome: Outcome, question: str) -> bool:
    """Whether a model is to write: where nothing taught is sure, or the taught words aren't all that is wanted.

    They aren't in another language, for a count of things that they don't name, or for half of what was asked.
    """
    if outcome.kind != "answer" or outcome.open or outcome.passed or bot.persona:
        return True
    asked, taught = words.language(question), words.language(outcome.text or "")
    if None not in (asked, taught) and asked != taught:
        return True
    if set(_NUMBER.findall(question)) - set(_NUMBER.findall(outcome.text or "")):
        return True
    return bool(instructions.valid(tx, bot.id, local_date(tx.now, tenant.timezone)))


def by_model(turn: Turn, bot: Chatbot, outcome: Outcome) -> Thinking | None:
    """What a model is to think about for a burst; None where the bot's own words are wanted."""
    context, question = turn.context, question_of(turn.context.text)
    if question in turn.thought.written or turn.thought.is_final or is_stale(context.message):
        return None
    if not may_use(context.tx, context.settings):
        return None
    if not is_wanted(context.tx, context.tenant, bot, outcome, question):
        return None
    if not turn.may_think:
        return Thinking()
    assert context.contact is not None
    asked = Asked(
        context.tx, context.tenant, bot, question, turn.locale or context.locale, turn.thought.vectors, outcome.near
    )
    texts = answering.questions(context.text) if context.settings.uses_vectors else ()
    return Thinking(texts, asked.brief(context))


def by_written(turn: Turn) -> Reply | None:
    """The reply that a model's words make, once it has been asked; None where there is nothing that may be sent."""
    written = turn.thought.written.get(question_of(turn.context.text))
    if written is None or written.problem is not None or not (written.text or written.asks_person):
        return None
    question, said = turn.context.text, (written.text or "").strip()
    sure = max((each.confidence for each in written.sources), default=0.0)
    rests = Outcome("answer", said, written.sources, sure)
    if written.asks_person is None and (written.sources or written.given or not _UNKNOWING.search(said)):
        return tell(turn, Shown(said), "answered", rests)
    wish = wish_of(written.asks_person or "")
    # What rests on nothing only says that somebody will be asked, which our own words do.
    before = Shown(said) if said and (written.sources or written.asks_person is None) else None
    if wish in ("handover", "complaint"):
        return ask_person(turn, wish, before=before, looked_up=rests)
    keep_gap(turn, question)
    offer, waiting = asking_person(turn, question)
    shown = lines(before, "", offer) if before is not None else lines(unknowing(turn.bot), offer)
    return tell(turn, shown, "unknown", rests, dialog=waiting)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a bot, with what is known before a model is asked."""

    tx: Tx
    tenant: Tenant
    bot: Chatbot
    question: str
    locale: str
    vectors: Vectors
    near: Mapping[str, tuple[Found, ...]]

    def brief(self, context: Context | None = None, message_id: int | None = None) -> Brief:
        """Everything that a model is told; without a `context` nobody in particular asks."""
        bot, tenant = self.bot, self.tenant
        contact = context.contact if context is not None else None
        notes = [each.body for each in instructions.valid(self.tx, bot.id, local_date(self.tx.now, tenant.timezone))]
        sources = self.sources()
        moment = self._moment()
        turns = _said_before(context) if context is not None else ()
        rules = prompts.rules(
            tenant.name, bot.name, bot.persona, [*notes, *moment], bot.language or self.locale,
            local_date(self.tx.now, tenant.timezone), customer=_name(contact),
        )  # fmt: skip
        return Brief(
            question=self.question,
            rules=rules,
            tools=tools_for(self._seat(contact, notes, sources)),
            turns=turns,
            summary=context.conversation.summary if context is not None else None,
            sources=sources,
            figures=(*filter(None, (tenant.name, bot.persona, *notes, *moment)), *_of_people(turns)),
            locale=self.locale,
            chatbot_id=bot.id,
            contact_id=contact.id if contact is not None else None,
            message_id=context.message.id if context is not None else message_id,
            model=bot.model,
            temperature=bot.temperature,
        )

    def sources(self) -> tuple[Found, ...]:
        """What is near the question or one of its sentences, the most probable first."""
        best: dict[int, Found] = {}
        for part in answering.questions(self.question):
            for each in self._near(part):
                if each.confidence >= max(LEAST, best[each.entry_id].confidence if each.entry_id in best else 0):
                    best[each.entry_id] = each
        return tuple(sorted(best.values(), key=lambda each: -each.confidence)[:MOST])

    def _near(self, text: str) -> Sequence[Found]:
        """What was found for a text, looked up now where it wasn't for the answer without a model."""
        known = self.near.get(text)
        if known is not None:
            return known[:MOST]
        return retrieval.search(self.tx, text, chatbot_id=self.bot.id, vector=self.vectors.get(text), limit=MOST)

    def _seat(self, contact: Contact | None, notes: Sequence[str], sources: Sequence[Found]) -> Seat:
        tenant = self.tenant
        return Seat(
            tenant.name, tenant.currency, tenant.country, tenant.timezone, self.locale, self.bot.id,
            contact.id if contact is not None else None, tuple(notes), list(sources),
        )  # fmt: skip

    def _moment(self) -> Sequence[str]:
        """The day and time of the business, and when the bot is there."""
        now = self.tx.now.astimezone(ZoneInfo(self.tenant.timezone))
        told = [f"It is {format_datetime(now, 'EEEE, d MMMM y, HH:mm', tzinfo=now.tzinfo, locale='en')} here."]
        if not hours.is_always(self.bot.hours):
            shown = hours.shown(self.bot.hours).render(self.locale)
            told.append(f"Your own hours, in which you answer: {shown}. They needn't be the opening hours.")
        return told


def _name(contact: Contact | None) -> str | None:
    """How the owner calls somebody, if that is a name and nothing else; what people call themselves is never told."""
    name = " ".join((contact.name or "").split()) if contact is not None else ""
    plain = all(char.isalpha() or char in " .'-" for char in name)
    fits = 0 < len(name) <= _MOST_NAME and len(name.split()) <= _MOST_NAMES
    return name if plain and fits else None


def _said_before(context: Context) -> tuple[Said, ...]:
    """What was said in the chat before the burst, by everybody."""
    began = _burst_began(context)
    turns = handoffs.turns(context.tx, context.conversation.id, TURNS + 5)
    before = [each for each in turns if each.at < began or (each.at == began and each.who != "customer")]
    return tuple(Said(each.who, each.text) for each in before)[-TURNS:]


def _of_people(turns: Sequence[Said]) -> Sequence[str]:
    """What people of the business wrote: their figures hold; those of customers don't, nor what a bot quotes."""
    return [each.text for each in turns if each.who == "person"]


def _burst_began(context: Context) -> datetime:
    first = context.tx.scalar(
        select(func.min(Message.received_at)).where(
            Message.tenant_id == context.tx.tenant,
            Message.conversation_id == context.conversation.id,
            Message.answer_due,
        )
    )
    return first or context.message.received_at
