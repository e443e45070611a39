"""What a tenant has subscribed to: its row, how a trial begins, and how it follows when the super admin decides.

What is paid for it, and what happens from day to day, is in `services.billing`. A tenant without a row has no end.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Subscription, Tenant
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit, life
from services.tenants.actors import Actor

TRIAL_PLAN = "basic"
TRIAL, OPEN = "trial", "open"
LONGEST_TRIAL = 366


def of(tx: Tx) -> Subscription | None:
    """The subscription of the transaction's tenant."""
    return tx.scalars(
        select(Subscription)
        .where(Subscription.tenant_id == tx.tenant)
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip


def lock(tx: Tx) -> Tenant:
    """The tenant as it is, locked: whatever concerns its money happens one after another."""
    statement = select(Tenant).where(Tenant.id == tx.tenant).with_for_update(key_share=True)
    return tx.scalars(statement.execution_options(populate_existing=True)).one()


def is_running(found: Subscription | None, today: date) -> bool:
    """Whether a paid period runs today."""
    if found is None or found.period_to is None or found.cycle == TRIAL:
        return False
    return today < found.period_to


def shown(found: Subscription | None) -> dict[str, object] | None:
    """A subscription as the audit keeps it."""
    if found is None:
        return None
    return {
        "plan": found.plan, "cycle": found.cycle, "price": f"{found.price.normalize():f}", "currency": found.currency,
        "period_from": str(found.period_from), "period_to": found.period_to and str(found.period_to),
        "next_plan": found.next_plan, "next_cycle": found.next_cycle, "is_cancelled": found.is_cancelled,
    }  # fmt: skip


def begin_trial(tx: Tx, actor: Actor, tenant: Tenant, days: int) -> Subscription:
    """Lets a tenant (locked by the caller) try `basic` for so many days, from today by its calendar."""
    today = local_date(tx.now, tenant.timezone)
    found = put(tx, tenant, TRIAL_PLAN, TRIAL)
    found.period_from, found.period_to, found.anchor_day = today, today + timedelta(days=days), today.day
    tenant.plan = TRIAL_PLAN
    life.move(tx, actor, tenant, "trial")
    tx.flush()
    return found


def put(tx: Tx, tenant: Tenant, plan: str, cycle: str) -> Subscription:
    """The tenant's row with this plan and cycle, made if there is none; without an end, a price or plans for later."""
    today = local_date(tx.now, tenant.timezone)
    found = of(tx)
    if found is None:
        found = Subscription(tenant_id=tx.tenant, currency=tenant.currency)
        tx.add(found)
    found.plan, found.cycle, found.price, found.has_own_price = plan, cycle, Decimal(0), False
    found.period_from, found.period_to, found.anchor_day = today, None, today.day
    found.next_plan = found.next_cycle = found.reminded = None
    found.is_cancelled = False
    found.updated_at = tx.now
    return found


def extend_trial(tx: Tx, actor: Actor, days: int) -> Tenant:
    """Lets a tenant try for so many more days, from today if its trial is over or it had none.

    Raises `DomainError` `bad_days`, or `period_runs` while a paid period runs.
    """
    tenant = lock(tx)
    if tenant.status == "closed":
        raise DomainError("tenant_closed", _("{name} is closed.", name=tenant.name))
    if not 1 <= days <= LONGEST_TRIAL:
        raise DomainError("bad_days", _("Between 1 and {most} days, please.", most=LONGEST_TRIAL), most=LONGEST_TRIAL)
    found, today = of(tx), local_date(tx.now, tenant.timezone)
    if found is not None and is_running(found, today):
        text = _("{name} has paid until {day}; there is no trial then.", name=tenant.name, day=found.period_to)
        raise DomainError("period_runs", text)
    before, had = shown(found), tenant.status
    if found is None or found.cycle != TRIAL or found.period_to is None:
        found = begin_trial(tx, actor, tenant, days)
    else:
        found.period_to = max(found.period_to, today) + timedelta(days=days)
        found.reminded, found.updated_at, found.is_cancelled = None, tx.now, False
        life.move(tx, actor, tenant, "trial")
    tx.flush()
    audit.record(
        tx, actor, "subscription.trial", "subscriptions", tx.tenant, before={"status": had, **(before or {})},
        after={"days": days, "period_to": str(found.period_to)},
    )  # fmt: skip
    return tenant


def follow_plan(tx: Tx, plan: str) -> None:
    """Keeps the subscription in step when the super admin sets a plan (the tenant is locked by the caller).

    A period that runs goes on with the other plan; else it has no end.
    """
    found = of(tx)
    if found is None or (found.plan == plan and found.next_plan is None):
        return
    tenant = tx.get_one(Tenant, tx.tenant)
    today = local_date(tx.now, tenant.timezone)
    if found.period_to is not None and today < found.period_to and plan != "free":
        found.plan, found.next_plan, found.updated_at = plan, None, tx.now
        found.has_own_price = False
    else:
        put(tx, tenant, plan, OPEN)
    tx.flush()
