"""Examples made from a schema: what a field is called and of what kind it is tell what may stand in it.

A field's own example, constant, first choice or default comes first. What is made fits the schema; a test checks it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

Schema = Mapping[str, Any]

AT, DAY = "2025-02-13T03:00:00Z", "2025-02-13"
_DEEPEST = 12
_ASKED_FOR = 3
_NOTHING = object()
# By the whole name of a field.
_TEXTS: Mapping[str, str] = {
    "address": "https://example.com/prices", "answer": "We open at 8.", "apiKey": "jrk_2f9c…", "amount": "500000",
    "body": "We close at 3 today.", "by": "Dani", "code": "483920", "companyId": "dani-lending", "country": "ID",
    "currency": "IDR", "chat": "6281234567890", "email": "dani@example.com", "field": "name", "heading": "Delivery",
    "host": "box-1:4711", "hours": "mon-fri 8-17", "key": "jrk_2f9c…", "kind": "payment", "label": "Regulars",
    "language": "id", "locale": "id", "message": "Hello!", "method": "transfer", "mime": "application/pdf",
    "model": "gpt-4o-mini", "month": "2025-02", "name": "Dani", "number": "6281234567890", "note": "Cement",
    "owner": "Dani", "password": "a long pass phrase", "period": "2025-02", "phone": "6281234567890",
    "phoneNumber": "6281234567890", "plan": "basic", "prefix": "jrk_2f9c", "provider": "neonize",
    "q": "dani", "question": "When do you open?", "questions": "When do you open?", "reason": "asked for",
    "receiver": "6281234567890", "refreshToken": "jrr_8d1a…", "role": "staff", "scopes": "messages:send",
    "secret": "jrk_2f9c…", "sender": "6281100000001", "session": "main", "slug": "dani-lending", "sort": "-createdAt",
    "source": "invoice-2025-118", "state": "connected", "status": "active", "tag": "regular", "tags": "regular",
    "target": "6281234567890", "text": "When do you open?", "timezone": "Asia/Jakarta", "title": "Price list",
    "token": "eyJhbGciOiJIUzI1NiJ9…", "url": "https://example.com/prices", "value": "8", "version": "0.1.0",
    "words": "order", "mimetype": "application/pdf", "fileName": "prices.pdf", "zone": "Asia/Jakarta",
}  # fmt: skip
# By what the name of a field ends with, the first that fits.
_ENDINGS: Mapping[str, str] = {
    "Amount": "500000", "Price": "150000", "Total": "500000", "Balance": "500000", "Paid": "200000", "Left": "300000",
    "Phone": "6281234567890", "Number": "6281234567890", "Email": "dani@example.com", "Url": "https://example.com/",
    "At": AT, "On": DAY, "From": DAY, "To": DAY, "Until": DAY, "Due": DAY, "Name": "Dani", "Id": "1",
    "Token": "eyJhbGciOiJIUzI1NiJ9…", "Key": "jrk_2f9c…", "Password": "a long pass phrase", "Text": "Hello!",
}  # fmt: skip
_FORMATS: Mapping[str, str] = {
    "date-time": AT, "date": DAY, "time": "08:00:00", "email": "dani@example.com", "uri": "https://example.com/",
    "uuid": "5f0c7a51-c9e6-4d0c-8f43-0d6a2d9f1c11", "binary": "…",
}  # fmt: skip
_NUMBERS: Mapping[str, float] = {
    "page": 1, "per_page": 20, "limit": 50, "total": 1, "pages": 1, "year": 2025, "month": 2, "temperature": 0.3,
    "confidence": 0.97, "expiresIn": 900, "amount": 500, "days": 7, "used": 12,
}  # fmt: skip
# What most rows don't have.
_EMPTY = frozenset({
    "error", "trouble", "troubleAt", "removedAt", "deletedAt", "closedAt", "revokedAt", "cancelledAt", "failedAt",
    "mergedInto", "blockedAt", "notBefore", "retryAt", "usedAt", "endsOn", "suspendedAt", "rejectedAt",
})  # fmt: skip


class Examples:
    """Makes examples of the schemas of a document, each of which may refer to others by name."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def answered(self, schema: Schema) -> Any:
        """An example of what is answered, with every field."""
        return self._of(schema, "", 0)

    def asked(self, schema: Schema) -> Any:
        """An example of a body: its required fields, and without any a few of the others."""
        whole = self._resolved(schema)
        properties = whole.get("properties", {})
        wanted = whole.get("required") or list(properties)[:_ASKED_FOR]
        return {name: self._of(properties[name], name, 1, asked=True) for name in wanted if name in properties}

    def value(self, schema: Schema, name: str) -> Any:
        """An example of a parameter; None where nothing sensible fits."""
        return self._of(schema, name, 1, asked=True)

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._schemas[str(schema["$ref"]).rpartition("/")[2]]
        if "allOf" not in schema:
            return schema
        merged: dict[str, Any] = {}
        for part in schema["allOf"]:
            merged |= self._resolved(part)
        return merged | {name: value for name, value in schema.items() if name != "allOf"}

    def _of(self, schema: Schema, name: str, depth: int, *, asked: bool = False) -> Any:
        schema = self._resolved(schema)
        given = _given(schema)
        if given is not _NOTHING:
            return given
        choices = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
        if choices:
            some = [each for each in choices if each.get("type") != "null"]
            is_empty = name in _EMPTY and len(some) < len(choices) and not asked
            return None if is_empty or depth > _DEEPEST else self._of(some[0], name, depth, asked=asked)
        return self._by_type(schema, name, depth, asked)

    def _by_type(self, schema: Schema, name: str, depth: int, asked: bool) -> Any:
        kinds = schema.get("type")
        match next((each for each in kinds if each != "null"), "null") if isinstance(kinds, list) else kinds:
            case "object":
                return self._object(schema, depth, asked)
            case "array":
                return self._array(schema, name, depth, asked)
            case "string":
                return _text(schema, name)
            case "integer" | "number" as kind:
                return _number(schema, name, kind)
            case "boolean":
                return True
        return "…" if schema.get("type") is None and not schema.get("properties") else None

    def _object(self, schema: Schema, depth: int, asked: bool) -> Any:
        if depth > _DEEPEST:
            return {}
        made = {
            each: self._of(inner, each, depth + 1, asked=asked) for each, inner in schema.get("properties", {}).items()
        }
        more = schema.get("additionalProperties")
        if not made and isinstance(more, Mapping) and more and depth < _DEEPEST:
            return {_entry(schema): self._of(more, "", depth + 1, asked=asked)}
        return made

    def _array(self, schema: Schema, name: str, depth: int, asked: bool) -> Any:
        parts = schema.get("prefixItems")
        if parts:
            return [self._of(part, name, depth + 1, asked=asked) for part in parts]
        if "items" not in schema or depth > _DEEPEST:
            return []
        return [self._of(schema["items"], name, depth + 1, asked=asked)] * max(1, int(schema.get("minItems", 1)))


def _given(schema: Schema) -> Any:
    """What a schema itself says of its values; `_NOTHING` if it says nothing."""
    if "example" in schema:
        return schema["example"]
    if schema.get("examples"):
        return cast(Any, schema["examples"])[0]
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    default = schema.get("default")
    return default if default not in (None, "", [], {}) else _NOTHING


def _entry(schema: Schema) -> str:
    """A key of a table whose keys are free."""
    given = _given(schema.get("propertyNames", {}))
    return "active" if given is _NOTHING else str(given)


def _text(schema: Schema, name: str) -> str:
    made = _TEXTS.get(name) or _FORMATS.get(schema.get("format", ""))
    if schema.get("format") in _FORMATS:
        made = _FORMATS[schema["format"]]
    made = made or next((value for end, value in _ENDINGS.items() if name.endswith(end)), "…")
    pattern = schema.get("pattern")
    if pattern is not None and re.search(pattern, made) is None:
        made = next((each for each in ("1", "500000", "abc", DAY, "12:00", "0.5") if re.search(pattern, each)), made)
    return made.ljust(int(schema.get("minLength", 0)), "x")[: int(schema.get("maxLength", len(made) + 64))]


def _number(schema: Schema, name: str, kind: str) -> float:
    least, most = schema.get("minimum"), schema.get("maximum")
    made = _NUMBERS.get(name, 1)
    if schema.get("exclusiveMinimum") is not None:
        least = schema["exclusiveMinimum"] + (1 if kind == "integer" else 0.1)
    made = made if least is None else max(made, least)
    made = made if most is None else min(made, most)
    return int(made) if kind == "integer" else made
