"""Where a business stands, at one look: for its API and its owner's chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.billing import invoices, renewals
from services.billing.catalogue import Catalogue
from services.billing.periods import REMINDERS
from services.billing.renewals import Coming
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Invoice, Subscription, Tenant
from services.money import Money
from services.tenants import subscriptions


@dataclass(frozen=True, slots=True)
class Overview:
    """A subscription with what follows it, what is to be paid, and what is kept in the currency of the business.

    `next_invoice_on` is when the period that follows is billed, if that is still to come.
    """

    today: date
    subscription: Subscription | None
    coming: Coming | None
    open: Sequence[Invoice]
    next_invoice_on: date | None
    credit: Money
    currency: str


def of(tx: Tx, tenant: Tenant, catalogue: Catalogue) -> Overview:
    """How it is today; looking changes nothing."""
    today, found = local_date(tx.now, tenant.timezone), subscriptions.of(tx)
    currency = catalogue.pays_in(tenant, found)
    following = None if found is None else renewals.coming(found, catalogue)
    billed_on = None
    if found is not None and following is not None and following.price and renewals.made(tx, found) is None:
        billed_on = max(renewals.period_of(found).last - timedelta(days=REMINDERS[0]), found.period_from)
    return Overview(
        today, found, following, invoices.open_ones(tx), billed_on, invoices.credit(tx, currency), currency
    )  # fmt: skip
