"""Limits of a tenant, each taken in one place and refused by one error: `limit_reached`.

Some count what there is (open debts, users), others what is done in a day or a month of the tenant's calendar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Tenant
from services.errors import DomainError
from services.i18n import Text, _
from services.tenants.plans import PLANS, UNLIMITED

REACHED = "limit_reached"


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a limit: `key` is its name in plans and overrides, `period` how a date names its period."""

    key: str
    period: str = ""


# Every limit that is counted here, with its windows.
WINDOWS: Mapping[str, Sequence[Window]] = {
    "debts": (Window("debts"),),
    "pdfs": (Window("pdfs", "%Y-%m"),),
    "messages": (Window("messages_day", "%Y-%m-%d"), Window("messages_month", "%Y-%m")),
    "campaigns": (Window("campaigns_day", "%Y-%m-%d"), Window("campaigns_month", "%Y-%m")),
}
NAMES: Mapping[str, Text] = {
    "debts": _("open debts"), "agreements": _("open agreements"), "pdfs": _("PDFs a month"),
    "sessions": _("WhatsApp numbers"), "users": _("users"), "ai_credits": _("AI credits a month"),
    "messages_day": _("messages a day"), "messages_month": _("messages a month"),
    "campaigns_day": _("campaigns a day"), "campaigns_month": _("campaigns a month"),
}  # fmt: skip

_TAKE = text("select usage_take(:name, :periods, :limits, :n)")


def limit_of(tx: Tx, tenant: Tenant, key: str) -> int:
    """How much a tenant may use: what was set for it, else its plan's, else the installation's; -1 is unlimited."""
    override = tenant.limits.get(key)
    if type(override) is int:
        return override
    plan = PLANS[tenant.plan]
    if key in plan:
        return plan[key]
    return UNLIMITED if tenant.plan == "enterprise" else tx.policy.limits[key]


def take(tx: Tx, tenant: Tenant, name: str, n: int = 1) -> None:
    """Takes `n` of a limit in all of its windows, or raises `DomainError` `limit_reached` and takes nothing.

    One statement; of several at once for the last unit one gets it. A negative `n` gives back.
    """
    if not tx.policy.counts_usage:
        return
    windows = WINDOWS[name]
    today = local_date(tx.now, tenant.timezone)
    periods = [today.strftime(each.period) for each in windows]
    allowed = [limit_of(tx, tenant, each.key) for each in windows]
    totals = tx.scalar(_TAKE, {"name": name, "periods": periods, "limits": allowed, "n": n})
    if totals is None:
        raise reached(windows[0].key, allowed[0])


def reached(key: str, limit: int) -> DomainError:
    """The one refusal of more than a limit allows."""
    text = _(
        "Your plan allows {limit} {what}, and they are all in use. Free some or ask for a larger plan; nothing was"
        " done.",
        limit=limit, what=NAMES[key],
    )  # fmt: skip
    return DomainError(REACHED, text, limit=limit, name=key)
