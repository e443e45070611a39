"""Who asks for their own account and for something else, in one burst, is told both in one message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from handlers.chat.borrower import own_account
from handlers.context import Context
from handlers.grammar.sentences import ask_balance
from handlers.reply import Reply, Thinking
from services.assistant import answering, words
from services.i18n import lines


def account_and_more(context: Context, others_answer: Callable[[Context], object]) -> Reply | Thinking | None:
    """The account, and below it what `others_answer` makes of the other questions; None where only one is asked."""
    sentences = answering.questions(context.text)[1:]
    about_account = [each for each in sentences if ask_balance(each) is not None]
    others = [each for each in sentences if each not in about_account and words.asks(each)]
    if not about_account or not others:
        return None
    account = own_account(replace(context, text=" ".join(about_account)))
    if account is None:
        return None
    more = others_answer(replace(context, text="\n".join(others)))
    if isinstance(more, Thinking):
        return more
    if not isinstance(more, Reply) or not more.texts:
        return account
    return replace(more, texts=(lines(*account.texts, "", *more.texts),))
