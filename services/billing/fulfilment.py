"""What happens once an invoice is paid, and when a payment of it is taken back; and how credit pays what is open.

Every function wants the tenant locked by its caller.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from services.billing import invoices, renewals, telling, texts
from services.billing.catalogue import Catalogue
from services.billing.periods import CYCLES, Period, begun_by_payment
from services.billing.texts import Done
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Invoice, Subscription, Tenant
from services.money import Money
from services.tenants import life, subscriptions
from services.tenants.actors import Actor


@dataclass
class _Brought:
    paid: list[Invoice] = field(default_factory=list)
    plan: str | None = None
    until: date | None = None


def settle(
    tx: Tx, actor: Actor, tenant: Tenant, catalogue: Catalogue, currency: str, *, first: int | None = None,
    paid_on: date | None = None,
) -> Done:  # fmt: skip
    """Lets credit pay what is open, the invoice `first` before others, and does what each of them was for."""
    brought = _Brought()
    day = paid_on or local_date(tx.now, tenant.timezone)
    while (invoice := _pay_one(tx, currency, first)) is not None:
        if invoice.status == "paid":
            brought.paid.append(invoice)
            _fulfil(tx, actor, tenant, catalogue, invoice, day, brought)
    return Done(tuple(brought.paid), brought.plan, brought.until)


def _pay_one(tx: Tx, currency: str, first: int | None) -> Invoice | None:
    """The invoice that some credit went to; None when there is no credit, or nothing open."""
    credit = invoices.credit(tx, currency).amount
    waiting = [each for each in invoices.open_ones(tx) if each.currency == currency]
    if credit <= 0 or not waiting:
        return None
    invoice = next((each for each in waiting if each.id == first), waiting[0])
    invoice.paid += min(credit, invoice.total - invoice.paid)
    if invoice.paid == invoice.total:
        invoice.status, invoice.paid_at = "paid", tx.now
    tx.flush()
    return invoice


def _fulfil(
    tx: Tx, actor: Actor, tenant: Tenant, catalogue: Catalogue, invoice: Invoice, paid_on: date, brought: _Brought
) -> None:  # fmt: skip
    if invoice.kind == "upgrade":
        _upgrade(tx, actor, tenant, catalogue, invoice)
    elif invoice.kind == "subscription":
        _period(tx, actor, tenant, catalogue, invoice, paid_on)
    else:
        return
    found = subscriptions.of(tx)
    assert found is not None
    is_ahead = invoice.kind == "subscription" and invoice.period_from == found.period_to
    brought.plan, brought.until = (invoice.plan, invoice.period_to) if is_ahead else (found.plan, found.period_to)


def _period(
    tx: Tx, actor: Actor, tenant: Tenant, catalogue: Catalogue, invoice: Invoice, paid_on: date
) -> None:  # fmt: skip
    """Begins the period that was paid, unless the one before it still runs: then that is done at its end."""
    today = local_date(tx.now, tenant.timezone)
    found = subscriptions.of(tx) or subscriptions.put(tx, tenant, tenant.plan, subscriptions.OPEN)
    plan, cycle = invoice.plan or found.plan, invoice.cycle or found.cycle
    if subscriptions.is_running(found, today) and invoice.period_from == found.period_to:
        return
    former = renewals.period_of(found) if found.cycle in CYCLES and found.period_to is not None else None
    if former is not None and former.begin == former.end:
        period = Period.of(former.begin, cycle, former.anchor)
        period = period if period.end > today else Period.of(today, cycle)
    else:
        period = begun_by_payment(former, cycle, today, paid_on, catalogue.grace)
    invoice.period_from, invoice.period_to = period.begin, period.end
    found.currency, found.is_cancelled = invoice.currency, False
    renewals.begin(tx, actor, tenant, found, plan, cycle, invoice.total, period)


def _upgrade(tx: Tx, actor: Actor, tenant: Tenant, catalogue: Catalogue, invoice: Invoice) -> None:
    """The larger plan from now on; the invoice of the next period, if it isn't paid, becomes one for that plan."""
    assert invoice.plan is not None
    apply_upgrade(tx, actor, tenant, catalogue, invoice.plan)


def apply_upgrade(tx: Tx, actor: Actor, tenant: Tenant, catalogue: Catalogue, plan: str) -> Subscription:
    """Lets a running subscription go on with a larger plan."""
    found = subscriptions.of(tx)
    assert found is not None
    price = catalogue.price(plan, found.cycle, found.currency) or Money(found.price, found.currency)
    next_cycle, reminded = found.next_cycle, found.reminded
    renewal = renewals.made(tx, found)
    renewals.begin(tx, actor, tenant, found, plan, found.cycle, price.amount, renewals.period_of(found))
    found.next_cycle, found.reminded, found.is_cancelled = next_cycle, reminded, False
    tx.flush()
    if renewal is not None and renewal.status == "open":
        invoices.void(tx, actor, renewal)
        again = renewals.ensure(tx, actor, tenant, found, catalogue)
        if again is not None:
            telling.send_invoice(tx, tenant, again, texts.invoice(again, catalogue))
    return found


def reopen(tx: Tx, actor: Actor, tenant: Tenant, invoice: Invoice, amount: Money) -> None:
    """Takes an amount out of what was paid of an invoice; the period that it had begun isn't paid any more then."""
    was_paid = invoice.status == "paid"
    invoice.paid -= amount.amount
    if invoice.paid < invoice.total:
        invoice.status, invoice.paid_at = "open", None
    tx.flush()
    found = subscriptions.of(tx)
    if not was_paid or found is None or invoice.kind != "subscription" or invoice.period_from is None:
        return
    if (found.period_from, found.period_to) == (invoice.period_from, invoice.period_to):
        found.period_to, found.reminded, found.updated_at = invoice.period_from, "over", tx.now
        if tenant.status == "active":
            life.move(tx, actor, tenant, "past_due", "payment taken back")
        tx.flush()
