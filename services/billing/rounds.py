"""The round of billing: reminders, renewal invoices, the next period, days of grace, and the end of an unpaid business.

A bell rings each hour; a tenant's steps are due at eight in the morning of its calendar, each once and in order. One
transaction under the tenant's lock does all that is due; what a process didn't live to do is done by the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.billing import catalogue, fulfilment, invoices, renewals, telling, texts
from services.billing.catalogue import FREE, Catalogue, Offer
from services.billing.periods import LATE, OVER, SUSPEND, Course, Period
from services.clock import local_date
from services.db.engine import Database, Tx
from services.db.models import Invoice, Subscription, Tenant
from services.settings import Settings
from services.tenants import life, subscriptions
from services.tenants.actors import SYSTEM

HOUR = 8
_AHEAD = timedelta(hours=14)
_SOONEST = timedelta(days=9)


def _course(tenant: Tenant, found: Subscription, grace: int) -> Course:
    assert found.period_to is not None
    over = None
    if tenant.status == "past_due":
        over = found.period_to if tenant.status_at is None else local_date(tenant.status_at, tenant.timezone)
    return Course(found.period_from, found.period_to, found.reminded, over, grace)


def _on(tenant: Tenant, now: datetime) -> date:
    """The last day whose morning has come by the tenant's calendar."""
    return (now.astimezone(ZoneInfo(tenant.timezone)) - timedelta(hours=HOUR)).date()


def _morning(tenant: Tenant, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, HOUR, tzinfo=ZoneInfo(tenant.timezone)).astimezone(UTC)


def _ending(tx: Tx, until: date | None) -> Sequence[tuple[Tenant, Subscription]]:
    """Working tenants whose period ends, by the given day if any, in a platform transaction."""
    statement = (
        select(Tenant, Subscription)
        .join(Subscription, Subscription.tenant_id == Tenant.id)
        .where(Tenant.status.in_(life.WORKING), ~Tenant.is_platform, Subscription.period_to.is_not(None))
    )
    if until is not None:
        statement = statement.where(Subscription.period_to <= until)
    return [(row[0], row[1]) for row in tx.execute(statement.order_by(Tenant.id))]


def due_tenants(tx: Tx) -> list[int]:
    """The tenants for which something is due, in a platform transaction."""
    grace = catalogue.grace_days(tx)
    near = _ending(tx, (tx.now + _AHEAD + _SOONEST).date())
    return [tenant.id for tenant, found in near if _course(tenant, found, grace).due(_on(tenant, tx.now)) is not None]


def next_work(tx: Tx) -> datetime | None:
    """When a step of any tenant is due next, in a platform transaction; in the past if one is due already."""
    ending = _ending(tx, None)
    grace = catalogue.grace_days(tx) if ending else 0
    coming = ((tenant, _course(tenant, found, grace).next_day()) for tenant, found in ending)
    return min((_morning(tenant, day) for tenant, day in coming), default=None)


def run(db: Database, settings: Settings, tenant_id: int) -> None:
    """Does what is due for a tenant; nothing when nothing is."""
    with db.tenant(tenant_id) as tx:
        tenant = subscriptions.lock(tx)
        terms = catalogue.read(tx, settings)
        while life.works(tenant.status):
            found = subscriptions.of(tx)
            if found is None or found.period_to is None:
                return
            step = _course(tenant, found, terms.grace).due(_on(tenant, tx.now))
            if step is None:
                return
            _do(_Round(tx, tenant, found, terms), step)


@dataclass(frozen=True, slots=True)
class _Round:
    """A tenant for which something is due, locked."""

    tx: Tx
    tenant: Tenant
    found: Subscription
    terms: Catalogue

    @property
    def today(self) -> date:
        return local_date(self.tx.now, self.tenant.timezone)

    @property
    def period(self) -> Period:
        return renewals.period_of(self.found)

    @property
    def is_trial(self) -> bool:
        return self.found.cycle == subscriptions.TRIAL

    def key(self, step: str) -> str:
        return f"{step}:{self.found.period_to}:{self.today}"

    def owed(self) -> Invoice | None:
        """The open invoice for what follows, or to begin with."""
        waiting = invoices.open_ones(self.tx)
        return next((each for each in waiting if each.kind == "subscription"), None)


def _do(now: _Round, step: str) -> None:
    if step == OVER:
        _over(now)
    elif step == SUSPEND:
        _suspend(now)
    elif step == LATE:
        telling.tell(now.tx, now.key(step), texts.last_warning(now.owed(), now.terms, now.is_trial))
        _done(now, step)
    else:
        _remind(now, step)
        _done(now, step)


def _done(now: _Round, step: str) -> None:
    now.found.reminded, now.found.updated_at = step, now.tx.now
    now.tx.flush()


def _remind(now: _Round, step: str) -> None:
    """What the owner hears before the end of a period; of one whose next is paid there is nothing to hear."""
    tx, found = now.tx, now.found
    renewal = renewals.made(tx, found)
    if renewal is not None and renewal.status == "paid":
        return
    if found.is_cancelled or found.next_plan == FREE:
        if step == "3":
            telling.tell(tx, now.key(step), texts.ends(found.plan, now.period.last))
        return
    if now.is_trial:
        telling.tell(tx, now.key(step), texts.trial_ends(now.period.last, now.today, *_way_on(now)))
        return
    invoice = _billed(now)
    if invoice is None or invoice.status != "open":
        return
    if renewal is None:
        telling.send_invoice(tx, now.tenant, invoice, texts.invoice(invoice, now.terms))
    else:
        telling.tell(tx, now.key(step), texts.reminder(invoice, now.terms, now.today))


def _way_on(now: _Round) -> tuple[Sequence[Offer], Invoice | None, Catalogue]:
    """How it goes on after a trial: with what is for sale, or what was chosen and isn't paid yet."""
    return now.terms.offers(now.terms.pays_in(now.tenant, now.found)), now.owed(), now.terms


def _billed(now: _Round) -> Invoice | None:
    """The invoice for what follows, paid from credit as far as that goes."""
    tx, found = now.tx, now.found
    invoice = renewals.ensure(tx, SYSTEM, now.tenant, found, now.terms)
    if invoice is not None and invoice.status == "open":
        done = fulfilment.settle(tx, SYSTEM, now.tenant, now.terms, found.currency, first=invoice.id)
        if invoice.status == "paid":
            telling.tell(tx, f"credit:{invoice.id}", texts.paid_by_credit(done))
    return invoice


def _over(now: _Round) -> None:
    """A period has ended: the next one begins if it is paid, the free plan if that is wanted, else days of grace."""
    tx, found = now.tx, now.found
    invoices.void_open(tx, SYSTEM, "upgrade")
    following = renewals.coming(found, now.terms)
    invoice = _billed(now) if following is not None else renewals.made(tx, found)
    if invoice is not None and invoice.status == "paid":
        _roll(now, found.next_plan or found.plan, invoice.cycle or found.cycle)
    elif following is not None and not following.price:
        _roll(now, following.plan, following.cycle)
    elif following is None and (not now.is_trial or found.is_cancelled or found.plan == FREE):
        _end(now)
    else:
        _past_due(now, invoice)


def _roll(now: _Round, plan: str, cycle: str) -> None:
    tx, found = now.tx, now.found
    changes = (plan, cycle) != (found.plan, found.cycle)
    keeps_price = found.has_own_price and not changes
    price = None if keeps_price else now.terms.price(plan, cycle, found.currency)
    amount = found.price if price is None else price.amount
    renewals.begin(tx, SYSTEM, now.tenant, found, plan, cycle, amount, now.period.after(cycle))
    if changes:
        telling.tell(tx, f"renewed:{found.period_from}", texts.renewed(found))


def _end(now: _Round) -> None:
    plan, last = now.found.plan, now.found.period_to
    invoices.void_open(now.tx, SYSTEM, "subscription")
    renewals.to_free(now.tx, SYSTEM, now.tenant, now.found)
    telling.tell(now.tx, f"ended:{last}", texts.ended(plan))


def _past_due(now: _Round, invoice: Invoice | None) -> None:
    tx, until = now.tx, now.today + timedelta(days=now.terms.grace)
    life.move(tx, SYSTEM, now.tenant, "past_due", "trial over" if now.is_trial else "not paid")
    owed = invoice or now.owed()
    if now.terms.grace > 0:
        text = texts.trial_over(until, *_way_on(now)) if now.is_trial else texts.past_due(owed, now.terms, until)
        telling.tell(tx, now.key(OVER), text)
    _done(now, OVER)


def _suspend(now: _Round) -> None:
    life.move(now.tx, SYSTEM, now.tenant, "suspended", "trial over" if now.is_trial else "not paid")
    telling.tell(now.tx, now.key(SUSPEND), texts.suspended(now.owed(), now.terms, now.is_trial))
    _done(now, SUSPEND)
