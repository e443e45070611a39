"""The statements by which messages come into the outbox: who reads them, which count, and whom to wake.

One inserts them all; the other takes room for the limited ones first, and leaves them out where there is none.
"""

from __future__ import annotations

from sqlalchemy import text

# In the order of the array; the senders of the sessions concerned are woken, now or at the time that was asked for.
# What `counts` is counted when the transaction commits. Where some are limited, the senders are woken first and room is
# taken next, so that the counter is locked last: whoever holds it waits for nobody.
_GIVEN = """
    given as materialized (
        select message.*, exists (
            select from sessions
            where tenant_id = :tenant and message.chat in ('phone:' || phone, 'lid:' || lid)
            union all
            select from users where tenant_id = :tenant and 'phone:' || phone = message.chat
            union all
            select from contact_identities private
            join contact_identities number on number.tenant_id = private.tenant_id
                and number.contact_id = private.contact_id and number.kind = 'phone'
            join users on users.tenant_id = number.tenant_id and users.phone = number.value
            where private.tenant_id = :tenant and private.channel = 'whatsapp' and private.kind = 'lid'
                and message.chat like 'lid:%' and private.value = substr(message.chat, 5)
        ) as own
        from jsonb_to_recordset(cast(:messages as jsonb)) as message (
            session_id bigint, chat text, kind text, body text, priority bigint, dedup_key text, in_reply_to bigint,
            not_before timestamptz, file_hash text, file_name text, mime text, voice boolean, counted boolean,
            limited boolean
        )
    )
"""
_INSERT = """
        insert into outbox (
            tenant_id, created_at, session_id, chat, kind, body, priority, dedup_key, in_reply_to, not_before,
            file_hash, file_name, mime, voice, cold, counts
        )
        select :tenant, :now, session_id, chat, kind, body, priority, dedup_key, in_reply_to, not_before,
            file_hash, file_name, mime, voice, not own and not exists (
                select from conversations
                where tenant_id = :tenant and session_id = given.session_id and chat = given.chat
                    and last_in_at is not null
            ), :counting and not own and not counted and not limited
        from given
"""
_SENDERS = """
    select wake_sender(:tenant, session_id, later, :priority)
    from (select session_id, later from {} group by session_id, later order by session_id, later) as senders
"""
_STANDING = """
    select plan, limits, jsonb_build_object(today.day, 0, today.month, 0) || coalesce((
        select jsonb_object_agg(period, used) from usage_counters
        where tenant_id = :tenant and name = 'messages' and period in (today.day, today.month)
    ), '{}') as used
    from tenants
    cross join lateral (
        select to_char(local_time, 'YYYY-MM-DD') as day, to_char(local_time, 'YYYY-MM') as month
        from (select cast(:now as timestamptz) at time zone tenants.timezone as local_time) as here
    ) as today
    where id = :tenant
"""
PUT = text(f"""
    with {_GIVEN}, put as (
        {_INSERT}
        on conflict do nothing
        returning session_id, counts, case when not_before > :now then not_before end as later
    ), woken as materialized ({_SENDERS.format("put")})
    select (select count(*) from put where counts) as counted, (select count(*) from woken) as woken, standing.*
    from ({_STANDING}) as standing
""")
PUT_WITHIN = text(f"""
    with {_GIVEN}, waking as (
        select session_id, case when not_before > :now then not_before end as later from given
    ), woken as materialized ({_SENDERS.format("waking")}), wanted as materialized (
        select (
            select count(*) from given where limited and not own and not exists (
                select from outbox where tenant_id = :tenant and dedup_key = given.dedup_key
            )
        ) as n, count(*) from woken
    ), room as materialized (
        select n as taken, usage_take('messages', cast(:periods as text[]), cast(:limits as bigint[]), n) as totals
        from wanted
    ), put as (
        {_INSERT} where not limited or own or (select totals[1] >= 0 from room)
        on conflict do nothing
        returning counts
    )
    select (select count(*) from put where counts) as counted, room.*, standing.*
    from room, ({_STANDING}) as standing
""")
