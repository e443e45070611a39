"""What a payment did, in the words of a chat, and its receipt as a PDF."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.owner.offers import allowance, own_copy
from services.documents.requests import Recipient, Wanted, request
from services.i18n import Joined, Renderable, Text, _
from services.lending.agreement_states import Change
from services.lending.receipts import Part, Receipt, to_json
from services.messaging.contacts import Reach


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


_CHANGES: dict[str, Text] = {
    "completed": _("🎉 Agreement {number} is paid off."),
    "defaulted": _("Agreement {number} is closed; what was left is written off."),
    "active": _("Agreement {number} is open again."),
    "cancelled": _("Agreement {number} is closed."),
}


def changes(found: Sequence[Change]) -> Sequence[Renderable]:
    """Agreements that a booking closed or opened again."""
    return tuple(_(_CHANGES[each.after].message, number=str(each.number)) for each in found)


def send_receipt(context: Context, receipt: Receipt, told: Reach | None) -> bool:
    """Has the receipt made and sent to whoever is told, else to the owner; False when the month's PDFs are used up."""
    locale = context.tenant.locale
    number = str(receipt.entry_id)
    name = _("Receipt {number}", number=number).render(locale).replace(" ", "-")
    caption = _("Receipt {number} of {business}", number=number, business=context.tenant.name)
    paid_off = _("*Paid off.* Thank you!") if receipt.paid_off else None
    if told is not None:
        text = Joined((caption, paid_off)).render(told.locale or locale)
        recipient = Recipient(told.session_id, told.chat, text)
    else:
        recipient = own_copy(context, _("Receipt {number} for {name}, to pass on.", number=number, name=receipt.payer))
    wanted = Wanted("receipt", f"receipt:{receipt.entry_id}", to_json(receipt), locale, f"{name}.pdf")
    return request(context.tx, wanted, [recipient], allowance(context))
