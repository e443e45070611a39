"""The platform as a tenant of its own: where the super admin commands, and where QR codes and alerts are read.

Its session is the number to which super admins write. What they ask for concerns other tenants, so it is done by a job,
in transactions of the platform and of the tenant concerned; the answer goes to the chat in which it was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.db.engine import Database, Tx
from services.db.models import Message, OutboxMessage, Tenant, User, WhatsAppSession
from services.errors import DomainError
from services.i18n import Joined, Renderable, _, _n, language_of, lines
from services.messaging import outbox
from services.messaging.addresses import Address
from services.messaging.outbox import REPLY, Outgoing
from services.messaging.sending import NumberRule
from services.settings import Settings
from services.tenants import approval, registration, sessions, switching, tenant_reports, tenants
from services.tenants.actors import Actor
from services.tenants.registration import Application
from services.tenants.tenants import NewTenant, Registered

NAME, SLUG = "Juragan", "platform"
PERMISSION = "platform"
SHOWN = 40
LONGEST_REASON = 500
_ROLE = "super_admin"


def ensure(db: Database, settings: Settings, provider: str) -> Registered | None:
    """Makes the platform's tenant on the first super admin's number, and lets exactly the numbers of the setting
    command there; None without any. Raises `DomainError` `number_taken` when that number is a business's own.
    """
    numbers = _numbers(settings)
    if not numbers:
        return None
    with db.system() as tx:
        found = place(tx) or _make(tx, numbers[0], provider) or place(tx)
    if found is None:
        raise sessions.taken(numbers[0])
    with db.tenant(found.tenant_id) as tx:
        _sync_users(tx, numbers)
    return found


def _numbers(settings: Settings) -> Sequence[str]:
    """The super admins' numbers as bare digits, in the order of the setting."""
    written = ("".join(filter(str.isdigit, part)) for part in settings.super_admin_numbers.split(","))
    return list(dict.fromkeys(filter(None, written)))


def place(tx: Tx) -> Registered | None:
    """The platform's tenant with its default session, in a platform transaction."""
    statement = (
        select(Tenant.id, WhatsAppSession.id)
        .join(WhatsAppSession, (WhatsAppSession.tenant_id == Tenant.id) & WhatsAppSession.is_default)
        .where(Tenant.is_platform)
    )
    row = tx.execute(statement).one_or_none()
    return None if row is None else Registered(row[0], row[1])


def _make(tx: Tx, phone: str, provider: str) -> Registered | None:
    """None when another process has made it meanwhile, or the number is a business's."""
    new = NewTenant(NAME, phone, plan="enterprise", is_platform=True, provider=provider)
    try:
        with tx.begin_nested():
            made = tenants.add(tx, new)
    except IntegrityError:
        return None
    if tx.scalar(select(Tenant.id).where(Tenant.slug == SLUG)) is None:
        tx.get_one(Tenant, made.tenant_id).slug = SLUG
        tx.flush()
    return made


def _sync_users(tx: Tx, numbers: Sequence[str]) -> None:
    known = {user.phone: user for user in tx.scalars(select(User).where(User.tenant_id == tx.tenant))}
    for user in known.values():
        if user.role == _ROLE:
            user.active = user.phone in numbers
    for phone in numbers:
        user = known.get(phone) or tenants.add_user(tx, NAME, phone, _ROLE)
        user.role, user.active = _ROLE, True
    tx.flush()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A super admin's message: where and when it was written, by whom, and how they read."""

    session_id: int
    chat: str
    at: datetime
    locale: str
    country: str
    actor: Actor


def perform(
    db: Database, settings: Settings, tenant_id: int, message_id: int, command: str, arguments: Mapping[str, object]
) -> None:
    """Does what a super admin's message asked for and answers it; done again it changes and answers nothing more."""
    with db.tenant(tenant_id) as tx:
        asked = _asked(tx, message_id)
    if asked is None:
        return
    try:
        text = _PERFORM[command](db, settings, asked, arguments)
    except DomainError as refusal:
        text = refusal.text
    answer = Outgoing(
        asked.session_id, asked.chat, text.render(asked.locale), in_reply_to=message_id, priority=REPLY,
        dedup_key=_key(message_id),
    )  # fmt: skip
    with db.tenant(tenant_id) as tx:
        outbox.put(tx, [answer])


def _key(message_id: int) -> str:
    return f"platform:{message_id}"


def _asked(tx: Tx, message_id: int) -> _Asked | None:
    """None when the message is answered already, is gone, or isn't the platform's."""
    tenant, message = tx.get_one(Tenant, tx.tenant), tx.get(Message, (tx.tenant, message_id))
    answered = select(OutboxMessage.id).where(
        OutboxMessage.tenant_id == tx.tenant, OutboxMessage.dedup_key == _key(message_id)
    )
    if not tenant.is_platform or message is None or tx.scalar(answered) is not None:
        return None
    addresses = [Address.parse(each) for each in (message.sender, message.alias) if each]
    phone = next((each.value for each in addresses if each.kind == "phone"), "")
    user = tx.scalars(select(User).where(User.tenant_id == tx.tenant, User.phone == phone)).one_or_none()
    locale = (user.locale if user is not None else None) or tenant.locale
    actor = Actor("user", phone, _ROLE)
    return _Asked(message.session_id, message.chat, message.received_at, locale, tenant.country, actor)


def _register(db: Database, settings: Settings, asked: _Asked, arguments: Mapping[str, object]) -> Renderable:
    email = arguments.get("email")
    application = Application(
        str(arguments["number"]), str(arguments["name"]), None if email is None else str(email),
        language=language_of(asked.locale), country=asked.country,
    )  # fmt: skip
    rule = NumberRule(settings.whatsapp_allowed_phone_pattern, settings.blocked_numbers)
    new = registration.read(application, rule, settings.whatsapp_provider)
    is_linked = new.provider == sessions.KEPT
    # A number that is never linked can't activate its tenant by connecting.
    new = new if is_linked else replace(new, status="active")
    with db.system() as tx:
        before = _made_before(tx, new, asked.at)
        registered = before or registration.register(tx, new, None, settings.whatsapp_max_sessions)
        slug = tx.get_one(Tenant, registered.tenant_id).slug
    with db.tenant(registered.tenant_id) as tx:
        if before is None:
            registration.begin(tx, asked.actor, registered, is_linked=False)
        session = sessions.get(tx, registered.session_id)
        if is_linked and session.state == "new":
            sessions.start(tx, asked.actor, session, show_in=asked.chat)
    known = _(
        "{name} is registered as *{slug}*, with the number +{number}.", name=new.name, slug=slug, number=new.phone
    )
    return lines(known, _soon(new.phone) if is_linked else None)


def _made_before(tx: Tx, new: NewTenant, since: datetime) -> Registered | None:
    """The tenant, if this very message has registered it already."""
    statement = (
        select(Tenant.id, WhatsAppSession.id)
        .join(WhatsAppSession, WhatsAppSession.tenant_id == Tenant.id)
        .where(WhatsAppSession.phone == new.phone, Tenant.name == new.name, Tenant.created_at >= since)
    )
    row = tx.execute(statement).one_or_none()
    return None if row is None else Registered(row[0], row[1])


def _soon(phone: str) -> Renderable:
    return _("The QR code to link +{number} comes here in a moment.", number=phone)


def _list(db: Database, _settings: Settings, _asked: _Asked, _arguments: Mapping[str, object]) -> Renderable:
    with db.system() as tx:
        found, total = tenant_reports.listed(tx, status=None, plan=None, q=None, offset=0, limit=SHOWN)
    if not found:
        return _("There are no businesses yet. To begin: register Toko Maju 081234567890")
    listed = [_line(each) for each in found]
    more = total - len(listed)
    return lines(*listed, _n("and {n} more", "and {n} more", more) if more else None)


def _line(listed: tenant_reports.Listed) -> Renderable:
    tenant, session = listed.tenant, listed.session
    name = "" if tenant.name == tenant.slug else f" {tenant.name}"
    states: list[Renderable | str] = [_STATUS[tenant.status]]
    if session is not None:
        is_played = session.provider != sessions.KEPT and session.state == "new"
        states += [_STATES["connected" if is_played else session.state], f"+{session.phone}"]
    return Joined((f"• *{tenant.slug}*{name}", Joined(tuple(states), ", ")), ": ")


_STATUS = {
    "pending_approval": _("waits for approval"), "rejected": _("rejected"), "pending_qr": _("not started yet"),
    "trial": _("on trial"), "active": _("active"), "past_due": _("payment due"), "suspended": _("not paid"),
    "inactive": _("switched off"), "closed": _("closed"),
}  # fmt: skip
_STATES = {
    "new": _("not linked"),
    "pairing": _("being linked"),
    "connected": _("connected"),
    "reconnecting": _("connecting"),
    "logged_out": _("unlinked on the phone"),
    "replaced": _("used elsewhere"),
    "banned": _("blocked by WhatsApp"),
    "failed": _("not reachable"),
    "stopped": _("stopped"),
}


def _find(db: Database, reference: str) -> tuple[int, str]:
    """The tenant's id and slug, by its slug or its name; raises `DomainError` `tenant_unknown`."""
    wanted = reference.strip().strip("*").strip()
    with db.system() as tx:
        try:
            found = registration.find(tx, wanted.lower())
        except DomainError:
            by_name = tenants.called(tx, wanted)
            if by_name is None:
                raise
            found = by_name
        return found.id, found.slug


def _disable(db: Database, _settings: Settings, asked: _Asked, arguments: Mapping[str, object]) -> Renderable:
    tenant_id, slug = _find(db, str(arguments["tenant"]))
    with db.tenant(tenant_id) as tx:
        name = switching.set_enabled(tx, asked.actor, False).name
    return lines(
        _("{name} is switched off; nothing of it is lost.", name=name),
        _("To switch it on again: enable {slug}", slug=slug),
    )


def _enable(db: Database, _settings: Settings, asked: _Asked, arguments: Mapping[str, object]) -> Renderable:
    tenant_id, _slug = _find(db, str(arguments["tenant"]))
    with db.tenant(tenant_id) as tx:
        name = switching.set_enabled(tx, asked.actor, True).name
        session = sessions.of_tenant(tx)
        to_link = session.provider == sessions.KEPT and session.device is None
        if to_link:
            sessions.start(tx, asked.actor, session, show_in=asked.chat)
        elif session.provider != sessions.KEPT:
            switching.resume(tx, asked.actor, session)
        return lines(_("{name} is switched on.", name=name), _soon(session.phone) if to_link else None)


def _approve(db: Database, settings: Settings, asked: _Asked, arguments: Mapping[str, object]) -> Renderable:
    tenant_id, slug = _find(db, str(arguments["tenant"]))
    with db.tenant(tenant_id) as tx:
        name = approval.approve(tx, settings, asked.actor).name
        session = sessions.of_tenant(tx)
        may_link = session.provider == sessions.KEPT and session.device is None
    return lines(
        _("{name} is approved; its owner is told how to go on.", name=name),
        _("To link +{number} from here: enable {slug}", number=session.phone, slug=slug) if may_link else None,
    )


def _reject(db: Database, _settings: Settings, asked: _Asked, arguments: Mapping[str, object]) -> Renderable:
    reference, reason = _split(db, str(arguments["tenant"]))
    tenant_id, slug = _find(db, reference)
    with db.tenant(tenant_id) as tx:
        name = approval.reject(tx, asked.actor, reason).name
    return lines(
        _("{name} is turned down; its owner is told so.", name=name)
        if reason is None
        else _("{name} is turned down; its owner is told why.", name=name),
        _("Should it join after all: approve {slug}", slug=slug),
    )


def _split(db: Database, said: str) -> tuple[str, str | None]:
    """A business, by its id or its name of several words, and the reason that follows it."""
    words = said.split()
    for length in range(len(words), 0, -1):
        reference = " ".join(words[:length]).rstrip(":,")
        try:
            _find(db, reference)
        except DomainError:
            continue
        return reference, " ".join(words[length:])[:LONGEST_REASON] or None
    return said, None


_PERFORM: Mapping[str, Callable[[Database, Settings, _Asked, Mapping[str, object]], Renderable]] = {
    "register": _register, "tenants": _list, "disable": _disable, "enable": _enable,
    "approve": _approve, "reject": _reject,
}  # fmt: skip
