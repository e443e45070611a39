"""What may be wrong with the database of an installation: looked at as its owner, in a transaction that only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from services.db import migrations
from services.db.engine import LOGIN_ROLE, SYSTEM_ROLE, TENANT_ROLE, Tx
from services.operations.checks import Finding, ok, problem, warning
from services.policy import policy_of
from services.security import derive
from services.settings import Settings
from services.tenants import platform, single

NAME = "DATABASE_URL"
_OLDEST = 150_000
_MOST_SKEW = 5.0
_CONNECT_SECONDS = 3


def of_database(owner: URL, key: bytes | None, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Everything about the database of `owner`; one that can't be reached gives one problem."""
    engine = create_engine(owner, connect_args={"connect_timeout": _CONNECT_SECONDS}, hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.execute(text("set transaction read only"))
            yield from _of_connection(connection, settings, now)
        if key is not None:
            yield from _login(owner, key)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        yield problem(NAME, f"can't be reached: {reason}")
    finally:
        engine.dispose()


def _of_connection(connection: Connection, settings: Settings, now: datetime) -> Iterator[Finding]:
    yield from _version(connection)
    yield from _skew(connection, now)
    yield from _rights(connection)
    yield from _connections(connection, settings)
    yield from _vectors(connection)
    found = list(_migrations(connection))
    yield from found
    if all(each.level == "ok" for each in found):
        for check in _SCHEMA:
            yield from check(connection)
        yield from _tenants(connection, settings, now)


def _version(connection: Connection) -> Iterator[Finding]:
    number = int(connection.execute(text("show server_version_num")).scalar_one())
    shown = f"PostgreSQL {number // 10_000}.{number % 10_000}"
    if number < _OLDEST:
        yield problem(NAME, f"{shown} is too old; Juragan needs 15 or later")
    else:
        yield ok(NAME, shown)


def _skew(connection: Connection, now: datetime) -> Iterator[Finding]:
    there = connection.execute(text("select extract(epoch from clock_timestamp())")).scalar_one()
    skew = abs(float(there) - now.timestamp())
    if skew > _MOST_SKEW:
        yield warning("clock", f"the clocks of this machine and the database differ by {skew:.0f} s; set them (NTP)")


def _rights(connection: Connection) -> Iterator[Finding]:
    row = connection.execute(_RIGHTS).one()
    if not row.may_create_roles:
        yield problem(NAME, f"{row.me} may not create roles: alter role {row.me} createrole")
    if not row.may_create:
        yield problem(NAME, f"{row.me} may create nothing in {row.database}: make it the owner of the database")
    if row.me in (LOGIN_ROLE, TENANT_ROLE, SYSTEM_ROLE):
        yield problem(NAME, f"{row.me} is the login that serves; name the database's owner")


_RIGHTS = text("""
    select current_user as me, current_database() as database, rolsuper or rolcreaterole as may_create_roles,
        has_database_privilege(current_database(), 'create') and has_schema_privilege('public', 'create') as may_create
    from pg_roles where rolname = current_user
""")


def _connections(connection: Connection, settings: Settings) -> Iterator[Finding]:
    most = int(connection.execute(text("show max_connections")).scalar_one())
    if settings.database_pool + 10 > most:
        yield warning(
            "DATABASE_POOL", f"{settings.database_pool} of the server's {most} connections leave too few for the rest"
        )


def _vectors(connection: Connection) -> Iterator[Finding]:
    row = connection.execute(
        text("select installed_version from pg_available_extensions where name = 'vector'")
    ).one_or_none()
    if row is None:
        yield ok("pgvector", "not there; vectors are compared without it, more slowly")
    else:
        yield ok("pgvector", f"{row[0]} installed" if row[0] else "available")


def _migrations(connection: Connection) -> Iterator[Finding]:
    known, current = migrations.history(connection), migrations.current_revision(connection)
    pending = [each.number for each in known if not each.is_applied]
    if current is not None and current not in {each.number for each in known}:
        yield problem("migrations", f"the database is at {current}, of a newer Juragan; use that one")
    elif current is None:
        yield warning("migrations", "nothing was made yet; the next start does it, or python -m bot migrate up")
    elif pending:
        yield warning(
            "migrations", f"{', '.join(pending)} pending; the next start does it, or python -m bot migrate up"
        )
    else:
        yield ok("migrations", f"up to date ({current})")


def _roles(connection: Connection) -> Iterator[Finding]:
    rows = {row.rolname: row for row in connection.execute(_ROLES, {"names": [LOGIN_ROLE, TENANT_ROLE, SYSTEM_ROLE]})}
    missing = [name for name in (TENANT_ROLE, SYSTEM_ROLE, LOGIN_ROLE) if name not in rows]
    if missing:
        yield problem("roles", f"{', '.join(missing)} missing; python -m bot migrate up makes them")
    strong = [name for name, row in rows.items() if row.strong]
    if strong:
        yield problem("roles", f"{', '.join(strong)} may do too much: alter role … nosuperuser nobypassrls noinherit")
    owning = sorted({row.owner for row in connection.execute(_OWNED)})
    if owning:
        yield problem("roles", f"{', '.join(owning)} own tables; give them to the database's owner")
    if not (missing or strong or owning):
        yield ok("roles", "in place, and own nothing")


_ROLES = text("""
    select rolname, rolsuper or rolbypassrls or rolinherit or rolcreaterole as strong
    from pg_roles where rolname = any(:names)
""")
_OWNED = text("""
    select distinct tableowner as owner from pg_tables
    where schemaname = 'public' and tableowner in ('app_login', 'app_tenant', 'app_system')
""")


def _row_security(connection: Connection) -> Iterator[Finding]:
    rows = connection.execute(_TENANT_TABLES).all()
    open_ = [row.relname for row in rows if not row.closed]
    if open_:
        yield problem("row-level security", f"{', '.join(open_)} open to every tenant; restore the schema")
    else:
        yield ok("row-level security", f"on {len(rows)} tables")


_TENANT_TABLES = text("""
    select c.relname, c.relrowsecurity and exists (
        select from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname and p.policyname = 'own'
    ) as closed
    from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and exists (
        select from pg_attribute where attrelid = c.oid and attname = 'tenant_id' and not attisdropped
    ) order by 1
""")
_SCHEMA: Sequence[Callable[[Connection], Iterator[Finding]]] = (_roles, _row_security)


def _tenants(connection: Connection, settings: Settings, now: datetime) -> Iterator[Finding]:
    with Tx(bind=connection, autoflush=False) as tx:
        tx.tenant_id, tx.now, tx.policy = None, now, policy_of(settings)
        for name, wrong in single.misfits(tx, settings):
            yield problem(name, wrong)
        place = platform.place(tx)
    if settings.super_admins and place is None:
        yield ok("platform", "its tenant is made at the next start")
    elif place is None:
        yield ok("platform", "none; it comes with SUPER_ADMIN_NUMBERS")
    else:
        yield from _platform_number(connection)
    if settings.super_admin_api_key is None and not connection.execute(_KEYS).scalar_one():
        yield warning(
            "SUPER_ADMIN_API_KEY", "no key works yet; the next start makes one, or python -m bot key add NAME"
        )
    yield from _taken(connection, settings)


def _platform_number(connection: Connection) -> Iterator[Finding]:
    row = connection.execute(_PLATFORM).one_or_none()
    if row is not None and row.provider != "simulator" and row.state != "connected":
        how = "link it with POST /api/whatsapp/sessions/platform/initialize"
        yield warning("platform", f"its number +{row.phone} is {row.state}: nobody can be told anything by it; {how}")
    else:
        yield ok("platform", "its number is connected" if row and row.state == "connected" else "its tenant is there")


def _taken(connection: Connection, settings: Settings) -> Iterator[Finding]:
    numbers = sorted(settings.super_admins)
    for row in connection.execute(_BUSINESS_NUMBERS, {"numbers": numbers}):
        yield problem("SUPER_ADMIN_NUMBERS", f"{row.phone} is the number of the business {row.slug}; take another one")


_KEYS = text("select exists (select from api_keys where revoked_at is null)")
_PLATFORM = text("""
    select phone, state, provider from sessions join tenants on tenants.id = sessions.tenant_id
    where is_platform and is_default
""")
_BUSINESS_NUMBERS = text("""
    select sessions.phone, tenants.slug from sessions join tenants on tenants.id = sessions.tenant_id
    where sessions.phone = any(:numbers) and not tenants.is_platform order by 1
""")


def _login(owner: URL, key: bytes) -> Iterator[Finding]:
    """Whether the login that serves gets in with the password that the key gives."""
    engine = create_engine(
        owner.set(username=LOGIN_ROLE, password=derive(key, "database login")),
        connect_args={"connect_timeout": _CONNECT_SECONDS}, hide_parameters=True,
    )  # fmt: skip
    try:
        with engine.connect():
            yield ok("login", f"{LOGIN_ROLE} gets in")
    except SQLAlchemyError:
        yield warning("login", f"{LOGIN_ROLE} doesn't get in with this SECRET_KEY; the next start sets its password")
    finally:
        engine.dispose()
