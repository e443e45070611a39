"""A database in which two businesses have filled every table, and every route of the API over it.

The rows of the stranger have numbers from `RIVALS` on, and their texts a mark, so that whatever of them comes to light
elsewhere is seen. Called by the proofs that go over the whole API.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import URL, Connection, select

from admin_api.access import Access, access_of
from admin_api.app import create_app, openapi_document
from admin_api.auth import KeyChecker
from bot.simulation import Place, Simulation
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import Tenant, WhatsAppSession
from services.messaging.files import FileStore
from services.policy import policy_of
from services.settings import Settings
from services.tenants.tenants import NewTenant
from tests.admin_api.conftest import KEY, Api, Business, Ticks
from tests.conftest import OWNER, START, STRANGER, TEMPLATE, Chat, Opening, Server, settings_for
from tests.db.asking import connected, rows
from tests.db.conftest import (
    BUDI,
    be_a_customer,
    borrow_by_agreement,
    lose_number,
    teach,
    use_models,
)

RIVALS = 7000
SHOP_MARK, RIVAL_MARK = "SHOP-SECRET", "RIVAL-SECRET"
MARKED = ("name", "push_name", "note", "body", "text", "title", "question", "answer", "summary", "description", "said")
FREE = 10**9
"""More than any of these tests asks for."""


@dataclass(frozen=True)
class Route:
    """One way to call the API: its address with `{…}` for parameters, and what it wants of its caller."""

    method: str
    rule: str
    endpoint: str
    parameters: frozenset[str]
    access: Access | None
    operation: Mapping[str, Any] | None

    @property
    def label(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def names_company(self) -> bool:
        """Whether its address or body says which business is meant."""
        body = self.body
        return bool(self.companies) or (isinstance(body, dict) and "companyId" in body)

    @property
    def companies(self) -> frozenset[str]:
        """Its parameters that name a business."""
        by_id = self.access is not None and self.access.tenant == "named" and not self.names_row
        return self.parameters & (COMPANIES | ({"id"} if by_id else frozenset()))

    @property
    def names_row(self) -> bool:
        """Whether its address has the number of a row."""
        return any(
            each["in"] == "path" and each["schema"].get("type") == "integer"
            for each in (self.operation or {}).get("parameters", ())
        )

    @property
    def body(self) -> Any:
        """The example of its body, None for one without a body."""
        content = (self.operation or {}).get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("example")

    @property
    def query(self) -> dict[str, Any]:
        """The parameters that have to stand in its address, with their examples."""
        return {
            each["name"]: each.get("example", each["schema"].get("example", each["schema"].get("default", "1")))
            for each in (self.operation or {}).get("parameters", ())
            if each["in"] == "query" and each.get("required")
        }

    def path(self, slug: str, row: int) -> str:
        """Its address for a company, with `row` as the number of everything else."""
        return _PARAMETER.sub(lambda found: slug if found[1] in self.companies else str(row), self.rule)

    def filled(self, slug: str) -> Any:
        """The example of its body, for this company."""
        body = self.body
        return {**body, "companyId": slug} if isinstance(body, dict) and "companyId" in body else body


_PARAMETER = re.compile(r"{(\w+)}")
_CONVERTER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
COMPANIES = frozenset({"companyId", "company_id", "tenant", "userId", "user_id", "slug"})
"""Parameters of addresses that name a business."""


@dataclass(frozen=True)
class World:
    """The application, its database, and the two businesses."""

    app: Flask
    db: Database
    url: URL
    shop: Business
    rival: Business

    @cached_property
    def routes(self) -> list[Route]:
        """Every route but the pages that describe the API."""
        return list(_routes(self.app))

    def mend(self) -> None:
        """Brings both businesses back to where everything is allowed, whatever was done to them."""
        rows(self.url, _MEND)

    def super_admin(self) -> Api:
        return Api(self.app, self.db)

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Nothing is written meanwhile, except that somebody asked."""
        before = fingerprint(self.url)
        yield
        after = fingerprint(self.url)
        changed = sorted(table for table in before if before[table] != after[table])
        assert not changed, f"changed: {changed}"


_MEND = """
    update tenants set status = 'active', plan = 'pro', limits = '{}' where not is_platform;
    update users set active = true where tenant_id in (select id from tenants where not is_platform);
"""


def _routes(app: Flask) -> Iterator[Route]:
    paths: Mapping[str, Any] = openapi_document()["paths"]
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] in ("openapi", "swagger", "static") or rule.endpoint.endswith(".static"):
            continue
        path = _CONVERTER.sub(r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(
                method, path, rule.endpoint, frozenset(rule.arguments), access_of(app.view_functions[rule.endpoint]),
                paths.get(path, {}).get(method.lower()),
            )  # fmt: skip


_TABLES = """
    select c.relname, exists (
        select from pg_attribute where attrelid = c.oid and attname = 'tenant_id' and not attisdropped) as of_tenants
    from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace
        and relname not like 'procrastinate_%' and relname not in ('alembic_version', 'api_usage') order by 1
"""
# That a key was used may be written down, and how often something was asked.
_NOTED = {"user_keys": "id", "api_keys": "id"}


def fingerprint(url: URL) -> dict[str, str]:
    """What is in each table, in few words."""
    with connected(url) as owner:
        tables = [row.relname for row in rows(owner, _TABLES)]
        parts = (
            f"select '{table}' as name, count(*) || ' ' || coalesce(md5(string_agg({_NOTED.get(table, 't')}::text, '|'"
            f" order by t::text)), '') as found from {table} t"
            for table in tables
        )
        return {row.name: row.found for row in rows(owner, " union all ".join(parts))}


def _fill(chat: Chat, place: Place, number: str, amount: str) -> None:
    """Does business until every table has a row, as the tests of the database do."""
    chat.say(f"pinjam Budi {amount}", place=place)
    chat.say(f"kontak Budi {BUDI}", place=place)
    chat.say("Budi bayar 200rb", place=place)
    borrow_by_agreement(chat, place)
    chat.say("berhenti", BUDI, place=place)
    chat.say("halo", f"{number[:-4]}7777", place=place)
    teach(chat, place, f"{number[:-4]}7777")
    use_models(chat, place)
    lose_number(chat, place)
    be_a_customer(chat, place)


def _fill_both(simulation: Simulation, url: URL) -> None:
    with connected(url) as owner:
        shop = simulation.place(NewTenant("Toko Maju", OWNER, plan="pro"))
        chat = Chat(simulation, shop, shop)
        _fill(chat, shop, OWNER, "713.579")
        for row in rows(owner, _NUMBERED):
            rows(owner, f"alter table {row.relname} alter column id restart with {RIVALS}")
        rival = simulation.place(NewTenant("Toko Jaya", STRANGER, plan="pro"))
        _fill(chat, rival, STRANGER, "931.797")
        _mark(owner, shop.tenant_id, SHOP_MARK)
        _mark(owner, rival.tenant_id, RIVAL_MARK)


_NUMBERED = """
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'id'
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attidentity <> ''
        and c.relname not like 'procrastinate_%'
"""
_TEXTS = """
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and data_type = 'text' and column_name = any(:names)
        and table_name in (select table_name from information_schema.columns where column_name = 'tenant_id')
        and table_name not in ('usage_counters', 'sessions', 'pairings')
"""


def _mark(owner: Connection, tenant_id: int, mark: str) -> None:
    """Puts a mark into every text of a business that is free to be anything."""
    for row in rows(owner, _TEXTS, {"names": list(MARKED)}):
        rows(
            owner,
            f"update {row.table_name} set {row.column_name} = '{mark} ' || {row.column_name}"
            f" where tenant_id = {tenant_id} and {row.column_name} is not null",
        )
    rows(owner, f"update tenants set name = '{mark}', email = '{mark}@example.com' where id = {tenant_id}")


def _business(app: Flask, db: Database, least: int) -> Business:
    with db.system() as tx:
        tenant = tx.scalars(select(Tenant).where(Tenant.id >= least).order_by(Tenant.id).limit(1)).one()
        session = tx.scalars(
            select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tenant.id, WhatsAppSession.is_default)
        ).one()
    return Business(app, db, tenant.id, session, tenant.slug)


@pytest.fixture(scope="module", name="world")
def made_world(server: Server, opening: Opening, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One application over one filled database for all tests of a file."""

    def fill(settings: Settings) -> None:
        simulation = opening(settings, VirtualClock(START))
        try:
            assert settings.database_url is not None
            name = str(simulation.platform.opened.url.database)
            _fill_both(simulation, server.owner.set(database=name))
        finally:
            simulation.close()

    with server.fresh(server.template(f"{TEMPLATE}_world", fill)) as url:
        folder: Path = tmp_path_factory.mktemp("world")
        settings = settings_for(url, folder).model_copy(
            update={"api_rate_limit": FREE, "whatsapp_rate_limit_per_company": FREE, "http_domain": "juragan.test"}
        )
        db = Database(server.engine(url.database, 4), VirtualClock(START), policy_of(settings))
        ticks = Ticks()
        app = create_app(
            db, settings, keys=KeyChecker(db, (KEY,), ticking=ticks), files=FileStore(folder / "files"),
            wait=ticks.wait, ticking=ticks,
        )  # fmt: skip
        yield World(app, db, url, _business(app, db, 1), _business(app, db, RIVALS))
        db.close()
