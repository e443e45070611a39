"""What comes in and how answers are wrapped: fields in camelCase, checked before any service is asked.

Only the form is checked here; whether a plan or a number exists, the services say.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

T = TypeVar("T")
LONGEST_PAGE = 100
_NO_CONTROLS = r"^[^\x00-\x1f\x7f]+$"


def _text(value: object) -> object:
    """A number where digits are meant, as programs write it: `962302` for `"962302"`."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


Line = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=200, pattern=_NO_CONTROLS)]
Digits = Annotated[
    str, BeforeValidator(_trimmed), BeforeValidator(_text), Field(min_length=1, max_length=64, pattern=_NO_CONTROLS)
]
Email = Annotated[str, BeforeValidator(_trimmed), Field(max_length=200, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$")]
RowId = Annotated[int, Field(ge=1, le=10**18, json_schema_extra={"example": 1})]


class Shape(BaseModel):
    """The base of everything that goes in or out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", from_attributes=True)

    @classmethod
    def model_json_schema(cls, *given: Any, **named: Any) -> dict[str, Any]:
        """The schema of this shape. Without arguments, as the library wants it at every request, it is made once."""
        return super().model_json_schema(*given, **named) if given or named else _schema(cls)


@cache
def _schema(shape: type[Shape]) -> dict[str, Any]:
    return super(Shape, shape).model_json_schema()


class Body(Shape):
    """A JSON object; no body at all is an empty one, so that what is missing is named."""

    @model_validator(mode="before")
    @classmethod
    def _absent_is_empty(cls, value: Any) -> Any:
        return {} if value is None else value


class Pages(BaseModel):
    """Where in a list an answer is."""

    page: int
    per_page: int
    total: int
    pages: int


class Answer(Shape, Generic[T]):
    """A success."""

    success: Literal[True] = True
    data: T


class Paged(Shape, Generic[T]):
    """A page of a list."""

    success: Literal[True] = True
    data: list[T]
    pagination: Pages


class Problem(BaseModel):
    """What went wrong: a code for programs, a text for people, and what belongs to it."""

    code: str
    message: str
    details: dict[str, Any]


class Failure(BaseModel):
    """A failure. `request_id` finds it in the log."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {
                "success": False,
                "error": {"code": "tenant_unknown", "message": "There is no tenant 7.", "details": {}},
                "request_id": "5f0c7a51c9e64d0c",
            }
        }
    )

    success: Literal[False] = False
    error: Problem
    request_id: str


class Idempotent(Shape):
    """The header that makes a repeat harmless."""

    model_config = ConfigDict(extra="ignore")

    idempotency_key: Annotated[
        Line | None,
        Field(alias="Idempotency-Key", description="A repeat with the same key does nothing and answers the same."),
    ] = None


class Page(Shape):
    """Which page of a list."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    per_page: Annotated[
        int,
        Field(
            ge=1, le=LONGEST_PAGE, alias="per_page", validation_alias=AliasChoices("per_page", "limit"),
            description="Rows of a page; `limit` means the same.",
        ),
    ] = 20  # fmt: skip

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


Status = Literal[
    "pending_approval", "rejected", "pending_qr", "trial", "active", "past_due", "suspended", "inactive", "closed"
]  # fmt: skip


class TenantsWanted(Page):
    """Which tenants."""

    status: Status | None = None
    plan: Annotated[Line | None, Field(json_schema_extra={"example": "free"})] = None
    q: Annotated[Line | None, Field(description="Part of a name, company id, number or e-mail address.")] = None


State = Literal[
    "new", "pairing", "connected", "reconnecting", "logged_out", "replaced", "banned", "failed", "stopped"
]  # fmt: skip


class SessionsWanted(Page):
    """Which sessions."""

    state: State | None = None


class NotificationsWanted(Page):
    """Which notifications."""

    unseen: Annotated[bool, Field(description="Only those that nobody has marked as seen.")] = False


class TenantPath(Shape):
    """A tenant."""

    id: Annotated[Line, Field(description="The tenant's number or its company id.", json_schema_extra={"example": "1"})]


class CompanyPath(Shape):
    """A company."""

    company_id: Annotated[str, Field(max_length=200, json_schema_extra={"example": "dani-lending"})]


class MessagePath(CompanyPath):
    """A message of a company."""

    message_id: RowId


class NotificationPath(Shape):
    """A notification of a tenant."""

    tenant: Annotated[Line, Field(json_schema_extra={"example": "1"})]
    id: RowId


class WhichSession(Shape):
    """One of the company's sessions."""

    session: Annotated[Line | None, Field(description="The session's name; the default one if left out.")] = None


class HistoryWanted(WhichSession):
    """How much of the history."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PictureWanted(WhichSession):
    """In what form the code is wanted."""

    format: Annotated[
        Literal["json", "png", "svg", "text"] | None,
        Field(description="`json` if left out, unless `Accept` asks for a picture or plain text."),
    ] = None


class Registration(Body):
    """A tenant to be registered."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"phoneNumber": "08123456789", "name": "Dani Lending", "email": "dani@example.com"}
        }
    )

    phone_number: Annotated[Digits, Field(description="As people of `country` write it, or with its country code.")]
    name: Annotated[Line, Field(min_length=2, max_length=80)]
    email: Email | None = None
    language: Line = "id"
    timezone: Line = "Asia/Jakarta"
    currency: Line = "IDR"
    country: Line = "ID"
    plan: Line = "free"
    company_id: Annotated[
        Digits | None, Field(description="The tenant's name in addresses; made from its name if left out.")
    ] = None


class Toggle(Body):
    """On or off."""

    model_config = ConfigDict(
        openapi_extra={"required": False, "example": {"enabled": False}}  # type: ignore[typeddict-unknown-key]
    )

    enabled: Annotated[bool | None, Field(strict=True, description="The other way round if left out.")] = None


class PlanWanted(Body):
    """A plan."""

    model_config = ConfigDict(openapi_extra={"example": {"plan": "pro"}})  # type: ignore[typeddict-unknown-key]

    plan: Line


class CreditsWanted(Body):
    """AI credits to be given."""

    model_config = ConfigDict(
        openapi_extra={"example": {"amount": 500, "note": "June", "source": "invoice-2025-118"}}  # type: ignore[typeddict-unknown-key]
    )

    amount: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
    note: Line | None = None
    source: Annotated[Line | None, Field(description="What they are given for; each source gives once.")] = None


class MessageWanted(Body):
    """A message to be sent."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"companyId": "dani-lending", "phone": "79001234567", "message": "Hello!"}
        }
    )

    company_id: Annotated[
        Annotated[str, BeforeValidator(_text)] | None,
        Field(description="Required with `WHATSAPP_MULTI_TENANT`.", max_length=200),
    ] = None
    phone: Digits
    message: Annotated[str, Field(min_length=1, max_length=65_536)]
    session: Line | None = None
    queue: Annotated[bool, Field(strict=True, description="Whether it may wait until the session is connected.")] = (
        False
    )
    dedup_key: Annotated[Line | None, Field(description="As `Idempotency-Key`.")] = None


class Initialization(Body):
    """How a number is to be linked."""

    model_config = ConfigDict(
        openapi_extra={"required": False, "example": {"usePairingCode": True, "phoneNumber": "79001234567"}}  # type: ignore[typeddict-unknown-key]
    )

    use_pairing_code: Annotated[
        bool | None, Field(strict=True, description="`WHATSAPP_USE_PAIRING_CODE` if left out.")
    ] = None
    phone_number: Annotated[Digits | None, Field(description="Where the pairing code is typed.")] = None
    session: Line | None = None
