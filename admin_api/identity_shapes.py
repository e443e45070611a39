"""What comes in about people who log in, users of a business, and keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from admin_api.lists import Listing
from admin_api.shapes import Body, Digits, Email, Line, RowId, Shape

Password = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"example": "kopi susu gula aren"})]
Name = Annotated[Line, Field(min_length=2, max_length=80)]
Role = Literal["owner", "manager", "staff", "read_only"]
AnyRole = Literal["owner", "manager", "staff", "read_only", "super_admin"]
_LOGIN = "An e-mail address, or a WhatsApp number in any spelling."
_TENANT = "The business's company id or number, for who belongs to several."


def _like(example: dict[str, object]) -> ConfigDict:
    return ConfigDict(openapi_extra={"example": example})  # type: ignore[typeddict-unknown-key]


class LoginWanted(Body):
    """Who wants to log in."""

    model_config = _like({"login": "081234567890", "password": "kopi susu gula aren"})

    login: Annotated[Line, Field(description=_LOGIN)]
    password: Password
    tenant: Annotated[Line | None, Field(description=_TENANT)] = None


class RefreshWanted(Body):
    """A refresh token, which works once."""

    model_config = _like({"refreshToken": "jrr_8d1aX…"})

    refresh_token: Line


class LogoutWanted(Body):
    """What is to end."""

    model_config = ConfigDict(
        openapi_extra={"required": False, "example": {"everywhere": True}}  # type: ignore[typeddict-unknown-key]
    )

    everywhere: Annotated[bool, Field(strict=True, description="All logins of this person, not only this one.")] = False


class OwnChange(Body):
    """What people change of themselves; what is left out stays."""

    model_config = _like({"name": "Siti Rahayu", "language": "id"})

    name: Name | None = None
    language: Annotated[Line | None, Field(description="`null`: the business's own.")] = None


class PasswordChange(Body):
    """The password so far, and the next."""

    model_config = _like({"old": "kopi susu gula aren", "new": "teh tawar tanpa gula"})

    old: Password
    new: Password


class ForgottenPassword(Body):
    """Who has forgotten their password."""

    model_config = _like({"login": "081234567890"})

    login: Annotated[Line, Field(description=_LOGIN)]
    tenant: Annotated[Line | None, Field(description=_TENANT)] = None


class PasswordReset(Body):
    """The code that came by WhatsApp, and the new password."""

    model_config = _like({"login": "081234567890", "code": "ABCD-2345", "password": "teh tawar tanpa gula"})

    login: Annotated[Line, Field(description=_LOGIN)]
    code: Line
    password: Password
    tenant: Annotated[Line | None, Field(description=_TENANT)] = None


class Acceptance(Body):
    """The code of an invitation, and the password that is to be."""

    model_config = _like({"code": "ABCD-2345", "password": "teh tawar tanpa gula"})

    code: Line
    password: Password


class RowPath(Shape):
    """One of them."""

    id: RowId


class TenantRowPath(Shape):
    """One of a tenant's."""

    tenant: Annotated[
        Line, Field(description="The tenant's number or its company id.", json_schema_extra={"example": "1"})
    ]
    id: RowId


class UsersWanted(Listing):
    """Which users."""

    role: AnyRole | None = None
    active: bool | None = None
    q: Annotated[Line | None, Field(description="Part of a name, number or e-mail address.")] = None


class UserWanted(Body):
    """Somebody who is to act for the business."""

    model_config = _like({"name": "Siti Rahayu", "phone": "081234567890", "role": "staff", "email": "siti@example.com"})

    name: Name
    phone: Annotated[Digits, Field(description="Writing from this number they act for the business, at once.")]
    role: Role = "staff"
    email: Email | None = None
    language: Line | None = None
    invite: Annotated[bool, Field(strict=True, description="Whether they get a code to set a password with.")] = True


class UserChange(Body):
    """What is to change of a user; what is left out stays. `null` takes an e-mail address or a language away."""

    model_config = _like({"role": "manager", "active": True})

    name: Name | None = None
    phone: Digits | None = None
    role: Role | None = None
    email: Email | None = None
    language: Line | None = None
    active: Annotated[bool | None, Field(strict=True, description="Switched off, logins and keys end.")] = None


class KeysWanted(Listing):
    """Which keys."""

    user_id: Annotated[RowId | None, Field(description="Only this user's.")] = None
    ended: Annotated[bool, Field(description="Also those that were revoked or have lapsed.")] = False


class KeyWanted(Body):
    """A key for a program."""

    model_config = _like({"name": "Router in the office", "scopes": ["messages:send"]})

    name: Name
    scopes: Annotated[list[Line], Field(min_length=1, max_length=50)]
    user_id: Annotated[RowId | None, Field(description="Whose key it is; one's own if left out.")] = None
    in_address: Annotated[
        bool, Field(strict=True, description="It may stand in an address (`?api_key=`), and can do nothing but send.")
    ] = False
    expires_at: Annotated[AwareDatetime | None, Field(description="When it ends by itself; never if left out.")] = None


class KeyChange(Body):
    """Another name for a key."""

    model_config = _like({"name": "Router at home"})

    name: Name


class RotationWanted(Body):
    """How long the former text of a key goes on working."""

    model_config = ConfigDict(
        openapi_extra={"required": False, "example": {"graceMinutes": 60}}  # type: ignore[typeddict-unknown-key]
    )

    grace_minutes: Annotated[int, Field(strict=True, ge=0, le=1440)] = 0
