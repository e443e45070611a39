"""Arguments as JSON: for the question that waits in a chat, for records, and for the simulator's output."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from handlers.grammar.reading import Understood
from services.money import Money

Json = dict[str, object]


def encode(arguments: Mapping[str, object]) -> Json:
    """Arguments as plain JSON values that `decode` reads back."""
    return {name: _encode(value) for name, value in arguments.items()}


def decode(stored: Mapping[str, object]) -> dict[str, object]:
    """The arguments that `encode` wrote."""
    return {name: _decode(value) for name, value in stored.items()}


def _encode(value: object) -> object:
    match value:
        case Money():
            return {"money": str(value.amount), "currency": value.currency}
        case date():
            return {"date": value.isoformat()}
        case str() | bool() | int() | None:
            return value
    raise TypeError(f"{type(value).__name__} is no argument")


def _decode(value: object) -> object:
    match value:
        case {"money": str(amount), "currency": str(currency)}:
            return Money(Decimal(amount), currency)
        case {"date": str(day)}:
            return date.fromisoformat(day)
    return value


def describe(understood: Understood) -> Json:
    """What was understood, as records and the simulator show it: an amount and its currency stand side by side."""
    shown: Json = {}
    for name, value in understood.arguments.items():
        match value:
            case Money():
                shown[name] = value.plain()
                shown["currency"] = value.currency
            case date():
                shown[name] = value.isoformat()
            case str() | bool() | int():
                shown[name] = value
    return {"command": understood.command, "arguments": shown, "by": understood.by}
