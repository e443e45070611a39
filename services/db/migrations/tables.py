"""What revisions do to every table of a tenant: row-level security and rights."""

from __future__ import annotations

from alembic import op

_OWN_ROWS = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint"


def tenant_table(table: str, *, system: bool = False) -> None:
    """Closes a table to all but its tenant's rows; `system` opens it to the platform's own jobs as well.

    Not FORCE: that would silently empty the owner's backfills, foreign-key checks and dumps.
    """
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy own on {table} to app_tenant using ({_OWN_ROWS}) with check ({_OWN_ROWS})")
    op.execute(f"grant select, insert, update, delete on {table} to app_tenant")
    if system:
        op.execute(f"create policy platform on {table} to app_system using (true) with check (true)")
        op.execute(f"grant select, insert, update, delete on {table} to app_system")


def grant_append_only(table: str, *columns: str) -> None:
    """Takes back the right to change or delete rows, except to change `columns`."""
    op.execute(f"revoke update, delete on {table} from app_tenant")
    if columns:
        op.execute(f"grant update ({', '.join(columns)}) on {table} to app_tenant")
