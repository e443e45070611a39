"""The installation's settings that the super admin may change while it runs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast

from flask import Response
from pydantic import ConfigDict, Field, create_model

from admin_api.access import require_role
from admin_api.edge import actor, edge
from admin_api.replies import locale, ok
from admin_api.routing import Family
from admin_api.shapes import Answer, Body, Shape
from services.db.engine import Tx
from services.tenants import system_settings
from services.tenants.system_settings import SYSTEM_SETTINGS, plain

family = Family("system", "Settings", "What holds for the whole installation.", "/admin/settings")


class SystemSettingShown(Shape):
    """A setting: what it is, and what it is by the environment (`default`) unless it was changed here."""

    key: str
    meaning: str
    kind: str
    value: Any
    default: Any
    is_changed: bool
    updated_at: datetime | None
    updated_by: str | None


class SystemSettingsShown(Shape):
    """All settings of the installation."""

    settings: list[SystemSettingShown]


class _Changes(Body):
    """Settings to be changed, by their keys; null puts one back to what the environment says."""

    model_config = ConfigDict(
        openapi_extra={"example": {"trial_period": 14, "support_contact": "+62 812-3456-7890"}}  # type: ignore[typeddict-unknown-key]
    )


_FIELDS: dict[str, Any] = {
    key: (
        Annotated[Any, Field(alias=key, description=each.meaning.message, json_schema_extra={"example": each.example})],
        None,
    )
    for key, each in SYSTEM_SETTINGS.items()
}
SystemSettingsWanted = cast("type[_Changes]", create_model("SystemSettingsWanted", __base__=_Changes, **_FIELDS))


@family.get("", Answer[SystemSettingsShown])
@require_role("super_admin")
def list_system_settings() -> Response:
    """The installation's settings with what they are and mean."""
    with edge().db.system() as tx:
        return _shown(tx)


@family.patch("", Answer[SystemSettingsShown])
@require_role("super_admin")
def change_system_settings(body: SystemSettingsWanted) -> Response:  # type: ignore[valid-type]
    """Changes settings, all of those given or none; null puts one back. It holds from now on."""
    sent = cast(_Changes, body).model_fields_set
    given = {key: getattr(body, key) for key in SYSTEM_SETTINGS if key in sent}
    with edge().db.system() as tx:
        system_settings.change(tx, edge().settings, actor(), given)
        return _shown(tx)


def _shown(tx: Tx) -> Response:
    values, changed = system_settings.values(tx, edge().settings), system_settings.changed_keys(tx)
    shown = []
    for key, each in SYSTEM_SETTINGS.items():
        kept = changed.get(key)
        shown.append(
            SystemSettingShown(
                key=key, meaning=each.meaning.render(locale()), kind=each.kind, value=plain(values[key]),
                default=plain(each.default(edge().settings)), is_changed=kept is not None,
                updated_at=kept and kept.updated_at, updated_by=kept and kept.updated_by,
            )
        )  # fmt: skip
    return ok(SystemSettingsShown(settings=shown))
