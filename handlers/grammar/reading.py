"""What reading a text needs to know of its reader, and what reading yields.

The vocabulary shared by values, commands and sentences. Holds no rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Reading:
    """The circumstances that decide what an ambiguous spelling means.

    `locale` is `en`, `id`, `en_US` …; `currency` the tenant's, ISO 4217; `country` the tenant's, ISO 3166, for
    phone numbers; `today` the date in the tenant's time zone.
    """

    locale: str
    currency: str
    country: str
    today: date


@dataclass(frozen=True, slots=True)
class Unclear:
    """A spelling with several meanings; the writer is asked which of `options` (two or more values) was meant."""

    options: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A typed value found at `text[start:end]` of the text that was read."""

    value: object
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understood:
    """A command with the arguments that the text gave; arguments it didn't give are absent."""

    command: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    by: Literal["rules", "model"] = "rules"


@dataclass(frozen=True, slots=True)
class NotBooked:
    """A text that speaks of money but must change nothing: somebody wonders, denies or supposes."""

    why: Literal["question", "negation", "conditional", "future", "unclear"]
    name: str | None = None
