"""What the person on the other side hears of a payment: that it arrived, what it settled, and what is left."""

from __future__ import annotations

from collections.abc import Sequence

from services.i18n import Joined, Renderable, Weekday, _
from services.lending.ledger import Account, Side
from services.lending.receipts import Part, Receipt
from services.money import Money


def paid_line(business: str, name: str, side: Side, amount: Money) -> Renderable:
    """What the other side hears of a payment, first of all."""
    params = {"business": business, "name": name, "amount": amount}
    if side == "lent":
        return _("Hello {name}, {business} received {amount} from you. Thank you!", **params)
    return _("Hello {name}, {business} noted a payment of {amount} to you.", **params)


def notice_standing(side: Side, account: Account) -> Renderable:
    """Where an account stands, for the person on the other side."""
    if account.credit:
        return _("Nothing is open; {credit} is kept as your credit.", credit=account.credit)
    if not account.debts:
        return _("Everything is paid off.")
    first = account.debts[0]
    if side == "lent":
        return _("You owe {left} in all; next due: {due}.", left=account.left, due=Weekday(first.due_on))
    return _("You are owed {left} in all.", left=account.left)


def split(receipt: Receipt) -> Sequence[Renderable]:
    """Where the payment went: a line for each debt or instalment, where it went to more than a single plain debt."""
    if not receipt.has_installments and len(receipt.parts) < 2:
        return ()
    return tuple(_part(part) for part in receipt.parts)


_COMPONENTS = {
    "penalty": _("penalty {amount}"),
    "fee": _("fee {amount}"),
    "interest": _("interest {amount}"),
    "principal": _("principal {amount}"),
}


def _part(part: Part) -> Renderable:
    components = None
    if set(part.amounts) != {"principal"}:
        named = tuple(_(_COMPONENTS[kind].message, amount=amount) for kind, amount in part.amounts.items())
        components = Joined(("(", Joined(named, ", "), ")"), "")
    left = _("still {left} open", left=part.left) if part.left else _("paid in full")
    line = _("{label}: {total}", label=part.label(), total=part.total)
    return Joined(("•", line, components, "–", left), " ")
