"""Agreements with their instalments, reminders, promises, requests that wait for the owner, and files."""

from __future__ import annotations

from alembic import op

from services.db.migrations.tables import grant_append_only, tenant_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = """
create table agreements (
    tenant_id bigint not null, id bigint generated always as identity, contact_id bigint not null,
    number bigint not null, status text not null, version bigint not null, session_id bigint not null,
    allocation_order text not null, shorten boolean not null, created_at timestamptz not null, sent_at timestamptz,
    answered_at timestamptz, closed_at timestamptz, reason text,
    constraint pk_agreements primary key (tenant_id, id),
    constraint uq_agreements_tenant_id_number unique (tenant_id, number),
    constraint ck_agreements_status check (status in (
        'draft', 'sent', 'active', 'completed', 'declined', 'cancelled', 'expired', 'defaulted'
    ))
);
create table agreement_versions (
    tenant_id bigint not null, id bigint generated always as identity, agreement_id bigint not null,
    version bigint not null, terms jsonb not null, content_hash text not null, assessment jsonb not null,
    created_at timestamptz not null, accepted_at timestamptz, accepted_number text, accepted_message text,
    accepted_words text,
    constraint pk_agreement_versions primary key (tenant_id, id),
    constraint uq_agreement_versions_tenant_id_agreement_id_version unique (tenant_id, agreement_id, version)
);
create table reminders (
    tenant_id bigint not null, id bigint generated always as identity, contact_id bigint not null, debt_id bigint,
    level bigint, "on" date not null, at timestamptz not null, status text not null, why text,
    constraint pk_reminders primary key (tenant_id, id),
    constraint uq_reminders_tenant_id_debt_id_level unique (tenant_id, debt_id, level),
    constraint ck_reminders_status check (status in ('sent', 'skipped', 'by_hand'))
);
create table promises (
    tenant_id bigint not null, id bigint generated always as identity, contact_id bigint not null,
    made_on date not null, promised_on date not null, said text not null, message_id bigint not null,
    constraint pk_promises primary key (tenant_id, id)
);
create table actions (
    tenant_id bigint not null, id bigint generated always as identity, number bigint not null, kind text not null,
    contact_id bigint not null, message_id bigint not null, said text not null, data jsonb not null,
    status text default 'open' not null, created_at timestamptz not null, answered_at timestamptz, answered_by text,
    answer text,
    constraint pk_actions primary key (tenant_id, id),
    constraint uq_actions_tenant_id_number unique (tenant_id, number),
    constraint uq_actions_tenant_id_message_id unique (tenant_id, message_id),
    constraint ck_actions_kind check (kind in ('proof', 'question')),
    constraint ck_actions_status check (status in ('open', 'approved', 'rejected', 'answered'))
);
create table documents (
    tenant_id bigint not null, id bigint generated always as identity, kind text not null, subject text not null,
    params jsonb not null, locale text not null, name text not null, mime text not null,
    status text default 'waiting' not null, deliveries jsonb default '[]' not null, counted_in text,
    created_at timestamptz not null, made_at timestamptz, attempts bigint default 0 not null, file_hash text,
    error text,
    constraint pk_documents primary key (tenant_id, id),
    constraint uq_documents_tenant_id_subject unique (tenant_id, subject),
    constraint ck_documents_status check (status in ('waiting', 'made', 'failed'))
);
"""
_OF_CONTACTS = ("agreements", "reminders", "promises", "actions")
_NEW = ("agreements", "agreement_versions", "reminders", "promises", "actions", "documents")

_REFERENCES = """
alter table agreement_versions add constraint fk_agreement_versions_tenant_id_agreement_id
    foreign key (tenant_id, agreement_id) references agreements (tenant_id, id);
alter table reminders add constraint fk_reminders_tenant_id_debt_id
    foreign key (tenant_id, debt_id) references debts (tenant_id, id);
create index ix_agreements_tenant_id_contact_id on agreements (tenant_id, contact_id);
create index ix_agreements_open on agreements (tenant_id, status) where status in ('draft', 'sent', 'active');
create index ix_reminders_tenant_id_contact_id_id on reminders (tenant_id, contact_id, id);
create index ix_promises_tenant_id_contact_id_promised_on on promises (tenant_id, contact_id, promised_on);
create index ix_actions_open on actions (tenant_id, id) where status = 'open';
"""

_CHANGED = """
alter table debts
    add agreement_id bigint, add number bigint, add principal numeric(20, 4), add interest numeric(20, 4),
    add constraint ck_debts_installment check (num_nulls(agreement_id, number, principal, interest) in (0, 4)),
    add constraint uq_debts_tenant_id_agreement_id_number unique (tenant_id, agreement_id, number),
    add constraint fk_debts_tenant_id_agreement_id
        foreign key (tenant_id, agreement_id) references agreements (tenant_id, id);
alter table ledger_entries
    add agreement_id bigint,
    add constraint fk_ledger_entries_tenant_id_agreement_id
        foreign key (tenant_id, agreement_id) references agreements (tenant_id, id),
    drop constraint ck_ledger_entries_kind,
    add constraint ck_ledger_entries_kind check (kind in (
        'disbursement', 'interest', 'fee', 'penalty', 'payment', 'write_off', 'replacement', 'reversal'
    ));
create index ix_ledger_entries_agreement on ledger_entries (tenant_id, agreement_id) where agreement_id is not null;
alter table allocations add component text not null default 'principal';
alter table allocations alter component drop default;
alter table allocations
    drop constraint pk_allocations,
    add constraint pk_allocations primary key (tenant_id, entry_id, debt_id, component);
alter table outbox add file_hash text, add file_name text, add mime text;
alter table tenants add daily_on date;
drop index ix_outbox_open;
create index ix_outbox_open on outbox (tenant_id, session_id, chat) where status in ('sending', 'unknown');
"""


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _NEW:
        op.execute(
            f"alter table {table} add constraint fk_{table}_tenant_id"
            " foreign key (tenant_id) references tenants (id) on delete cascade"
        )
    for table in _OF_CONTACTS:
        op.execute(
            f"alter table {table} add constraint fk_{table}_tenant_id_contact_id"
            " foreign key (tenant_id, contact_id) references contacts (tenant_id, id)"
        )
    op.execute(_REFERENCES)
    op.execute(_CHANGED)
    for table in _NEW:
        tenant_table(table)
    # What was put to a borrower stays as it was put; only the evidence of their answer is added.
    grant_append_only("agreement_versions", "accepted_at", "accepted_number", "accepted_message", "accepted_words")
