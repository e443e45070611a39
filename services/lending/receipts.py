"""What a payment did, as payer and payee are told: what it settled, what is left, what is due next.

Worked out when the payment is booked and kept with its document, so that a receipt stays what it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from services.db.engine import Tx
from services.db.models import Agreement, Debt
from services.i18n import Renderable, _
from services.lending.allocation import COMPONENTS
from services.lending.debts import Booked
from services.money import Money


@dataclass(frozen=True, slots=True)
class Part:
    """What a payment settled of one debt, or of the instalment `number` of an `agreement`, by component."""

    due_on: date
    agreement: int | None
    number: int | None
    note: str | None
    amounts: Mapping[str, Money]
    left: Money

    @property
    def total(self) -> Money:
        amounts = list(self.amounts.values())
        return sum(amounts[1:], amounts[0])

    def label(self) -> Renderable:
        if self.number is not None:
            return _("Instalment {number} of agreement {agreement}, due {due}", number=str(self.number),
                     agreement=str(self.agreement), due=self.due_on)  # fmt: skip
        if self.note:
            return _("{note}, due {due}", note=self.note, due=self.due_on)
        return _("Loan due {due}", due=self.due_on)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A payment of `payer`, and where the account stood after it; `next_due` is None when nothing is open."""

    entry_id: int
    payer: str
    on: date
    side: str
    amount: Money
    parts: tuple[Part, ...]
    remaining: Money
    credit: Money
    next_due: date | None
    next_amount: Money | None

    @property
    def paid_off(self) -> bool:
        return not self.remaining

    @property
    def has_installments(self) -> bool:
        return any(part.number is not None for part in self.parts)


def receipt_of(tx: Tx, booked: Booked, payer: str, side: str, on: date) -> Receipt:
    """What a payment that was just booked did. One statement."""
    currency, account = booked.amount.currency, booked.account
    left = {debt.id: debt.left for debt in account.debts}
    amounts: dict[int, dict[str, Money]] = {}
    for share in booked.shares:
        amounts.setdefault(share.debt, {})[share.component] = Money(share.amount, currency)
    parts = tuple(
        Part(
            debt.due_on, number, debt.number, debt.note,
            {kind: amounts[debt.id][kind] for kind in COMPONENTS if kind in amounts[debt.id]},
            left.get(debt.id, Money(Decimal(0), currency)),
        )
        for debt, number in _debts(tx, list(amounts))
    )  # fmt: skip
    first = account.debts[0] if account.debts else None
    due = [debt.left for debt in account.debts if first is not None and debt.due_on == first.due_on]
    return Receipt(
        booked.entry_id, payer, on, side, booked.amount, parts, account.left, account.credit,
        None if first is None else first.due_on, sum(due[1:], due[0]) if due else None,
    )  # fmt: skip


def _debts(tx: Tx, ids: Sequence[int]) -> Sequence[tuple[Debt, int | None]]:
    """Debts with the numbers of their agreements, those due first in front."""
    if not ids:
        return []
    of = (Agreement.tenant_id == Debt.tenant_id) & (Agreement.id == Debt.agreement_id)
    statement = (
        select(Debt, Agreement.number)
        .outerjoin(Agreement, of)
        .where(Debt.tenant_id == tx.tenant, Debt.id.in_(ids))
        .order_by(Debt.due_on, Debt.id)
    )
    return [(debt, number) for debt, number in tx.execute(statement)]


def to_json(receipt: Receipt) -> dict[str, Any]:
    """Plain JSON that `from_json` reads back."""
    return {
        "entry_id": receipt.entry_id,
        "payer": receipt.payer,
        "on": receipt.on.isoformat(),
        "side": receipt.side,
        "currency": receipt.amount.currency,
        "amount": receipt.amount.plain(),
        "parts": [
            {
                "due_on": part.due_on.isoformat(), "agreement": part.agreement, "number": part.number,
                "note": part.note, "amounts": {kind: amount.plain() for kind, amount in part.amounts.items()},
                "left": part.left.plain(),
            }
            for part in receipt.parts
        ],
        "remaining": receipt.remaining.plain(),
        "credit": receipt.credit.plain(),
        "next_due": receipt.next_due and receipt.next_due.isoformat(),
        "next_amount": receipt.next_amount and receipt.next_amount.plain(),
    }  # fmt: skip


def from_json(stored: Mapping[str, Any]) -> Receipt:
    """The receipt that `to_json` wrote."""

    def money(figure: str) -> Money:
        return Money(Decimal(figure), stored["currency"])

    parts = tuple(
        Part(
            date.fromisoformat(part["due_on"]), part["agreement"], part["number"], part["note"],
            {kind: money(figure) for kind, figure in part["amounts"].items()}, money(part["left"]),
        )
        for part in stored["parts"]
    )  # fmt: skip
    return Receipt(
        stored["entry_id"], stored["payer"], date.fromisoformat(stored["on"]), stored["side"],
        money(stored["amount"]), parts, money(stored["remaining"]), money(stored["credit"]),
        date.fromisoformat(stored["next_due"]) if stored["next_due"] else None,
        money(stored["next_amount"]) if stored["next_amount"] else None,
    )  # fmt: skip
