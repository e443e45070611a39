"""What a tenant has subscribed to: the period that runs, and how it ends."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Subscription, Tenant
from services.tenants import life
from services.tenants.actors import Actor

TRIAL_PLAN = "basic"


def begin_trial(tx: Tx, actor: Actor, tenant: Tenant, days: int) -> Subscription:
    """Lets a tenant (locked by the caller) try `basic` for so many days, from today by its calendar."""
    today = local_date(tx.now, tenant.timezone)
    found = Subscription(
        tenant_id=tx.tenant, plan=TRIAL_PLAN, cycle="trial", price=Decimal(0), currency=tenant.currency,
        period_from=today, period_to=today + timedelta(days=days), updated_at=tx.now,
    )  # fmt: skip
    tx.add(found)
    tenant.plan = TRIAL_PLAN
    life.move(tx, actor, tenant, "trial")
    tx.flush()
    return found
