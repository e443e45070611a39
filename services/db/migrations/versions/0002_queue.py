"""The job queue: procrastinate's own schema, and the one door through which jobs are deferred."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# A job may be finished between "it is already waiting" and our commit, and the wake-up would be lost. Updating the
# waiting job's row keeps it from being fetched until the transaction that deferred it has committed.
_DEFER = """
create function queue_defer(
    p_task text, p_key text, p_args jsonb, p_at timestamptz default null, p_priority integer default 0
) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
    tenant text := nullif(current_setting('app.tenant_id', true), '');
    job bigint;
begin
    if tenant is not null and p_args ->> 'tenant_id' is distinct from tenant then
        raise exception 'a job for another tenant' using errcode = 'insufficient_privilege';
    end if;
    insert into procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args, scheduled_at)
    values ('default', p_task, p_priority, p_key, p_args, p_at)
    on conflict (queueing_lock) where status = 'todo'
    do update set queueing_lock = excluded.queueing_lock
    returning id into job;
    return job;
end $$
"""


def upgrade() -> None:
    # As one unparsed script: it holds percent signs and colons.
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    op.execute(_DEFER)
    op.execute("revoke all on function queue_defer from public")
    op.execute("grant execute on function queue_defer to app_tenant, app_system")
    for table in ("jobs", "events", "workers", "periodic_defers"):
        op.execute(f"grant select, insert, update, delete on procrastinate_{table} to app_system")
    op.execute("grant usage on all sequences in schema public to app_system")
