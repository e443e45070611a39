"""The next period of a subscription: what it will be, its invoice, and how it begins when the present one ends."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from services.billing import invoices, texts
from services.billing.catalogue import FREE, Catalogue
from services.billing.invoices import NewInvoice
from services.billing.periods import CYCLES, Period
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Invoice, Subscription, Tenant
from services.money import Money
from services.tenants import audit, life, subscriptions
from services.tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class Coming:
    """The period that follows, with its plan and price."""

    plan: str
    cycle: str
    price: Money
    period: Period


def period_of(found: Subscription) -> Period:
    """The period that runs, or has run last."""
    assert found.period_to is not None
    return Period(found.period_from, found.period_to, found.anchor_day)


def coming(found: Subscription, catalogue: Catalogue) -> Coming | None:
    """What follows if it is paid; None after a trial, where nothing ends, and where the owner wants no more."""
    if found.cycle not in CYCLES or found.period_to is None or found.is_cancelled:
        return None
    plan, cycle = found.next_plan or found.plan, found.next_cycle or found.cycle
    if plan == FREE:
        return None
    is_same = (plan, cycle) == (found.plan, found.cycle)
    price = None if is_same and found.has_own_price else catalogue.price(plan, cycle, found.currency)
    if price is None:
        plan, cycle, price = found.plan, found.cycle, Money(found.price, found.currency)
    return Coming(plan, cycle, price, period_of(found).after(cycle))


def source_of(found: Subscription) -> str:
    """The source of the invoice for the period that follows."""
    return f"renewal:{found.period_to}"


def made(tx: Tx, found: Subscription) -> Invoice | None:
    """The invoice for the period that follows, if it was made."""
    return None if found.period_to is None else invoices.by_source(tx, source_of(found))


def ensure(tx: Tx, actor: Actor, tenant: Tenant, found: Subscription, catalogue: Catalogue) -> Invoice | None:
    """The invoice for the period that follows, made if there is none; None where there is nothing to pay."""
    next_one = coming(found, catalogue)
    if next_one is None or not next_one.price:
        return made(tx, found)
    new = NewInvoice(
        "subscription", source_of(found), found.currency,
        [invoices.line(tenant, texts.line_of_period(next_one.plan, next_one.period), next_one.price.amount)],
        max(period_of(found).last, local_date(tx.now, tenant.timezone)), next_one.plan, next_one.cycle,
        next_one.period.begin, next_one.period.end,
    )  # fmt: skip
    return invoices.make(tx, actor, tenant, new)


def begin(
    tx: Tx, actor: Actor, tenant: Tenant, found: Subscription, plan: str, cycle: str, price: Decimal, period: Period
) -> None:  # fmt: skip
    """Begins a paid period."""
    before = subscriptions.shown(found)
    if (plan, cycle) != (found.plan, found.cycle):
        found.has_own_price = False
    found.plan, found.cycle, found.price = plan, cycle, price
    found.period_from, found.period_to, found.anchor_day = period.begin, period.end, period.anchor
    found.next_plan = found.next_cycle = found.reminded = None
    found.updated_at = tx.now
    apply(tx, actor, tenant, found, before)


def to_free(tx: Tx, actor: Actor, tenant: Tenant, found: Subscription | None) -> Subscription:
    """The free plan, which has no end."""
    before = subscriptions.shown(found)
    row = subscriptions.put(tx, tenant, FREE, subscriptions.OPEN)
    apply(tx, actor, tenant, row, before)
    return row


_STEERED = frozenset({"trial", "active", "past_due", "suspended"})


def apply(tx: Tx, actor: Actor, tenant: Tenant, found: Subscription, before: dict[str, object] | None) -> None:
    """Lets a changed subscription take effect; the tenant works, unless the super admin has switched it off."""
    tenant.plan = found.plan
    tx.flush()
    after = subscriptions.shown(found)
    audit.record(tx, actor, "subscription.change", "subscriptions", tx.tenant, before=before, after=after)
    if tenant.status in _STEERED:
        life.move(tx, actor, tenant, "active")
