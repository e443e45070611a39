"""The readers of the sentences: an Indonesian shop and an English-speaking one, on the same day."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.grammar.reading import Reading

TODAY = date(2025, 3, 12)


@pytest.fixture(scope="session")
def indonesian() -> Reading:
    return Reading(locale="id", currency="IDR", country="ID", today=TODAY)


@pytest.fixture(scope="session")
def english() -> Reading:
    return Reading(locale="en", currency="USD", country="US", today=TODAY)
