"""WhatsApp sessions that are kept alive: their state and its history, pairing, hosts; keys of the API, AI credits."""

from __future__ import annotations

from alembic import op

from services.db.migrations.tables import grant_append_only, tenant_table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATES = (
    "'new', 'pairing', 'connected', 'reconnecting', 'logged_out', 'replaced', 'banned', 'failed', 'stopped'"
)  # fmt: skip

_TABLES = f"""
create table session_events (
    tenant_id bigint not null, id bigint generated always as identity,
    session_id bigint not null, at timestamptz not null, state text not null, reason text,
    constraint pk_session_events primary key (tenant_id, id)
);
create table pairings (
    tenant_id bigint not null, session_id bigint not null,
    method text not null, phone text, rounds bigint not null, code text, expires_at timestamptz,
    started_at timestamptz not null, holder text, show_in text,
    misses bigint not null default 0, not_before timestamptz, trouble text, asked_at timestamptz,
    constraint pk_pairings primary key (tenant_id, session_id),
    constraint ck_pairings_method check (method in ('qr', 'code'))
);
create table notifications (
    tenant_id bigint not null, id bigint generated always as identity,
    at timestamptz not null, kind text not null, session_id bigint, data jsonb not null,
    delivered_at timestamptz, seen_at timestamptz,
    constraint pk_notifications primary key (tenant_id, id)
);
create table ai_credits (
    tenant_id bigint not null, id bigint generated always as identity,
    at timestamptz not null, kind text not null, amount bigint not null, source text not null, note text,
    constraint pk_ai_credits primary key (tenant_id, id),
    constraint uq_ai_credits_tenant_id_source unique (tenant_id, source)
);
create table session_hosts (
    id text not null, machine text not null, pid bigint not null,
    started_at timestamptz not null, seen_at timestamptz not null,
    constraint pk_session_hosts primary key (id)
);
create table api_keys (
    id bigint generated always as identity,
    name text not null, hint text not null, hash text not null,
    created_at timestamptz not null, last_used_at timestamptz, revoked_at timestamptz,
    constraint pk_api_keys primary key (id),
    constraint uq_api_keys_hash unique (hash)
);
create index ix_session_events_tenant_id_session_id_id on session_events (tenant_id, session_id, id);
create index ix_outbox_failed on outbox (tenant_id, id) where status = 'failed';
create index ix_notifications_tenant_id_at on notifications (tenant_id, at);

alter table sessions
    add provider text not null default 'simulator', add device bigint, add push_name text,
    add state_at timestamptz, add reason text, add holder text,
    add paired_at timestamptz, add connected_at timestamptz,
    add attempts bigint not null default 0, add retry_at timestamptz,
    add constraint ck_sessions_state check (state in ({_STATES})),
    add constraint ck_sessions_desired_state check (desired_state in ('connected', 'stopped', 'logged_out')),
    add constraint ck_sessions_provider check (provider in ('simulator', 'neonize'));
alter table messages add alias text, add mentioned boolean not null default false, add media_due timestamptz;
alter table outbox
    add cold boolean not null default false, add delivered_at timestamptz, add read_at timestamptz,
    add voice boolean not null default false;
alter table conversations add answers_group boolean not null default false;
create index ix_messages_media on messages (tenant_id, session_id, id) where media_due is not null;
"""

# Who sends for a session is woken: its host by a notification, or a worker by a job. With the rights of who calls.
_WAKE = """
create function wake_sender(p_tenant bigint, p_session bigint, p_at timestamptz, p_priority integer)
returns void language plpgsql as $$
begin
    if (select provider from sessions where tenant_id = p_tenant and id = p_session) = 'neonize' then
        perform pg_notify('senders', p_tenant || ':' || p_session);
    else
        perform queue_defer(
            'send', concat_ws(':', 'send', p_tenant, p_session, extract(epoch from p_at)),
            jsonb_build_object('tenant_id', p_tenant, 'session_id', p_session), p_at, p_priority
        );
    end if;
end $$
"""

_OF_SESSIONS = ("session_events", "pairings")
_OF_TENANTS = (*_OF_SESSIONS, "notifications", "ai_credits")


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _OF_TENANTS:
        op.execute(
            f"alter table {table} add constraint fk_{table}_tenant_id"
            " foreign key (tenant_id) references tenants (id) on delete cascade"
        )
        tenant_table(table, system=True)
    for table in _OF_SESSIONS:
        op.execute(
            f"alter table {table} add constraint fk_{table}_tenant_id_session_id"
            " foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade"
        )
    for table in ("session_events", "ai_credits"):
        grant_append_only(table)
    for table in ("session_hosts", "api_keys"):
        op.execute(f"grant select, insert, update, delete on {table} to app_system")
    op.execute(_WAKE)
    op.execute("revoke all on function wake_sender from public")
    op.execute("grant execute on function wake_sender to app_tenant, app_system")
