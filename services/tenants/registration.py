"""Registering a business for somebody, and finding one.

Registering is a platform transaction followed by one of the new tenant, whose own records begin there. Functions say
which of the two they want.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from babel import Locale
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from services.db.engine import Tx
from services.db.models import Tenant, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.messaging.sending import NumberRule
from services.tenants import audit, sessions, tenants
from services.tenants.actors import Actor
from services.tenants.plans import PLANS
from services.tenants.preference_values import read_currency, read_language, read_timezone
from services.tenants.tenants import NewTenant, Registered

__all__ = [
    "Application", "begin", "find", "in_turn", "only", "plan_known", "read", "register", "require_room",
    "unknown",
]  # fmt: skip

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
    owner: str | None = None


def read(application: Application, rule: NumberRule, provider: str, status: str = "pending_qr") -> NewTenant:
    """What is to be registered; raises `DomainError` for the first value that can't be used."""
    country = application.country.upper()
    if country not in Locale("en").territories or len(country) != 2 or not country.isalpha():
        raise _refused("bad_country", application.country, "ID")
    locale = _read(read_language, application.language, "bad_language", "id, en")
    timezone = _read(read_timezone, application.timezone, "bad_timezone", "Asia/Jakarta")
    currency = _read(read_currency, application.currency, "bad_currency", "IDR")
    plan_known(application.plan)
    return NewTenant(
        name=application.name, phone=rule.read(application.phone, country), locale=locale, currency=currency,
        timezone=timezone, country=country, plan=application.plan, email=application.email, status=status,
        provider=provider, owner=application.owner,
    )  # fmt: skip


def _read(reading: Callable[[str], str | None], word: str, code: str, example: str) -> str:
    value = reading(word)
    if value is None:
        raise _refused(code, word, example)
    return value


def _refused(code: str, word: str, example: str) -> DomainError:
    text = _("“{word}” isn't known here. Example: {example}", word=word, example=example)
    return DomainError(code, text, value=word, example=example)


def plan_known(plan: str) -> None:
    """Refuses a plan that isn't offered: `plan_unknown`."""
    if plan not in PLANS:
        raise _refused("plan_unknown", plan, ", ".join(PLANS))


def in_turn(tx: Tx) -> None:
    """Waits for other registrations to end, in a platform transaction."""
    tx.execute(sql("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def register(tx: Tx, new: NewTenant, slug: str | None, most_sessions: int) -> Registered:
    """Makes the tenant, its default session and its owner's user, in a platform transaction.

    Raises `DomainError` `number_taken`, `company_taken`, `max_sessions` or `single_tenant`.
    """
    in_turn(tx)
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
