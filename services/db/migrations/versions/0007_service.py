"""A service that others are customers of: the life of a tenant, people who log in, keys, billing, people and groups."""

from __future__ import annotations

from alembic import op

from services.db.migrations.tables import grant_append_only, tenant_table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STATUS = (
    "'pending_approval', 'rejected', 'pending_qr', 'trial', 'active', 'past_due', 'suspended', 'inactive', 'closed'"
)  # fmt: skip

_TENANTS = f"""
alter table tenants drop constraint ck_tenants_status;
update tenants set status =
    case status when 'pending' then 'pending_qr' when 'suspended' then 'inactive' else status end;
alter table tenants
    add constraint ck_tenants_status check (status in ({_STATUS})),
    add phone text, add status_at timestamptz, add status_reason text, add erase_at timestamptz,
    add erased_at timestamptz;
update tenants set phone = sessions.phone from sessions where sessions.tenant_id = tenants.id and sessions.is_default;
create index ix_tenants_status on tenants (status, id);
alter table users
    add email text, add password_hash text, add password_at timestamptz, add last_login_at timestamptz,
    add invited_at timestamptz;
create unique index uq_users_email on users (tenant_id, lower(email));
create index ix_users_login_phone on users (phone);
create index ix_users_login_email on users (lower(email));
alter table audit_log add request_id text;
create index ix_audit_log_tenant_id_at on audit_log (tenant_id, at);
"""

_IDENTITY = """
create table logins (
    tenant_id bigint not null, id bigint generated always as identity, user_id bigint not null,
    created_at timestamptz not null, expires_at timestamptz not null, refreshed_at timestamptz,
    refresh_hash text not null, former_hash text, revoked_at timestamptz, reason text, address text, agent text,
    constraint pk_logins primary key (tenant_id, id),
    constraint uq_logins_refresh_hash unique (refresh_hash)
);
create index ix_logins_former_hash on logins (former_hash);
create index ix_logins_tenant_id_user_id on logins (tenant_id, user_id);
create table one_time_codes (
    tenant_id bigint not null, id bigint generated always as identity, user_id bigint not null,
    purpose text not null, hash text not null, created_at timestamptz not null, expires_at timestamptz not null,
    attempts bigint not null default 0, used_at timestamptz,
    constraint pk_one_time_codes primary key (tenant_id, id),
    constraint ck_one_time_codes_purpose check (purpose in ('reset', 'invitation'))
);
create index ix_one_time_codes_tenant_id_user_id on one_time_codes (tenant_id, user_id, purpose);
create index ix_one_time_codes_hash on one_time_codes (hash);
create table user_keys (
    tenant_id bigint not null, id bigint generated always as identity, user_id bigint not null,
    name text not null, hint text not null, hash text not null, scopes jsonb not null, in_address boolean not null,
    created_at timestamptz not null, last_used_at timestamptz, expires_at timestamptz, revoked_at timestamptz,
    former_hash text, former_until timestamptz,
    constraint pk_user_keys primary key (tenant_id, id),
    constraint uq_user_keys_hash unique (hash)
);
create index ix_user_keys_former_hash on user_keys (former_hash);
create index ix_user_keys_tenant_id_user_id on user_keys (tenant_id, user_id);
"""

_BILLING = """
create table subscriptions (
    tenant_id bigint not null, plan text not null, cycle text not null, price numeric(20, 4) not null,
    currency text not null, period_from date not null, period_to date, anchor_day bigint not null,
    has_own_price boolean not null default false, next_plan text, next_cycle text,
    is_cancelled boolean not null default false, reminded text, updated_at timestamptz not null,
    constraint pk_subscriptions primary key (tenant_id),
    constraint ck_subscriptions_cycle check (cycle in ('trial', 'monthly', 'yearly', 'open'))
);
create index ix_subscriptions_period_to on subscriptions (period_to);
create table invoices (
    tenant_id bigint not null, id bigint generated always as identity, number text not null, kind text not null,
    status text not null, plan text, cycle text, period_from date, period_to date, currency text not null,
    lines jsonb not null, total numeric(20, 4) not null, paid numeric(20, 4) not null default 0,
    issued_on date not null, due_on date not null, created_at timestamptz not null, paid_at timestamptz, note text,
    source text not null,
    constraint pk_invoices primary key (tenant_id, id),
    constraint uq_invoices_tenant_id_number unique (tenant_id, number),
    constraint uq_invoices_tenant_id_source unique (tenant_id, source),
    constraint ck_invoices_kind check (kind in ('subscription', 'upgrade', 'manual')),
    constraint ck_invoices_status check (status in ('open', 'paid', 'void'))
);
create index ix_invoices_status on invoices (status, due_on);
create table subscription_payments (
    tenant_id bigint not null, id bigint generated always as identity, invoice_id bigint,
    amount numeric(20, 4) not null, currency text not null, method text not null, reference text,
    received_on date not null, at timestamptz not null, actor text not null, note text, source text not null,
    constraint pk_subscription_payments primary key (tenant_id, id),
    constraint uq_subscription_payments_tenant_id_source unique (tenant_id, source)
);
create table api_usage (
    tenant_id bigint not null, day date not null, caller text not null, route text not null,
    requests bigint not null, failures bigint not null,
    constraint pk_api_usage primary key (tenant_id, day, caller, route)
);
"""

_PEOPLE = """
alter table contacts
    add email text, add note text, add source text, add synced_at timestamptz, add deleted_at timestamptz,
    add updated_at timestamptz;
create index ix_contacts_push_name on contacts (tenant_id, lower(push_name));
create index ix_contacts_created on contacts (tenant_id, created_at desc nulls last, id);
grant update (said) on consents to app_tenant;
create table contact_tags (
    tenant_id bigint not null, contact_id bigint not null, tag text not null, created_at timestamptz not null,
    constraint pk_contact_tags primary key (tenant_id, contact_id, tag)
);
create index ix_contact_tags_tenant_id_tag on contact_tags (tenant_id, tag, contact_id);
create table chat_groups (
    tenant_id bigint not null, id bigint generated always as identity, session_id bigint not null,
    chat text not null, name text not null, members bigint not null default 0, is_admin boolean not null default false,
    synced_at timestamptz not null, left_at timestamptz,
    constraint pk_chat_groups primary key (tenant_id, id),
    constraint uq_chat_groups_tenant_id_session_id_chat unique (tenant_id, session_id, chat)
);
create table contact_syncs (
    tenant_id bigint not null, id bigint generated always as identity, session_id bigint not null,
    asked_at timestamptz not null, taken_at timestamptz, done_at timestamptz, found bigint not null default 0,
    added bigint not null default 0, changed bigint not null default 0, groups bigint not null default 0, error text,
    constraint pk_contact_syncs primary key (tenant_id, id)
);
create index ix_contact_syncs_waiting on contact_syncs (tenant_id, session_id) where done_at is null;
create table uploads (
    tenant_id bigint not null, id bigint generated always as identity, token text not null, file_hash text not null,
    name text not null, mime text not null, kind text not null, size bigint not null, created_at timestamptz not null,
    touched_at timestamptz not null,
    constraint pk_uploads primary key (tenant_id, id),
    constraint uq_uploads_tenant_id_token unique (tenant_id, token)
);
create index ix_uploads_file_hash on uploads (file_hash);
create index ix_uploads_touched_at on uploads (touched_at);
alter table conversations add closed_at timestamptz;
create index ix_conversations_last on conversations (tenant_id, last_in_at desc nulls last, id);
"""

_PLATFORM = """
create table system_settings (
    key text not null, value jsonb not null, updated_at timestamptz not null, updated_by text not null,
    constraint pk_system_settings primary key (key)
);
create table system_audit (
    id bigint generated always as identity, at timestamptz not null, actor_kind text not null, actor_id text not null,
    actor_role text not null, action text not null, subject text not null, subject_id text not null,
    before jsonb, after jsonb, request_id text,
    constraint pk_system_audit primary key (id)
);
"""

# Takes from several periods of a limit, or from none: one that has no room is told by its place, negative. A limit of
# -1 is none. The periods are locked in the order given until the transaction ends.
_TAKE = """
create function usage_take(p_name text, p_periods text[], p_limits bigint[], p_n bigint) returns bigint[]
language plpgsql as $$
declare
    tenant bigint := nullif(current_setting('app.tenant_id', true), '')::bigint;
    totals bigint[] := '{}';
    total bigint;
begin
    for i in 1 .. array_length(p_periods, 1) loop
        insert into usage_counters (tenant_id, name, period, used) values (tenant, p_name, p_periods[i], 0)
        on conflict (tenant_id, name, period) do update set used = usage_counters.used
        returning used into total;
        if p_n > 0 and p_limits[i] >= 0 and total + p_n > p_limits[i] then
            return array[-i, total];
        end if;
        totals := totals || greatest(total + p_n, 0);
    end loop;
    update usage_counters set used = totals[array_position(p_periods, period)]
    where tenant_id = tenant and name = p_name and period = any(p_periods);
    return totals;
end $$
"""

# Messages that count are counted when their transaction commits: so the counter is the last that is locked, for a
# moment, and nobody who holds it waits for anybody. The day comes before the month, as where they are taken.
_COUNT = """
alter table outbox add counts boolean not null default false;
create index ix_outbox_tenant_id_created_at on outbox (tenant_id, created_at);
create index ix_messages_tenant_id_received_at on messages (tenant_id, received_at);
create function outbox_count() returns trigger language plpgsql as $$
declare
    local_time timestamp;
begin
    select new.created_at at time zone timezone into local_time from tenants where id = new.tenant_id;
    insert into usage_counters (tenant_id, name, period, used) values
        (new.tenant_id, 'messages', to_char(local_time, 'YYYY-MM-DD'), 1),
        (new.tenant_id, 'messages', to_char(local_time, 'YYYY-MM'), 1)
    on conflict (tenant_id, name, period) do update set used = usage_counters.used + 1;
    return null;
end $$;
create constraint trigger outbox_counts after insert on outbox deferrable initially deferred
    for each row when (new.counts) execute function outbox_count();
"""

# Cleans what nobody may change otherwise, of a tenant that is closed: by its own transaction, when it is erased.
_ERASE = """
create function erase_records() returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    tenant bigint := nullif(current_setting('app.tenant_id', true), '')::bigint;
begin
    perform from tenants where id = tenant and status = 'closed' and erase_at is not null;
    if not found then
        raise exception 'tenant % is not to be erased', tenant;
    end if;
    update ledger_entries set note = null, actor_id = 'erased' where tenant_id = tenant;
    update debts set note = null where tenant_id = tenant;
    update agreement_versions
        set terms = '{}', assessment = '{}', accepted_number = null, accepted_message = null, accepted_words = null
        where tenant_id = tenant;
    update audit_log set before = null, after = null, actor_id = 'erased' where tenant_id = tenant;
    update ai_credits set note = null where tenant_id = tenant;
    update ai_calls set error = null where tenant_id = tenant;
    delete from consents where tenant_id = tenant;
    delete from knowledge_versions where tenant_id = tenant;
    delete from session_events where tenant_id = tenant;
end $$
"""

_OF_TENANTS = (
    "logins", "one_time_codes", "user_keys", "subscriptions", "invoices", "subscription_payments", "api_usage",
    "contact_tags", "chat_groups", "contact_syncs", "uploads",
)  # fmt: skip
_REFERENCES = (
    ("logins", "user_id", "users", "cascade"), ("one_time_codes", "user_id", "users", "cascade"),
    ("user_keys", "user_id", "users", "cascade"), ("contact_tags", "contact_id", "contacts", "cascade"),
    ("chat_groups", "session_id", "sessions", "cascade"), ("contact_syncs", "session_id", "sessions", "cascade"),
    ("subscription_payments", "invoice_id", "invoices", None),
)  # fmt: skip


def upgrade() -> None:
    for statements in (_TENANTS, _IDENTITY, _BILLING, _PEOPLE, _PLATFORM):
        op.execute(statements)
    for table in _OF_TENANTS:
        op.execute(
            f"alter table {table} add constraint fk_{table}_tenant_id"
            " foreign key (tenant_id) references tenants (id) on delete cascade"
        )
        tenant_table(table, system=True)
    for table, column, of, ondelete in _REFERENCES:
        op.execute(
            f"alter table {table} add constraint fk_{table}_tenant_id_{column} foreign key (tenant_id, {column})"
            f" references {of} (tenant_id, id)" + (f" on delete {ondelete}" if ondelete else "")
        )
    grant_append_only("subscription_payments")
    for table in ("system_settings", "system_audit"):
        op.execute(f"grant select, insert, update, delete on {table} to app_system")
    op.execute("revoke update, delete on system_audit from app_system")
    op.execute("grant select on system_settings to app_tenant")
    op.execute(_COUNT)
    op.execute("revoke all on function outbox_count from public")
    op.execute(_TAKE)
    op.execute("revoke all on function usage_take from public")
    op.execute("grant execute on function usage_take to app_tenant")
    op.execute(_ERASE)
    op.execute("revoke all on function erase_records from public")
    op.execute("grant execute on function erase_records to app_tenant")


TABLES = (*_OF_TENANTS, "system_settings", "system_audit")
ALSO_LOST = (
    "passwords, e-mail addresses and invitations of users; notes and e-mail addresses of contacts; which conversations"
    " are closed; request ids in the record of changes; trials and unpaid businesses count as active or suspended"
)
_ADDED = {
    "tenants": ("phone", "status_at", "status_reason", "erase_at", "erased_at"),
    "users": ("email", "password_hash", "password_at", "last_login_at", "invited_at"),
    "audit_log": ("request_id",),
    "contacts": ("email", "note", "source", "synced_at", "deleted_at", "updated_at"),
    "conversations": ("closed_at",),
    "outbox": ("counts",),
}
_INDEXES = (
    "ix_tenants_status", "ix_users_login_phone", "ix_audit_log_tenant_id_at", "ix_contacts_push_name",
    "ix_contacts_created",
    "ix_conversations_last", "ix_outbox_tenant_id_created_at", "ix_messages_tenant_id_received_at",
)  # fmt: skip
_FORMER_STATUS = """
alter table tenants drop constraint ck_tenants_status;
update tenants set status = case
    when status in ('pending_approval', 'pending_qr') then 'pending'
    when status in ('trial', 'past_due') then 'active'
    when status in ('inactive', 'rejected') then 'suspended'
    else status end;
alter table tenants add constraint ck_tenants_status check (status in ('pending', 'active', 'suspended', 'closed'));
"""


def downgrade() -> None:
    """Back to what was before; `TABLES` and `ALSO_LOST` tell what goes with it. Columns take their indexes along."""
    op.execute("drop function usage_take")
    op.execute("drop function outbox_count cascade")
    op.execute("drop function erase_records")
    for table in TABLES[::-1]:
        op.execute(f"drop table {table} cascade")
    for index in _INDEXES:
        op.execute(f"drop index {index}")
    op.execute(_FORMER_STATUS)
    op.execute("revoke update (said) on consents from app_tenant")
    for table, columns in _ADDED.items():
        op.execute(f"alter table {table} " + ", ".join(f"drop column {column}" for column in columns))
