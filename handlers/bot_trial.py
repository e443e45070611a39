"""A bot tried out: what it would answer a customer, and which knowledge that rests on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from time import perf_counter

from handlers.chat import for_person
from handlers.reply import Thinking, Thought
from handlers.thinking import Minds
from services.assistant import answering, chatbots
from services.assistant.answering import Outcome
from services.assistant.retrieval import Found
from services.db.engine import Tx
from services.db.models import Chatbot, Message, Tenant
from services.i18n import Joined, Percent, Renderable, Shown, _, lines
from services.messaging import outbox
from services.messaging.outbox import REPLY, Outgoing


@dataclass(frozen=True, slots=True)
class Trial:
    """A question for a bot; `text` may begin with the bot's name and a colon."""

    text: str

    def of(self, bots: list[Chatbot]) -> tuple[Chatbot | None, str]:
        """The bot that is meant, else the first that is switched on; and the question."""
        name, colon, question = self.text.partition(":")
        named = chatbots.named(bots, name) if colon else None
        if named is not None:
            return named, question.strip()
        return next((bot for bot in bots if bot.active), None), self.text.strip()


def try_bot(minds: Minds, tenant_id: int, message_id: int, text: str) -> None:
    """Answers `ask` in the chat in which it was written, with the vectors that a model makes of it."""
    trial, began, db = Trial(text), perf_counter(), minds.db
    with db.tenant(tenant_id) as tx:
        _bot, question = trial.of(list(chatbots.all_of(tx)))
    thought = minds.think(tenant_id, Thinking(answering.questions(question)), None, is_last=True)
    with db.tenant(tenant_id) as tx:
        message = tx.get_one(Message, (tenant_id, message_id))
        tenant = tx.get_one(Tenant, tenant_id)
        shown = tried(tx, tenant, trial, thought, began)
        key = f"ask:{message_id}"
        outbox.put(
            tx,
            [Outgoing(message.session_id, message.chat, shown.render(tenant.locale), in_reply_to=message_id,
                      priority=REPLY, dedup_key=key)],
        )  # fmt: skip


def tried(tx: Tx, tenant: Tenant, trial: Trial, thought: Thought, began: float) -> Renderable:
    """What a customer would read, and why."""
    bots = list(chatbots.all_of(tx))
    bot, question = trial.of(bots)
    if bot is None:
        hint = _("Teach me first: kb add When do you open? = We open at 8")
        return lines(_("No bot is switched on, so customers get your greeting only."), hint)
    outcome = answering.look_up(tx, question, bot.id, thought.vectors)
    took = round((perf_counter() - began) * 1000)
    asks = for_person.at_once(bot, question) or for_person.instead(question, outcome)
    return lines(
        _("*{bot}* would answer:", bot=bot.name), *_would_say(outcome, asks, tenant, bot), "", *_why(outcome),
        _("Looked up in {n} ms.", n=took),
    )  # fmt: skip


def _would_say(outcome: Outcome, asks: str | None, tenant: Tenant, bot: Chatbot) -> list[Renderable | str]:
    if asks is not None:
        return [_("(It asks you: this is for a person to decide.)")]
    if outcome.kind == "answer":
        return [Shown(outcome.text)]
    if outcome.kind == "offer":
        listed = (f"{at}. {each.label}" for at, each in enumerate(outcome.found, 1))
        return [_("(It isn't sure, and offers to choose:)"), *listed]
    return [Shown(bot.fallback) if bot.fallback else _("I don't know that, sorry."),
            _("(And it offers to ask {business}.)", business=tenant.name)]  # fmt: skip


def _why(outcome: Outcome) -> list[Renderable]:
    if not outcome.found:
        return [_("Nothing that was taught comes near.")]
    return [_("This rests on:"), *(_source(each) for each in outcome.found)]


def _source(found: Found) -> Renderable:
    share = Percent(round(Decimal(found.confidence), 2))
    page = None if found.page is None else _("page {page}", page=str(found.page))
    title = found.question or found.title
    return Joined((Joined((f"• {found.source_number}. {title}", page), ", "), _("({share} sure)", share=share)), " ")
