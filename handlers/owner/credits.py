"""The command about AI credits: what is left, what they were used for, what uses cost, and whether models work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from handlers.context import Context
from handlers.grammar.spec import Command, Words
from handlers.owner.call import Call
from handlers.reply import Reply, say
from services.assistant import paying_texts
from services.assistant.paying_texts import rounded
from services.i18n import Joined, MonthName, Renderable, Text, _, _c, _n, lines
from services.settings import Settings
from services.tenants import credit_use, prices
from services.tenants import credits as account
from services.tenants.credit_use import OfBot, Uses
from services.tenants.credits import Standing
from services.tenants.plans import FEATURES, feature
from services.tenants.prices import Price

_MOST_BOTS = 10
_PURPOSES: Mapping[str, Text] = {
    "chat": _("answers to customers"),
    "understanding": _("sentences of yours"),
    "summary": _("summaries of long chats"),
    "vision": _("pictures that are read"),
    "transcription": _("voice notes"),
    "embedding": _("looking up by meaning"),
}

_USED_UP = _("They are used up: bots answer with what you taught them. For more ask the administrator.")


def credits_(call: Call) -> Reply:
    """Shows the account of AI credits and this month's uses."""
    context = call.context
    tx, settings = context.tx, context.settings
    now, when = account.standing(tx), credit_use.month_of(context.tenant, tx.now)
    purposes, bots = credit_use.by_purpose(tx, when), credit_use.by_bot(tx, when)
    spent = rounded(sum((each.credits for each in purposes.values()), account.NOTHING))
    return say(
        lines(
            Joined(("*", _("AI credits"), "*"), ""),
            *_left(call, now),
            None if account.is_enough(tx, now) else _USED_UP,
            None if now.trouble is None else _trouble(now),
            None if settings.uses_models else _("This installation has no AI, so nothing is used."),
            "",
            _("Used in {month}: {credits}", month=MonthName(context.today), credits=spent),
            *(_used(name, purposes[name]) for name in _PURPOSES if name in purposes),
            *_by_bot(bots),
            "",
            _("What it costs, in credits:"),
            *_prices(context),
            _("What fails costs nothing."),
        )
    )


def _left(call: Call, now: Standing) -> Iterator[Renderable]:
    if now.is_unlimited:
        yield _("Your plan has no limit.")
    else:
        yield _("Left: {left}", left=rounded(now.left))
        last = credit_use.last_of_month(call.context.today)
        yield _(
            "• of this month's {allowance}: {left}, until {day}",
            allowance=now.allowance, left=rounded(now.allowance_left), day=last,
        )  # fmt: skip
    if now.bought_left or not now.is_unlimited:
        yield _("• bought, to keep: {left}", left=rounded(now.bought_left))


def _trouble(now: Standing) -> Renderable:
    assert now.trouble is not None
    return _("⚠️ The AI doesn't work just now: {reason}.", reason=paying_texts.trouble(now.trouble))


def _used(purpose: str, uses: Uses) -> Renderable:
    n, spent = uses.calls - uses.failed, rounded(uses.credits)
    name = _PURPOSES[purpose]
    return _n("• {name}: {credits} ({n} time)", "• {name}: {credits} ({n} times)", n, name=name, credits=spent)


def _by_bot(bots: Sequence[OfBot]) -> Iterator[Renderable]:
    named = [each for each in bots if each.name is not None][:_MOST_BOTS]
    if named:
        yield _("By bot:")
    for each in named:
        n, spent = each.uses.calls - each.uses.failed, rounded(each.uses.credits)
        yield _n(
            "• {name}: {credits} ({n} answer)", "• {name}: {credits} ({n} answers)", n, name=each.name, credits=spent
        )


def _prices(context: Context) -> Iterator[Renderable]:
    """The price list for the models in use, what costs the same in one line."""
    settings, tenant = context.settings, context.tenant
    table, models = prices.read(settings.ai_prices), _models(settings)
    same: dict[tuple[Price, bool], list[Renderable | str]] = {}
    for purpose, name in _PURPOSES.items():
        if purpose in FEATURES and not feature(tenant.plan, tenant.limits, purpose):
            continue
        key = (table.of(purpose, models.get(purpose)), purpose == "transcription")
        same.setdefault(key, []).append(name)
    for (price, is_speech), names in same.items():
        yield Joined(("• ", Joined(tuple(names), ", "), ": ", _price(price, is_speech)), "")


def _models(settings: Settings) -> Mapping[str, str | None]:
    chat = settings.chat_model
    return {
        "chat": chat, "understanding": chat, "summary": chat, "vision": settings.vision_model or chat,
        "transcription": settings.transcription_model, "embedding": settings.embedding_model,
    }  # fmt: skip


def _price(price: Price, is_speech: bool) -> Renderable:
    cost = price.credits.normalize() if price.credits else account.NOTHING
    if is_speech:
        if price.per == 60:
            return _("{credits} for each started minute", credits=cost)
        return _("{credits} for each {n} seconds begun", credits=cost, n=price.per)
    return _("{credits} for each {n} tokens begun (about {words} words)", credits=cost, n=price.per,
             words=max(1, price.per * 3 // 4))  # fmt: skip


COMMANDS = (
    Command(
        name="credits",
        words=Words(_c("command", "credits | ai credits")),
        area=_("Account"),
        usage=None,
        help=_("shows your AI credits, and what they were used for"),
        run=credits_,
        examples=("credits", "KREDIT"),
    ),
)
