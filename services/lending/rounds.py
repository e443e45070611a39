"""The daily round of a tenant: penalties, reminders, agreements, and the owner's summary, at the tenant's hour.

Everything happens in short transactions under the tenant's lock, and each of them looks first whether the round is
still due: two processes take turns, and one that died is continued. What a step has done it doesn't do again; the
round is over with the transaction that sets `tenants.daily_on`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update

from services.clock import local_date
from services.db.engine import Database, Tx
from services.db.models import Tenant
from services.lending import agreement_rounds, hours, penalty_rounds, reminders, summary
from services.lending.reminders import Due
from services.settings import Settings
from services.tenants import life
from services.tenants.preferences import value_of


@dataclass(frozen=True, slots=True)
class Round:
    """A tenant's round that is due: the day it is for, the day of the one before, and when quiet hours end, if now."""

    tx: Tx
    tenant: Tenant
    today: date
    since: date
    not_before: datetime | None


# Part of a round: returns whether it did something and may have more to do.
Step = Callable[[Round], bool]

# No zone is more than 14 hours ahead of UTC: who is done with that day is done everywhere.
_AHEAD = timedelta(hours=14)


def _waiting(tx: Tx) -> Sequence[Tenant]:
    """Active tenants whose round of the present day may still have to come, in a platform transaction."""
    done = or_(Tenant.daily_on.is_(None), Tenant.daily_on < (tx.now + _AHEAD).date())
    return tx.scalars(select(Tenant).where(Tenant.status.in_(life.WORKING), ~Tenant.is_platform, done)).all()


def due_tenants(tx: Tx) -> list[int]:
    """The tenants whose daily round is due, in a platform transaction."""
    return [tenant.id for tenant in _waiting(tx) if hours.next_round(tenant, tx.now) <= tx.now]


def next_round(tx: Tx) -> datetime | None:
    """When the next round of any tenant is due, in a platform transaction; in the past if one is due already."""
    active = tx.scalars(select(Tenant).where(Tenant.status.in_(life.WORKING), ~Tenant.is_platform)).all()
    return min((hours.next_round(tenant, tx.now) for tenant in active), default=None)


def run(db: Database, tenant_id: int, settings: Settings) -> None:
    """Does what is left of a tenant's daily round; nothing when it isn't due.

    A step that did something is asked again in the next transaction; one with nothing to do costs none of its own.
    """
    steps = [_penalties(), _reminders(settings.blocked_numbers), _agreements, _finish]
    while steps:
        with _due(db, tenant_id) as now:
            if now is None:
                return
            while steps and not steps[0](now):
                del steps[0]


@contextmanager
def _due(db: Database, tenant_id: int) -> Iterator[Round | None]:
    """A transaction under the tenant's lock, with the round as it is now; None when it isn't due, or no more."""
    with db.tenant(tenant_id) as tx:
        tenant = tx.scalars(select(Tenant).where(Tenant.id == tx.tenant).with_for_update(key_share=True)).one()
        if not life.works(tenant.status) or hours.next_round(tenant, tx.now) > tx.now:
            yield None
            return
        today = local_date(tx.now, tenant.timezone)
        since = tenant.daily_on or today - timedelta(days=1)
        yield Round(tx, tenant, today, since, hours.quiet_until(tenant, tx.now))


def _penalties() -> Step:
    """Books penalties, some people at a time."""
    last: int | None = 0

    def step(now: Round) -> bool:
        nonlocal last
        if last is not None:
            last = penalty_rounds.charge(now.tx, now.tenant.currency, now.since, now.today, last)
        return last is not None

    return step


def _reminders(blocked: frozenset[str]) -> Step:
    """Sends reminders, some people at a time."""

    def step(now: Round) -> bool:
        if value_of(now.tenant, "auto_reminder") is not True:
            return False
        return reminders.send(now.tx, Due(now.tenant, now.since, now.today, blocked, now.not_before))

    return step


def _agreements(now: Round) -> bool:
    """Reminds of unanswered agreements and expires them; harmless when it is repeated."""
    agreement_rounds.daily(now.tx)
    return False


def _finish(now: Round) -> bool:
    """Sets the day as done and tells the owner about it, both or neither."""
    done = (
        update(Tenant)
        .where(Tenant.id == now.tenant.id, or_(Tenant.daily_on.is_(None), Tenant.daily_on < now.today))
        .values(daily_on=now.today)
        .returning(Tenant.id)
        .execution_options(synchronize_session=False)
    )
    if now.tx.scalar(done) is not None:
        summary.tell(now.tx, now.tenant, now.since, now.today, now.not_before)
    return False
