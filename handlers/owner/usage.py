"""The command about what is used of the plan: figures, what begins anew when, and what is nearly used up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from handlers.grammar.spec import Command, Words
from handlers.owner.account import AREA
from handlers.owner.call import Call
from handlers.reply import Reply, say
from services.assistant.paying_texts import rounded
from services.clock import local_date
from services.i18n import Joined, Renderable, Text, Weekday, _, _c, lines
from services.tenants import credits as account
from services.tenants import limits
from services.tenants.limits import FULL, NEAR, Standing

_TODAY: Mapping[str, Text] = {"messages_day": _("messages to customers"), "campaigns_day": _("campaigns")}
_MONTH: Mapping[str, Text] = {
    "messages_month": _("messages to customers"), "campaigns_month": _("campaigns"), "pdfs": _("PDFs"),
    "ai_credits": _("AI credits"),
}  # fmt: skip
_NOW: Mapping[str, Text] = {
    "debts": _("open debts"), "agreements": _("open agreements"), "sessions": _("WhatsApp numbers"),
    "users": _("people with access"),
}  # fmt: skip


def usage(call: Call) -> Reply:
    """Shows every limit with what is used of it."""
    context = call.context
    now, credits = limits.standing(context.tx, context.tenant), account.standing(context.tx)
    resets = now["messages_month"].resets_at
    assert resets is not None
    last = local_date(resets, context.tenant.timezone) - timedelta(days=1)
    bought = rounded(credits.bought_left)
    return say(
        lines(
            Joined(("*", _("What you use"), "*"), ""),
            _("Your plan: {plan}", plan=context.tenant.plan),
            "",
            _("Today:"),
            *_listed(_TODAY, now),
            "",
            _("This month, until {day}:", day=Weekday(last)),
            *_listed(_MONTH, now),
            _("• AI credits that you bought: {left} left", left=bought) if credits.bought_left else None,
            "",
            _("At present:"),
            *_listed(_NOW, now),
            *_near(now),
        )
    )


def _listed(names: Mapping[str, Text], now: Mapping[str, Standing]) -> Iterator[Renderable]:
    for key, name in names.items():
        found = now[key]
        figures = (
            _("{used} (unlimited)", used=found.used)
            if found.is_unlimited
            else _("{used} of {limit}", used=found.used, limit=found.limit)
        )
        yield Joined((Joined(("• ", name, ": ", figures), ""), _mark(found)), " ")


def _mark(found: Standing) -> str | None:
    """A sign beside what is nearly or wholly used up."""
    if found.is_unlimited or found.used * 100 < NEAR * found.limit:
        return None
    return "⛔" if found.used * 100 >= FULL * found.limit else "⚠️"


def _near(now: Mapping[str, Standing]) -> Iterator[Renderable | str]:
    """What to do where something is used up or nearly so; nothing else is said to whoever has enough."""
    if any(map(_mark, now.values())):
        yield ""
        yield _("⚠️ nearly used up, ⛔ used up. For more, ask for a larger plan: *plan*")


COMMANDS = (
    Command(
        name="usage",
        words=Words(_c("command", "usage")),
        area=AREA,
        usage=None,
        help=_("shows what is used of your plan, and when it begins anew"),
        run=usage,
        examples=("usage", "PEMAKAIAN"),
    ),
)
