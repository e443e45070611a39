"""What an owner asks for: a plan to begin with, a larger one at once, a smaller one later, an end, or no end after all.

A larger plan costs what is left of the period and begins when that is paid; everything else that runs changes at the
end of its period. Nothing is given back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from services.billing import fulfilment, invoices, renewals, telling, texts
from services.billing.catalogue import FREE, RANKS, Catalogue
from services.billing.invoices import NewInvoice
from services.billing.periods import CYCLES, REMINDERS, Period, difference
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Invoice, Subscription, Tenant
from services.errors import DomainError
from services.i18n import _
from services.money import Money
from services.tenants import audit, subscriptions
from services.tenants.actors import Actor
from services.tenants.plans import PLANS

Result = Literal["invoiced", "started", "scheduled", "kept", "unchanged"]
_TO_PAY = timedelta(days=7)
_MAY = frozenset({"trial", "active", "past_due", "suspended"})


@dataclass(frozen=True, slots=True)
class Ordered:
    """What became of a wish: an invoice to be paid first, a plan that has begun, one that begins on a day (`begins`),
    one that stays although another was planned (`kept`), or nothing new.
    """

    result: Result
    plan: str
    cycle: str
    invoice: Invoice | None = None
    begins: date | None = None


@dataclass(frozen=True, slots=True)
class _Now:
    """The tenant, locked, with its subscription and its day."""

    tx: Tx
    actor: Actor
    catalogue: Catalogue
    tenant: Tenant
    found: Subscription | None
    today: date

    @property
    def is_running(self) -> bool:
        return subscriptions.is_running(self.found, self.today)

    @property
    def currency(self) -> str:
        return self.catalogue.pays_in(self.tenant, self.found)

    @property
    def running(self) -> Subscription:
        assert self.found is not None
        return self.found


def _now(tx: Tx, actor: Actor, catalogue: Catalogue) -> _Now:
    tenant = subscriptions.lock(tx)
    if tenant.is_platform or tenant.status not in _MAY:
        text = _("A business that is “{status}” can't choose a plan.", status=tenant.status)
        raise DomainError("status_refused", text, status=tenant.status)
    today = local_date(tx.now, tenant.timezone)
    return _Now(tx, actor, catalogue, tenant, subscriptions.of(tx), today)


def choose(tx: Tx, catalogue: Catalogue, actor: Actor, plan: str, cycle: str = "monthly") -> Ordered:
    """Does what is needed for a plan and cycle. Asked again, it answers the same.

    Raises `DomainError` `plan_unknown`, `not_for_sale`, `period_paid` or `status_refused`.
    """
    if plan not in PLANS:
        text = _("“{word}” isn't known here. Example: {example}", word=plan, example=", ".join(PLANS))
        raise DomainError("plan_unknown", text, value=plan)
    if cycle not in CYCLES:
        text = _("“{word}” isn't known here. Example: {example}", word=cycle, example=", ".join(CYCLES))
        raise DomainError("cycle_unknown", text, value=cycle)
    now = _now(tx, actor, catalogue)
    if plan == FREE:
        return _free(now)
    price = catalogue.price(plan, cycle, now.currency)
    if price is None:
        text = _("The plan {plan} isn't sold here for this time. Please ask the administrator.", plan=plan)
        raise DomainError("not_for_sale", text, plan=plan, cycle=cycle)
    return _running(now, plan, cycle) if now.is_running else _first(now, plan, cycle, price)


def _free(now: _Now) -> Ordered:
    if now.is_running:
        return _cancelled(now)
    found = now.found
    if now.tenant.plan == FREE and now.tenant.status == "active":
        return Ordered("unchanged", FREE, subscriptions.OPEN)
    invoices.void_open(now.tx, now.actor, "subscription", "upgrade")
    renewals.to_free(now.tx, now.actor, now.tenant, found)
    return Ordered("started", FREE, subscriptions.OPEN)


def _first(now: _Now, plan: str, cycle: str, price: Money) -> Ordered:
    """A plan for who has none that runs: it begins when its invoice is paid."""
    tx, tenant, found = now.tx, now.tenant, now.found
    period = _continued(now, cycle)
    if found is not None and found.cycle in CYCLES and _is_as(found, plan, cycle) and period is not None:
        found.is_cancelled = False
        invoice = renewals.ensure(tx, now.actor, tenant, found, now.catalogue)
        if invoice is not None and invoice.status == "open":
            return Ordered("invoiced", plan, cycle, invoice)
    same = _waiting(now, "subscription", plan, cycle)
    if same is not None:
        return Ordered("invoiced", plan, cycle, same)
    invoices.void_open(tx, now.actor, "subscription", "upgrade")
    if not price:
        row = subscriptions.put(tx, tenant, plan, cycle)
        row.currency = now.currency
        renewals.begin(tx, now.actor, tenant, row, plan, cycle, Decimal(0), Period.of(now.today, cycle))
        return Ordered("started", plan, cycle)
    text = texts.line_of_start(plan, cycle) if period is None else texts.line_of_period(plan, period)
    new = NewInvoice(
        "subscription", _source(now, f"start:{plan}:{cycle}"), now.currency,
        [invoices.line(tenant, text, price.amount)], now.today + _TO_PAY, plan, cycle,
        None if period is None else period.begin, None if period is None else period.end,
    )  # fmt: skip
    return _billed(now, new, plan, cycle)


def _continued(now: _Now, cycle: str) -> Period | None:
    """The period that follows the unpaid one without a gap, while its days of grace last."""
    found = now.found
    if found is None or found.cycle not in CYCLES or found.period_to is None or now.tenant.status != "past_due":
        return None
    return renewals.period_of(found).after(cycle)


def _is_as(found: Subscription, plan: str, cycle: str) -> bool:
    return (found.next_plan or found.plan, found.next_cycle or found.cycle) == (plan, cycle)


def _source(now: _Now, what: str) -> str:
    """A source of its own for each invoice that an owner asks for: what it is, and how many there were."""
    taken = invoices.count(now.tx)
    return f"{what}:{taken + 1}"


def _waiting(now: _Now, kind: str, plan: str, cycle: str) -> Invoice | None:
    """The open invoice for just this, made on whichever day."""
    return next(
        (each for each in invoices.open_ones(now.tx) if (each.kind, each.plan, each.cycle) == (kind, plan, cycle)), None
    )


def _billed(now: _Now, new: NewInvoice, plan: str, cycle: str) -> Ordered:
    """An invoice for it, unless credit pays that at once."""
    invoice = invoices.make(now.tx, now.actor, now.tenant, new)
    done = fulfilment.settle(now.tx, now.actor, now.tenant, now.catalogue, new.currency, first=invoice.id)
    if invoice.status == "paid":
        telling.tell(now.tx, f"credit:{invoice.id}", texts.paid_by_credit(done))
        return Ordered("started", plan, cycle, invoice)
    telling.send_invoice(now.tx, now.tenant, invoice, texts.invoice(invoice, now.catalogue))
    return Ordered("invoiced", plan, cycle, invoice)


def _running(now: _Now, plan: str, cycle: str) -> Ordered:
    """A wish while a paid period runs."""
    found = now.running
    if (plan, cycle) == (found.plan, found.cycle):
        return _kept(now)
    if RANKS.index(plan) > RANKS.index(found.plan):
        price = now.catalogue.price(plan, found.cycle, found.currency)
        if price is not None:
            return _larger(now, plan, cycle, price)
    return _later(now, plan, cycle)


def _kept(now: _Now) -> Ordered:
    """The plan that there is: what was planned instead is forgotten."""
    found = now.running
    was_larger = any(each.kind == "upgrade" for each in invoices.open_ones(now.tx))
    invoices.void_open(now.tx, now.actor, "upgrade")
    if found.next_plan is None and found.next_cycle is None and not found.is_cancelled:
        if was_larger:
            return Ordered("kept", found.plan, found.cycle, begins=found.period_to)
        return Ordered("unchanged", found.plan, found.cycle)
    _plan_next(now, None, None)
    return Ordered("kept", found.plan, found.cycle, begins=found.period_to)


def _larger(now: _Now, plan: str, cycle: str, price: Money) -> Ordered:
    """A larger plan: the difference for what is left is billed, and it begins when that is paid."""
    tx, found = now.tx, now.running
    later = cycle if cycle != found.cycle else None
    if found.next_plan is not None or found.next_cycle != later or found.is_cancelled:
        _plan_next(now, None, later)
    same = _waiting(now, "upgrade", plan, found.cycle)
    if same is not None:
        return Ordered("invoiced", plan, cycle, same)
    invoices.void_open(tx, now.actor, "upgrade")
    period = renewals.period_of(found)
    amount = difference(Money(found.price, found.currency), price, period, now.today)
    lines = [(amount, texts.line_of_upgrade(found.plan, plan, now.today, period.end))]
    prepaid = renewals.made(tx, found)
    if prepaid is not None and prepaid.status == "paid":
        following = period.after(prepaid.cycle or found.cycle)
        dearer = now.catalogue.price(plan, prepaid.cycle or found.cycle, found.currency) or price
        more = max(dearer.amount - prepaid.total, Decimal(0))
        text = texts.line_of_upgrade(prepaid.plan or found.plan, plan, following.begin, following.end)
        lines.append((Money(more, found.currency), text))
    new = NewInvoice(
        "upgrade", _source(now, f"upgrade:{plan}"), found.currency,
        [invoices.line(now.tenant, text, each.amount) for each, text in lines],
        max(min(now.today + _TO_PAY, period.last), now.today), plan, found.cycle, now.today, period.end,
    )  # fmt: skip
    if not invoices.total_of(new):
        fulfilment.apply_upgrade(tx, now.actor, now.tenant, now.catalogue, plan)
        return Ordered("started", plan, cycle)
    return _billed(now, new, plan, cycle)


def _later(now: _Now, plan: str, cycle: str) -> Ordered:
    """A smaller plan or another cycle, from the next period on."""
    found = now.running
    planned = (None if plan == found.plan else plan), (None if cycle == found.cycle else cycle)
    invoices.void_open(now.tx, now.actor, "upgrade")
    if (found.next_plan, found.next_cycle, found.is_cancelled) != (*planned, False):
        _plan_next(now, *planned)
    return Ordered("scheduled", plan, cycle, begins=found.period_to)


def _plan_next(now: _Now, plan: str | None, cycle: str | None, *, cancel: bool = False) -> None:
    """Plans what follows, and bills it anew if it was billed; raises `period_paid` when it is paid already."""
    tx, found = now.tx, now.running
    renewal = renewals.made(tx, found)
    if renewal is not None and renewal.status == "paid" and not cancel:
        changed = (plan or found.plan, cycle or found.cycle) != (renewal.plan, renewal.cycle)
        if changed:
            text = _("The time from {day} on is paid already; it can be changed after that.", day=found.period_to)
            raise DomainError("period_paid", text, **{"from": str(found.period_to)})
    before = subscriptions.shown(found)
    found.next_plan, found.next_cycle, found.is_cancelled, found.updated_at = plan, cycle, cancel, tx.now
    tx.flush()
    audit.record(
        tx, now.actor, "subscription.plan_next", "subscriptions", tx.tenant, before=before,
        after=subscriptions.shown(found),
    )  # fmt: skip
    if renewal is not None and renewal.status == "open":
        invoices.void(tx, now.actor, renewal)
    if not cancel and now.today >= renewals.period_of(found).last - timedelta(days=REMINDERS[0]):
        _bill_next(now, found)


def _bill_next(now: _Now, found: Subscription) -> None:
    """Bills what follows, as the daily round does a week before the end of a period."""
    tx = now.tx
    made = renewals.ensure(tx, now.actor, now.tenant, found, now.catalogue)
    if made is None or made.status != "open":
        return
    fulfilment.settle(tx, now.actor, now.tenant, now.catalogue, found.currency, first=made.id)
    telling.send_invoice(tx, now.tenant, made, texts.invoice(made, now.catalogue))


def cancel(tx: Tx, catalogue: Catalogue, actor: Actor) -> Ordered:
    """Ends the subscription, or a trial, with its period: the free plan follows. Raises `nothing_runs`."""
    return _cancelled(_now(tx, actor, catalogue))


def _cancelled(now: _Now) -> Ordered:
    found = now.found
    if found is None or found.period_to is None or now.today >= found.period_to:
        raise DomainError("nothing_runs", _("There is nothing that runs and could be ended."))
    if not found.is_cancelled:
        invoices.void_open(now.tx, now.actor, "upgrade")
        _plan_next(now, found.next_plan, found.next_cycle, cancel=True)
    return Ordered("scheduled", FREE, subscriptions.OPEN, begins=_end_of_paid(now, found))


def _end_of_paid(now: _Now, found: Subscription) -> date | None:
    renewal = renewals.made(now.tx, found)
    return renewal.period_to if renewal is not None and renewal.status == "paid" else found.period_to


def resume(tx: Tx, catalogue: Catalogue, actor: Actor) -> Ordered:
    """Lets what was to end, or to change with the next period, go on as it is. Raises `nothing_runs`."""
    now = _now(tx, actor, catalogue)
    found = now.found
    if found is None or found.period_to is None or now.today >= found.period_to:
        raise DomainError("nothing_runs", _("There is nothing that runs and could go on."))
    if not found.is_cancelled and found.next_plan is None and found.next_cycle is None:
        return Ordered("unchanged", found.plan, found.cycle)
    _plan_next(now, None, None)
    return Ordered("kept", found.plan, found.cycle, begins=found.period_to)
