"""What people see of their own account with the business, and never of anybody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.context import Context
from handlers.grammar.customers import wish_of
from handlers.grammar.sentences import ask_balance
from handlers.owner.listings import entries_of, listed
from handlers.owner.reports import request_statement
from handlers.reply import Reply, say
from services.db.engine import Tx
from services.documents.requests import Recipient
from services.i18n import Renderable, Weekday, _, lines
from services.lending import debts, ledger
from services.lending.ledger import OpenDebt
from services.money import Money


def own_account(context: Context) -> Reply | None:
    """Answers a question about one's own balance, next due date or payments."""
    asked = ask_balance(context.text)
    if asked is None or context.contact is None or wish_of(context.text) == "discount":
        return None
    if asked == "history" and not ledger.history(context.tx, context.contact.id, 1):
        return say(_("There are no entries with {business} yet.", business=context.tenant.name))
    if asked == "history":
        return say(entries_of(context, context.contact))
    return say(balance(context, only_due=asked == "due"))


_STATEMENT = frozenset(("statement", "my statement", "statement of account", "rekening koran", "pdf", "statement pdf"))


def own_statement(context: Context) -> Reply | None:
    """Sends people their own statement of account as a PDF; as text when the month's PDFs are used up."""
    if context.text.casefold().strip(" .!?") not in _STATEMENT or context.contact is None:
        return None
    if not ledger.history(context.tx, context.contact.id, 1):
        return None
    caption = _("Your statement of account with {business}.", business=context.tenant.name)
    recipient = Recipient(context.session.id, context.message.chat, caption.render(context.locale))
    if not request_statement(context, context.contact, recipient):
        return say(entries_of(context, context.contact))
    return say(_("Your statement comes in a moment."))


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account it is with which business; `today` is the business's day."""

    contact_id: int
    business: str
    currency: str
    today: date


def balance(context: Context, *, only_due: bool = False) -> Renderable:
    """What the contact owes the business and is owed by it."""
    assert context.contact is not None
    tenant = context.tenant
    return account_of(
        context.tx, Account(context.contact.id, tenant.name, tenant.currency, context.today), only_due=only_due
    )


def account_of(tx: Tx, account: Account, *, only_due: bool = False) -> Renderable:
    """What somebody owes a business and is owed by it, with what is due when."""
    found = ledger.open_debts(tx, account.contact_id)
    credit = ledger.credits(tx, account.contact_id)
    business, currency = account.business, account.currency
    lent = [debt for debt in found if debt.side == "lent"]
    owed = [debt for debt in found if debt.side == "owed"]
    if only_due and lent:
        return _due(lent[0], business)
    parts: list[Renderable] = []
    if lent:
        parts.append(_("You owe {business} {total}:", business=business, total=debts.total(lent, currency)))
        parts += listed(lent, account.today)
    if owed:
        parts.append(_("{business} owes you {total}:", business=business, total=debts.total(owed, currency)))
        parts += listed(owed, account.today)
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
