"""What is sent and answered, for the pages that describe the API: examples, headers, failures, and the guide.

Examples are made from the schemas (`example_values`); those that tell more than what is made stand in `EXAMPLES`.
"""

from __future__ import annotations

from typing import Any

from admin_api import description
from admin_api.example_values import Examples
from admin_api.routing import SAME_AS

_AT = "2025-02-13T03:00:00Z"
_WHATSAPP = {"session": "main", "state": "pairing", "reason": "asked for", "since": _AT}
_TENANT = {
    "id": 1, "companyId": "dani-lending", "name": "Dani Lending", "phoneNumber": "628123456789",
    "email": "dani@example.com", "status": "pending_qr", "plan": "free", "language": "id",
    "timezone": "Asia/Jakarta", "currency": "IDR", "country": "ID", "aiCredits": 100, "maxDebts": 50,
    "maxAgreements": 5, "createdAt": _AT, "whatsapp": _WHATSAPP,
}  # fmt: skip
_SESSION = {
    "id": 1, "name": "main", "phone": "628123456789", "provider": "neonize", "isDefault": True, "state": "pairing",
    "desiredState": "connected", "reason": "asked for", "since": _AT, "host": None, "pairedAt": None,
    "lastConnectedAt": None, "retryAt": None, "tenantId": 1, "companyId": "dani-lending", "tenant": "Dani Lending",
}  # fmt: skip
_DETAILS = {
    **_TENANT, "sessions": [_SESSION], "limits": {"debts": {"limit": 50, "used": 12}},
    "counts": {"users": 1, "contacts": 9, "sessions": 1},
}  # fmt: skip
_LINKS = {"tenant": "/admin/tenant/1", "qr": "/admin/tenant/1/qr", "activate": "/admin/tenant/1/activate"}
_CODE = {
    "status": "pairing", "session": "main", "method": "qr", "code": "2@pA9…", "expiresAt": _AT,
    "qr": "data:image/png;base64,iVBORw0KGgo…",
}  # fmt: skip
_NOTE = {
    "id": 3, "tenantId": 1, "companyId": "dani-lending", "at": _AT, "kind": "session_logged_out", "sessionId": 1,
    "data": {"phone": "628123456789", "session": "main", "reason": "logged out"}, "deliveredAt": None, "seenAt": None,
}  # fmt: skip
_HOST = {"id": "box-1:4711", "machine": "box-1", "pid": 4711, "sessions": 38, "startedAt": _AT, "seenAt": _AT}
_MESSAGE = {
    "messageId": 17, "status": "delivered", "sessionId": 1, "phone": "79001234567", "providerId": "3EB0C7",
    "createdAt": _AT, "sentAt": _AT, "deliveredAt": _AT, "readAt": None, "attempts": 1, "notBefore": None,
    "error": None,
}  # fmt: skip
_STATS = {
    "tenants": {
        "total": 41, "newLast30Days": 3, "byStatus": {"active": 38, "pending_qr": 3},
        "byPlan": {"free": 30, "basic": 11},
    },
    "sessions": {"total": 44, "byState": {"connected": 39, "pairing": 3, "stopped": 2}},
    "aiCredits": 12000, "plans": ["free", "basic", "pro", "enterprise"],
}  # fmt: skip
_USES = {
    "calls": 41, "failed": 1, "credits": 40.0, "promptTokens": 98000, "completionTokens": 4100, "seconds": 0.0,
}  # fmt: skip
_USAGE = {
    "from": "2025-02-01", "to": "2025-02-13",
    "account": {
        "month": "2025-02", "allowance": 500, "allowanceLeft": 460.0, "boughtLeft": 100.0, "left": 560.0,
        "trouble": None, "troubleAt": None,
    },
    "total": _USES, "byPurpose": {"chat": _USES}, "byBot": [{**_USES, "bot": 1, "name": "Rina"}],
    "byDay": {"2025-02-13": _USES}, "byModel": {"gpt-4o-mini": _USES},
}  # fmt: skip
_ENTRY = {
    "id": 5, "at": _AT, "kind": "granted", "amount": 500.0, "bought": 500.0, "source": "invoice-2025-118",
    "note": "June",
}  # fmt: skip

EXAMPLES: dict[str, Any] = {
    "stats": _STATS,
    "tenants": [_TENANT],
    "register_tenant": {"tenant": _TENANT, "session": _SESSION, "links": _LINKS},
    "tenant_details": _DETAILS,
    "tenant_qr": _CODE,
    "activate_tenant": _DETAILS | {"status": "active"},
    "toggle_tenant": _DETAILS | {"status": "inactive"},
    "set_plan": _DETAILS | {"plan": "pro"},
    "add_credits": {"id": 5, "amount": 500, "source": "invoice-2025-118", "note": "June", "balance": 1500},
    "ai_usage": _USAGE,
    "ai_credits": [_ENTRY],
    "sessions_of_all": [_SESSION],
    "gateway_sessions": [_SESSION],
    "session_hosts": {"hosts": [_HOST]},
    "notifications": [_NOTE],
    "notification_seen": _NOTE | {"seenAt": _AT},
    "send_message": {"messageId": 17, "status": "queued", "session": "main"},
    "message_status": _MESSAGE,
    "session_status": _SESSION,
    "session_qr": _CODE,
    "session_history": {"session": "main", "events": [{"at": _AT, "state": "pairing", "reason": "asked for"}]},
    "initialize_session": _SESSION,
    "restart_session": _SESSION,
    "disconnect_session": _SESSION | {"state": "stopped", "desiredState": "stopped"},
    "logout_session": _SESSION | {"state": "logged_out", "desiredState": "logged_out"},
    "health": {
        "status": "ok", "database": {"ok": True, "ms": 1.2}, "queue": {"waiting": 0, "oldestSeconds": 0},
        "sessions": {"connected": 39}, "version": "0.1.0",
    },
}  # fmt: skip


def illustrate(document: dict[str, Any]) -> None:
    """Completes the description of the API, in place."""
    document["info"]["description"] = description.GUIDE
    document["servers"] = description.SERVERS
    ranks = {name: rank for rank, name in enumerate(description.ORDER)}
    document["tags"].sort(key=lambda tag: ranks.get(tag["name"], len(ranks) - 1.5))
    components = document["components"]
    components["headers"] = dict(description.HEADERS)
    components["responses"] = {status: _failure(status) for status in description.FAILURES}
    for schema in components["schemas"].values():
        for each in schema.get("properties", {}).values():
            _without_false_default(each)
    made = Examples(components["schemas"])
    for item in document["paths"].values():
        for operation in item.values():
            _parameters(operation, made)
            _body(operation, made)
            _answers(operation, made)


def _without_false_default(schema: dict[str, Any]) -> None:
    """What only marks a field as left out, as an empty text where none may be, is no default to be told of."""
    if schema.get("default") == "" and schema.get("minLength", 0) > 0:
        del schema["default"]


def _failure(status: str) -> dict[str, Any]:
    """What a failure of this status looks like anywhere."""
    about, code, message, details = description.FAILURES[status]
    error = {"code": code, "message": message, "details": details}
    example = {"success": False, "error": error, "request_id": description.HEADERS["X-Request-Id"]["example"]}
    schema = {"$ref": "#/components/schemas/Failure"}
    headers = ("X-Request-Id", *(("Retry-After",) if status in description.RETRIED else ()))
    return {
        "description": about, "headers": _headers(*headers),
        "content": {"application/json": {"schema": schema, "example": example}},
    }  # fmt: skip


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _parameters(operation: dict[str, Any], made: Examples) -> None:
    for parameter in operation.get("parameters", ()):
        name, schema = parameter["name"], parameter.get("schema", {})
        parameter.setdefault("description", description.PARAMETERS.get(name, "Only those that fit."))
        if "example" not in parameter and "examples" not in parameter:
            example = made.value(schema, name)
            if example is not None:
                parameter["example"] = example


def _body(operation: dict[str, Any], made: Examples) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "example" not in content and "schema" in content:
            content["example"] = made.asked(content["schema"])


def _answers(operation: dict[str, Any], made: Examples) -> None:
    responses = operation["responses"]
    limited = description.LIMITED if "security" in operation else ()
    for response in responses.values():
        response["headers"] = _headers("X-Request-Id", *limited) | response.get("headers", {})
        _example(response, operation, made)
    responses |= {status: {"$ref": f"#/components/responses/{status}"} for status in description.FAILURES}


def _example(response: dict[str, Any], operation: dict[str, Any], made: Examples) -> None:
    content = response.get("content", {}).get("application/json")
    if content is None or "example" in content:
        return
    data = EXAMPLES.get(operation.get(SAME_AS, operation["operationId"]))
    if data is None:
        content["example"] = made.answered(content["schema"])
        return
    page = {"pagination": {"page": 1, "per_page": 20, "total": 1, "pages": 1}} if isinstance(data, list) else {}
    content["example"] = {"success": True, "data": data, **page}
