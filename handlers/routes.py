"""The ordered ways of answering: the first that has an answer wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from handlers.chat import bot, groups
from handlers.chat.account_and_more import account_and_more
from handlers.chat.agreements import answered, checked, explained, reason_given
from handlers.chat.borrower import own_account, own_statement
from handlers.chat.consent import consent
from handlers.chat.fallback import greeting, not_allowed, small_words
from handlers.chat.files import by_voice, unreadable
from handlers.chat.language import own_language
from handlers.chat.pictures import with_question
from handlers.chat.requests import dispute, postponement, promise, proof, says_paid
from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.media import heard_words, problem_of
from handlers.owner import (
    account,
    actions,
    agreements,
    amending,
    bookings,
    bots,
    credits,
    debts,
    dialogs,
    interview,
    knowledge,
    payments,
    people,
    plain,
    plan,
    platform,
    ppp,
    reports,
    tags,
    takeovers,
    trying,
    unasked,
    understanding,
    usage,
)
from handlers.owner.files import not_text
from handlers.reply import Drop, Later, Reply, Thinking, Thought, Unread
from services.db.models import Message
from services.errors import DomainError
from services.i18n import lines
from services.tenants.platform import PERMISSION

Answer = Reply | Drop | Later | Unread
Route = Callable[[Context], Answer | None]


def command_book() -> CommandBook:
    """Every command of the owner's side."""
    return CommandBook(
        (
            *bookings.COMMANDS, payments.COMMAND, *debts.COMMANDS, interview.COMMAND, amending.COMMAND,
            *agreements.COMMANDS, *reports.COMMANDS, *bots.COMMANDS, *knowledge.COMMANDS, *trying.COMMANDS,
            *actions.COMMANDS, *people.COMMANDS, *takeovers.COMMANDS, *account.COMMANDS, *usage.COMMANDS,
            *credits.COMMANDS, *plan.COMMANDS, *tags.COMMANDS, *platform.COMMANDS, *ppp.COMMANDS,
        )
    )  # fmt: skip


def for_businesses(book: CommandBook) -> CommandBook:
    """The commands that a business knows: those of the platform don't exist there."""
    return CommandBook(command for command in book if command.permission != PERMISSION)


def owner_routes(book: CommandBook) -> Sequence[Route]:
    """Ways of answering whoever acts for the tenant; the last one always answers."""
    return (
        lambda context: plain.shared_card(context, book),
        lambda context: not_text(context, book),
        lambda context: actions.by_one_word(context, book),
        lambda context: dialogs.answer_plainly(context, book),
        lambda context: dialogs.correct(context, book),
        lambda context: unasked.too_late(context, book),
        unasked.nothing_waits,
        lambda context: unasked.pushed_aside(context, book, plain.command(context, book)),
        lambda context: dialogs.answer_loosely(context, book),
        dialogs.nothing_to_correct,
        plain.talk,
        lambda context: plain.misspelt(context, book),
        plain.bare_amount,
        lambda context: understanding.by_model(context, book),
        plain.not_understood,
    )


def owner_answer(routes: Sequence[Route], context: Context) -> Answer:
    """The answer to whoever acts for the tenant; of a file that couldn't be taken they hear beside it."""
    words = heard_words(context.message)
    try:
        answer = first(routes, context)
    except DomainError as refusal:
        raise DomainError(refusal.code, lines(words, refusal.text), **refusal.details) from refusal
    if not isinstance(answer, Reply) or not context.text.strip():
        return answer
    first_text, problem = lines(words, *answer.texts[:1]), problem_of(context.message)
    texts = answer.texts if words is None else (first_text, *answer.texts[1:])
    return replace(answer, texts=texts if problem is None else (*texts, problem))


def at_once(context: Context) -> Answer:
    """What somebody else's message is answered with at once; all the rest waits for the end of the burst."""
    return by_voice(context) or consent(context) or answered(context) or proof(context) or Later()


# What somebody asks for may stand in any message of a burst; how they are greeted depends on all of it.
_ASKED_FIRST: Sequence[Route] = (checked, postponement, own_statement)
_OF_DEBTS: Sequence[Route] = (postponement, promise, dispute)
_ASKED: Sequence[Route] = (own_account, own_language, says_paid, promise, dispute)
_TO_ALL: Sequence[Route] = (reason_given, explained, small_words)


def answer_together(context: Context, waiting: Sequence[Message], thought: Thought | None = None) -> Answer | Thinking:
    """The one answer to a burst: to all of it as one text, else to the first message that asks for something.

    What a bot needs time for it asks for by `Thinking`, and gets as the `thought` of the next call.
    """
    if context.in_group:
        return bot.in_group(context, thought) or groups.greeting(context)
    texts = tuple(dict.fromkeys((context.text, *(message.body for message in waiting))))
    answer = (
        _to_any(_ASKED_FIRST, context, texts)
        or account_and_more(context, lambda rest: _first(_OF_DEBTS, rest) or bot.answered(rest, thought))
        or _to_any(_ASKED, context, texts)
        or unreadable(context, waiting)
        or _first(_TO_ALL, context)
        or bot.answered(context, thought)
        or _to_any((not_allowed,), context, texts)
        or greeting(context)
    )
    return with_question(context, waiting, answer)


def _to_any(routes: Sequence[Route], context: Context, texts: Sequence[str]) -> Answer | None:
    """The first route's answer to any of the texts, else the next one's."""
    answers = (route(replace(context, text=text)) for route in routes for text in texts)
    return next((answer for answer in answers if answer is not None), None)


def first(routes: Sequence[Route], context: Context) -> Answer:
    """The answer of the first route that has one."""
    return _first(routes, context) or Drop("unanswered")


def _first(routes: Sequence[Route], context: Context) -> Answer | None:
    for route in routes:
        answer = route(context)
        if answer is not None:
            return answer
    return None
