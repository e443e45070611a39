"""What the super admin decides about a tenant's subscription and bills: set directly, billed by hand, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.billing import fulfilment, invoices, renewals, telling, texts
from services.billing.catalogue import FREE, Catalogue
from services.billing.invoices import Line, NewInvoice
from services.billing.periods import CYCLES, Period
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Invoice, Subscription, Tenant
from services.errors import DomainError
from services.i18n import _
from services.money import Money
from services.tenants import subscriptions
from services.tenants.actors import Actor
from services.tenants.plans import PLANS
from services.tenants.preference_values import read_currency

LONGEST = timedelta(days=3660)
_LONGEST_DUE = timedelta(days=366)
_TO_PAY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A subscription as the super admin wants it. `ends` None: after one cycle, or never for `open`.

    `price` None: that of the catalogue.
    """

    plan: str
    cycle: str
    ends: date | None = None
    price: Decimal | None = None
    currency: str | None = None


def put(tx: Tx, catalogue: Catalogue, actor: Actor, wanted: Wanted) -> Subscription:
    """Sets a tenant's subscription at once, without a bill; what is still open of former ones is taken back.

    Raises `DomainError` `plan_unknown`, `not_for_sale`, `bad_price` or `bad_day`.
    """
    tenant = _tenant(tx)
    if wanted.plan not in PLANS:
        text = _("“{word}” isn't known here. Example: {example}", word=wanted.plan, example=", ".join(PLANS))
        raise DomainError("plan_unknown", text, value=wanted.plan)
    found, today = subscriptions.of(tx), local_date(tx.now, tenant.timezone)
    before = subscriptions.shown(found)
    currency = _currency(wanted.currency) or catalogue.pays_in(tenant, found)
    cycle = subscriptions.OPEN if wanted.plan == FREE else wanted.cycle
    price = _price(catalogue, wanted, cycle, currency)
    begin = found.period_from if found is not None and _is_paid(found) and found.period_from <= today else today
    period = None if cycle == subscriptions.OPEN else _period(wanted, cycle, begin, today)
    invoices.void_open(tx, actor, "subscription", "upgrade")
    row = subscriptions.put(tx, tenant, wanted.plan, cycle)
    row.currency, row.price, row.has_own_price = currency, price, wanted.price is not None
    if period is not None:
        row.period_from, row.period_to, row.anchor_day = period.begin, period.end, period.anchor
    renewals.apply(tx, actor, tenant, row, before)
    return row


def _is_paid(found: Subscription | None) -> bool:
    return found is not None and found.cycle in CYCLES


def _tenant(tx: Tx) -> Tenant:
    tenant = subscriptions.lock(tx)
    if tenant.is_platform:
        raise DomainError("platform_tenant", _("The platform's own tenant pays nothing."))
    if tenant.status == "closed":
        raise DomainError("tenant_closed", _("{name} is closed.", name=tenant.name))
    return tenant


def _price(catalogue: Catalogue, wanted: Wanted, cycle: str, currency: str) -> Decimal:
    if wanted.price is not None:
        price = Money(wanted.price, currency)
        if not price.is_exact or not 0 <= price.amount <= invoices.MOST:
            raise DomainError("bad_price", _("This is no price in {currency}.", currency=currency))
        return price.amount
    if cycle == subscriptions.OPEN:
        return Decimal(0)
    listed = catalogue.price(wanted.plan, cycle, currency)
    if listed is None:
        text = _("The plan {plan} has no price in {currency}; name one.", plan=wanted.plan, currency=currency)
        raise DomainError("not_for_sale", text, plan=wanted.plan, cycle=cycle)
    return listed.amount


def _period(wanted: Wanted, cycle: str, begin: date, today: date) -> Period:
    usual = Period.of(begin, cycle)
    if wanted.ends is None:
        return usual if usual.end > today else Period.of(today, cycle)
    if not today < wanted.ends <= today + LONGEST:
        raise DomainError("bad_day", _("The end must be a day to come, within ten years."))
    return Period(begin, wanted.ends, usual.anchor if wanted.ends == usual.end else wanted.ends.day)


def bill(
    tx: Tx, catalogue: Catalogue, actor: Actor, source: str, lines: Sequence[Line], currency: str | None,
    due_on: date | None, note: str | None,
) -> Invoice:  # fmt: skip
    """An invoice of lines that the super admin wrote, sent to the owner; once for each source.

    Raises `DomainError` `bad_amount`, `bad_day`, or `key_used` when the source was used for something else.
    """
    tenant = _tenant(tx)
    today = local_date(tx.now, tenant.timezone)
    money = _currency(currency) or catalogue.pays_in(tenant, subscriptions.of(tx))
    total = sum((each.amount for each in lines), Decimal(0))
    if not all(Money(each.amount, money).is_exact for each in lines) or not 0 < total <= invoices.MOST:
        raise DomainError("bad_amount", _("Lines need amounts that {currency} has, more than nothing in all.",
                                          currency=money))  # fmt: skip
    due = due_on or today + _TO_PAY
    if due_on is not None and not today <= due_on <= today + _LONGEST_DUE:
        before = invoices.by_source(tx, source)
        if before is None:
            raise DomainError("bad_day", _("It must be due on one of the next 366 days, today included."))
    known = invoices.by_source(tx, source)
    made = invoices.make(tx, actor, tenant, NewInvoice("manual", source, money, lines, due, note=note))
    if known is not None:
        _require_same(known, lines, money, due_on, note)
        return known
    fulfilment.settle(tx, actor, tenant, catalogue, money, first=made.id)
    telling.send_invoice(tx, tenant, made, texts.invoice(made, catalogue))
    return made


def _currency(word: str | None) -> str | None:
    if word is not None and read_currency(word) is None:
        text = _("“{word}” isn't known here. Example: {example}", word=word, example="IDR")
        raise DomainError("bad_currency", text, value=word)
    return word


def _require_same(known: Invoice, lines: Sequence[Line], currency: str, due_on: date | None, note: str | None) -> None:
    billed = [(each["text"], Decimal(each["amount"])) for each in known.lines]
    same = billed == [(each.text, each.amount) for each in lines] and known.currency == currency
    if not same or known.note != note or due_on not in (None, known.due_on):
        raise DomainError("key_used", _("This Idempotency-Key was used before, for something else."))


def void(tx: Tx, catalogue: Catalogue, actor: Actor, invoice_id: int, note: str | None) -> Invoice:
    """Takes an open invoice back; what was paid of it pays what else is open, or is kept."""
    tenant = _tenant(tx)
    invoice = invoices.get(tx, invoice_id)
    invoices.void(tx, actor, invoice, note)
    fulfilment.settle(tx, actor, tenant, catalogue, invoice.currency)
    return invoice
