"""Reminders of money lent: finding what is due, claiming it, and putting the texts into the outbox.

A row of `reminders` is the claim: one for each debt and level (the day relative to the due date), ever. It is written
in the transaction that writes the text, before it. The daily round calls `send` under the tenant's lock; people's own
commands only note what was sent by hand.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import func, select, text

from services.db.engine import Tx
from services.db.models import Reminder, Tenant
from services.lending import ledger
from services.lending.ledger import OpenDebt
from services.lending.reminder_texts import reminder
from services.messaging import contacts, outbox
from services.messaging.addresses import Address
from services.messaging.contacts import Reach
from services.messaging.outbox import Outgoing
from services.tenants import limits
from services.tenants.preferences import value_of

BATCH = 200
LOOK_BACK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be found: levels whose day lies after `since` and not after `today`.

    `blocked` are the numbers that the operator has blocked; nothing leaves before `not_before`.
    """

    tenant: Tenant
    since: date
    today: date
    blocked: frozenset[str] = frozenset()
    not_before: datetime | None = None

    @property
    def levels(self) -> list[int]:
        return cast("list[int]", value_of(self.tenant, "reminder_days"))

    def parameters(self) -> dict[str, object]:
        """What the statements below take."""
        return {
            "tenant": self.tenant.id,
            "levels": self.levels,
            "today": self.today,
            "since": max(self.since, self.today - LOOK_BACK),
            "look_back": LOOK_BACK.days,
            "latest": self.today - timedelta(days=min(self.levels)),
        }


# Who promised a day isn't reminded before it; on that day comes what fell due since the promise, or since an earlier
# promise that ran into it.
_DUE = """
    from debts debt
    cross join unnest(cast(:levels as bigint[])) as level
    join contacts contact on contact.tenant_id = debt.tenant_id and contact.id = debt.contact_id
    left join lateral (
        select id, made_on, promised_on from promises
        where tenant_id = debt.tenant_id and contact_id = debt.contact_id order by id desc limit 1
    ) promise on true
    cross join lateral (
        select case when promise.promised_on > :since then least(:since, (
            select min(made_on) - 1 from promises
            where tenant_id = debt.tenant_id and contact_id = debt.contact_id and promised_on >= promise.made_on
        )) else :since end as day
    ) after
    where debt.tenant_id = :tenant and debt.is_open and debt.side = 'lent' and debt.due_on <= :latest
        and debt.due_on + cast(level as integer) <= :today
        and (debt.due_on + cast(level as integer) > after.day or exists (
            select from reminders
            where tenant_id = debt.tenant_id and contact_id = debt.contact_id and debt_id = debt.id
                and why = 'limit' and "on" - :look_back < debt.due_on + cast(level as integer)
        ))
        and (promise.promised_on is null or promise.promised_on <= :today)
        and not exists (
            select from reminders
            where tenant_id = debt.tenant_id and debt_id = debt.id and reminders.level = level.level
        )
"""
# A debt whose reminder had to wait for room below the limit of messages has a row that says so, for no level: what was
# due then is still due on another day.
_PEOPLE = text(f"""
    select contact.id, coalesce(contact.name, contact.push_name, '?') as name,
        contact.opted_out_at is not null as opted_out, contact.blocked_at is not null as blocked, (
            select case max(status) when 'by_hand' then 'by_hand' when 'sent' then 'same_day' end from reminders
            where tenant_id = :tenant and contact_id = contact.id and "on" = :today and status in ('sent', 'by_hand')
        ) as already
    {_DUE} and not exists (
        select from reminders
        where tenant_id = debt.tenant_id and contact_id = debt.contact_id and debt_id = debt.id
            and why = 'limit' and "on" = :today
    )
    group by contact.tenant_id, contact.id order by contact.id limit :most
""")
_WAIT = text(f"""
    insert into reminders (tenant_id, contact_id, debt_id, "on", at, status, why)
    select distinct :tenant, debt.contact_id, debt.id, cast(:today as date), cast(:now as timestamptz), 'skipped',
        'limit'
    {_DUE} and debt.contact_id = any(:contacts)
""")
_CLAIM = text(f"""
    insert into reminders (tenant_id, contact_id, debt_id, level, "on", at, status, why)
    select :tenant, due.contact_id, due.debt_id, due.level, :today, :now,
        case when person.why is null and due.level = due.highest then 'sent' else 'skipped' end,
        coalesce(person.why, case when due.level < due.highest then 'covered' end)
    from (
        select debt.contact_id, debt.id as debt_id, level.level, max(level.level) over (partition by debt.id) as highest
        {_DUE} and debt.contact_id = any(:contacts)
    ) due
    join jsonb_to_recordset(cast(:people as jsonb)) as person (id bigint, why text) on person.id = due.contact_id
    on conflict do nothing
    returning contact_id, status
""")


class _Person(NamedTuple):
    """Somebody with something due; `already` says how they were reminded today."""

    id: int
    name: str
    opted_out: bool
    blocked: bool
    already: str | None


def send(tx: Tx, due: Due) -> bool:
    """Reminds the next people of what is due, 200 at most; returns whether there was anybody. Seven statements at most.

    For whom there is no room below the limit of messages it stays due until another day. The caller holds the tenant's
    lock and commits: claims and texts stand together or not at all.
    """
    given = due.parameters()
    people = [_Person(*row) for row in tx.execute(_PEOPLE, {**given, "most": BATCH})]
    if not people:
        return False
    reached = contacts.reach(tx, [person.id for person in people])
    why = {person.id: _why_not(person, reached.get(person.id), due.blocked) for person in people}
    for contact_id in _without_room(tx, due, [contact_id for contact_id, reason in why.items() if reason is None]):
        del why[contact_id]
    rows = json.dumps([{"id": contact_id, "why": reason} for contact_id, reason in why.items()])
    claims = tx.execute(_CLAIM, {**given, "contacts": list(why), "people": rows, "now": tx.now}).all()
    claimed = {claim.contact_id for claim in claims if claim.status == "sent"}
    _write(tx, due, [person for person in people if person.id in claimed], reached)
    return True


def _without_room(tx: Tx, due: Due, contact_ids: Sequence[int]) -> Sequence[int]:
    """The people who have to wait, which is written down."""
    left = limits.messages_left(tx, due.tenant) if contact_ids else None
    waiting = [] if left is None else contact_ids[left:]
    if waiting:
        tx.execute(_WAIT, {**due.parameters(), "now": tx.now, "contacts": waiting})
    return waiting


def _why_not(person: _Person, reach: Reach | None, blocked: frozenset[str]) -> str | None:
    """Why somebody isn't reminded, if so."""
    if person.opted_out:
        return "stop"
    if person.blocked or (reach is not None and Address.parse(reach.chat).value in blocked):
        return "blocked"
    return "no_number" if reach is None else person.already


def _write(tx: Tx, due: Due, people: Sequence[_Person], reached: Mapping[int, Reach]) -> None:
    """Puts one message for each person into the outbox."""
    if not people:
        return
    tenant, until = due.tenant, due.today - timedelta(days=min(0, *due.levels))
    template = str(value_of(tenant, "reminder_template"))
    debts = _debts(tx, [person.id for person in people], until)
    outgoing = []
    for person in people:
        reach = reached[person.id]
        words = reminder(template, tenant.name, person.name, debts[person.id], due.today)
        outgoing.append(
            Outgoing(
                reach.session_id, reach.chat, words.render(reach.locale or tenant.locale),
                dedup_key=_key(person.id, due.today), not_before=due.not_before,
            )
        )  # fmt: skip
    outbox.put(tx, outgoing)


def _key(contact_id: int, on: date) -> str:
    """Nobody has two reminders on one day, whatever happens."""
    return f"reminder:{contact_id}:{on}"


def _debts(tx: Tx, contact_ids: Collection[int], until: date) -> dict[int, list[OpenDebt]]:
    """What some people still owe that is due until a day, those due first at the top. One statement."""
    found: dict[int, list[OpenDebt]] = {}
    for debt in ledger.open_debts(tx, contact_ids, "lent", until):
        found.setdefault(debt.contact_id, []).append(debt)
    return found


def record_by_hand(tx: Tx, contact_id: int, on: date) -> None:
    """Notes that somebody was reminded by hand on a day, so that no other reminder goes out on it."""
    tx.add(Reminder(tenant_id=tx.tenant, contact_id=contact_id, on=on, at=tx.now, status="by_hand"))
    tx.flush()


def last(tx: Tx, contact_id: int) -> datetime | None:
    """When somebody was last reminded, by hand or by itself."""
    latest: datetime | None = tx.scalar(
        select(func.max(Reminder.at)).where(
            Reminder.tenant_id == tx.tenant, Reminder.contact_id == contact_id, Reminder.status != "skipped"
        )
    )
    return latest


def history(tx: Tx, contact_id: int, limit: int = 100) -> Sequence[Reminder]:
    """The latest reminders of somebody, also those that were left out and why, the latest first."""
    statement = (
        select(Reminder)
        .where(Reminder.tenant_id == tx.tenant, Reminder.contact_id == contact_id)
        .order_by(Reminder.id.desc())
        .limit(limit)
    )
    return tx.scalars(statement).all()


def unreached(tx: Tx, on: date) -> Sequence[str]:
    """The names of people who were to be reminded on a day and whose number nobody knows."""
    found = tx.execute(_UNREACHED, {"tenant": tx.tenant, "on": on})
    return [row.name for row in found]


_UNREACHED = text("""
    select distinct coalesce(contact.name, contact.push_name, '?') as name
    from reminders
    join contacts contact on contact.tenant_id = reminders.tenant_id and contact.id = reminders.contact_id
    where reminders.tenant_id = :tenant and reminders."on" = :on and reminders.why = 'no_number'
    order by name
""")
