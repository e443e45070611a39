"""The terms of an agreement: everything that its PDF states and that is signed, as one value.

Made from the interview, kept as JSON with each version, and hashed: the same terms always give the same hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.lending.penalties import Penalty
from services.lending.schedule import Installment, LoanTerms, build_schedule, plan_by_amount
from services.money import Money


@dataclass(frozen=True, slots=True)
class Person:
    """A party: the name as the owner wrote it, and the phone number (E.164) from which it writes."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class AgreementTerms:
    """What lender and borrower agree on.

    With `installment` the plan is by that amount and the loan's `periods` are how many it took; else by count.
    `replaces`: the loan takes the place of what the borrower owed before instead of adding to it.
    """

    loan: LoanTerms
    installment: Decimal | None
    currency: str
    lender: Person
    borrower: Person
    made_on: date
    locale: str
    timezone: str
    allocation_order: tuple[str, ...]
    shorten: bool
    penalty: Penalty | None
    how_to_pay: str
    replaces: bool

    def schedule(self) -> tuple[Installment, ...]:
        """The instalments; raises `DomainError` when the terms never repay the loan."""
        if self.installment is not None:
            return plan_by_amount(self.loan, self.installment)
        return build_schedule(self.loan)

    @property
    def principal(self) -> Money:
        return Money(self.loan.principal, self.currency)

    def content_hash(self) -> str:
        """SHA-256, in hexadecimal, of the terms in canonical JSON: keys sorted, no blanks."""
        canonical = json.dumps(to_json(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def to_json(terms: AgreementTerms) -> dict[str, Any]:
    """Plain JSON that `from_json` reads back; figures and dates are strings."""
    stored = asdict(terms)
    stored["loan"] = {name: _plain(value) for name, value in stored["loan"].items()}
    stored["installment"] = _plain(terms.installment)
    stored["made_on"] = terms.made_on.isoformat()
    stored["allocation_order"] = list(terms.allocation_order)
    stored["penalty"] = terms.penalty.to_json() if terms.penalty is not None else None
    return stored


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def from_json(stored: Mapping[str, Any]) -> AgreementTerms:
    """The terms that `to_json` wrote."""
    loan = stored["loan"]
    first_due, multiple, penalty = loan["first_due"], loan["installment_multiple"], stored["penalty"]
    return AgreementTerms(
        loan=LoanTerms(
            **{
                **loan,
                "principal": Decimal(loan["principal"]),
                "annual_rate": Decimal(loan["annual_rate"]),
                "disbursed": date.fromisoformat(loan["disbursed"]),
                "first_due": None if first_due is None else date.fromisoformat(first_due),
                "installment_multiple": None if multiple is None else Decimal(multiple),
            }
        ),
        installment=None if stored["installment"] is None else Decimal(stored["installment"]),
        currency=stored["currency"],
        lender=Person(**stored["lender"]),
        borrower=Person(**stored["borrower"]),
        made_on=date.fromisoformat(stored["made_on"]),
        locale=stored["locale"],
        timezone=stored["timezone"],
        allocation_order=tuple(stored["allocation_order"]),
        shorten=stored["shorten"],
        penalty=None if penalty is None else Penalty.from_json(penalty),
        how_to_pay=stored["how_to_pay"],
        replaces=stored["replaces"],
    )
