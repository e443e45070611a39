"""Every failure in one shape: rules' refusals, wrong requests, a database that is away, mistakes in the program."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import structlog
from flask import Flask, Response, g, request
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, HTTPException, UnsupportedMediaType

from admin_api import bodies
from admin_api.replies import failure, locale
from services.db.engine import is_outage
from services.errors import DomainError
from services.i18n import Text, _

log = structlog.get_logger()

# Refusals of the rules as statuses; those that aren't here are 422.
_CODES: Mapping[int, str] = {
    400: """
        bad_encoding bad_json company_invalid company_required tenant_required
    """,
    401: """
        api_key_invalid api_key_missing api_key_revoked login_failed token_expired token_invalid
    """,
    402: """
        subscription_required
    """,
    403: """
        forbidden in_address_off key_in_address limit_reached login_required own_role plan_required
        registration_closed role_refused scope_required tenant_mismatch
    """,
    404: """
        action_unknown agreement_unknown api_key_unknown bot_unknown contact_unknown conversation_unknown
        debt_unknown export_unknown gap_unknown group_unknown instruction_unknown invoice_unknown
        knowledge_unknown login_unknown message_unknown notification_unknown pdf_unknown session_unknown
        sync_unknown tenant_unknown upload_unknown user_unknown
    """,
    409: """
        action_closed already_approved already_connected already_rejected api_key_ended bot_exists bot_limit
        code_is_typed company_taken contact_exists contact_in_use currency_in_use default_company_unknown
        email_taken export_not_ready group_unclear invoice_paid invoice_void key_used knowledge_exists
        last_bot last_owner max_sessions merge_refused message_not_cancelled needs_approval
        no_active_session not_closed not_pairing nothing_runs nothing_to_link number_taken pairing_failed
        password_set period_paid period_runs platform_tenant session_default session_exists session_in_use
        single_tenant source_used status_refused tenant_closed tenant_erased tenant_inactive too_many_keys
        user_exists user_off wording_taken
    """,
    410: """
        qr_expired
    """,
    413: """
        file_too_large
    """,
    415: """
        file_type_refused
    """,
    429: """
        rate_limited too_many_failures too_many_uploads
    """,
    503: """
        busy
    """,
}
STATUS: Mapping[str, int] = {code: status for status, codes in _CODES.items() for code in codes.split()}
RETRY_SECONDS = 5

_HTTP: Mapping[int, tuple[str, Text]] = {
    400: ("bad_request", _("This request can't be read.")),
    404: ("not_found", _("There is nothing at this address.")),
    405: ("method_not_allowed", _("This address doesn't take that method.")),
    413: ("too_large", _("This request is too large.")),
    415: ("unsupported_media_type", _("Send JSON, with the header Content-Type: application/json.")),
    431: ("headers_too_large", _("The headers of this request are too large.")),
}
_OTHER = ("http_error", _("This request can't be served."))
_BAD_JSON = _('The body of this request is no JSON object. Example: {example}')  # fmt: skip
_INTERNAL = _("Something went wrong here. It has been noted under this request's id.")
_AWAY = _("The database can't be reached just now. Try again in a moment.")

# pydantic's kinds of problem in people's words; its parameters are the fields.
_FIELD_TEXTS: Mapping[str, str] = {
    "missing": _("This is required.").message,
    "extra_forbidden": _("There is no such field.").message,
    "string_type": _("This must be a text.").message,
    "string_too_short": _("This must have at least {min_length} characters.").message,
    "string_too_long": _("This may have {max_length} characters at the most.").message,
    "too_short": _("This must have at least {min_length} characters.").message,
    "too_long": _("This may have {max_length} characters at the most.").message,
    "int_type": _("This must be a whole number.").message,
    "int_parsing": _("This must be a whole number.").message,
    "bool_type": _("This must be true or false.").message,
    "bool_parsing": _("This must be true or false.").message,
    "greater_than_equal": _("This must be at least {ge}.").message,
    "less_than_equal": _("This may be {le} at the most.").message,
    "literal_error": _("This must be one of: {expected}").message,
}
_FIELD_OTHER = _("This value can't be used.")


class InvalidRequestError(Exception):
    """A request whose fields are not what the route declares."""

    def __init__(self, problems: ValidationError) -> None:
        super().__init__("invalid request")
        self.problems = problems


def refuse(problems: ValidationError) -> Response:
    """What the declared routes call when a request doesn't fit."""
    raise InvalidRequestError(problems)


def require_json() -> None:
    """Before each request: a body must be a JSON object and say so."""
    has_body = bool(request.content_length) or request.headers.get("Transfer-Encoding") is not None
    if request.method in ("GET", "HEAD", "OPTIONS") or not has_body or bodies.is_taken():
        return
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        body = request.get_json()
    except (BadRequest, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise DomainError("bad_json", Text(_BAD_JSON.message, {"example": '{"name": "Dani"}'}))


def handle(app: Flask) -> None:
    """Has the application answer every failure in the one shape."""
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response:
    """The answer to whatever went wrong."""
    if isinstance(error, DomainError):
        return refused(error)
    if isinstance(error, InvalidRequestError):
        return failure(422, "invalid_request", _("Some fields can't be used."), {"fields": _fields(error.problems)})
    if isinstance(error, HTTPException) and error.code is not None:
        return _http(error, error.code)
    if is_outage(error):
        log.warning("database away", request_id=g.get("request_id"))
        return away()
    log.error("a request failed", request_id=g.get("request_id"), path=str(request.url_rule), exc_info=error)
    return failure(500, "internal_error", _INTERNAL, {})


def refused(error: DomainError) -> Response:
    """The answer to a refusal of the rules."""
    response = failure(STATUS.get(error.code, 422), error.code, error.text, error.details)
    if "retryAfter" in error.details:
        response.headers["Retry-After"] = str(error.details["retryAfter"])
    return response


def away(more: Mapping[str, object] | None = None) -> Response:
    """The answer while the database is away."""
    response = failure(503, "database_unavailable", _AWAY, {}, more)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _http(error: HTTPException, status: int) -> Response:
    if status < 400:
        return Response(status=status, headers=list(error.get_headers()))
    code, text = _HTTP.get(status, _OTHER)
    response = failure(status, code, text, {})
    response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return response


def _fields(problems: ValidationError) -> list[dict[str, str]]:
    found = problems.errors(include_url=False, include_input=False, include_context=True)
    return [{"field": ".".join(map(str, each["loc"])), "message": _words(each)} for each in found]


def _words(problem: Any) -> str:
    template = _FIELD_TEXTS.get(problem["type"])
    if template is None:
        return _FIELD_OTHER.render(locale())
    return Text(template, {name: _shown(value) for name, value in problem.get("ctx", {}).items()}).render(locale())


def _shown(value: object) -> object:
    """A bound as it is read: texts know no binary fractions."""
    return Decimal(str(value)) if isinstance(value, float) else value
