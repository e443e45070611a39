"""Ways of paying an invoice: the interface behind which payment gateways come, and the one way that there is.

A gateway makes an address where an invoice can be paid, and says of a notice that comes in whether it is true and what
was paid; `payments.enter` books it then, as it books what the super admin enters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.money import Money

MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Payable:
    """An invoice to be paid: whose, its number, and what is left of it."""

    tenant_id: int
    invoice_id: int
    number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Notice:
    """What a gateway says was paid; `reference` is its own id of the payment, the same however often it says so."""

    tenant_id: int
    invoice_id: int
    amount: Money
    reference: str
    received_on: date


class Gateway(Protocol):
    """A provider of payments."""

    name: str

    def link(self, payable: Payable) -> str | None:
        """The address where somebody pays an invoice; None where there is none."""
        ...

    def verified(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        """What a notice says, if it really comes from the provider; None if it doesn't, or says nothing of money."""
        ...


class Manual:
    """Transfers that the super admin sees on the account and enters by hand."""

    name = MANUAL

    def link(self, payable: Payable) -> str | None:
        """None: how to pay, the instructions say."""
        return None

    def verified(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        """None: nobody gives notice."""
        return None


GATEWAYS: Mapping[str, Gateway] = {MANUAL: Manual()}
