"""Models on top: an account of AI credits, a record of each use of a model, and what a model read of a message."""

from __future__ import annotations

from alembic import op

from services.db.migrations.tables import grant_append_only, tenant_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES = """
create table ai_accounts (
    tenant_id bigint not null, period text not null, allowance numeric(14, 3) not null,
    allowance_left numeric(14, 3) not null, bought_left numeric(14, 3) not null, base numeric(14, 3) not null,
    told text, trouble text, trouble_of text, trouble_at timestamptz, trouble_told_at timestamptz,
    constraint pk_ai_accounts primary key (tenant_id),
    constraint ck_ai_accounts_left check (allowance_left >= 0 and bought_left >= 0),
    constraint ck_ai_accounts_told check (told in ('low', 'empty'))
);
create table ai_calls (
    tenant_id bigint not null, id bigint generated always as identity, at timestamptz not null,
    purpose text not null, outcome text not null, model text, chatbot_id bigint, message_id bigint,
    prompt_tokens bigint default 0 not null, completion_tokens bigint default 0 not null,
    seconds numeric(10, 1) default 0 not null, credits numeric(14, 3) default 0 not null,
    duration_ms bigint default 0 not null, error text,
    constraint pk_ai_calls primary key (tenant_id, id),
    constraint ck_ai_calls_purpose check (purpose in ('chat', 'understanding', 'summary', 'embedding',
        'transcription', 'vision')),
    constraint ck_ai_calls_outcome check (outcome in ('ok', 'failed')),
    constraint fk_ai_calls_tenant_id_chatbot_id foreign key (tenant_id, chatbot_id)
        references chatbots (tenant_id, id) on delete set null (chatbot_id)
);
create index ix_ai_calls_tenant_id_at on ai_calls (tenant_id, at);
"""

_CHANGES = """
alter table ai_credits alter amount type numeric(14, 3), add bought numeric(14, 3) not null default 0;
update ai_credits set bought = amount;
insert into ai_accounts (tenant_id, period, allowance, allowance_left, bought_left, base)
    select tenant_id, '', 0, 0, sum(amount), sum(amount) from ai_credits group by tenant_id;
alter table ai_credits add constraint ck_ai_credits_kind check (
    kind in ('granted', 'allowance', 'lapsed', 'reserved', 'settled', 'released')
);
create index ix_ai_credits_reserved on ai_credits (tenant_id, at) where kind = 'reserved';
alter table knowledge_sources drop constraint ck_knowledge_sources_kind, add constraint ck_knowledge_sources_kind
    check (kind in ('qa', 'pdf', 'docx', 'text', 'table', 'web', 'image'));
alter table answers alter credits type numeric(14, 3);
alter table messages add reading_due timestamptz, add heard jsonb;
alter table conversations add summary text, add summary_to timestamptz, add thinking_until timestamptz;
create policy retention on conversations to app_system using (true) with check (true);
grant select (summary_to), update (summary, summary_to) on conversations to app_system;
"""

# Who waits for a model waits in a queue of their own, so that nobody else does.
_QUEUE = """
drop function queue_defer(text, text, jsonb, timestamptz, integer);
create function queue_defer(
    p_task text, p_key text, p_args jsonb, p_at timestamptz default null, p_priority integer default 0,
    p_queue text default 'default'
) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
    tenant text := nullif(current_setting('app.tenant_id', true), '');
    job bigint;
begin
    if tenant is not null and p_args ->> 'tenant_id' is distinct from tenant then
        raise exception 'a job for another tenant' using errcode = 'insufficient_privilege';
    end if;
    insert into procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args, scheduled_at)
    values (p_queue, p_task, p_priority, p_key, p_args, p_at)
    on conflict (queueing_lock) where status = 'todo'
    do update set queueing_lock = excluded.queueing_lock
    returning id into job;
    return job;
end $$;
create function queue_waiting(p_queue text) returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select count(*) from procrastinate_jobs
    where queue_name = p_queue and status = 'todo' and scheduled_at is null
$$;
"""


def upgrade() -> None:
    op.execute(_TABLES)
    for table in ("ai_accounts", "ai_calls"):
        op.execute(
            f"alter table {table} add constraint fk_{table}_tenant_id"
            " foreign key (tenant_id) references tenants (id) on delete cascade"
        )
        tenant_table(table, system=True)
    grant_append_only("ai_calls")
    op.execute(_CHANGES)
    op.execute(_QUEUE)
    for function in ("queue_defer", "queue_waiting"):
        op.execute(f"revoke all on function {function} from public")
        op.execute(f"grant execute on function {function} to app_tenant, app_system")
