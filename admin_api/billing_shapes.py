"""What billing takes and shows. Amounts are texts with a decimal point, in the currency beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from admin_api.lists import Listing
from admin_api.shapes import Body, Line, RowId, Shape, Status, TenantPath
from admin_api.shown_lending import Amount, written
from services.billing.catalogue import Catalogue, Offer
from services.billing.orders import Ordered
from services.billing.renewals import Coming
from services.db.models import Invoice, Subscription, SubscriptionPayment, Tenant

Cycle = Literal["monthly", "yearly"]
InvoiceStatus = Literal["open", "paid", "void"]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", json_schema_extra={"example": "IDR"})]
Asked = Annotated[Decimal, Field(max_digits=16, decimal_places=4, json_schema_extra={"example": "150000"})]
_NONE: dict[str, Any] = {"json_schema_extra": {"examples": [None]}}


class InvoiceLine(Shape):
    """What is billed."""

    text: Annotated[str, Field(json_schema_extra={"example": "Plan pro, 13 Feb 2025 – 12 Mar 2025"})]
    amount: Amount


class InvoiceShown(Shape):
    """An invoice; `left` is still to be paid. It pays for the period up to, not including, `periodTo`."""

    id: int
    number: Annotated[str, Field(json_schema_extra={"example": "INV-1-3"})]
    kind: Literal["subscription", "upgrade", "manual"]
    status: InvoiceStatus
    overdue: bool
    plan: str | None
    cycle: Annotated[str | None, Field(json_schema_extra={"example": "monthly"})]
    period_from: date | None
    period_to: date | None
    currency: str
    lines: list[InvoiceLine]
    total: Amount
    paid: Amount
    left: Amount
    issued_on: date
    due_on: date
    paid_at: datetime | None
    note: Annotated[str | None, Field(**_NONE)]

    @classmethod
    def fields(cls, found: Invoice, today: date) -> dict[str, Any]:
        """An invoice as it is on a day."""
        money = found.currency
        left = found.total - found.paid if found.status == "open" else Decimal(0)
        return {
            "id": found.id, "number": found.number, "kind": found.kind, "status": found.status,
            "overdue": found.status == "open" and found.due_on < today, "plan": found.plan, "cycle": found.cycle,
            "period_from": found.period_from, "period_to": found.period_to, "currency": money,
            "lines": [
                {"text": each["text"], "amount": written(Decimal(each["amount"]), money)} for each in found.lines
            ],
            "total": written(found.total, money), "paid": written(found.paid, money), "left": written(left, money),
            "issued_on": found.issued_on, "due_on": found.due_on, "paid_at": found.paid_at, "note": found.note,
        }  # fmt: skip

    @classmethod
    def of(cls, found: Invoice, today: date) -> InvoiceShown:
        """The same, ready to go out."""
        return cls.model_validate(cls.fields(found, today))


class TenantInvoiceShown(InvoiceShown):
    """An invoice, and whose it is."""

    tenant_id: int
    company_id: str
    tenant: Annotated[str, Field(json_schema_extra={"example": "Dani Lending"})]


class PaymentShown(Shape):
    """A payment; one with a minus takes a mistake back."""

    id: int
    invoice_id: int | None
    amount: Amount
    currency: str
    method: str
    reference: Annotated[str | None, Field(json_schema_extra={"example": "TRX-9911"})]
    received_on: date
    at: datetime
    note: Annotated[str | None, Field(**_NONE)]

    @classmethod
    def fields(cls, found: SubscriptionPayment) -> dict[str, Any]:
        """A payment."""
        return {
            "id": found.id, "invoice_id": found.invoice_id, "amount": written(found.amount, found.currency),
            "currency": found.currency, "method": found.method, "reference": found.reference,
            "received_on": found.received_on, "at": found.at, "note": found.note,
        }  # fmt: skip

    @classmethod
    def of(cls, found: SubscriptionPayment) -> PaymentShown:
        """The same, ready to go out."""
        return cls.model_validate(cls.fields(found))


class TenantPaymentShown(PaymentShown):
    """A payment, and whose it is."""

    tenant_id: int
    company_id: str
    tenant: Annotated[str, Field(json_schema_extra={"example": "Dani Lending"})]


def of_tenant(tenant: Tenant) -> dict[str, Any]:
    """Whose it is."""
    return {"tenant_id": tenant.id, "company_id": tenant.slug, "tenant": tenant.name}


class OfferShown(Shape):
    """A plan that can be bought."""

    plan: str
    cycle: Cycle
    price: Amount
    currency: str

    @classmethod
    def of(cls, offer: Offer) -> OfferShown:
        """An offer of the catalogue."""
        price = offer.price
        return cls.model_validate(
            {"plan": offer.plan, "cycle": offer.cycle, "price": price.plain(), "currency": price.currency}
        )


class PlanForSale(Shape):
    """A plan with its limits (-1: unlimited), its features, and its prices; without prices it isn't sold here."""

    plan: str
    limits: dict[str, int]
    features: list[str]
    prices: list[OfferShown]


class PlansForSale(Shape):
    """Every plan, the smallest first."""

    plans: list[PlanForSale]


class NextShown(Shape):
    """What follows after the period that runs, if it is paid."""

    plan: str
    cycle: Cycle
    price: Amount
    period_from: date
    period_to: date


class SubscriptionShown(Shape):
    """What is subscribed to. `cycle` `trial` costs nothing, `open` has no end; `daysLeft` counts today.

    With `cancelled` the free plan follows after `periodTo`, the first day that isn't paid; else `nextPeriod`.
    """

    plan: str
    cycle: Literal["trial", "monthly", "yearly", "open"]
    status: Status
    price: Amount
    currency: str
    period_from: date | None
    period_to: date | None
    days_left: int | None
    cancelled: bool
    next_period: NextShown | None

    @classmethod
    def of(
        cls, tenant: Tenant, found: Subscription | None, following: Coming | None, today: date, currency: str
    ) -> Any:
        """A tenant's subscription; one without a row has no end."""
        coming = None
        if following is not None:
            coming = {
                "plan": following.plan, "cycle": following.cycle, "price": following.price.plain(),
                "period_from": following.period.begin, "period_to": following.period.end,
            }  # fmt: skip
        fields: dict[str, Any] = {
            "plan": tenant.plan, "status": tenant.status, "next_period": coming, "cycle": "open", "price": "0",
            "currency": currency, "period_from": None, "period_to": None, "days_left": None, "cancelled": False,
        }  # fmt: skip
        if found is not None:
            left = None if found.period_to is None else max((found.period_to - today).days, 0)
            fields |= {
                "cycle": found.cycle, "price": written(found.price, found.currency), "currency": found.currency,
                "period_from": found.period_from, "period_to": found.period_to, "days_left": left,
                "cancelled": found.is_cancelled,
            }  # fmt: skip
        return cls.model_validate(fields)


class BillingShown(Shape):
    """Where a business stands: its subscription, what is to be paid, what is kept for it, and how to pay."""

    subscription: SubscriptionShown
    open_invoices: list[InvoiceShown]
    next_invoice_on: Annotated[date | None, Field(description="When the next period is billed.")]
    credit: Annotated[Amount, Field(description="Paid too much, kept for the next invoice.")]
    currency: str
    prices: list[OfferShown]
    how_to_pay: Annotated[str | None, Field(json_schema_extra={"example": "BCA 1234567890 a.n. PT Juragan"})]


class OrderedShown(Shape):
    """What became of it: `invoiced` begins when its invoice is paid, `scheduled` on `begins`; `kept` is what stays."""

    result: Literal["invoiced", "started", "scheduled", "kept", "unchanged"]
    plan: str
    cycle: Literal["monthly", "yearly", "trial", "open"]
    begins: date | None
    invoice: InvoiceShown | None
    how_to_pay: str | None

    @classmethod
    def of(cls, ordered: Ordered, catalogue: Catalogue, today: date) -> OrderedShown:
        """What an order gave."""
        invoice = None if ordered.invoice is None else InvoiceShown.of(ordered.invoice, today)
        return cls.model_validate(
            {
                "result": ordered.result, "plan": ordered.plan, "cycle": ordered.cycle, "begins": ordered.begins,
                "invoice": invoice, "how_to_pay": catalogue.instructions,
            }
        )  # fmt: skip


class Order(Body):
    """A plan that is wanted."""

    model_config = ConfigDict(openapi_extra={"example": {"plan": "pro", "cycle": "monthly"}})  # type: ignore[typeddict-unknown-key]

    plan: Line
    cycle: Cycle = "monthly"


class InvoicesWanted(Listing):
    """Which invoices."""

    status: InvoiceStatus | None = None
    overdue: Annotated[bool, Field(description="Only open ones that were due before today.")] = False


class InvoicesOfAll(InvoicesWanted):
    """Which invoices, of which tenant."""

    tenant: Annotated[Line | None, Field(description="A tenant's number or company id.")] = None


class PaymentsOfAll(Listing):
    """Which payments."""

    tenant: Annotated[Line | None, Field(description="A tenant's number or company id.")] = None


class InvoicePath(Shape):
    """An invoice of the business."""

    id: RowId


class TenantInvoicePath(TenantPath):
    """An invoice of a tenant."""

    invoice_id: RowId


class PdfShown(Shape):
    """A PDF that is being made."""

    status: Literal["waiting"] = "waiting"


class PaymentWanted(Body):
    """Money that came in; with a minus (and a `note`) what was entered by mistake."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {
                "invoiceId": 1,
                "amount": "150000",
                "currency": "IDR",
                "method": "transfer",
                "reference": "TRX-9911",
            }
        }
    )

    amount: Asked
    currency: Currency
    invoice_id: Annotated[RowId | None, Field(description="If left out, whatever is due first is paid.")] = None
    method: Line = "transfer"
    reference: Line | None = None
    received_on: Annotated[date | None, Field(description="Today if left out.")] = None
    note: Line | None = None


class LineWanted(Shape):
    """A line of an invoice; what is taken off has a minus."""

    text: Line
    amount: Asked


class InvoiceWanted(Body):
    """An invoice written by hand."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"lines": [{"text": "Training, two hours", "amount": "400000"}], "dueOn": None}
        }
    )

    lines: Annotated[list[LineWanted], Field(min_length=1, max_length=20)]
    currency: Annotated[Currency | None, Field(description="That of the subscription if left out.")] = None
    due_on: Annotated[date | None, Field(description="In seven days if left out.")] = None
    note: Line | None = None


class VoidWanted(Body):
    """Why an invoice is taken back."""

    model_config = ConfigDict(openapi_extra={"required": False, "example": {"note": "Billed twice"}})  # type: ignore[typeddict-unknown-key]

    note: Line | None = None


class SubscriptionWanted(Body):
    """A subscription as it shall be from now on, without a bill."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"plan": "pro", "cycle": "yearly", "periodTo": None, "price": "1200000"}
        }
    )

    plan: Line
    cycle: Literal["monthly", "yearly", "open"]
    period_to: Annotated[
        date | None, Field(description="The first day that isn't paid; after one cycle if left out.")
    ] = None
    price: Annotated[Asked | None, Field(description="For each period from now on; the usual one if left out.")] = None
    currency: Currency | None = None


class TrialWanted(Body):
    """So many more days."""

    model_config = ConfigDict(openapi_extra={"example": {"days": 7}})  # type: ignore[typeddict-unknown-key]

    days: Annotated[int, Field(strict=True, ge=1, le=366)]


def offers(listed: Sequence[Offer]) -> list[OfferShown]:
    """Offers, ready to go out."""
    return [OfferShown.of(each) for each in listed]
