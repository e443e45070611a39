"""A business and a stranger, with prices for plans in two currencies, in a played month."""

from __future__ import annotations

import pytest

from services.db.engine import Database
from services.settings import Settings
from services.tenants import system_settings
from services.tenants.actors import Actor
from services.tenants.tenants import NewTenant, register
from tests.billing.playing import PRICES, Business
from tests.conftest import OWNER, STRANGER

ADMIN = Actor("api_key", "tests", "super_admin")


@pytest.fixture
def priced(db: Database, settings: Settings) -> None:
    """The super admin has set prices, who issues invoices, and how they are paid."""
    with db.system() as tx:
        system_settings.change(tx, settings, ADMIN, PRICES)


@pytest.fixture
def shop(db: Database, settings: Settings, priced: None) -> Business:
    return Business(db, settings, register(db, NewTenant("Toko Maju", OWNER)).tenant_id)


@pytest.fixture
def rival(db: Database, settings: Settings, priced: None) -> Business:
    """The stranger, whose bills are none of the shop's."""
    return Business(db, settings, register(db, NewTenant("Orang Lain", STRANGER, "en", "USD")).tenant_id)
