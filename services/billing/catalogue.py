"""What is for sale: plans with their prices in each currency, and how invoices are to be paid.

Prices are those of the environment unless the super admin has set others; whatever isn't listed isn't sold there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from services.billing.periods import CYCLES, rounded
from services.db.engine import Tx
from services.db.models import Subscription, SystemSetting, Tenant
from services.money import Money
from services.settings import Settings
from services.tenants import life, system_settings
from services.tenants.plans import PLANS

FREE = "free"
RANKS: Sequence[str] = tuple(PLANS)
"""Plans from the smallest to the largest."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan for one cycle at its price."""

    plan: str
    cycle: str
    price: Money


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Prices by currency, plan and cycle; `currency` is the usual one, `grace` the days after an unpaid period.

    `issuer` are the lines that stand at the head of invoices, `instructions` say how to pay.
    """

    prices: Mapping[tuple[str, str, str], Decimal]
    currency: str
    grace: int
    issuer: Sequence[str]
    instructions: str | None

    def price(self, plan: str, cycle: str, currency: str) -> Money | None:
        """The price of a period; None where it isn't sold."""
        if plan == FREE:
            return Money(Decimal(0), currency)
        amount = self.prices.get((currency, plan, cycle))
        return None if amount is None else Money(rounded(amount, currency), currency)

    def offers(self, currency: str) -> Sequence[Offer]:
        """Everything that is sold in a currency, the smallest plan first."""
        listed = (
            (plan, cycle, self.price(plan, cycle, currency)) for plan in RANKS if plan != FREE for cycle in CYCLES
        )
        return [Offer(plan, cycle, price) for plan, cycle, price in listed if price is not None]

    def pays_in(self, tenant: Tenant, found: Subscription | None) -> str:
        """In what a tenant pays: as it does already, else its own currency where something is sold in it, else the
        usual one.
        """
        if found is not None and found.cycle in CYCLES:
            return found.currency
        return tenant.currency if self.offers(tenant.currency) else self.currency


def read(tx: Tx, settings: Settings) -> Catalogue:
    """The catalogue as it is now, by one statement."""
    values = system_settings.values(tx, settings)
    usual = settings.billing_currency
    prices: dict[tuple[str, str, str], Decimal] = {}
    for name, inner in values["plan_prices"].items():
        listed: Mapping[str, Any] = {name: inner} if name in PLANS else inner
        currency = usual if name in PLANS else name
        prices |= {
            (currency, plan, cycle): amount for plan, cycles in listed.items() for cycle, amount in cycles.items()
        }
    prices[usual, "basic", "monthly"] = values["monthly_price"]
    prices[usual, "basic", "yearly"] = values["yearly_price"]
    return Catalogue(prices, usual, values["grace_days"], values["invoice_issuer"], values["payment_instructions"])


def grace_days(tx: Tx) -> int:
    """Days from the end of an unpaid period until a business is suspended."""
    kept = tx.scalar(select(SystemSetting.value).where(SystemSetting.key == "grace_days"))
    return kept if isinstance(kept, int) else life.GRACE_DAYS
