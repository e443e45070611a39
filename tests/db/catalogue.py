"""What must be true of every table, whichever server holds it. Each function gives the exceptions it found."""

from __future__ import annotations

from sqlalchemy import Connection

from tests.db.asking import rows

OF_THE_QUEUE = "procrastinate_%"
OF_THE_PLATFORM = {"tenants", "alembic_version", "session_hosts", "api_keys", "system_settings", "system_audit"}

# Keys that go across tenants on purpose: one WhatsApp number serves one tenant, and a secret tells whose it is.
KEYS_ACROSS_TENANTS = {"uq_sessions_phone", "uq_logins_refresh_hash", "uq_user_keys_hash"}

_OWN_ROWS = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::bigint)"


def found(owner: Connection, sql: str, **values: object) -> set[str]:
    return {str(row[0]) for row in rows(owner, sql, values)}


def tables_of_nobody(owner: Connection) -> set[str]:
    """Tables that belong neither to a tenant, nor to the platform, nor to the queue."""
    return (
        found(
            owner,
            """
        select relname from pg_class c
        where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and relname not like :queue
        and not exists (select from pg_attribute where attrelid = c.oid and attname = 'tenant_id')
        """,
            queue=OF_THE_QUEUE,
        )
        - OF_THE_PLATFORM
    )


def nullable_tenants(owner: Connection) -> set[str]:
    return found(
        owner,
        """
        select attrelid::regclass from pg_attribute a join pg_class c on c.oid = attrelid
        where attname = 'tenant_id' and not attnotnull and c.relkind in ('r', 'p')
        and c.relnamespace = 'public'::regnamespace
        """,
    )


def without_row_security(owner: Connection) -> set[str]:
    """Tables that aren't closed, or closed to their owner as well (FORCE), which empties backfills and dumps."""
    return found(
        owner,
        """
        select c.relname from pg_class c
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        and (c.relname = 'tenants' or exists (
            select from pg_attribute where attrelid = c.oid and attname = 'tenant_id'))
        and (not c.relrowsecurity or c.relforcerowsecurity)
        """,
    )


def wrong_policies(owner: Connection, tables: list[str]) -> list[str]:
    """Policies other than "a tenant's own rows, to read and to write" and the platform's."""
    wrong = []
    for table in tables:
        policies = rows(owner, "select * from pg_policies where tablename = :table", {"table": table})
        own = [policy for policy in policies if "app_tenant" in policy.roles]
        if [(each.cmd, each.permissive, each.qual, each.with_check) for each in own] != [
            ("ALL", "PERMISSIVE", _OWN_ROWS, _OWN_ROWS)
        ]:
            wrong.append(table)
        wrong += [
            f"{table}: {each.policyname}" for each in policies if each not in own and each.roles != ["app_system"]
        ]
    return wrong


def keys_not_led_by_the_tenant(owner: Connection) -> set[str]:
    """Primary and unique keys of tenant tables in which another column stands first."""
    return (
        found(
            owner,
            """
        select i.indexrelid::regclass from pg_index i
        join pg_attribute t on t.attrelid = i.indrelid and t.attname = 'tenant_id'
        join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace
        where i.indisunique and i.indkey[0] <> t.attnum
        """,
        )
        - KEYS_ACROSS_TENANTS
    )


def without_primary_key(owner: Connection, tables: list[str]) -> set[str]:
    return set(tables) - found(owner, "select indrelid::regclass from pg_index where indisprimary")


def references_across_tenants(owner: Connection) -> set[str]:
    """Foreign keys between tenant tables that don't begin with the tenant on both sides."""
    return found(
        owner,
        """
        select f.conname from pg_constraint f
        join pg_attribute here on here.attrelid = f.conrelid and here.attname = 'tenant_id'
        join pg_attribute there on there.attrelid = f.confrelid and there.attname = 'tenant_id'
        where f.contype = 'f' and (f.conkey[1] <> here.attnum or f.confkey[1] <> there.attnum)
        """,
    )


def without_a_tenant_reference(owner: Connection, tables: list[str]) -> set[str]:
    return set(tables) - found(
        owner,
        "select conrelid::regclass from pg_constraint where contype = 'f' and confrelid = 'tenants'::regclass",
    )


def owned_by_serving_roles(owner: Connection) -> set[str]:
    return found(
        owner,
        """
        select d.classid::regclass || ' ' || d.objid from pg_shdepend d join pg_roles r on r.oid = d.refobjid
        where d.deptype = 'o' and r.rolname like 'app\\_%'
        """,
    )


def every_exception(owner: Connection, tables: list[str]) -> list[str]:
    """All exceptions at once, for a server that is looked at as a whole."""
    return sorted(
        {
            *tables_of_nobody(owner),
            *nullable_tenants(owner),
            *without_row_security(owner),
            *wrong_policies(owner, tables),
            *keys_not_led_by_the_tenant(owner),
            *without_primary_key(owner, tables),
            *references_across_tenants(owner),
            *without_a_tenant_reference(owner, tables),
            *owned_by_serving_roles(owner),
        }
    )
