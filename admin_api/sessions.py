"""WhatsApp numbers: linking, stopping, logging out, and what happened to them.

Nothing here touches a number itself: what is wanted is written down, and the session manager makes it so.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from admin_api.access import require_auth, require_role
from admin_api.companies import company_of
from admin_api.edge import actor, edge
from admin_api.pictures import code_answer, unlocked
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import (
    Answer,
    CompanyPath,
    HistoryWanted,
    Initialization,
    Paged,
    PictureWanted,
    SessionsWanted,
    WhichSession,
)
from admin_api.shown import (
    CodeAnswer,
    CodeShown,
    EventShown,
    HistoryShown,
    HostShown,
    HostsShown,
    SessionShown,
)
from services.db.engine import Tx
from services.db.models import Tenant, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.messaging.sending import SIMULATED
from services.tenants import holding, life, limits, registration, sessions, switching
from services.tenants.actors import Actor

admin = Family("admin_sessions", "Sessions", "WhatsApp numbers and the processes that keep them.", "/admin")
family = Family("sessions", "Sessions", "WhatsApp numbers and the processes that keep them.", "/api/whatsapp/sessions")


@admin.get("/sessions", Paged[SessionShown])
@require_role("super_admin")
def sessions_of_all(query: SessionsWanted) -> Response:
    """The numbers of all tenants."""
    return page_of_all(query)


@family.get("", Paged[SessionShown])
@require_role("super_admin")
def gateway_sessions(query: SessionsWanted) -> Response:
    """The numbers of all companies."""
    return page_of_all(query)


def page_of_all(query: SessionsWanted) -> Response:
    """A page of the numbers of all companies."""
    with edge().db.system() as tx:
        rows, total = sessions.everyone(tx, query.state, offset=query.offset, limit=query.per_page)
    listed = [SessionShown.of(row.session, row.slug, row.tenant_name) for row in rows]
    return paged(listed, total, query.page, query.per_page)


@admin.get("/session-hosts", Answer[HostsShown])
@require_role("super_admin")
def session_hosts() -> Response:
    """The processes that keep numbers connected."""
    with edge().db.system() as tx:
        found = holding.hosts(tx)
    return ok(
        HostsShown(
            hosts=[
                HostShown(
                    id=host.id, machine=host.machine, pid=host.pid, sessions=kept, started_at=host.started_at,
                    seen_at=host.seen_at,
                )
                for host, kept in found
            ]
        )
    )  # fmt: skip


@family.get("/<string:companyId>", Answer[SessionShown])
@require_auth("sessions:read", tenant="named")
def session_status(path: CompanyPath, query: WhichSession) -> Response:
    """How a company's number is."""
    company = company_of(path.company_id)
    with edge().db.tenant(company.id) as tx:
        return shown(unlocked(tx, query.session), company)


@family.get("/<string:companyId>/qr", CodeAnswer, also={202: Answer[CodeShown]})
@require_auth("sessions:read", tenant="named")
def session_qr(path: CompanyPath, query: PictureWanted) -> Response:
    """What is to be scanned to link a company's number; waits a few seconds for the first code."""
    return code_answer(company_of(path.company_id), query.session, query.format)


@family.get("/<string:companyId>/history", Answer[HistoryShown])
@require_auth("sessions:read", tenant="named")
def session_history(path: CompanyPath, query: HistoryWanted) -> Response:
    """What happened to a company's number, the newest first."""
    with edge().db.tenant(company_of(path.company_id).id) as tx:
        session = unlocked(tx, query.session)
        events = [EventShown.model_validate(event) for event in sessions.history(tx, session.id, query.limit)]
    return ok(HistoryShown(session=session.name, events=events))


@family.post("/<string:companyId>/initialize", Answer[SessionShown], 202)
@require_role("manager", "sessions:write", tenant="named")
def initialize_session(path: CompanyPath, body: Initialization) -> Response:
    """Begins to link a number, or has one that is linked connected; its code is then under `/qr`.

    A `session` that isn't there yet is added with its `phoneNumber`, if the plan has room for one more.
    """
    _require_phone(body)
    return initialized(company_of(path.company_id), body)


def _require_phone(body: Initialization) -> bool:
    """Whether the number is to be linked by a code that is typed; raises `phone_required`."""
    with_code = body.use_pairing_code
    if with_code is None:
        with_code = edge().settings.whatsapp_use_pairing_code
    if with_code and body.phone_number is None:
        raise DomainError("phone_required", _("Write the phoneNumber on which the pairing code will be typed."))
    return with_code


def initialized(company: Tenant, body: Initialization) -> Response:
    """Begins to link a number of a company, or has one that is linked connected; adds one that isn't there yet."""
    with_code = _require_phone(body)
    number = None if body.phone_number is None else edge().rule.read(body.phone_number, company.country)
    if body.session is not None and number is not None:
        _add_unless_there(company, body.session, number)
    phone = number if with_code else None
    return started(company, body.session, lambda tx, who, session: sessions.start(tx, who, session, phone=phone))


def _add_unless_there(company: Tenant, name: str, number: str) -> None:
    with edge().db.tenant(company.id) as tx:
        if sessions.named(tx, name) is None:
            limit = limits.limit_of(tx, company, "sessions")
            sessions.add(tx, actor(), name, number, edge().settings.whatsapp_provider, limit)


@family.post("/<string:companyId>/restart", Answer[SessionShown], 202)
@require_role("manager", "sessions:write", tenant="named")
def restart_session(path: CompanyPath, query: WhichSession) -> Response:
    """Has a number's connection made anew."""
    return started(company_of(path.company_id), query.session, sessions.restart)


@family.post("/<string:companyId>/disconnect", Answer[SessionShown], 202)
@require_role("manager", "sessions:write", tenant="named")
def disconnect_session(path: CompanyPath, query: WhichSession) -> Response:
    """Stops a number; it stays linked and can be started again."""
    return asked(company_of(path.company_id), query.session, sessions.stop)


@family.post("/<string:companyId>/logout", Answer[SessionShown], 202)
@require_role("manager", "sessions:write", tenant="named")
def logout_session(path: CompanyPath, query: WhichSession) -> Response:
    """Unlinks a number; it must be linked again afterwards."""
    return asked(company_of(path.company_id), query.session, sessions.logout)


def started(company: Tenant, name: str | None, start: Callable[[Tx, Actor, WhatsAppSession], None]) -> Response:
    """The answer to starting a number of a company that is switched on, as long as there is room for one more."""
    if life.is_off(company.status):
        raise DomainError("tenant_inactive", _("{name} is switched off.", name=company.name))
    with edge().db.tenant(company.id) as tx:
        session = unlocked(tx, name)
    if session.provider == SIMULATED:
        return asked(company, name, switching.resume)
    if session.desired_state != "connected":
        with edge().db.system() as tx:
            registration.require_room(tx, edge().settings.whatsapp_max_sessions)
    return asked(company, name, start)


def asked(company: Tenant, name: str | None, ask: Callable[[Tx, Actor, WhatsAppSession], None]) -> Response:
    """The answer to asking for a change of a number."""
    with edge().db.tenant(company.id) as tx:
        session = sessions.of_tenant(tx, name)
        ask(tx, actor(), session)
        tx.flush()
    return shown(session, company, 202)


def shown(session: WhatsAppSession, company: Tenant, status: int = 200) -> Response:
    """The answer that shows a number."""
    return ok(SessionShown.of(session, company.slug, company.name), status)
