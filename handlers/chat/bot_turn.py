"""One turn of a bot: the burst that it answers, the language it speaks, and its words with their record."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from time import perf_counter

from handlers.chat import asking
from handlers.context import Context
from handlers.reply import Pending, Reply, Thought
from services.assistant import records, words
from services.assistant.answering import Outcome
from services.assistant.records import Said, Spent
from services.db.models import BotAnswer, Chatbot
from services.i18n import Joined, Renderable, lines

# A bot that has greeted doesn't for so long.
GREETED = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Turn:
    """A burst of a customer, the bot that answers it (None: they all keep quiet), and what was thought about it.

    Where it may not think, it is only asked whether there is something to think about.
    """

    context: Context
    bot: Chatbot | None
    last: BotAnswer | None
    thought: Thought = field(default_factory=Thought)
    may_think: bool = True
    began: float = field(default_factory=perf_counter)

    @property
    def locale(self) -> str | None:
        """The language to answer in: the person's setting, the bot's, else the one that they write; None as usual."""
        contact = self.context.contact
        if contact is not None and contact.locale is not None:
            return None
        return (self.bot.language if self.bot else None) or words.language(self.context.text)

    @property
    def business(self) -> str:
        return self.context.tenant.name

    @property
    def spent(self) -> Spent:
        """What the answer took until now: the time, and what models cost, whether or not their words are sent."""
        uses = [each.spent for each in self.thought.written.values()]
        return Spent(
            self.thought.duration_ms + round((perf_counter() - self.began) * 1000),
            next((each.model for each in reversed(uses) if each.model), None),
            sum(each.prompt_tokens for each in uses),
            sum(each.completion_tokens for each in uses),
            sum((each.credits for each in uses), Decimal(0)),
        )

    @property
    def is_new(self) -> bool:
        """Whether the chat with the bot begins, after a while or at all."""
        return self.last is None or self.last.at + GREETED < self.context.tx.now


def tell(
    turn: Turn, text: Renderable, outcome: str, looked_up: Outcome | None = None, *, dialog: Pending | None = None,
    greets: bool = False,
) -> Reply:  # fmt: skip
    """The bot's words, kept with what they rest on; where a chat begins, below its own greeting if it has one."""
    if turn.is_new and turn.bot is not None and turn.bot.greeting and not greets:
        text = Joined((turn.bot.greeting, text), "\n\n")
    keep(turn, text, outcome, looked_up)
    return Reply((text,), dialog=dialog, outcome=f"bot_{outcome}", locale=turn.locale)


def ask_person(
    turn: Turn,
    kind: str,
    said: str | None = None,
    *,
    before: Renderable | None = None,
    looked_up: Outcome | None = None,
) -> Reply:
    """Has a person of the business decide or answer; `before` is what could be answered, and is said first."""
    bot_id = turn.bot.id if turn.bot is not None else None
    reply = asking.ask_person(turn.context, kind, said or turn.context.text, chatbot_id=bot_id)
    if before is not None:
        reply = replace(reply, texts=(Joined((before, *reply.texts), "\n\n"),))
    keep(turn, lines(*reply.texts), "asked_person", looked_up)
    return reply


def keep(turn: Turn, text: Renderable, outcome: str, looked_up: Outcome | None = None) -> None:
    """Keeps the record of an answer."""
    context = turn.context
    records.keep(
        context.tx,
        Said(
            message_id=context.message.id,
            question=context.text,
            answer=text.render(turn.locale or context.locale),
            outcome=outcome,
            chatbot_id=turn.bot.id if turn.bot else None,
            conversation_id=context.conversation.id,
            contact_id=context.contact.id if context.contact else None,
            confidence=looked_up.confidence if looked_up else None,
            found=looked_up.found if looked_up else (),
            spent=turn.spent,
        ),
    )
