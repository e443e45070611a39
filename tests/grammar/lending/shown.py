"""Terms as one line that can stand in a table: `name=Ahmad; amount=5000000; rate=24|2`."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.grammar.reading import Unclear
from services.money import Money


def value(found: object) -> str:
    if isinstance(found, Unclear):
        return "|".join(value(option) for option in found.options)
    return found.plain().removesuffix(".00") if isinstance(found, Money) else str(found)


def terms(found: Mapping[str, object] | None) -> str | None:
    return None if found is None else "; ".join(f"{key}={value(found[key])}" for key in found)
