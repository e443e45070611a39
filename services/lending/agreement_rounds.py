"""What the daily round does about agreements that nobody has answered: it reminds, and after a week it ends them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Agreement, Contact, Tenant, WhatsAppSession
from services.i18n import Renderable, Weekday, _, lines
from services.lending import agreements
from services.lending.ledger import Source
from services.messaging import contacts, outbox
from services.messaging.contacts import Reach
from services.messaging.notices import tell_owner
from services.messaging.outbox import Outgoing
from services.tenants.actors import SYSTEM

# Days after which the borrower is reminded that an answer is awaited.
REMINDED_AFTER = (3, 6)


def daily(tx: Tx) -> None:
    """Reminds of unanswered agreements and expires those that were sent a week ago. Harmless when repeated."""
    waiting = agreements.unanswered(tx)
    if not waiting:
        return
    tenant = tx.get_one(Tenant, tx.tenant)
    people = contacts.by_ids(tx, {each.contact_id for each in waiting})
    reached = contacts.reach(tx, {each.contact_id for each in waiting})
    session_id = tx.scalars(
        select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.is_default)
    ).one()
    for agreement in waiting:
        person, reach = people[agreement.contact_id], reached.get(agreement.contact_id)
        reach = None if reach is not None and reach.blocked else reach
        if agreements.answer_until(agreement) <= tx.now:
            _expire(tx, tenant, agreement, person, reach, session_id)
        elif reach is not None:
            _remind(tx, tenant, agreement, person, reach)


def _expire(
    tx: Tx, tenant: Tenant, agreement: Agreement, person: Contact, reach: Reach | None, session_id: int
) -> None:
    agreements.expire(tx, Source(f"expiry:{agreement.id}", SYSTEM), agreement)
    number, name = str(agreement.number), person.name or ""
    tell_owner(
        tx,
        session_id,
        f"expired:{agreement.id}:{agreement.version}",
        lines(
            _("⌛ Agreement {number} has expired: {name} didn't answer within a week.", number=number, name=name),
            _("Nothing was booked. To try once more: agreement {name} AMOUNT", name=name),
        ),
    )
    text = _("{business}: agreement {number} has expired without an answer. Nothing is owed from it.",
             business=tenant.name, number=number)  # fmt: skip
    if reach is not None:
        _write(tx, tenant, agreement, reach, "expired", text)


def _remind(tx: Tx, tenant: Tenant, agreement: Agreement, person: Contact, reach: Reach) -> None:
    assert agreement.sent_at is not None
    days = (tx.now - agreement.sent_at) // timedelta(days=1)
    level = max((each for each in REMINDED_AFTER if each <= days), default=None)
    if level is None:
        return
    until = local_date(agreements.answer_until(agreement), tenant.timezone)
    text = lines(
        _("Hello {name}, agreement {number} with {business} still waits for your answer.", name=person.name or "",
          number=str(agreement.number), business=tenant.name),
        _("To accept it, reply *AGREE*; to decline it, *DECLINE*. It expires on {until}.", until=Weekday(until)),
    )  # fmt: skip
    _write(tx, tenant, agreement, reach, f"remind:{level}", text)


def _write(tx: Tx, tenant: Tenant, agreement: Agreement, reach: Reach, what: str, text: Renderable) -> None:
    """Writes to the borrower, once ever for what it is about."""
    key = f"agreement:{agreement.id}:{agreement.version}:{what}"
    rendered = text.render(reach.locale or tenant.locale)
    outbox.put(tx, [Outgoing(reach.session_id, reach.chat, rendered, dedup_key=key)])
