"""The book of debts, to be looked at: debts with what is left of them, and where a contact stands. Read only."""

from __future__ import annotations

from datetime import date

from flask import Response

from admin_api.access import require_role
from admin_api.edge import edge
from admin_api.lists import order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Paged
from admin_api.shown_lending import (
    AccountPath,
    AccountSides,
    DebtDetails,
    DebtPath,
    DebtShown,
    DebtsWanted,
    LedgerEntryShown,
    SettledShown,
)
from admin_api.tenancy import tenant
from services.clock import local_date
from services.lending import debt_lists, ledger

family = Family("debts", "Debts", "Money lent and owed, as the ledger has it.", "/api/v1")


@family.get("/debts", Paged[DebtShown])
@require_role("read_only", "lending:read")
def list_debts(query: DebtsWanted) -> Response:
    """Debts and instalments."""
    by, today, currency = order(debt_lists.COLUMNS, query.sort, "dueOn"), _today(), tenant().currency
    wanted = debt_lists.Wanted(today, query.side, query.contact, query.open, query.overdue)
    with edge().db.tenant(tenant().id) as tx:
        rows, total = debt_lists.listed(tx, wanted, by, query.offset, query.per_page)
    return paged([DebtShown.of(row, currency, today) for row in rows], total, query.page, query.per_page)


@family.get("/debts/<string:id>", Answer[DebtDetails])
@require_role("read_only", "lending:read")
def show_debt(path: DebtPath) -> Response:
    """A debt with its entries in the ledger, and with what settled it."""
    with edge().db.tenant(tenant().id) as tx:
        listed = debt_lists.one(tx, path.id)
        entries, settled = debt_lists.entries(tx, listed.debt), debt_lists.settled(tx, listed.debt)
    shown = DebtDetails(
        **DebtShown.of(listed, tenant().currency, _today()).model_dump(),
        entries=[LedgerEntryShown.of(entry) for entry in entries],
        settled=[SettledShown.of(*share) for share in settled],
    )
    return ok(shown)


@family.get("/accounts/<string:contactId>", Answer[AccountSides])
@require_role("read_only", "lending:read")
def show_account(path: AccountPath) -> Response:
    """Where a contact stands: on each side the balance, what is overdue, and what is due next."""
    with edge().db.tenant(tenant().id) as tx:
        contact = debt_lists.contact(tx, path.contact_id)
        found, credits = ledger.open_debts(tx, contact.id), ledger.credits(tx, contact.id)
    return ok(AccountSides.of(contact, found, credits, tenant().currency, _today()))


def _today() -> date:
    return local_date(edge().db.clock.now(), tenant().timezone)
