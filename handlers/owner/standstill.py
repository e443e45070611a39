"""What the people of a business read that isn't working: nothing is booked, only what concerns the account is answered.

Everything else gets one text: what happened, and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.grammar.parse import parse
from handlers.owner import dialogs
from handlers.owner.running import run
from handlers.reply import Pending, Reply
from services.i18n import Renderable, Text, _, lines
from services.tenants import system_settings

ACCOUNT = frozenset({"account", "plan", "usage", "credits", "help", "language", "settings"})

_HAPPENED: Mapping[str, Text] = {
    "pending_approval": _("*{name}* waits to be approved; I write to you as soon as it is."),
    "rejected": _("*{name}* was not accepted."),
    "suspended": _("*{name}* is suspended, because its subscription isn't paid."),
    "inactive": _("*{name}* was switched off by the administrator."),
    "closed": _("*{name}* is closed."),
}


def answer(context: Context, book: CommandBook) -> Reply:
    """The answer to whoever acts for a business that isn't working."""
    own = CommandBook(command for command in book if command.name in ACCOUNT)
    state = dialogs.pending(context)
    if state is not None and state["command"] in ACCOUNT:
        reply = dialogs.answer_plainly(context, own)
        if reply is not None:
            return reply
    parsed = parse(context.text, context.reading, book)
    if parsed is not None and parsed.command.name in ACCOUNT:
        return run(context, own, parsed.command, parsed.arguments)
    kept = None if state is None else Pending(state)
    return Reply((_explained(context),), dialog=kept, outcome="tenant_inactive")


def _explained(context: Context) -> Renderable:
    tenant = context.tenant
    known = system_settings.values(context.tx, context.settings)
    unpaid = tenant.status == "suspended"
    how, contact = known["payment_instructions"], known["support_contact"]
    return lines(
        _(_HAPPENED[tenant.status].message, name=tenant.name),
        _("What your customers write is kept, but nothing is answered, reminded of or noted until it is paid.")
        if unpaid
        else None,
        _("How to pay: {how}", how=how) if unpaid and how is not None else None,
        None if contact is None else _("Questions? {contact}", contact=contact),
        _("*account* and *plan* still work; *help* shows what else."),
    )
