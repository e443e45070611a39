"""A business whose subscription is played: it orders, pays, and time passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

from sqlalchemy import select

from services.billing import catalogue, invoices, orders, payments, rounds
from services.billing.orders import Ordered
from services.billing.payments import Received
from services.db.engine import Database
from services.db.models import Invoice, OutboxMessage, Subscription, SubscriptionPayment, Tenant
from services.money import Money
from services.settings import Settings
from services.tenants import subscriptions
from services.tenants.actors import Actor

PRICES: Mapping[str, object] = {
    "plan_prices": {
        "pro": {"monthly": 150_000, "yearly": 1_500_000}, "enterprise": {"monthly": 1_000_000},
        "USD": {"basic": {"monthly": 5, "yearly": 50}, "pro": {"monthly": "12.50"}},
    },
    "payment_instructions": "BCA 1234567890 a.n. PT Juragan", "invoice_issuer": ["PT Juragan Digital", "Bandung"],
}  # fmt: skip
OWNER = Actor("user", "6281100000001", "owner")
ADMIN = Actor("api_key", "tests", "super_admin")
_keys = count(1)


@dataclass(frozen=True)
class Business:
    """A tenant's side of billing."""

    db: Database
    settings: Settings
    tenant_id: int

    def trial(self, days: int = 7) -> None:
        with self.db.tenant(self.tenant_id) as tx:
            subscriptions.begin_trial(tx, ADMIN, subscriptions.lock(tx), days)

    def order(self, plan: str, cycle: str = "monthly") -> Ordered:
        with self.db.tenant(self.tenant_id) as tx:
            return orders.choose(tx, catalogue.read(tx, self.settings), OWNER, plan, cycle)

    def cancel(self) -> Ordered:
        with self.db.tenant(self.tenant_id) as tx:
            return orders.cancel(tx, catalogue.read(tx, self.settings), OWNER)

    def resume(self) -> Ordered:
        with self.db.tenant(self.tenant_id) as tx:
            return orders.resume(tx, catalogue.read(tx, self.settings), OWNER)

    def pay(self, amount: str | int, invoice_id: int | None = None, **more: object) -> SubscriptionPayment:
        currency = str(more.pop("currency", "IDR"))
        given: dict[str, object] = {"method": "transfer", "received_on": None, "source": f"key:{next(_keys)}"} | more
        with self.db.tenant(self.tenant_id) as tx:
            received = Received(Money(Decimal(amount), currency), invoice_id=invoice_id, **given)  # type: ignore[arg-type]
            return payments.enter(tx, catalogue.read(tx, self.settings), ADMIN, received)

    def buy(self, plan: str, cycle: str = "monthly") -> Subscription:
        """Orders a plan and pays for it."""
        invoice = self.order(plan, cycle).invoice
        assert invoice is not None
        self.pay(str(invoice.total), invoice.id, currency=invoice.currency)
        return self.subscription

    def round(self) -> None:
        """The bell has rung."""
        rounds.run(self.db, self.settings, self.tenant_id)

    @property
    def tenant(self) -> Tenant:
        with self.db.tenant(self.tenant_id) as tx:
            return tx.get_one(Tenant, self.tenant_id)

    @property
    def subscription(self) -> Subscription:
        with self.db.tenant(self.tenant_id) as tx:
            found = subscriptions.of(tx)
            assert found is not None
            return found

    @property
    def period(self) -> tuple[date, date | None]:
        found = self.subscription
        return found.period_from, found.period_to

    @property
    def invoices(self) -> Sequence[Invoice]:
        with self.db.tenant(self.tenant_id) as tx:
            return tx.scalars(select(Invoice).where(Invoice.tenant_id == tx.tenant).order_by(Invoice.id)).all()

    @property
    def open(self) -> Sequence[Invoice]:
        return [each for each in self.invoices if each.status == "open"]

    def credit(self, currency: str = "IDR") -> Decimal:
        with self.db.tenant(self.tenant_id) as tx:
            return invoices.credit(tx, currency).amount

    @property
    def told(self) -> Sequence[str]:
        """What its owner was told in words."""
        with self.db.tenant(self.tenant_id) as tx:
            mine = OutboxMessage.tenant_id == tx.tenant
            return tx.scalars(select(OutboxMessage.body).where(mine).order_by(OutboxMessage.id)).all()
