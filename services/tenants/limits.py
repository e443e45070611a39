"""Limits of a tenant, each taken in one place and refused by one error: `limit_reached`.

Some count what there is (open debts, users), others what is done in a day or a month of the tenant's calendar. What
is taken belongs to the transaction: nothing of it stays when that is rolled back. Take last in a transaction, after
what was to be written: whoever holds a counter should wait for nobody.

Messages that are only counted, not asked for, are counted by the database when they are queued (see `outbox`). As a
limit comes near, and when it is reached, the owner is told by a job (`limit_notices`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, literal, select, text
from sqlalchemy.orm import InstrumentedAttribute

from services import queue
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Agreement, Tenant, UsageCounter, User, WhatsAppSession
from services.errors import DomainError
from services.i18n import Joined, Renderable, Text, Weekday, _
from services.lending.agreement_states import OPEN
from services.tenants import credit_use
from services.tenants.plans import PLANS, UNLIMITED

REACHED = "limit_reached"
NEAR, FULL = 80, 100
# Messages that are queued at the same time don't see each other: the owner is told although one goes past the mark.
_SLACK = 20
_DAY, _MONTH = "%Y-%m-%d", "%Y-%m"


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a limit: `key` is its name in plans and overrides, `period` how a date names its period."""

    key: str
    period: str = ""


# Every limit with its windows, in the order in which they are locked.
WINDOWS: Mapping[str, Sequence[Window]] = {
    "debts": (Window("debts"),),
    "agreements": (Window("agreements"),),
    "sessions": (Window("sessions"),),
    "users": (Window("users"),),
    "pdfs": (Window("pdfs", _MONTH),),
    "messages": (Window("messages_day", _DAY), Window("messages_month", _MONTH)),
    "campaigns": (Window("campaigns_day", _DAY), Window("campaigns_month", _MONTH)),
}
# What there is of these is looked up when one more is wanted; their counter is only a lock.
_LIVE: Mapping[str, tuple[InstrumentedAttribute[int], ColumnElement[bool] | InstrumentedAttribute[bool] | None]] = {
    "agreements": (Agreement.tenant_id, Agreement.status.in_(OPEN)),
    "sessions": (WhatsAppSession.tenant_id, None),
    "users": (User.tenant_id, User.active),
}
NAMES: Mapping[str, Text] = {
    "messages_day": _("messages a day"), "messages_month": _("messages a month"), "debts": _("open debts"),
    "agreements": _("open agreements"), "pdfs": _("PDFs a month"), "ai_credits": _("AI credits a month"),
    "campaigns_day": _("campaigns a day"), "campaigns_month": _("campaigns a month"),
    "sessions": _("WhatsApp numbers"), "users": _("users"),
}  # fmt: skip
_HELP: Mapping[str, Text] = {
    "debts": _("Settle one (paid, write off) or ask for a larger plan; nothing was booked."),
    "agreements": _("Close one (cancel ID) or ask for a larger plan; nothing was made."),
}
_OTHER_HELP = _("Ask for a larger plan; nothing was done.")

_TAKE = text("select usage_take(:name, :periods, :limits, :n)")


def limit_of(tx: Tx, tenant: Tenant, key: str) -> int:
    """How much a tenant may use: what was set for it, else its plan's, else the installation's; -1 is unlimited."""
    return _limit(tx, tenant.plan, tenant.limits, key)


def _limit(tx: Tx, plan: str, overrides: Mapping[str, object], key: str) -> int:
    if not tx.policy.counts_usage:
        return UNLIMITED
    override = overrides.get(key)
    if type(override) is int:
        return override
    if key in PLANS[plan]:
        return PLANS[plan][key]
    return UNLIMITED if plan == "enterprise" else tx.policy.limits[key]


def take(tx: Tx, tenant: Tenant, name: str, n: int = 1) -> None:
    """Takes `n` of a limit in all of its windows, or raises `DomainError` `limit_reached` and takes nothing.

    One statement, and one that counts where what there is decides; of several at once for the last unit one gets it.
    A negative `n` gives back.
    """
    take_up_to(tx, name, [limit_of(tx, tenant, each.key) for each in WINDOWS[name]], tenant.timezone, n)


def take_up_to(tx: Tx, name: str, allowed: Sequence[int], timezone: str = "UTC", n: int = 1) -> None:
    """The same where the caller knows how much is allowed in each window; `timezone` is the tenant's."""
    windows, today = WINDOWS[name], local_date(tx.now, timezone)
    if not tx.policy.counts_usage:
        if windows[0].period:
            return
        allowed = [UNLIMITED]  # how much there is stays known, for the day on which use is counted again
    periods = [today.strftime(each.period) for each in windows]
    live = name in _LIVE
    given = {"name": name, "periods": periods, "limits": [UNLIMITED] if live else allowed, "n": 0 if live else n}
    totals: Sequence[int] = tx.execute(_TAKE, given).scalar_one()
    if totals[0] < 0:
        raise _reached(tx, windows[-totals[0] - 1], allowed[-totals[0] - 1], timezone)
    if live:
        totals = [tx.execute(select(_count(tx, name))).scalar_one() + n]
        if allowed[0] != UNLIMITED and n > 0 and totals[0] > allowed[0]:
            raise _reached(tx, windows[0], allowed[0], timezone)
    for window, limit, total in zip(windows, allowed, totals, strict=True):
        tell_if_crossed(tx, window.key, today.strftime(window.period or _DAY), limit, total - n, total)


def _count(tx: Tx, name: str) -> ColumnElement[int]:
    of, which = _LIVE[name]
    statement = select(func.count()).where(of == tx.tenant)
    return (statement if which is None else statement.where(which)).scalar_subquery()


def _reached(tx: Tx, window: Window, limit: int, timezone: str, help_: Renderable | None = None) -> DomainError:
    return reached(window.key, limit, help_, resets_at=resets_at(window, tx.now, timezone), timezone=timezone)


def used_up(tx: Tx, tenant: Tenant, name: str, help_: Renderable | None = None) -> DomainError:
    """The refusal by the first window of a limit, for whoever had to find out otherwise."""
    window = WINDOWS[name][0]
    return _reached(tx, window, limit_of(tx, tenant, window.key), tenant.timezone, help_)


def reached(
    key: str, limit: int, help_: Renderable | None = None, *, resets_at: datetime | None = None, timezone: str = "UTC"
) -> DomainError:
    """The one refusal of more than a limit allows; `help_` says what to do where that isn't the usual."""
    what = _("Your plan allows {limit} {what}, and they are all in use.", limit=limit, what=NAMES[key])
    again = None
    if resets_at is not None:
        what = _("Your plan allows {limit} {what}, and they are used up.", limit=limit, what=NAMES[key])
        again = _("There are new ones on {day}.", day=Weekday(local_date(resets_at, timezone)))
    details: dict[str, object] = {"limit": limit, "name": key}
    if resets_at is not None:
        details["resetsAt"] = resets_at.isoformat()
    return DomainError(REACHED, Joined((what, again, help_ or _HELP.get(key, _OTHER_HELP)), " "), **details)


def resets_at(window: Window, now: datetime, timezone: str) -> datetime | None:
    """When a window begins anew, UTC; None for what there is, which never does."""
    today = local_date(now, timezone)
    if window.period == _DAY:
        return _midnight(today + timedelta(days=1), timezone)
    if window.period == _MONTH:
        return _midnight((today.replace(day=1) + timedelta(days=32)).replace(day=1), timezone)
    return None


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def tell_if_crossed(
    tx: Tx, key: str, period: str, limit: int, before: int, after: int, slack: int | None = None
) -> None:
    """Has the owner told when use came to four fifths of a limit, or to all of it.

    Without `slack` the figures are exact, because their counter is locked; jobs of such have keys of their own, or
    those who hold the counter and those who will lock it would wait for each other.
    """
    how = "exact" if slack is None else "about"
    for level in (FULL, NEAR):
        mark = -(-limit * level // 100)
        if limit > 0 and before < mark + (slack or 0) and after >= mark and (level == FULL or mark < limit):
            queue.defer(
                tx, "limit_notice", f"limit:{tx.tenant}:{key}:{period}:{level}:{how}", what=key, period=period,
                level=level, limit=limit, used=after,
            )  # fmt: skip
            return


def tell_of_messages(
    tx: Tx, plan: str, overrides: Mapping[str, object], used: Mapping[str, int], counted: int, *, exact: bool
) -> None:
    """The same for messages that were queued; `used` is how many there were before, by period."""
    for period, before in used.items():
        key = "messages_day" if len(period) > len("2025-02") else "messages_month"
        limit = _limit(tx, plan, overrides, key)
        slack = None if exact else min(_SLACK, max(limit // 5 - 1, 0))
        tell_if_crossed(tx, key, period, limit, before, before + counted, slack)


@dataclass(frozen=True, slots=True)
class Standing:
    """A limit as it is now. `period` names its day or month (empty: what there is), which ends at `resets_at`, UTC."""

    key: str
    limit: int
    used: int
    period: str = ""
    resets_at: datetime | None = None

    @property
    def is_unlimited(self) -> bool:
        return self.limit < 0

    @property
    def left(self) -> int:
        """How much may still be used; of what is unlimited -1."""
        return UNLIMITED if self.is_unlimited else max(self.limit - self.used, 0)


def standing(tx: Tx, tenant: Tenant) -> dict[str, Standing]:
    """Every limit of the tenant with its use, by key, in the order in which people look for them. Two statements."""
    today = local_date(tx.now, tenant.timezone)
    used = _used(tx, today)
    spent = credit_use.whole(credit_use.spent(tx, credit_use.month_of(tenant, tx.now)))
    windows = {window.key: (name, window) for name, found in WINDOWS.items() for window in found}
    shown: dict[str, Standing] = {}
    for key in NAMES:
        name, window = windows.get(key, (key, Window(key, _MONTH)))
        period = today.strftime(window.period)
        n = spent if key == "ai_credits" else used.get((name, period), 0)
        resets = resets_at(window, tx.now, tenant.timezone)
        shown[key] = Standing(key, limit_of(tx, tenant, key), n, period, resets)
    return shown


def _used(tx: Tx, today: date) -> dict[tuple[str, str], int]:
    """How much is used by name and period, now. One statement."""
    periods = ("", today.strftime(_DAY), today.strftime(_MONTH))
    counters = select(UsageCounter.name, UsageCounter.period, UsageCounter.used).where(
        UsageCounter.tenant_id == tx.tenant, UsageCounter.period.in_(periods),
        UsageCounter.name.in_(set(WINDOWS) - set(_LIVE)),
    )  # fmt: skip
    live = [select(literal(name), literal(""), _count(tx, name)) for name in _LIVE]
    return {(row[0], row[1]): row[2] for row in tx.execute(counters.union_all(*live))}


def messages_left(tx: Tx, tenant: Tenant) -> int | None:
    """How many messages may still go today and this month; None if any number. Nothing is taken. One statement."""
    allowed = {each: limit_of(tx, tenant, each.key) for each in WINDOWS["messages"]}
    if all(limit < 0 for limit in allowed.values()):
        return None
    used = _used(tx, local_date(tx.now, tenant.timezone))
    today = local_date(tx.now, tenant.timezone)
    left = [
        limit - used.get(("messages", today.strftime(each.period)), 0) for each, limit in allowed.items() if limit >= 0
    ]
    return max(min(left), 0)
