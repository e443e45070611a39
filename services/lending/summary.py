"""The owner's daily summary: what is due and late, what was promised, whom no reminder reaches, what waits.

Written by the daily round, once for each day, in the tenant's language. A day without any of it has no summary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from services.assistant import actions
from services.db.engine import Tx
from services.db.models import Tenant, WhatsAppSession
from services.i18n import Joined, Renderable, Weekday, _, _n, lines
from services.lending import debts, ledger, promises, reminders
from services.lending.ledger import OpenDebt
from services.messaging import outbox
from services.messaging.outbox import Outgoing
from services.tenants.preferences import value_of

SHOWN = 5
_SOON = timedelta(days=3)


def tell(tx: Tx, tenant: Tenant, since: date, today: date, not_before: datetime | None) -> None:
    """Writes the summary of a day to the owner, unless it is switched off or there is nothing to say.

    `since` is the day of the round before: promises broken since then are told.
    """
    text = summary(tx, tenant, since, today) if value_of(tenant, "daily_summary") is True else None
    if text is None:
        return
    own = select(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.is_default)
    session = tx.scalars(own).one_or_none()
    if session is not None:
        body, chat = text.render(tenant.locale), f"phone:{session.phone}"
        outbox.put(tx, [Outgoing(session.id, chat, body, dedup_key=f"summary:{today}", not_before=not_before)])


def summary(tx: Tx, tenant: Tenant, since: date, today: date) -> Renderable | None:
    """What the owner should know on a day; None when that is nothing. Five statements at most."""
    found, currency = ledger.open_debts(tx), tenant.currency
    lent = [debt for debt in found if debt.side == "lent"]
    soon = [debt for debt in found if debt.side == "owed" and debt.due_on <= today + _SOON]
    parts = [
        _due(lent, today, currency),
        _late(lent, today, currency),
        _promised(tx, since, today) if lent else None,
        _unreached(tx, today) if lent else None,
        _owed(soon, currency),
        actions.summary(tx),
    ]
    told = [part for part in parts if part is not None]
    if not told:
        return None
    return lines(_("*Today, {day}*", day=Weekday(today)), *(line for part in told for line in ("", part)))


def _due(lent: Sequence[OpenDebt], today: date, currency: str) -> Renderable | None:
    due = [debt for debt in lent if debt.due_on == today]
    if not due:
        return None
    head = _("Due today: {total}", total=debts.total(due, currency))
    return lines(head, *_people(due, lambda theirs: None))


def _late(lent: Sequence[OpenDebt], today: date, currency: str) -> Renderable | None:
    late = [debt for debt in lent if debt.due_on < today]
    if not late:
        return None
    people = len({debt.contact_id for debt in late})
    total = debts.total(late, currency)
    head = _n("⚠️ Late: {total}, {n} person", "⚠️ Late: {total}, {n} people", people, total=total)
    return lines(head, *_people(late, lambda theirs: _days_late(theirs, today)))


def _days_late(theirs: Sequence[OpenDebt], today: date) -> Renderable:
    return _n("{n} day late", "{n} days late", max((today - debt.due_on).days for debt in theirs))


def _people(found: Sequence[OpenDebt], when: Callable[[Sequence[OpenDebt]], Renderable | None]) -> list[Renderable]:
    """A line for each person, the largest amounts first, five at most."""
    people: dict[int, list[OpenDebt]] = {}
    for debt in found:
        people.setdefault(debt.contact_id, []).append(debt)
    currency = found[0].left.currency
    ranked = sorted(people.values(), key=lambda theirs: debts.total(theirs, currency).amount, reverse=True)
    shown: list[Renderable] = [
        Joined((_("• {name}: {total}", name=theirs[0].name, total=debts.total(theirs, currency)), when(theirs)), ", ")
        for theirs in ranked[:SHOWN]
    ]
    rest = len(ranked) - SHOWN
    return [*shown, _n("… and {n} more", "… and {n} more", rest)] if rest > 0 else shown


def _promised(tx: Tx, since: date, today: date) -> Renderable | None:
    for_today = [each.name for each in promises.standing(tx, None, today) if each.promised_on == today]
    broken = [each.name for each in promises.broken(tx, since, today)]
    parts = [
        _("Promised to pay today: {names}", names=_names(for_today)) if for_today else None,
        _("Promised and didn't pay: {names}", names=_names(broken)) if broken else None,
    ]
    return lines(*parts) if for_today or broken else None


def _unreached(tx: Tx, today: date) -> Renderable | None:
    names = reminders.unreached(tx, today)
    if not names:
        return None
    return _(
        "I couldn't remind {names}: I don't know their number. Tell me: contact NAME NUMBER", names=_names(names)
    )  # fmt: skip


def _owed(owed: Sequence[OpenDebt], currency: str) -> Renderable | None:
    if not owed:
        return None
    head = _("You have to pay soon: {total}", total=debts.total(owed, currency))
    return lines(head, *_people(owed, lambda theirs: _("due {due}", due=Weekday(theirs[0].due_on))))


def _names(names: Sequence[str]) -> Renderable:
    rest = len(names) - SHOWN
    more = _n("{n} more", "{n} more", rest) if rest > 0 else None
    return Joined((*names[:SHOWN], more), ", ")
