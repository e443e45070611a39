"""A business's own WhatsApp numbers, and the pages of a dashboard that link one and try it."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from flask import Response
from pydantic import ConfigDict, Field
from sqlalchemy import select

from admin_api import tenancy
from admin_api.access import require_auth, require_role, require_subscription
from admin_api.edge import actor, caller, edge
from admin_api.guard import route_access
from admin_api.pictures import code_answer, unlocked
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.sending import take
from admin_api.sending_shapes import TakenShown
from admin_api.sessions import asked, initialized, page_of_all, shown, started
from admin_api.shapes import (
    Answer,
    Body,
    Digits,
    Initialization,
    Line,
    Paged,
    PictureWanted,
    SessionsWanted,
    Shape,
)
from admin_api.shown import CodeAnswer, CodeShown, SessionShown
from services.db.models import Tenant, User
from services.errors import DomainError
from services.i18n import _
from services.messaging.sending import BY_API, Wish
from services.tenants import session_changes, sessions

family = Family("own_sessions", "Sessions", "WhatsApp numbers and the processes that keep them.", "/api/v1/sessions")
dashboard = Family("dashboard", "Sessions", "WhatsApp numbers and the processes that keep them.", "/dashboard")


class SessionPath(Shape):
    """A session by its name."""

    name: Annotated[Line, Field(json_schema_extra={"example": "main"})]


class Picture(Shape):
    """In what form the code is wanted."""

    format: Annotated[
        Literal["json", "png", "svg", "text"] | None,
        Field(description="`json` if left out, unless `Accept` asks for a picture or plain text."),
    ] = None


class Start(Body):
    """How a number is to be linked, if it isn't yet."""

    model_config = ConfigDict(openapi_extra={"required": False, "example": {"usePairingCode": False}})  # type: ignore[typeddict-unknown-key]

    use_pairing_code: Annotated[
        bool | None, Field(strict=True, description="`WHATSAPP_USE_PAIRING_CODE` if left out.")
    ] = None
    phone_number: Annotated[Digits | None, Field(description="Where the pairing code is typed.")] = None


class NewSession(Start):
    """Another number; it begins to be linked at once."""

    model_config = ConfigDict(openapi_extra={"example": {"session": "second", "phoneNumber": "081234567890"}})  # type: ignore[typeddict-unknown-key]

    session: Annotated[Line, Field(max_length=40, description="How it is to be called.")]
    phone_number: Annotated[Digits, Field(description="The number that is to be linked.")]


class SessionChanges(Body):
    """What is to change of a session."""

    model_config = ConfigDict(openapi_extra={"example": {"isDefault": True}})  # type: ignore[typeddict-unknown-key]

    is_default: Annotated[Literal[True], Field(description="Make it the default; another one stops being it.")]


class Trial(Body):
    """A message to try a number with."""

    model_config = ConfigDict(openapi_extra={"required": False, "example": {"message": "Does it work?"}})  # type: ignore[typeddict-unknown-key]

    message: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    session: Line | None = None


@family.get("", Paged[SessionShown])
@require_auth("sessions:read", tenant="named")
def list_sessions(query: SessionsWanted) -> Response:
    """The business's numbers, the default one first; for a super admin who names no business, those of all."""
    try:
        tenancy.find(route_access())
    except DomainError as refusal:
        if refusal.code != "tenant_required":
            raise
        return page_of_all(query)
    tenant = tenancy.tenant()
    with edge().db.tenant(tenant.id) as tx:
        rows, total = session_changes.page(tx, query.state, query.offset, query.per_page)
    return paged([SessionShown.of(row, tenant.slug, tenant.name) for row in rows], total, query.page, query.per_page)


@family.post("", Answer[SessionShown], 202)
@require_role("manager", "sessions:write")
def create_session(body: NewSession) -> Response:
    """Adds a number, if the plan has room for one more, and begins to link it; its code is then under `/qr`."""
    tenant = tenancy.tenant()
    with edge().db.tenant(tenant.id) as tx:
        if sessions.named(tx, body.session) is not None:
            text = _("There is already a WhatsApp session called {name}.", name=body.session)
            raise DomainError("session_exists", text)
    return initialized(tenant, _wanted(body.session, body))


@family.get("/<string:name>", Answer[SessionShown])
@require_auth("sessions:read")
def session_details(path: SessionPath) -> Response:
    """How a number is."""
    tenant = tenancy.tenant()
    with edge().db.tenant(tenant.id) as tx:
        return shown(unlocked(tx, path.name), tenant)


@family.patch("/<string:name>", Answer[SessionShown])
@require_role("manager", "sessions:write")
def change_session(path: SessionPath, body: SessionChanges) -> Response:
    """Makes a number the default, by which messages leave whose reader never wrote to another."""
    tenant = tenancy.tenant()
    with edge().db.tenant(tenant.id) as tx:
        session = sessions.of_tenant(tx, path.name)
        session_changes.make_default(tx, actor(), session)
        return shown(session, tenant)


@family.delete("/<string:name>", Answer[SessionShown])
@require_role("manager", "sessions:write")
def delete_session(path: SessionPath) -> Response:
    """Takes a number away with its chats; it must have been stopped and logged out, and isn't the default."""
    tenant = tenancy.tenant()
    with edge().db.tenant(tenant.id) as tx:
        session = sessions.of_tenant(tx, path.name)
        answer = shown(session, tenant)
        session_changes.remove(tx, actor(), session)
        return answer


@family.get("/<string:name>/qr", CodeAnswer, also={202: Answer[CodeShown]})
@require_auth("sessions:read")
def session_code(path: SessionPath, query: Picture) -> Response:
    """What is to be scanned to link a number; waits a few seconds for the first code."""
    return code_answer(tenancy.tenant(), path.name, query.format)


@family.post("/<string:name>/start", Answer[SessionShown], 202)
@require_role("manager", "sessions:write")
def start_session(path: SessionPath, body: Start) -> Response:
    """Begins to link a number, or has one that is linked connected; its code is then under `/qr`."""
    tenant = tenancy.tenant()
    with edge().db.tenant(tenant.id) as tx:
        unlocked(tx, path.name)
    return initialized(tenant, _wanted(path.name, body))


def _wanted(name: str, body: Start) -> Initialization:
    return Initialization(use_pairing_code=body.use_pairing_code, phone_number=body.phone_number, session=name)


@family.post("/<string:name>/stop", Answer[SessionShown], 202)
@require_role("manager", "sessions:write")
def stop_session(path: SessionPath) -> Response:
    """Stops a number; it stays linked and can be started again."""
    return asked(tenancy.tenant(), path.name, sessions.stop)


@family.post("/<string:name>/restart", Answer[SessionShown], 202)
@require_role("manager", "sessions:write")
def restart_own_session(path: SessionPath) -> Response:
    """Has a number's connection made anew."""
    return started(tenancy.tenant(), path.name, sessions.restart)


@family.post("/<string:name>/logout", Answer[SessionShown], 202)
@require_role("manager", "sessions:write")
def logout_own_session(path: SessionPath) -> Response:
    """Unlinks a number; it must be linked again afterwards."""
    return asked(tenancy.tenant(), path.name, sessions.logout)


@dashboard.post("/connect-whatsapp", Answer[SessionShown], 202)
@require_role("manager", "sessions:write")
def connect_whatsapp(body: Initialization) -> Response:
    """Begins to link the business's number, or has it connected; what is to be scanned is then under
    `/dashboard/scan`.
    """
    return initialized(tenancy.tenant(), body)


@dashboard.get("/scan", CodeAnswer, also={202: Answer[CodeShown]})
@require_auth("sessions:read")
def scan(query: PictureWanted) -> Response:
    """What is to be scanned to link the business's number; waits a few seconds for the first code."""
    return code_answer(tenancy.tenant(), query.session, query.format)


@dashboard.post("/test-send-message", Answer[TakenShown], 202)
@require_role("staff")
@require_subscription
def try_sending(body: Trial) -> Response:
    """Sends a message to the number of whoever is logged in (the owner's, for a super admin), without any key."""
    tenant = tenancy.tenant()
    text = body.message or _("It works: this is a message from {name}.", name=tenant.name).render(tenant.locale)
    wish = Wish(_own_number(tenant), text, f"{BY_API}try:{uuid.uuid4().hex}", body.session)
    (taken,) = take(tenant, [wish], None, dry_run=False)
    return ok(taken, 202)


def _own_number(tenant: Tenant) -> str:
    who = caller()
    with edge().db.tenant(tenant.id) as tx:
        if who.user_id is not None and who.tenant is not None and who.tenant.id == tenant.id:
            return f"+{tx.get_one(User, (tx.tenant, who.user_id)).phone}"
        owner = select(User.phone).where(
            User.tenant_id == tx.tenant, User.active, User.role.in_(("owner", "super_admin"))
        )
        return f"+{tx.scalars(owner.order_by(User.id).limit(1)).one()}"
