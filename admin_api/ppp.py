"""Scripts for network routers that tell by WhatsApp who has connected."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Response, request
from pydantic import ConfigDict, Field

from admin_api import tenancy
from admin_api.access import require_role
from admin_api.edge import edge
from admin_api.pictures import unlocked
from admin_api.replies import locale, ok
from admin_api.routing import Family
from admin_api.shapes import Answer, Body, Digits, Line, Shape
from services.db.engine import Tx
from services.db.models import Tenant, WhatsAppSession
from services.errors import DomainError
from services.i18n import _, languages
from services.integrations import ppp
from services.messaging import sending, sending_groups
from services.tenants.scopes import SENDING

family = Family("ppp", "Messages", "Sending by WhatsApp for other programs.", "/api/v1/ppp-scripts")


class PppWanted(Body):
    """What the scripts are to send, by which number, to whom."""

    model_config = ConfigDict(
        openapi_extra={"example": {"target": "081234567890", "routerOs": "both", "language": "id"}}  # type: ignore[typeddict-unknown-key]
    )

    target: Annotated[Digits, Field(description="Who is told: a number, or a group's id or name.")]
    target_kind: Literal["number", "group"] = "number"
    sender: Annotated[
        Digits | None, Field(description="One of the business's numbers; the default one if left out.")
    ] = None  # fmt: skip
    key: Annotated[
        Line | None,
        Field(
            description="A key, to stand in the scripts; a placeholder if left out. It isn't kept.",
            json_schema_extra={"example": "jrk_2f9c8e1b"},
        ),
    ] = None
    key_in_address: Annotated[
        bool, Field(strict=True, description="Put the key into the address, for routers that can't send headers.")
    ] = False
    base_url: Annotated[
        Line | None,
        Field(
            description="Where routers reach this installation; as you have if left out.",
            json_schema_extra={"example": "https://wa.example.com"},
        ),
    ] = None
    router_os: Annotated[Literal["6", "7", "both"], Field(description="Which RouterOS.")] = "both"
    profile: Annotated[Line, Field(description="The PPP profile.", json_schema_extra={"example": "default"})] = (
        "default"
    )
    check_certificate: Annotated[
        bool, Field(strict=True, description="Have the router check the certificate; its authority must be imported.")
    ] = False
    language: Annotated[
        Line | None, Field(description="Of the messages; else the business's.", json_schema_extra={"example": "id"})
    ] = None  # fmt: skip


class PppShown(Shape):
    """Two scripts to be pasted into the profile, or `install`, one command for the terminal that puts both there."""

    on_up: str
    on_down: str
    install: str
    notes: list[str]


@family.post("", Answer[PppShown])
@require_role("staff", SENDING)
def make_ppp_scripts(body: PppWanted) -> Response:
    """Makes the scripts *On Up* and *On Down* for a MikroTik PPP profile. Nothing is kept of what is given."""
    tenant, here = tenancy.tenant(), edge()
    if body.language is not None and body.language not in languages():
        text = _("Messages are written in: {known}", known=", ".join(languages()))
        raise DomainError("unknown_language", text, known=list(languages()))
    with here.db.tenant(tenant.id) as tx:
        sender = _sender(tx, tenant, body.sender)
        target = _target(tx, tenant, body, sender)
    scripts = ppp.make(
        ppp.Wanted(
            sender.phone, target, body.base_url or ppp.address_of(here.settings.http_domain) or request.host_url,
            body.key or ppp.PLACEHOLDER, body.target_kind == "group", body.router_os, body.language or tenant.locale,
            body.profile, body.key_in_address, body.check_certificate,
        )
    )  # fmt: skip
    notes = [each.render(locale()) for each in scripts.notes]
    return ok(PppShown(on_up=scripts.on_up, on_down=scripts.on_down, install=scripts.install, notes=notes))


def _sender(tx: Tx, tenant: Tenant, written: str | None) -> WhatsAppSession:
    if written is None:
        return unlocked(tx, None)
    return sending.by_number(tx, edge().rule, tenant, written)


def _target(tx: Tx, tenant: Tenant, body: PppWanted, sender: WhatsAppSession) -> str:
    if body.target_kind == "group":
        return sending_groups.find(tx, body.target, sender.id)[0].removeprefix("group:")
    return edge().rule.read(body.target, tenant.country)
