"""Finding what lost its job, after a crash at the worst moment or when jobs were deleted, and waking it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from services.db.engine import Tx

# Everything that waits since before `before`, as the job that would handle it. A job that exists already serves.
# Reading a document takes its time, so that one is looked for later.
_WAKE = text("""
    select count(queue_defer(job, key, args)) from (
        select distinct 'inbound' as job, format('inbound:%s:%s', tenant_id, session_id) as key,
               jsonb_build_object('tenant_id', tenant_id, 'session_id', session_id) as args
        from messages
        where processed_at is null and parked_at is null and received_at < :before and not_before is null
            and coalesce(greatest(media_due, reading_due), received_at) < :before
        union
        select 'retry', format('retry:%s:%s', tenant_id, id),
               jsonb_build_object('tenant_id', tenant_id, 'message_id', id)
        from messages where processed_at is null and parked_at is null and not_before < :before
        union
        select 'reply', format('reply:%s:%s', tenant_id, conversation_id),
               jsonb_build_object('tenant_id', tenant_id, 'conversation_id', conversation_id)
        from messages where answer_due and received_at < :before
        union
        select 'send', format('send:%s:%s', tenant_id, session_id),
               jsonb_build_object('tenant_id', tenant_id, 'session_id', session_id)
        from outbox where status = 'queued' and coalesce(not_before, created_at) < :before
            and (select provider from sessions where tenant_id = outbox.tenant_id and id = session_id) <> 'neonize'
        union
        select 'learn', format('learn:%s:%s', tenant_id, id),
               jsonb_build_object('tenant_id', tenant_id, 'source_id', id)
        from knowledge_sources
        where status in ('waiting', 'learning') and changed_at < cast(:before as timestamptz) - interval '10 minutes'
    ) as forgotten
""")


def wake_forgotten(tx: Tx, before: datetime) -> int:
    """Defers a job for everything that has waited since before `before`, in a platform transaction."""
    return int(tx.execute(_WAKE, {"before": before}).scalar_one())
