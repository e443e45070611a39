"""What was understood, as one line that can stand in a table."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.grammar.reading import NotBooked, Understood
from services.money import Money


def value(value: object) -> str:
    return value.plain().removesuffix(".00") if isinstance(value, Money) else str(value)


def arguments(values: Mapping[str, object]) -> str:
    """`name=Budi; amount=500000`."""
    return "; ".join(f"{key}={value(values[key])}" for key in values)


def reason(outcome: Understood | NotBooked | None) -> str:
    """Why nothing was booked; the command where one was understood."""
    if isinstance(outcome, NotBooked):
        return outcome.why
    return outcome.command if outcome else ""


def outcome(outcome: Understood | NotBooked | None) -> str:
    """`lend name=Budi; amount=500000`, `-question`, or nothing."""
    if isinstance(outcome, NotBooked):
        return f"-{outcome.why}"
    return f"{outcome.command} {arguments(outcome.arguments)}".strip() if outcome else ""
