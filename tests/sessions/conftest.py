"""Two businesses whose numbers go to WhatsApp itself."""

from __future__ import annotations

import pytest

from services.db.engine import Database
from services.tenants.tenants import NewTenant, Registered, register
from tests.conftest import OWNER, STRANGER


@pytest.fixture
def tenant(db: Database) -> Registered:
    return register(db, NewTenant("Toko Maju", OWNER, provider="neonize", status="pending_qr"))


@pytest.fixture
def stranger(db: Database) -> Registered:
    return register(db, NewTenant("Orang Lain", STRANGER, provider="neonize"))
