"""Two lenders: one whose days are played, and a stranger with people of the same names and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from services.clock import VirtualClock
from services.db.engine import Database
from services.settings import Settings
from services.tenants.tenants import NewTenant
from tests.conftest import OWNER, STRANGER
from tests.lending.lender import Lender

BUDI, ANI = "6281234567890", "6281234567891"


@pytest.fixture
def lender(db: Database, clock: VirtualClock, settings: Settings) -> Iterator[Lender]:
    """Registered at ten in the morning in Jakarta, on 13 February 2025; reads English.

    The stranger's Budi owes them something too, on every day: whatever is done here, nothing of it is touched.
    """
    stranger = Lender(db, clock, settings, NewTenant("Orang Lain", STRANGER, "en"))
    theirs = stranger.person("Budi", BUDI)
    for day in range(14, 29):
        stranger.lend(theirs, 77777, date(2025, 2, day))
    yield Lender(db, clock, settings, NewTenant("Toko Maju", OWNER, "en"))
    assert stranger.written() == []
    assert stranger.claims() == []
    assert stranger.left(theirs) == 15 * 77777
