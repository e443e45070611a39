"""A bot tried out: what it would answer a customer, which knowledge that rests on, and what a model took for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from time import perf_counter

from handlers.chat import for_person
from handlers.chat.bot_model import Asked, is_wanted, may_use, question_of
from handlers.chat.bot_offers import unknowing
from handlers.reply import Thinking, Thought
from handlers.thinking import Minds
from services.assistant import answering, chatbots, words
from services.assistant.answering import Outcome
from services.assistant.briefs import Written
from services.assistant.records import Spent
from services.assistant.retrieval import Found
from services.db.engine import Tx
from services.db.models import Chatbot, Message, Tenant
from services.i18n import Joined, Percent, Renderable, Shown, Text, _, lines
from services.messaging import outbox
from services.messaging.outbox import REPLY, Outgoing
from services.settings import Settings

# Vectors of the question, and an answer.
MAX_THOUGHTS = 2

_WITHOUT: Mapping[str, Text] = {
    "credits": _("(Without an AI model: your AI credits are used up.)"),
    "failed": _("(Without an AI model: it failed, or took too long.)"),
    "empty": _("(Without an AI model: it gave no answer.)"),
    "ungrounded": _("(Without an AI model: it said something that nobody taught it, so that isn't sent.)"),
}


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
    """Answers `ask` in the chat in which it was written, with what models make of it."""
    trial, began, thought = Trial(text), perf_counter(), Thought()
    for turn in range(1, MAX_THOUGHTS + 2):
        with minds.db.tenant(tenant_id) as tx:
            message = tx.get_one(Message, (tenant_id, message_id))
            tenant = tx.get_one(Tenant, tenant_id)
            shown = tried(tx, minds.settings, tenant, trial, thought, began, message_id)
            if not isinstance(shown, Thinking):
                outbox.put(
                    tx,
                    [Outgoing(message.session_id, message.chat, shown.render(tenant.locale), in_reply_to=message_id,
                              priority=REPLY, dedup_key=f"ask:{message_id}")],
                )  # fmt: skip
                return
        thought = minds.think(tenant_id, shown, thought, is_last=turn >= MAX_THOUGHTS)


def tried(
    tx: Tx, settings: Settings, tenant: Tenant, trial: Trial, thought: Thought, began: float, message_id: int
) -> Renderable | Thinking:
    """What a customer would read, and why; or what there is to think about before."""
    bots = list(chatbots.all_of(tx))
    bot, question = trial.of(bots)
    if bot is None:
        hint = _("Teach me first: kb add When do you open? = We open at 8")
        return lines(_("No bot is switched on, so customers get your greeting only."), hint)
    texts = answering.questions(question) if settings.uses_vectors else ()
    if not thought.covers(texts):
        return Thinking(texts)
    outcome = answering.look_up(tx, question, bot.id, thought.vectors)
    asks = for_person.at_once(bot, question) or for_person.instead(question, outcome)
    written = thought.written.get(question_of(question))
    wants_model = asks is None and settings.uses_chat and is_wanted(tx, tenant, bot, outcome, question)
    may = wants_model and may_use(tx, settings)
    if may and written is None and not thought.is_final:
        locale = bot.language or words.language(question) or tenant.locale
        asked = Asked(tx, tenant, bot, question_of(question), locale, thought.vectors, outcome.near)
        return Thinking(texts, asked.brief(message_id=message_id))
    if wants_model and written is None:
        written = Written(problem="failed" if may else "credits")
    took = round((perf_counter() - began) * 1000)
    return lines(_("*{bot}* would answer:", bot=bot.name), *_shown(outcome, asks, written, tenant, bot, took))


def _shown(
    outcome: Outcome, asks: str | None, written: Written | None, tenant: Tenant, bot: Chatbot, took: int
) -> list[Renderable | str]:
    """The answer with its reasons, by a model where one gave any."""
    if written is None or written.problem is not None:
        without = None if written is None else _WITHOUT.get(written.problem or "")
        spent = [] if written is None else _spent(written.spent, took)
        told = [*_would_say(outcome, asks, tenant, bot), "", *_why(outcome.found)]
        return [*told, *([without] if without else []), *(spent or [_("Looked up in {n} ms.", n=took)])]
    own: list[Renderable | str] = []
    if written.text and (written.sources or not written.asks_person):
        own.append(Shown(written.text))
    if written.asks_person:
        own += [*([] if own else [unknowing(bot)]), _("(And it offers to ask {business}.)", business=tenant.name)]
    return [*own, "", *_why(written.sources), *_spent(written.spent, took)]


def _spent(spent: Spent, took: int) -> list[Renderable]:
    if spent.model is None:
        return []
    text = _(
        "With {model}: {tokens} tokens, AI credits: {credits}, {n} ms.", model=spent.model,
        tokens=spent.prompt_tokens + spent.completion_tokens, credits=spent.credits, n=took,
    )  # fmt: skip
    return [text]


def _would_say(outcome: Outcome, asks: str | None, tenant: Tenant, bot: Chatbot) -> list[Renderable | str]:
    if asks is not None:
        return [_("(It asks you: this is for a person to decide.)")]
    if outcome.kind == "answer":
        return [Shown(outcome.text)]
    if outcome.kind == "offer":
        listed = (f"{at}. {each.label}" for at, each in enumerate(outcome.found, 1))
        return [_("(It isn't sure, and offers to choose:)"), *listed]
    return [unknowing(bot), _("(And it offers to ask {business}.)", business=tenant.name)]  # fmt: skip


def _why(found: tuple[Found, ...]) -> list[Renderable]:
    if not found:
        return [_("Nothing that was taught comes near.")]
    return [_("This rests on:"), *(_source(each) for each in found)]


def _source(found: Found) -> Renderable:
    share = Percent(round(Decimal(found.confidence), 2))
    page = None if found.page is None else _("page {page}", page=str(found.page))
    title = found.question or found.title
    return Joined((Joined((f"• {found.source_number}. {title}", page), ", "), _("({share} sure)", share=share)), " ")
