"""A walk through the catalogue: what holds of every table, so that a later one can't be forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, event

from tests.conftest import Chat
from tests.db import catalogue
from tests.db.asking import rows, tenant_tables, value


def test_every_table_belongs_to_a_tenant_the_platform_or_the_queue(owner: Connection) -> None:
    assert catalogue.tables_of_nobody(owner) == set()
    assert len(tenant_tables(owner)) >= 14


def test_no_row_can_lack_its_tenant(owner: Connection) -> None:
    assert catalogue.nullable_tenants(owner) == set()
    assert catalogue.without_a_tenant_reference(owner, tenant_tables(owner)) == set()


def test_every_tenant_table_is_closed_but_not_to_its_owner(owner: Connection) -> None:
    assert catalogue.without_row_security(owner) == set()


def test_a_tenant_reads_and_writes_its_own_rows_only(owner: Connection) -> None:
    assert catalogue.wrong_policies(owner, tenant_tables(owner)) == []


def test_the_tenant_leads_every_key_and_reference(owner: Connection) -> None:
    assert catalogue.without_primary_key(owner, tenant_tables(owner)) == set()
    assert catalogue.keys_not_led_by_the_tenant(owner) == set()
    assert catalogue.references_across_tenants(owner) == set()


def test_a_tenant_sees_of_the_tenants_only_itself(owner: Connection) -> None:
    policies = rows(owner, "select * from pg_policies where tablename = 'tenants'")
    assert {(*each.roles, each.policyname) for each in policies} == {("app_tenant", "own"), ("app_system", "platform")}
    assert not value(owner, "select has_table_privilege('app_tenant', 'tenants', 'insert, delete')")


def test_serving_roles_own_nothing_and_may_do_nothing_by_themselves(owner: Connection) -> None:
    assert catalogue.owned_by_serving_roles(owner) == set()
    roles = rows(owner, "select * from pg_roles where rolname like 'app\\_%'")
    assert {role.rolname for role in roles} == {"app_login", "app_tenant", "app_system"}
    for role in roles:
        may = (role.rolsuper, role.rolbypassrls, role.rolinherit, role.rolcreaterole, role.rolcreatedb)
        assert not any((*may, role.rolreplication)), role.rolname
        assert role.rolcanlogin == (role.rolname == "app_login")


def test_the_login_is_no_member_of_a_role_that_owns_things(owner: Connection) -> None:
    roles = rows(
        owner,
        """
        select granted.rolname from pg_auth_members m join pg_roles granted on granted.oid = m.roleid
        join pg_roles member on member.oid = m.member where member.rolname like 'app\\_%'
        """,
    )
    assert {role.rolname for role in roles} == {"app_tenant", "app_system"}


@pytest.mark.parametrize("right", ["select", "insert", "update", "delete", "truncate"])
def test_the_login_and_the_public_have_no_rights_on_tables(owner: Connection, right: str) -> None:
    granted = rows(
        owner,
        """
        select relname from pg_class where relkind in ('r', 'p', 'v', 'm') and relnamespace = 'public'::regnamespace
        and has_table_privilege('app_login', oid, :right)
        """,
        {"right": right},
    )
    assert granted == []


def test_a_tenant_has_no_rights_on_the_tables_of_the_queue(owner: Connection) -> None:
    assert not value(
        owner,
        """
        select bool_or(has_table_privilege('app_tenant', oid, 'select, insert, update, delete'))
        from pg_class where relname like 'procrastinate%' and relkind = 'r'
        """,
    )


def test_only_a_few_doors_have_their_owners_rights(owner: Connection) -> None:
    definers = rows(
        owner,
        "select * from pg_proc where prosecdef and pronamespace = 'public'::regnamespace",
    )
    assert sorted(each.proname for each in definers) == ["erase_records", "queue_defer", "queue_waiting"]
    for each in definers:
        assert each.proconfig == ["search_path=public, pg_temp"]
        assert not value(owner, "select has_function_privilege('app_login', :oid, 'execute')", {"oid": each.oid})


def test_no_serving_transaction_runs_as_the_owner(chat: Chat) -> None:
    engine = chat.simulation.platform.opened.database.engine
    identities = set()

    def note(connection: Connection, cursor: object, *_: object) -> None:
        with connection.connection.cursor() as own:  # type: ignore[attr-defined]
            own.execute("select session_user, current_user")
            identities.add(own.fetchone())

    event.listen(engine, "after_cursor_execute", note)
    chat.owner("pinjam Budi 500rb")
    chat.person("6281234567890", "saldo")
    chat.wait(days=1)
    assert identities == {("app_login", "app_tenant"), ("app_login", "app_system")}
