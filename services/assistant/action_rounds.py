"""What becomes of requests that nobody answers: the owner is reminded once, then they become more urgent and others
hear of them too; and handoffs whose time is over end.

One transaction for each tenant that has something due, never within its quiet hours except for the end of a handoff,
whose person then hears of it when the quiet hours end. Rows are claimed under their lock, so two processes that run at
once remind once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, text

from services.assistant import action_texts, deadlines, handoffs
from services.assistant.actions import notice_key
from services.assistant.handoffs import Ended
from services.db.engine import Database, Tx
from services.db.models import Action, Contact, Tenant, User, WhatsAppSession
from services.i18n import Renderable, _, _n, lines
from services.messaging import contacts, outbox
from services.messaging.addresses import Address
from services.messaging.outbox import Outgoing
from services.settings import Settings
from services.tenants import audit, life
from services.tenants.actors import SYSTEM
from services.tenants.preferences import value_of

SHOWN = 10
# What is due so soon after something else is told of along with it.
TOGETHER = timedelta(minutes=15)

# The time a request had is what it may be overdue before it is made more urgent.
_NEXT = """
    case when reminders = 0 then due_at
        else greatest(due_at, reminded_at) + (due_at - created_at)
    end
"""
_OPEN = "status = 'open' and due_at is not null and (reminders = 0 or escalated_at is null)"
_TENANTS = text(f"select tenant_id, min({_NEXT}) as moment from actions where {_OPEN} group by tenant_id")
_CLAIM = text(f"""
    select id, {_NEXT} <= :now as is_due from actions where tenant_id = :tenant and {_OPEN} and {_NEXT} <= :soon
    order by id for no key update skip locked
""")


def next_work(tx: Tx) -> datetime | None:
    """When a request of any tenant is due for a reminder next, in a platform transaction; now if one is already."""
    return min((moment for _tenant, moment in _due(tx)), default=None)


def _due(tx: Tx) -> Iterator[tuple[int, datetime]]:
    """Tenants with the moment at which they have something to be reminded of, quiet hours considered."""
    found: dict[int, datetime] = {row.tenant_id: row.moment for row in tx.execute(_TENANTS)}
    if not found:
        return
    for tenant in tx.scalars(select(Tenant).where(Tenant.id.in_(found), Tenant.status.in_(life.WORKING))):
        if value_of(tenant, "sla") is not None:
            yield tenant.id, deadlines.waking(tenant, max(found[tenant.id], tx.now))


def run(db: Database, settings: Settings, tenant_id: int | None = None) -> None:
    """Reminds and escalates what is due, in every tenant or in one; there handoffs end too whose time is over."""
    with db.system() as tx:
        due = [tenant for tenant, moment in _due(tx) if moment <= tx.now]
    for each in due if tenant_id is None else [tenant_id]:
        with db.tenant(each) as tx:
            _round(tx, tx.get_one(Tenant, each), settings.blocked_numbers)


def _round(tx: Tx, tenant: Tenant, blocked: Collection[str]) -> None:
    outgoing = [*_farewells(tenant, handoffs.expire(tx), deadlines.waking(tenant, tx.now), blocked)]
    active = life.works(tenant.status) and value_of(tenant, "sla") is not None
    if active and deadlines.waking(tenant, tx.now) == tx.now:
        outgoing += _remind(tx, tenant)
    outbox.put(tx, outgoing)


def _farewells(
    tenant: Tenant, ended: Sequence[Ended], not_before: datetime, blocked: Collection[str]
) -> Iterator[Outgoing]:
    """Whose handoff ended by itself hears that the bot is back, and that the request stays open if it does."""
    for chat, action, person in ended:
        if person.blocked_at is not None or Address.parse(chat.chat).value in blocked:
            continue
        body = back(tenant.name, still_open=action is not None).render(person.locale or tenant.locale)
        yield Outgoing(chat.session_id, chat.chat, body, not_before=not_before)


def back(business: str, *, still_open: bool) -> Renderable:
    """What somebody hears when the bot answers them again."""
    return lines(
        _("{business}'s automatic assistant answers you here again.", business=business),
        _("Your request to talk to a person is still open; you get an answer here.") if still_open else None,
    )


def _remind(tx: Tx, tenant: Tenant) -> list[Outgoing]:
    """One message to the owner about all that became due, and one to everybody in charge about what is escalated."""
    rows = tx.execute(_CLAIM, {"tenant": tx.tenant, "now": tx.now, "soon": tx.now + TOGETHER}).all()
    if not any(row.is_due for row in rows):
        return []
    ids = [row.id for row in rows]
    claimed = tx.scalars(
        select(Action).where(Action.tenant_id == tx.tenant, Action.id.in_(ids)).order_by(Action.id)
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
    people = contacts.by_ids(tx, {action.contact_id for action in claimed})
    first = [action for action in claimed if action.reminders == 0]
    late = [action for action in claimed if action.reminders > 0]
    for action in claimed:
        action.reminders, action.reminded_at = action.reminders + 1, tx.now
    for action in late:
        before, action.priority = action.priority, deadlines.raised(action.priority)
        action.escalated_at = tx.now
        audit.record(
            tx, SYSTEM, "action.escalated", "actions", action.id,
            before={"priority": before}, after={"priority": action.priority},
        )  # fmt: skip
    tx.flush()
    return [*_told(tx, tenant, first, late, people)]


def _told(
    tx: Tx, tenant: Tenant, first: Sequence[Action], late: Sequence[Action], people: dict[int, Contact]
) -> Iterator[Outgoing]:
    own = select(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant)
    session = tx.scalars(own.order_by(WhatsAppSession.is_default.desc(), WhatsAppSession.id).limit(1)).first()
    if session is None:
        return
    chat = f"phone:{session.phone}"
    if first:
        head = _n("⏰ This waits for your answer:", "⏰ These {n} wait for your answer:", len(first))
        body = _listed(tx, tenant, head, first, people).render(tenant.locale)
        yield Outgoing(session.id, chat, body, dedup_key=_key(tx, first, "due"))
    if late:
        head = _n(
            "‼️ This has waited far too long. Please answer it:",
            "‼️ These {n} have waited far too long. Please answer them:",
            len(late),
        )
        told = _listed(tx, tenant, head, late, people)
        for reader, locale in [(chat, tenant.locale), *_in_charge(tx, tenant, session)]:
            body = told.render(locale)
            yield Outgoing(session.id, reader, body, dedup_key=_key(tx, late, "late", reader))


def _in_charge(tx: Tx, tenant: Tenant, session: WhatsAppSession) -> list[tuple[str, str]]:
    """The chats of owners and managers who have numbers of their own, and their languages."""
    users = select(User).where(
        User.tenant_id == tx.tenant, User.active, User.role.in_(("owner", "manager")), User.phone != session.phone
    )
    return [(f"phone:{user.phone}", user.locale or tenant.locale) for user in tx.scalars(users.order_by(User.id))]


def _listed(
    tx: Tx, tenant: Tenant, head: Renderable, found: Sequence[Action], people: dict[int, Contact]
) -> Renderable:
    ranked = sorted(found, key=lambda action: (-deadlines.rank(action.priority), action.id))
    shown = [action_texts.line(action, people[action.contact_id], tenant.timezone, tx.now) for action in ranked[:SHOWN]]
    rest = len(ranked) - SHOWN
    return lines(
        head,
        *shown,
        _n("… and {n} more", "… and {n} more", rest) if rest > 0 else None,
        _("Answer with: action {number} yes (or no, an amount, or your answer)", number=str(ranked[0].number)),
    )


def _key(tx: Tx, found: Sequence[Action], *parts: str) -> str:
    """Quoting a message about one request answers it; of several none can be meant."""
    moment = int(tx.now.timestamp())
    if len(found) == 1:
        return notice_key(found[0], *parts, moment)
    return ":".join(("actions", str(found[0].number), *parts, str(moment)))
