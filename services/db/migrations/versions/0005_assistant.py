"""Bots that answer from what they were taught, the record of their answers, and requests with a deadline."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.db.migrations.tables import grant_append_only, tenant_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = """
create table chatbots (
    tenant_id bigint not null, id bigint generated always as identity, number bigint not null,
    name text not null, name_key text not null, persona text, language text, model text,
    temperature numeric(3, 2), hours jsonb, greeting text, fallback text, session_id bigint,
    starts jsonb default '{}' not null, person_words jsonb default '[]' not null,
    active boolean default true not null, created_at timestamptz not null, removed_at timestamptz,
    constraint pk_chatbots primary key (tenant_id, id),
    constraint fk_chatbots_tenant_id_session_id foreign key(tenant_id, session_id)
        references sessions (tenant_id, id) on delete set null (session_id),
    constraint uq_chatbots_tenant_id_number unique (tenant_id, number)
);
create table conversation_instructions (
    tenant_id bigint not null, id bigint generated always as identity, number bigint not null, chatbot_id bigint,
    body text not null, starts_on date, ends_on date, created_at timestamptz not null, created_by text not null,
    removed_at timestamptz,
    constraint pk_conversation_instructions primary key (tenant_id, id),
    constraint fk_conversation_instructions_tenant_id_chatbot_id foreign key(tenant_id, chatbot_id)
        references chatbots (tenant_id, id),
    constraint uq_conversation_instructions_tenant_id_number unique (tenant_id, number)
);
create table knowledge_sources (
    tenant_id bigint not null, id bigint generated always as identity, number bigint not null,
    kind text not null, title text not null, chatbot_id bigint, address text, file_hash text, file_name text,
    mime text, status text not null, version bigint default 0 not null, pages bigint,
    pages_read bigint default 0 not null, entries bigint default 0 not null, error text, session_id bigint,
    attempts bigint default 0 not null, created_at timestamptz not null, created_by text not null,
    changed_at timestamptz not null,
    constraint pk_knowledge_sources primary key (tenant_id, id),
    constraint fk_knowledge_sources_tenant_id_chatbot_id foreign key(tenant_id, chatbot_id)
        references chatbots (tenant_id, id),
    constraint fk_knowledge_sources_tenant_id_session_id foreign key(tenant_id, session_id)
        references sessions (tenant_id, id) on delete set null (session_id),
    constraint uq_knowledge_sources_tenant_id_number unique (tenant_id, number),
    constraint ck_knowledge_sources_kind check (kind in ('qa', 'pdf', 'docx', 'text', 'table', 'web')),
    constraint ck_knowledge_sources_status check (status in ('waiting', 'learning', 'ready', 'failed', 'removed'))
);
create table knowledge_versions (
    tenant_id bigint not null, source_id bigint not null, version bigint not null, at timestamptz not null,
    author text not null, file_hash text, pages bigint, entries bigint not null, content jsonb,
    constraint pk_knowledge_versions primary key (tenant_id, source_id, version),
    constraint fk_knowledge_versions_tenant_id_source_id foreign key(tenant_id, source_id)
        references knowledge_sources (tenant_id, id) on delete cascade
);
create table knowledge_entries (
    tenant_id bigint not null, id bigint generated always as identity, source_id bigint not null,
    position bigint not null, page bigint, heading text, question text, answer text not null,
    constraint pk_knowledge_entries primary key (tenant_id, id),
    constraint fk_knowledge_entries_tenant_id_source_id foreign key(tenant_id, source_id)
        references knowledge_sources (tenant_id, id) on delete cascade
);
create table knowledge_texts (
    tenant_id bigint not null, id bigint generated always as identity, entry_id bigint not null,
    chatbot_id bigint, key text, body text,
    constraint pk_knowledge_texts primary key (tenant_id, id),
    constraint fk_knowledge_texts_tenant_id_entry_id foreign key(tenant_id, entry_id)
        references knowledge_entries (tenant_id, id) on delete cascade
);
create table knowledge_postings (
    tenant_id bigint not null, term text not null, entry_id bigint not null, weight real not null, chatbot_id bigint,
    constraint pk_knowledge_postings primary key (tenant_id, term, entry_id) include (weight, chatbot_id)
);
create table knowledge_terms (
    tenant_id bigint not null, term text not null, entries bigint not null,
    constraint pk_knowledge_terms primary key (tenant_id, term)
);
create table knowledge_spellings (
    tenant_id bigint not null, piece bigint not null, term text not null,
    constraint pk_knowledge_spellings primary key (tenant_id, piece, term)
);
create table knowledge_vectors (
    tenant_id bigint not null, text_id bigint not null, model text not null, chatbot_id bigint,
    signs bit varying not null, vector {vector} not null,
    constraint pk_knowledge_vectors primary key (tenant_id, text_id) include (model, chatbot_id, signs),
    constraint fk_knowledge_vectors_tenant_id_text_id foreign key(tenant_id, text_id)
        references knowledge_texts (tenant_id, id) on delete cascade
);
create table knowledge_gaps (
    tenant_id bigint not null, id bigint generated always as identity, number bigint not null, key text not null,
    question text not null, times bigint not null, status text default 'open' not null,
    first_at timestamptz not null, last_at timestamptz not null, contact_id bigint, conversation_id bigint,
    source_id bigint,
    constraint pk_knowledge_gaps primary key (tenant_id, id),
    constraint fk_knowledge_gaps_tenant_id_contact_id foreign key(tenant_id, contact_id)
        references contacts (tenant_id, id),
    constraint fk_knowledge_gaps_tenant_id_conversation_id foreign key(tenant_id, conversation_id)
        references conversations (tenant_id, id) on delete set null (conversation_id),
    constraint fk_knowledge_gaps_tenant_id_source_id foreign key(tenant_id, source_id)
        references knowledge_sources (tenant_id, id) on delete set null (source_id),
    constraint uq_knowledge_gaps_tenant_id_key unique (tenant_id, key),
    constraint uq_knowledge_gaps_tenant_id_number unique (tenant_id, number),
    constraint ck_knowledge_gaps_status check (status in ('open', 'taught', 'dismissed'))
);
create table answers (
    tenant_id bigint not null, id bigint generated always as identity, at timestamptz not null,
    chatbot_id bigint, conversation_id bigint, contact_id bigint, message_id bigint not null,
    question text not null, answer text, outcome text not null, confidence real,
    sources jsonb default '[]' not null, model text, prompt_tokens bigint default 0 not null,
    completion_tokens bigint default 0 not null, credits bigint default 0 not null, duration_ms bigint not null,
    constraint pk_answers primary key (tenant_id, id),
    constraint fk_answers_tenant_id_chatbot_id foreign key(tenant_id, chatbot_id)
        references chatbots (tenant_id, id) on delete set null (chatbot_id),
    constraint fk_answers_tenant_id_conversation_id foreign key(tenant_id, conversation_id)
        references conversations (tenant_id, id) on delete cascade,
    constraint fk_answers_tenant_id_contact_id foreign key(tenant_id, contact_id)
        references contacts (tenant_id, id),
    constraint ck_answers_outcome
        check (outcome in ('answered', 'offered', 'unknown', 'asked_person', 'greeted', 'closed', 'failed'))
);
create unique index uq_chatbots_name on chatbots (tenant_id, name_key) where removed_at is null;
create index ix_knowledge_sources_learning on knowledge_sources (tenant_id, id)
    where status in ('waiting', 'learning');
create index ix_knowledge_sources_tenant_id_address on knowledge_sources (tenant_id, address);
create index ix_knowledge_entries_tenant_id_source_id_position on knowledge_entries (tenant_id, source_id, position);
create index ix_knowledge_texts_key on knowledge_texts (tenant_id, key) where key is not null;
create index ix_knowledge_texts_tenant_id_entry_id on knowledge_texts (tenant_id, entry_id);
create index ix_knowledge_postings_tenant_id_entry_id on knowledge_postings (tenant_id, entry_id);
create index ix_knowledge_gaps_open on knowledge_gaps (tenant_id, times) where status = 'open';
create index ix_answers_tenant_id_at on answers (tenant_id, at);
create index ix_answers_tenant_id_conversation_id_id on answers (tenant_id, conversation_id, id);
"""

_CHANGES = """
alter table conversations
    add chatbot_id bigint, add bot_at timestamptz, add handoff_id bigint,
    add constraint fk_conversations_tenant_id_chatbot_id foreign key (tenant_id, chatbot_id)
        references chatbots (tenant_id, id) on delete set null (chatbot_id);
alter table actions
    add chatbot_id bigint, add conversation_id bigint, add priority text not null default 'medium',
    add due_at timestamptz, add reminded_at timestamptz, add reminders bigint not null default 0,
    add escalated_at timestamptz,
    drop constraint ck_actions_kind, drop constraint ck_actions_status,
    add constraint ck_actions_kind check (kind in (
        'proof', 'question', 'postponement', 'discount', 'refund', 'handover', 'complaint', 'unknown', 'rule'
    )),
    add constraint ck_actions_status check (
        status in ('open', 'approved', 'rejected', 'answered', 'withdrawn', 'expired')
    ),
    add constraint ck_actions_priority check (priority in ('low', 'medium', 'high', 'urgent')),
    add constraint fk_actions_tenant_id_chatbot_id foreign key (tenant_id, chatbot_id)
        references chatbots (tenant_id, id) on delete set null (chatbot_id),
    add constraint fk_actions_tenant_id_conversation_id foreign key (tenant_id, conversation_id)
        references conversations (tenant_id, id) on delete set null (conversation_id);
create index ix_messages_chat on messages (tenant_id, session_id, chat, id);
create index ix_outbox_chat on outbox (tenant_id, session_id, chat, id);
create index ix_actions_due on actions (due_at) where status = 'open';
create policy platform on actions to app_system using (true) with check (true);
grant select on actions to app_system;
"""

# The platform's jobs look for what is still to be learnt, and delete old answers.
_FOR_JOBS = {"knowledge_sources", "answers"}
_NEW = (
    "chatbots", "conversation_instructions", "knowledge_sources", "knowledge_versions", "knowledge_entries",
    "knowledge_texts", "knowledge_postings", "knowledge_terms", "knowledge_spellings",
    "knowledge_vectors", "knowledge_gaps", "answers",
)  # fmt: skip


def _vector_type() -> str:
    """pgvector's type where its extension is there or may be made, else an array: exact as well, only slower."""
    connection = op.get_bind()
    if not connection.scalar(text("select count(*) from pg_available_extensions where name = 'vector'")):
        return "real[]"
    try:
        with connection.begin_nested():
            connection.execute(text("create extension if not exists vector"))
    except DBAPIError:
        return "real[]"
    return "vector"


def upgrade() -> None:
    op.execute(_TABLES.replace("{vector}", _vector_type()))
    for table in _NEW:
        op.execute(
            f"alter table {table} add constraint fk_{table}_tenant_id"
            " foreign key (tenant_id) references tenants (id) on delete cascade"
        )
        tenant_table(table, system=table in _FOR_JOBS)
    grant_append_only("knowledge_versions")
    op.execute(_CHANGES)
