"""What people see of their own account with the business, and never of anybody else's."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.grammar.sentences import ask_balance
from handlers.owner.accounts import debt_line, entries_of
from handlers.reply import Reply, say
from services.i18n import Joined, Renderable, Weekday, _, lines
from services.lending import debts, ledger
from services.lending.ledger import OpenDebt
from services.money import Money


def own_account(context: Context) -> Reply | None:
    """Answers a question about one's own balance, next due date or payments."""
    asked = ask_balance(context.text)
    if asked is None or context.contact is None:
        return None
    if asked == "history":
        return say(entries_of(context, context.contact))
    return say(balance(context, only_due=asked == "due"))


def balance(context: Context, *, only_due: bool = False) -> Renderable:
    """What the contact owes the business and is owed by it."""
    assert context.contact is not None
    found = ledger.open_debts(context.tx, context.contact.id)
    credit = ledger.credits(context.tx, context.contact.id)
    business, currency = context.tenant.name, context.tenant.currency
    lent = [debt for debt in found if debt.side == "lent"]
    owed = [debt for debt in found if debt.side == "owed"]
    if only_due and lent:
        return _due(lent[0], business)
    parts: list[Renderable] = []
    if lent:
        parts.append(_("You owe {business} {total}:", business=business, total=debts.total(lent, currency)))
        parts += _listed(lent)
    if owed:
        parts.append(_("{business} owes you {total}:", business=business, total=debts.total(owed, currency)))
        parts += _listed(owed)
    for amount in credit.values():
        parts.append(_("You have {credit} as credit.", credit=Money(amount, currency)))
    return lines(*parts) if parts else _("You owe {business} nothing.", business=business)


def _due(debt: OpenDebt, business: str) -> Renderable:
    return _(
        "Your next payment to {business}: {left}, due {due}.",
        business=business,
        left=debt.left,
        due=Weekday(debt.due_on),
    )


def _listed(found: Sequence[OpenDebt]) -> list[Renderable]:
    return [Joined(("•", debt_line(debt)), " ") for debt in found]
