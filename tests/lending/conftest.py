"""Two lenders: one whose days are played, and a stranger with people of the same names and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import make_url

from services.clock import VirtualClock
from services.db.engine import Database
from services.settings import Settings
from services.tenants.tenants import NewTenant
from tests.conftest import OWNER, START, STRANGER, TEMPLATE, Server
from tests.lending.lender import Lender

BUDI, ANI = "6281234567890", "6281234567891"


THEM = NewTenant("Orang Lain", STRANGER, "en")


@pytest.fixture
def starting_point(request: pytest.FixtureRequest, server: Server) -> str:
    """The stranger's book is written already where a lender's days are played."""
    if "lender" not in request.fixturenames:
        return TEMPLATE

    def fill(settings: Settings) -> None:
        assert settings.database_url is not None
        name = make_url(settings.database_url.get_secret_value()).database
        database = Database(server.engine(name, 2), VirtualClock(START))
        stranger = Lender(database, VirtualClock(START), settings, THEM)
        theirs = stranger.person("Budi", BUDI)
        for day in range(14, 29):
            stranger.lend(theirs, 77777, date(2025, 2, day))
        database.close()

    return server.template(f"{TEMPLATE}_stranger_lends", fill)


@pytest.fixture
def lender(db: Database, clock: VirtualClock, settings: Settings) -> Iterator[Lender]:
    """Registered at ten in the morning in Jakarta, on 13 February 2025; reads English.

    The stranger's Budi owes them something too, on every day: whatever is done here, nothing of it is touched.
    """
    stranger = Lender(db, clock, settings, THEM)
    theirs = stranger.person("Budi", BUDI)
    yield Lender(db, clock, settings, NewTenant("Toko Maju", OWNER, "en"))
    assert stranger.written() == []
    assert stranger.claims() == []
    assert stranger.left(theirs) == 15 * 77777
