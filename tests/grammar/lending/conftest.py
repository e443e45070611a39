"""The readers: an Indonesian lender and an English-speaking one, on Wednesday, 12 March 2025."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.grammar.reading import Reading

TODAY = date(2025, 3, 12)
RUPIAH = Reading(locale="id", currency="IDR", country="ID", today=TODAY)
DOLLARS = Reading(locale="en", currency="USD", country="US", today=TODAY)


@pytest.fixture(scope="session")
def indonesian() -> Reading:
    return RUPIAH


@pytest.fixture(scope="session")
def english() -> Reading:
    return DOLLARS
