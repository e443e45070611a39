"""What the owner is told of models that fail and of credits that run out, and how credits are shown."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal

from services.i18n import Renderable, Text, _, lines
from services.tenants.credits import Standing

_TROUBLES: Mapping[str, Text] = {
    "down": _("the model server can't be reached"),
    "slow": _("the model server answers too slowly"),
    "limited": _("the model server takes no more requests for now"),
    "key": _("the model server doesn't accept the key; the administrator has to look at OPENAI_API_KEY"),
    "unknown_model": _("the model server doesn't know the model; the administrator has to look at CHAT_MODEL"),
    "nonsense": _("the model server gives answers that can't be used"),
}
_STILL = _(
    "Your bots still give the answers that you taught them and take down requests; your own commands work as written."
)


def trouble(word: str) -> Renderable:
    """Why models fail, as the middle of a sentence."""
    return _TROUBLES.get(word, _TROUBLES["nonsense"])


def of_trouble(word: str) -> Renderable:
    """That models fail, and what works meanwhile."""
    return lines(
        _("⚠️ The AI doesn't work just now: {reason}.", reason=trouble(word)),
        _STILL,
        _("Nothing is charged for what fails, and I try again with each message."),
    )


def of_credits(told: str, now: Standing) -> Renderable:
    """That credits run out (`low`), or are used up (`empty`), and what to do."""
    if told == "empty":
        return lines(
            _("⚠️ Your AI credits are used up."),
            _STILL,
            _("The next month brings new ones; for more at once ask the administrator. Write *credits* to look."),
        )
    return lines(
        _("Your AI credits run low: {left} are left.", left=rounded(now.left)),
        _("When they are used up, bots answer with what you taught them. For more ask the administrator."),
        _("Write *credits* to see what they were used for."),
    )


def rounded(amount: Decimal) -> Decimal:
    """Credits as people read them: whole ones, tenths of a few."""
    step = Decimal(1) if amount >= 10 else Decimal("0.1")
    shown = amount.quantize(step, ROUND_DOWN)
    return shown.quantize(Decimal(1)) if shown == shown.to_integral_value() else shown
