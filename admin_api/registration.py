"""Businesses that register themselves: whoever asks gets the same answer, known here or not."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Response, current_app, request
from pydantic import ConfigDict, Field

from admin_api.access import public
from admin_api.companies import check_company
from admin_api.edge import edge
from admin_api.rates import Window
from admin_api.replies import locale, ok
from admin_api.routing import Family
from admin_api.shapes import Answer, Body, Digits, Email, Line, Shape
from services.errors import DomainError
from services.i18n import _
from services.tenants import applications, audit, passwords, registration
from services.tenants.actors import Actor
from services.tenants.registration import Application
from services.tenants.tenants import NewTenant

family = Family("registration", "Registration", "Businesses that register themselves.", "/auth")

MOST, PER_SECONDS = 20, 3600
_RECEIVED = _("Thank you. We look at your registration and write to you on WhatsApp.")


class SelfRegistration(Body):
    """A business that wants to join, and who owns it."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {
                "name": "Toko Maju", "ownerName": "Siti Rahayu", "phoneNumber": "081234567890",
                "email": "siti@example.com", "password": "tiga kata panjang",
            }
        }
    )  # fmt: skip

    name: Annotated[Line, Field(min_length=2, max_length=80, description="The business's name.")]
    owner_name: Annotated[Line, Field(min_length=2, max_length=80)]
    phone_number: Annotated[
        Digits, Field(description="The owner's and the business's: as `country` writes it, or with its code.")
    ]
    email: Email | None = None
    password: Annotated[str, Field(min_length=1, max_length=1000, description="Ten characters or more.")]
    language: Line = "id"
    timezone: Line = "Asia/Jakarta"
    currency: Line = "IDR"
    country: Line = "ID"
    company_id: Annotated[
        Digits | None,
        Field(description="The name wished for in addresses; made from `name` if left out, or if it is taken."),
    ] = None


class ReceivedShown(Shape):
    """The registration has arrived."""

    status: Literal["received"] = "received"
    message: str


@family.post("/register", Answer[ReceivedShown], 202)
@public
def register_business(body: SelfRegistration) -> Response:
    """Registers a business, which waits for the super admin then; what comes of it the owner reads on WhatsApp."""
    here = edge()
    with here.db.system() as tx:
        applications.require_open(tx, here.settings)
    _count(request.remote_addr or "")
    if body.company_id is not None:
        check_company(body.company_id)
    new = _read(body)
    passwords.check(body.password, body.owner_name, body.name, new.phone, body.phone_number, body.email)
    kept = passwords.make(body.password)
    with here.db.system() as tx:
        made = applications.apply(tx, new, kept, body.company_id)
    if made is not None:
        with here.db.tenant(made) as tx:
            audit.record(tx, Actor("user", new.phone, "owner"), "tenant.apply", "tenants", made)
    return ok(ReceivedShown(message=_RECEIVED.render(locale())), 202)


def _read(body: SelfRegistration) -> NewTenant:
    wanted = Application(
        phone=body.phone_number, name=body.name, email=body.email, language=body.language, timezone=body.timezone,
        currency=body.currency, country=body.country, owner=body.owner_name,
    )  # fmt: skip
    return registration.read(wanted, edge().rule, edge().settings.whatsapp_provider, applications.PENDING)


def _count(address: str) -> None:
    window: Window = current_app.extensions.setdefault("registrations", Window(MOST, PER_SECONDS))
    if not window.hit(address):
        text = _("Too many registrations from this address. Try again later.")
        raise DomainError("rate_limited", text, retryAfter=window.wait(address))
