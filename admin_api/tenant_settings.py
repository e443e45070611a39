"""A business's settings over the API: what the commands `settings` and `set` show and change."""

from __future__ import annotations

from typing import Annotated, Any, cast

from flask import Response
from pydantic import ConfigDict, Field, create_model

from admin_api.access import require_role
from admin_api.companies import tenant_of
from admin_api.edge import actor, edge
from admin_api.replies import locale, ok
from admin_api.routing import Family
from admin_api.shapes import Answer, Body, Shape, TenantPath
from services.db.models import Tenant
from services.tenants import own_settings
from services.tenants.preferences import PREFERENCES

family = Family("tenant_settings", "Tenants", "Businesses that use this installation.", "/api/v1/tenants")

SettingValue = bool | int | str | list[int] | None


class AboutSetting(Shape):
    """What a setting means, what it is unless it was changed, and how a value is written."""

    key: str
    meaning: str
    default: Any
    example: str


class TenantSettingsShown(Shape):
    """A business's settings by their keys; null is off."""

    settings: dict[str, Any]
    about: list[AboutSetting]


class _Changes(Body):
    """Settings to be changed, by their keys: as an owner writes them (`"21-8"`), or as values; null is off."""

    model_config = ConfigDict(openapi_extra={"example": {"reminder_hour": 9, "quiet_hours": "21-8"}})  # type: ignore[typeddict-unknown-key]


def _field(key: str) -> Any:
    about = PREFERENCES[key]
    return Field(alias=key, description=about.meaning.message, json_schema_extra={"example": about.example})


_FIELDS: dict[str, Any] = {key: (Annotated[SettingValue, _field(key)], None) for key in PREFERENCES}
TenantSettingsWanted = cast("type[_Changes]", create_model("TenantSettingsWanted", __base__=_Changes, **_FIELDS))


@family.get("/<string:id>/settings", Answer[TenantSettingsShown])
@require_role("owner", "usage:read", tenant="named")
def list_tenant_settings(path: TenantPath) -> Response:
    """What a business has set."""
    return _shown(tenant_of(path.id))


@family.patch("/<string:id>/settings", Answer[TenantSettingsShown])
@require_role("owner", tenant="named")
def change_tenant_settings(path: TenantPath, body: TenantSettingsWanted) -> Response:  # type: ignore[valid-type]
    """Changes settings of a business, all of those given or none."""
    sent = cast(_Changes, body).model_fields_set
    given = {key: getattr(body, key) for key in PREFERENCES if key in sent}
    tenant_id = tenant_of(path.id).id
    with edge().db.tenant(tenant_id) as tx:
        return _shown(own_settings.set_all(tx, actor(), given))


def _shown(tenant: Tenant) -> Response:
    about = [
        AboutSetting(
            key=key, meaning=each.meaning.render(locale()), default=each.default, example=each.example
        )
        for key, each in PREFERENCES.items()
    ]  # fmt: skip
    return ok(TenantSettingsShown(settings=own_settings.all_of(tenant), about=about))
