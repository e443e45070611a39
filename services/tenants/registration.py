"""The life of a tenant as the super admin sees it: registered, activated, switched off and on, moved to another plan.

Registering is a platform transaction followed by one of the new tenant, whose own records begin there. Functions say
which of the two they want.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from babel import Locale
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import AiAccount, Contact, Tenant, UsageCounter, User, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.lending import agreements
from services.messaging.sending import SIMULATED, NumberRule
from services.tenants import audit, credit_use, credits, sessions, tenants
from services.tenants.actors import Actor
from services.tenants.plans import PLANS, limit_of
from services.tenants.preference_values import read_currency, read_language, read_timezone
from services.tenants.tenants import NewTenant, Registered

# Any fixed number: registrations follow one another, so that the installation's limit is exact.
_LOCK = 7_283_645_003
# Any number with as many digits fits into a key.
_LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody asks for, in their own spelling. `slug` is the company id, made from the name if it is None."""

    phone: str
    name: str
    email: str | None = None
    language: str = "id"
    timezone: str = "Asia/Jakarta"
    currency: str = "IDR"
    country: str = "ID"
    plan: str = "free"
    slug: str | None = None


def read(application: Application, rule: NumberRule, provider: str) -> NewTenant:
    """What is to be registered; raises `DomainError` for the first value that can't be used."""
    country = application.country.upper()
    if country not in Locale("en").territories or len(country) != 2 or not country.isalpha():
        raise _refused("bad_country", application.country, "ID")
    locale = _read(read_language, application.language, "bad_language", "id, en")
    timezone = _read(read_timezone, application.timezone, "bad_timezone", "Asia/Jakarta")
    currency = _read(read_currency, application.currency, "bad_currency", "IDR")
    _known_plan(application.plan)
    return NewTenant(
        name=application.name, phone=rule.read(application.phone, country), locale=locale, currency=currency,
        timezone=timezone, country=country, plan=application.plan, email=application.email, status="pending_qr",
        provider=provider,
    )  # fmt: skip


def _read(reading: Callable[[str], str | None], word: str, code: str, example: str) -> str:
    value = reading(word)
    if value is None:
        raise _refused(code, word, example)
    return value


def _refused(code: str, word: str, example: str) -> DomainError:
    text = _("“{word}” isn't known here. Example: {example}", word=word, example=example)
    return DomainError(code, text, value=word, example=example)


def _known_plan(plan: str) -> None:
    if plan not in PLANS:
        raise _refused("plan_unknown", plan, ", ".join(PLANS))


def register(tx: Tx, new: NewTenant, slug: str | None, most_sessions: int) -> Registered:
    """Makes the tenant, its default session and its owner's user, in a platform transaction.

    Raises `DomainError` `number_taken`, `company_taken` or `max_sessions`.
    """
    tx.execute(sql("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    require_room(tx, most_sessions)
    if tx.scalar(select(WhatsAppSession.id).where(WhatsAppSession.phone == new.phone)) is not None:
        raise sessions.taken(new.phone)
    try:
        with tx.begin_nested():
            made = tenants.add(tx, new)
            tenant = tx.get_one(Tenant, made.tenant_id)
            tenant.slug = slug or tenant.slug
            tx.flush()
            return made
    except IntegrityError as error:
        raise _collision(error, new.phone, slug) from None


def _collision(error: IntegrityError, phone: str, slug: str | None) -> Exception:
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if constraint == "uq_sessions_phone":
        return sessions.taken(phone)
    if constraint == "uq_tenants_slug":
        return DomainError("company_taken", _("The company id {slug} is taken.", slug=slug or ""), companyId=slug)
    return error


def require_room(tx: Tx, most_sessions: int, wanted: int = 1) -> None:
    """Refuses `wanted` more sessions than the installation keeps, in a platform transaction: `max_sessions`."""
    kept = tx.scalar(select(func.count()).where(WhatsAppSession.desired_state == "connected")) or 0
    if kept + wanted > most_sessions:
        text = _("This installation keeps {limit} WhatsApp numbers connected at the most.", limit=most_sessions)
        raise DomainError("max_sessions", text, limit=most_sessions)


def begin(tx: Tx, actor: Actor, registered: Registered, *, is_linked: bool) -> WhatsAppSession:
    """The new tenant's first records, in its own transaction; `is_linked`: its number is to be linked with WhatsApp."""
    audit.record(tx, actor, "tenant.register", "tenants", registered.tenant_id)
    session = sessions.get(tx, registered.session_id)
    if is_linked:
        sessions.start(tx, actor, session)
    tx.flush()
    return session


def find(tx: Tx, reference: str, *, number_first: bool = False) -> Tenant:
    """The tenant of this slug or else this number, or the other way round, in a platform transaction.

    A slug may consist of digits. Raises `DomainError` `tenant_unknown`.
    """
    matches: ColumnElement[bool] = Tenant.slug == reference
    if reference.isascii() and reference.isdigit() and len(reference) <= _LONGEST_ID:
        matches = or_(matches, Tenant.id == int(reference))
    has_slug = Tenant.slug == reference
    best = select(Tenant).where(matches).order_by(has_slug if number_first else has_slug.desc()).limit(1)
    found = None if "\x00" in reference else tx.scalars(best).one_or_none()
    if found is None:
        raise unknown(reference)
    return found


def unknown(reference: str) -> DomainError:
    """The refusal of a tenant that isn't there, or isn't the caller's business."""
    return DomainError("tenant_unknown", _("There is no tenant {reference}.", reference=reference))


def only(tx: Tx) -> Tenant | None:
    """The one business of an installation that has a single one, in a platform transaction."""
    found = tx.scalars(select(Tenant).where(~Tenant.is_platform).order_by(Tenant.id).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _mine(tx: Tx) -> Tenant:
    statement = select(Tenant).where(Tenant.id == tx.tenant).with_for_update(key_share=True)
    tenant = tx.scalars(statement.execution_options(populate_existing=True)).one()
    if tenant.status == "closed":
        raise DomainError("tenant_closed", _("{name} is closed.", name=tenant.name))
    return tenant


def set_enabled(tx: Tx, actor: Actor, enabled: bool | None) -> Tenant:
    """Switches the tenant on or off (None: the other way round) with its sessions; those that were paired come back."""
    tenant = _mine(tx)
    before = tenant.status
    wanted = before != "active" if enabled is None else enabled
    if tenant.is_platform and not wanted:
        raise DomainError("platform_tenant", _("The platform's own tenant can't be switched off."))
    after = "active" if wanted else "inactive"
    if after == before:
        return tenant
    tenant.status = after
    audit.record(
        tx, actor, "tenant.enable" if wanted else "tenant.disable", "tenants", tenant.id,
        before={"status": before}, after={"status": after},
    )  # fmt: skip
    tx.flush()
    for each in tx.scalars(select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant)).all():
        session = sessions.get(tx, each)
        if not wanted:
            sessions.stop(tx, actor, session)
        elif before == "inactive":
            resume(tx, actor, session)
    return tenant


def resume(tx: Tx, actor: Actor, session: WhatsAppSession) -> None:
    """Brings back a session that was paired, or a simulated one, which needs no pairing; others stay as they are."""
    if session.device is not None:
        sessions.start(tx, actor, session)
    elif session.provider == SIMULATED and session.state == "stopped":
        session.desired_state = "connected"
        sessions.move(tx, session, "new", "asked for")


def set_plan(tx: Tx, actor: Actor, plan: str) -> Tenant:
    """Moves the tenant to another plan; what it has already stays, even beyond the new limits."""
    _known_plan(plan)
    tenant = _mine(tx)
    if tenant.plan != plan:
        audit.record(tx, actor, "tenant.plan", "tenants", tenant.id, before={"plan": tenant.plan}, after={"plan": plan})
        tenant.plan = plan
        tx.flush()
    return tenant


@dataclass(frozen=True, slots=True)
class Details:
    """A tenant with what it has; `limits` holds for each limit how much is allowed and how much is used.

    `ai_credits` are those that are left, -1 if unlimited.
    """

    tenant: Tenant
    sessions: Sequence[WhatsAppSession]
    ai_credits: int
    limits: Mapping[str, tuple[int, int]]
    counts: Mapping[str, int]


def details(tx: Tx) -> Details:
    """Everything about the tenant of this transaction."""
    tenant = tx.get_one(Tenant, tx.tenant)
    mine = select(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant).order_by(WhatsAppSession.id)
    kept = tx.scalars(mine).all()
    users = tx.scalar(select(func.count()).where(User.tenant_id == tx.tenant, User.active)) or 0
    contacts = tx.scalar(select(func.count()).where(Contact.tenant_id == tx.tenant)) or 0
    month = f"{local_date(tx.now, tenant.timezone):%Y-%m}"
    counted = select(UsageCounter.name, UsageCounter.used).where(
        UsageCounter.tenant_id == tx.tenant, UsageCounter.period.in_(("", month))
    )
    used = {row[0]: row[1] for row in tx.execute(counted)}
    used |= {"sessions": len(kept), "users": users, "agreements": agreements.count_open(tx)}
    standing = credits.standing(tx)
    used["ai_credits"] = credit_use.whole(credit_use.spent(tx, credit_use.month_of(tenant, tx.now)))
    limits = {name: (limit_of(tenant.plan, tenant.limits, name), used.get(name, 0)) for name in PLANS[tenant.plan]}
    counts = {"users": users, "contacts": contacts, "sessions": len(kept)}
    return Details(tenant, kept, standing.shown, limits, counts)


@dataclass(frozen=True, slots=True)
class Listed:
    """A tenant in a list, with its default session and the AI credits that it has left, -1 if unlimited."""

    tenant: Tenant
    session: WhatsAppSession | None
    ai_credits: int


_DEFAULT = and_(WhatsAppSession.tenant_id == Tenant.id, WhatsAppSession.is_default)


def listed(
    tx: Tx, *, status: str | None, plan: str | None, q: str | None, offset: int, limit: int
) -> tuple[Sequence[Listed], int]:
    """A page of the businesses and how many there are, in a platform transaction; `q` is part of a name or number."""
    conditions = [~Tenant.is_platform]
    conditions += [] if status is None else [Tenant.status == status]
    conditions += [] if plan is None else [Tenant.plan == plan]
    if q:
        searched = (Tenant.name, Tenant.slug, Tenant.email, WhatsAppSession.phone)
        conditions.append(or_(*(column.icontains(q, autoescape=True) for column in searched)))
    page = select(Tenant, WhatsAppSession, AiAccount).outerjoin(WhatsAppSession, _DEFAULT).where(*conditions)
    page = page.outerjoin(AiAccount, AiAccount.tenant_id == Tenant.id)
    rows = tx.execute(page.order_by(Tenant.id).offset(offset).limit(limit)).all()
    count = select(func.count()).select_from(Tenant).outerjoin(WhatsAppSession, _DEFAULT).where(*conditions)
    shown = [Listed(row[0], row[1], credits.standing_of(row[0], row[2], tx.now).shown) for row in rows]
    return shown, tx.scalar(count) or 0


@dataclass(frozen=True, slots=True)
class Stats:
    """The installation in figures; `new_tenants` are those of the last thirty days.

    `ai_credits` are all that were bought and not used yet.
    """

    by_status: Mapping[str, int]
    by_plan: Mapping[str, int]
    new_tenants: int
    by_state: Mapping[str, int]
    ai_credits: int


def stats(tx: Tx) -> Stats:
    """The installation in figures, in a platform transaction; the platform's own tenant isn't counted as one."""
    lately = func.count().filter(Tenant.created_at > tx.now - timedelta(days=30))
    groups = tx.execute(
        select(Tenant.status, Tenant.plan, func.count(), lately)
        .where(~Tenant.is_platform)
        .group_by(Tenant.status, Tenant.plan)
    ).all()
    by_status, by_plan = Counter[str](), Counter[str]()
    for status, plan, n, _new in groups:
        by_status[status] += n
        by_plan[plan] += n
    total = tx.scalar(select(func.coalesce(func.sum(AiAccount.bought_left), 0))) or 0
    return Stats(by_status, by_plan, sum(new for *_group, new in groups), sessions.by_state(tx), int(total))
