"""Credits that were given before there were accounts: they are bought ones, and stay."""

from __future__ import annotations

import os

from alembic import command
from sqlalchemy import create_engine

from services.clock import VirtualClock
from services.db import migrations
from services.db.engine import Database
from services.db.opening import migrate
from services.tenants import credits
from tests.conftest import KEY, START, Server
from tests.db.asking import connected, rows, value

_TENANT = """
    insert into tenants (slug, name, status, plan, locale, currency, timezone, country, created_at)
    values (:name, :name, 'active', 'free', 'id', 'IDR', 'Asia/Jakarta', 'ID', now()) returning id
"""
_GIVEN = "insert into ai_credits (tenant_id, at, kind, amount, source) values (:id, now(), 'granted', :amount, :source)"


def test_what_was_given_before_is_bought(server: Server) -> None:
    name = f"before_{os.getpid()}"
    server.execute(f"create database {name}")
    try:
        url = server.owner.set(database=name)
        engine = create_engine(url)
        with engine.connect() as connection:
            migrations.ensure_roles(connection, server.serving.password or "")
            command.upgrade(migrations.configuration(connection), "0005")
            connection.commit()
        engine.dispose()
        with connected(url) as owner:
            toko, stranger = (value(owner, _TENANT, {"name": each}) for each in ("toko", "lain"))
            for amount in (500, 7):
                rows(owner, _GIVEN, {"id": toko, "amount": amount, "source": f"invoice-{amount}"})
        migrate(url, KEY)
        db = Database(server.engine(name, 2), VirtualClock(START))
        for tenant, bought in ((toko, 507), (stranger, 0)):
            with db.tenant(tenant) as tx:
                assert credits.standing(tx).bought_left == bought
                assert credits.reserve(tx, credits.least(tx), "key") is not None
            with db.tenant(tenant) as tx:
                assert (credits.balance(tx), credits.standing(tx).bought_left) == (bought + 99, bought)
        db.close()
    finally:
        server.execute(f"drop database {name} with (force)")
