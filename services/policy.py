"""What an operator decided that rules have to know: carried by the database, read in a transaction as `tx.policy`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.tenants import prices
from services.tenants.prices import Prices

if TYPE_CHECKING:
    from services.settings import Settings

USUAL_LIMITS: Mapping[str, int] = {
    "messages_day": 1000, "messages_month": 30_000, "campaigns_day": 10, "campaigns_month": 300,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Policy:
    """`prices` of uses of models; whether use is counted at all; the limits that no plan names (`limits`).

    `is_multi_tenant`: there may be several businesses.
    """

    prices: Prices = field(default_factory=Prices)
    counts_usage: bool = True
    limits: Mapping[str, int] = field(default_factory=lambda: USUAL_LIMITS)
    is_multi_tenant: bool = True


def policy_of(settings: Settings) -> Policy:
    """What the settings decide."""
    return Policy(
        prices=prices.read(settings.ai_prices), counts_usage=settings.enable_usage_tracking,
        is_multi_tenant=settings.whatsapp_multi_tenant,
        limits={
            "messages_day": settings.default_daily_message_limit,
            "messages_month": settings.default_monthly_message_limit,
            "campaigns_day": settings.default_daily_campaign_limit,
            "campaigns_month": settings.default_monthly_campaign_limit,
        },
    )  # fmt: skip
