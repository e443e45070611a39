"""Addresses on WhatsApp: a phone number, a `@lid` (the same person under a private id), or a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CHANNEL = "whatsapp"


@dataclass(frozen=True, slots=True)
class Address:
    """`value` is the bare number or id; `str()` is how tables keep it, such as `phone:6281234567890`."""

    kind: Literal["phone", "lid", "group"]
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @staticmethod
    def parse(text: str) -> Address:
        kind, _, value = text.partition(":")
        if kind not in ("phone", "lid", "group") or not value:
            raise ValueError(f"not an address: {text!r}")
        return Address(kind, value)  # type: ignore[arg-type]

    @staticmethod
    def phone(number: str) -> Address:
        """The address of a number in whatever spelling, as long as its country code is in it."""
        return Address("phone", "".join(filter(str.isdigit, number)))
