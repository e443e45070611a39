"""The jobs that tell people of a business's life: its owner, and the super admins of those who want to join.

Both hear it by the platform's number, since the business's own may not be there yet, or no more. What could not be said
to anybody stays undelivered, and the API lists it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from sqlalchemy import and_, or_, select

from services.db.engine import Database, Tx
from services.db.models import Notification, Tenant, User, WhatsAppSession
from services.i18n import SOURCE_LANGUAGE, Joined, Renderable, _, _n, lines
from services.messaging import outbox
from services.messaging.outbox import Outgoing
from services.settings import Settings
from services.tenants import applications, mail, platform, system_settings
from services.tenants.notifications import REGISTRATION

SHOWN = 20
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody who is to be told, by bare number, and the language they read."""

    phone: str
    locale: str


@dataclass(frozen=True, slots=True)
class _About:
    """What a text may mention: the business, the platform's settings, and what the notification says."""

    tenant: Tenant
    platform: Mapping[str, Any]
    data: Mapping[str, Any]

    @property
    def help(self) -> Renderable | None:
        """Where to ask."""
        contact = self.platform["support_contact"]
        return None if contact is None else _("Questions? {contact}", contact=contact)


def tell(db: Database, settings: Settings, tenant_id: int, notification_id: int) -> None:
    """Tells a business's owner what a notification says; told again, they hear of it once."""
    with db.tenant(tenant_id) as tx:
        note = tx.get(Notification, (tenant_id, notification_id))
        if note is None or note.delivered_at is not None or note.kind not in _TEXTS:
            return
        tenant = tx.get_one(Tenant, tenant_id)
        text = _TEXTS[note.kind](_About(tenant, system_settings.values(tx, settings), note.data))
        readers = _readers(tx, tenant, note)
    if _say(db, f"tell:{tenant_id}:{notification_id}", text, readers):
        with db.tenant(tenant_id) as tx:
            tx.get_one(Notification, (tenant_id, notification_id)).delivered_at = tx.now


def _readers(tx: Tx, tenant: Tenant, note: Notification) -> Sequence[_Reader]:
    to = note.data.get("to")
    if to:
        return [_Reader(str(to), tenant.locale)]
    owners = select(User).where(User.tenant_id == tx.tenant, User.role == "owner", User.active).order_by(User.id)
    found = {user.phone: _Reader(user.phone, user.locale or tenant.locale) for user in tx.scalars(owners)}
    if not found and tenant.phone:
        found[tenant.phone] = _Reader(tenant.phone, tenant.locale)
    return list(found.values())


def _say(db: Database, key: str, text: Renderable, readers: Sequence[_Reader] | None = None) -> bool:
    """Writes to people by the platform's number, to the super admins unless others are named; False if it can't."""
    with db.system() as tx:
        found = platform.place(tx)
    if found is None:
        return False
    with db.tenant(found.tenant_id) as tx:
        session_id = tx.scalar(select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant, _WORKS))
        readers = _super_admins(tx) if readers is None else readers
        if session_id is None or not readers:
            return False
        outbox.put(
            tx,
            [
                Outgoing(session_id, f"phone:{each.phone}", text.render(each.locale), dedup_key=f"{key}:{each.phone}")
                for each in readers
            ],
        )
    return True


_WORKS = and_(
    WhatsAppSession.is_default,
    or_(
        WhatsAppSession.state == "connected",
        and_(WhatsAppSession.provider == "simulator", WhatsAppSession.state == "new"),
    ),
)


def _super_admins(tx: Tx) -> Sequence[_Reader]:
    statement = (
        select(User.phone, User.locale, Tenant.locale)
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(User.tenant_id == tx.tenant, User.role == "super_admin", User.active)
        .order_by(User.id)
    )
    return [_Reader(phone, own or of_tenant) for phone, own, of_tenant in tx.execute(statement)]


def tell_of_registrations(db: Database, settings: Settings) -> None:
    """Tells the super admins of all registrations that wait and of which they haven't heard, in one message each."""
    with db.system() as tx:
        rows = tx.execute(
            select(Notification, Tenant)
            .join(Tenant, Tenant.id == Notification.tenant_id)
            .where(
                Notification.kind == REGISTRATION, Notification.delivered_at.is_(None),
                Tenant.status == applications.PENDING,
            )
            .order_by(Notification.id)
        ).all()  # fmt: skip
    waiting = [(row[0], row[1]) for row in rows]
    if not waiting:
        return
    text, last = _registrations(waiting), max(note.id for note, _tenant in waiting)
    told = _say(db, f"registrations:{last}", text)
    trouble = _mail(settings, len(waiting), text)
    told = told or (trouble is None and mail.can_send(settings))
    with db.system() as tx:
        heard = select(Notification).where(Notification.id.in_([note.id for note, _tenant in waiting]))
        for note in tx.scalars(heard):
            note.delivered_at = tx.now if told else None
            note.data = note.data if trouble is None else {**note.data, "mail": trouble}


def _mail(settings: Settings, n: int, text: Renderable) -> str | None:
    """Sends it as mail too where that is set up; returns what went wrong."""
    if not mail.can_send(settings):
        return None
    subject = _n("{n} registration waits", "{n} registrations wait", n).render(SOURCE_LANGUAGE)
    try:
        mail.send(settings, subject, text.render(SOURCE_LANGUAGE))
    except mail.MailError as error:
        log.warning("mail not sent", reason=str(error))
        return str(error)
    return None


def _registrations(waiting: Sequence[tuple[Notification, Tenant]]) -> Renderable:
    if len(waiting) == 1:
        note, tenant = waiting[0]
        return lines(
            _("🆕 *{name}* wants to join ({owner}, +{number}).", **_of(note, tenant)),
            _("To let it in: approve {slug}", slug=tenant.slug),
            _("To turn it down: reject {slug} REASON", slug=tenant.slug),
        )
    listed = [
        Joined((f"• *{tenant.slug}*: ", _("{name} ({owner}, +{number})", **_of(note, tenant))), "")
        for note, tenant in waiting[:SHOWN]
    ]
    more = len(waiting) - len(listed)
    return lines(
        _n("🆕 {n} registration waits:", "🆕 {n} registrations wait:", len(waiting)), *listed,
        _n("and {n} more", "and {n} more", more) if more else None,
        _("To let one in: approve TENANT. To turn one down: reject TENANT REASON"),
    )  # fmt: skip


def _of(note: Notification, tenant: Tenant) -> dict[str, object]:
    return {"name": tenant.name, "owner": note.data.get("owner") or tenant.name, "number": tenant.phone or ""}


def _approved(about: _About) -> Renderable:
    tenant, until, platform_name = about.tenant, about.data.get("until"), about.platform["platform_name"]
    number, plan = tenant.phone or "", tenant.plan
    return lines(
        _("🎉 *{name}* is approved. Welcome to {platform}!", name=tenant.name, platform=platform_name),
        _("Your plan is {plan}.", plan=plan)
        if until is None
        else _("You may try the plan {plan} until {day}, for free.", plan=plan, day=date.fromisoformat(str(until))),
        "",
        _("Next: log in with this number and your password, and link +{number} with WhatsApp.", number=number),
        _("Your company id is *{slug}*.", slug=tenant.slug),
        about.help,
    )


def _rejected(about: _About) -> Renderable:
    reason = about.data.get("reason")
    return lines(
        _("Your registration of *{name}* was not accepted.", name=about.tenant.name),
        None if reason is None else _("The reason: {reason}", reason=reason),
        about.help,
    )


def _repeated(about: _About) -> Renderable:
    name = about.tenant.name
    known = {
        "pending_approval": _("Your registration of *{name}* has arrived and waits to be approved.", name=name),
        "closed": _("Your business *{name}* is closed; the administrator can open it again for some time.", name=name),
    }
    usual = _("You are registered already, with *{name}*. Log in, or set a new password if you forgot it.", name=name)
    return lines(
        _("Somebody wanted to register with your number or e-mail address; no second account was made."),
        known.get(str(about.data.get("status")), usual),
        _("If that wasn't you, there is nothing to do."),
        about.help,
    )


def _closed(about: _About) -> Renderable:
    return lines(
        _("*{name}* is closed, and its WhatsApp numbers are unlinked.", name=about.tenant.name),
        _(
            "Until {day} you can export your data or have it opened again; then it is erased.",
            day=date.fromisoformat(str(about.data["erase_on"])),
        ),
        about.help,
    )


def _reopened(about: _About) -> Renderable:
    return lines(
        _("*{name}* is open again.", name=about.tenant.name),
        _("Log in and link your WhatsApp numbers anew; keys for programs have to be made anew, too."),
    )


_TEXTS: Mapping[str, Callable[[_About], Renderable]] = {
    "approved": _approved, "rejected": _rejected, applications.KNOWN: _repeated, "closed": _closed,
    "reopened": _reopened,
}  # fmt: skip
