"""The bot that answers a customer: which one it is, and what comes first of all that it can do.

A sure match is answered with the words that were taught. All else a model answers, where there is one to be used
(`bot_model`); without it near matches are offered to choose from, and what nothing answers is said so, kept as a gap
for the owner to fill, and a person is offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.chat import for_person
from handlers.chat.bot_model import by_model, by_written
from handlers.chat.bot_offers import known, near, soothed, to_our_question, unknown
from handlers.chat.bot_turn import GREETED, Turn, ask_person, tell
from handlers.chat.fallback import has_account, not_allowed
from handlers.context import Context, is_stale
from handlers.grammar.customers import is_insult
from handlers.grammar.sentences import small_talk
from handlers.owner.dialogs import pending
from handlers.reply import Drop, Reply, Thinking, Thought
from services.assistant import answering, chatbots, records, words
from services.assistant.answering import Outcome
from services.db.models import BotAnswer, Chatbot
from services.i18n import Renderable, Shown, _, lines

# What was asked so lately is what a question of so few words may go on about.
LATELY, SHORT = timedelta(minutes=10), 4
_WHAT = _("Yes? What can I do for you?")


def answered(context: Context, thought: Thought | None) -> Reply | Drop | Thinking | None:
    """The bot's answer to a burst; None where the business has no bot for it."""
    if context.contact is None:
        return None
    bots = [bot for bot in chatbots.all_of(context.tx) if bot.active]
    if not bots:
        return None
    last = records.last_of(context.tx, context.conversation.id, 2 * GREETED)
    given = _circumstances(context, bots, last)
    bot = chatbots.choose(bots, **given)
    turn = Turn(context, bot, last, thought or Thought(), may_think=thought is not None)
    if bot is None:
        return _closed(turn, chatbots.closed_until(bots, **given))
    answer = _answer(turn, bot)
    if isinstance(answer, Reply):
        context.conversation.chatbot_id, context.conversation.bot_at = bot.id, context.tx.now
    return answer


def in_group(context: Context, thought: Thought | None) -> Reply | Thinking | None:
    """What a bot knows for sure, for whoever calls it in a group; nothing else is said there."""
    bots = [bot for bot in chatbots.all_of(context.tx) if bot.active]
    bot = chatbots.choose(bots, **_circumstances(context, bots, None)) if bots else None
    if bot is None:
        return None
    turn = Turn(context, bot, None, thought or Thought())
    outcome = _looked_up(turn, bot)
    if isinstance(outcome, Thinking):
        return outcome
    return tell(turn, Shown(outcome.text), "answered", outcome, greets=True) if outcome.kind == "answer" else None


def _circumstances(context: Context, bots: Sequence[Chatbot], last: BotAnswer | None) -> dict[str, Any]:
    """What the choice of a bot goes by."""
    conversation = context.conversation
    recent = conversation.bot_at is not None and conversation.bot_at + GREETED > context.tx.now
    conditional = any(bot.starts.get("who", "everyone") != "everyone" for bot in bots)
    return {
        "session_id": context.session.id,
        "text": context.text,
        "moment_local": context.tx.now.astimezone(ZoneInfo(context.tenant.timezone)),
        "is_borrower": conditional and context.contact is not None and has_account(context),
        "is_new": last is None and conversation.bot_at is None,
        "last": conversation.chatbot_id if recent else None,
    }


def _closed(turn: Turn, opening: datetime | None) -> Reply | Drop | None:
    """Outside the hours of every bot: said once, with the time from which somebody answers."""
    if opening is None:
        return None
    if is_stale(turn.context.message):
        return Drop("stale")
    if turn.last is not None and turn.last.outcome == "closed" and not turn.is_new:
        return Drop("quiet")
    text = _(
        "Thank you for your message! {business} is closed now; you get an answer from {opening} on.",
        business=turn.business, opening=opening,
    )  # fmt: skip
    return tell(turn, text, "closed")


def _answer(turn: Turn, bot: Chatbot) -> Reply | Drop | Thinking:
    context = turn.context
    state = pending(context)
    reply = to_our_question(turn, state) if state is not None and "chat" in state else None
    if reply is not None:
        return reply
    if not context.text.strip():
        return Drop("stale") if is_stale(context.message) else tell(turn, _wordless(turn), "unknown")
    if small_talk(context.text) in ("greeting", "who", "help"):
        return _greeting(turn, bot)
    kind = for_person.at_once(bot, context.text)
    if kind is not None:
        return ask_person(turn, kind)
    reply = by_written(turn)
    if reply is not None:
        return reply
    outcome = _looked_up(turn, bot)
    if isinstance(outcome, Thinking):
        return outcome
    wish = for_person.instead(context.text, outcome)
    if wish is not None:
        return ask_person(turn, wish)
    if outcome.kind != "answer" and (plain := _needs_no_answer(turn)) is not None:
        return plain
    return by_model(turn, bot, outcome) or _in_own_words(turn, outcome)


def _wordless(turn: Turn) -> Renderable:
    """For who sends a picture or a file and nothing else."""
    return _(
        "I can't look at pictures and files yet. Please write what it is about; {business} sees it in this chat, too.",
        business=turn.business,
    )


def _needs_no_answer(turn: Turn) -> Reply | Drop | None:
    """A bot's questions and excuses come fresh or not at all; what is the owner's to do is said to be."""
    if is_stale(turn.context.message):
        return Drop("stale")
    if not words.says_something(turn.context.text):
        return tell(turn, _WHAT, "greeted")
    refused = not_allowed(turn.context)
    if refused is not None:
        return refused
    return soothed(turn) if is_insult(turn.context.text) else None


def _in_own_words(turn: Turn, outcome: Outcome) -> Reply:
    if outcome.kind == "answer":
        return known(turn, outcome)
    return near(turn, outcome) if outcome.kind == "offer" else unknown(turn, outcome)


def _looked_up(turn: Turn, bot: Chatbot) -> Outcome | Thinking:
    context = turn.context
    texts = answering.questions(context.text)
    if context.settings.uses_vectors and not turn.thought.covers(texts):
        return Thinking(texts)
    outcome = answering.look_up(context.tx, context.text, bot.id, turn.thought.vectors)
    if outcome.kind == "answer" or len(context.text.split()) > SHORT:
        return outcome
    return _going_on(turn, bot) or outcome


def _going_on(turn: Turn, bot: Chatbot) -> Outcome | None:
    """A short question may go on about what was asked just before: `berapa harganya?` after `ada semen?`."""
    last, context = turn.last, turn.context
    if last is None or last.at + LATELY < context.tx.now or last.outcome not in ("answered", "offered"):
        return None
    outcome = answering.look_up(context.tx, f"{last.question} {context.text}".replace("?", " "), bot.id)
    return outcome if outcome.kind == "answer" and outcome.text != last.answer else None


def _greeting(turn: Turn, bot: Chatbot) -> Reply | Drop:
    context = turn.context
    if is_stale(context.message):
        return Drop("stale")
    if not turn.is_new and small_talk(context.text) == "greeting":
        return tell(turn, _WHAT, "greeted")
    if bot.greeting:
        return tell(turn, Shown(bot.greeting), "greeted", greets=True)
    text = lines(
        _hello(turn, bot),
        _("Ask me anything, or write *person* and I get somebody of {business}.", business=turn.business),
        _("To see your own account, write *balance*.") if has_account(context) else None,
    )
    return tell(turn, text, "greeted", greets=True)


def _hello(turn: Turn, bot: Chatbot) -> Renderable:
    if bot.name == turn.business:
        return _("Hello! This is {business}'s automatic assistant.", business=turn.business)
    return _("Hello! I'm {bot}, the automatic assistant of {business}.", bot=bot.name, business=turn.business)
