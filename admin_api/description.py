"""What the description of the API says beside its routes: the guide, the order of its parts, headers, failures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GUIDE = """\
WhatsApp for businesses, as an API: contacts and messages, bots and what they know, requests of customers, debts and
agreements, users, plans and invoices; for the super admin all businesses of the installation.

### Who asks
- **A program of a business** sends its key: `X-API-Key: jrk_…` (or `Authorization: Bearer jrk_…`). An owner or manager
  makes keys under `/api/v1/keys`; each is shown once, acts for its user, and may do what its scopes say.
- **A person of a business** logs in (`POST /auth/login`) and sends `Authorization: Bearer` with the access
  token. It holds 15 minutes; the refresh token gives the next one, once.
- **The super admin** sends `X-API-Key` with a key of the installation.

Every route tells which role and scope it needs. A business is registered with `POST /auth/register` and works once the
super admin has approved it.

### Which business
Keys and people belong to one business, and nothing of another can be seen: what isn't yours is answered with 404. The
super admin names the business with `X-Tenant-ID` (its number) or `X-Tenant-Slug` (its company id), or by its
sub-domain. Two that disagree are refused with `tenant_mismatch`.

### Answers
`{"success": true, "data": …}`; lists have `pagination` beside `data`. Every failure has one shape:
`{"success": false, "error": {"code": …, "message": …, "details": {…}}, "request_id": …}`. Programs read `code`; people
read `message`, in the language of `Accept-Language` (`en`, `id`). `request_id` is also in the header `X-Request-Id`
(send your own to have it used) and finds the request in the log. Fields that a route doesn't know are refused.

### Lists
`page` (from 1) and `per_page` (up to 100; `limit` means the same). `sort=name` or `sort=-createdAt`, several with
commas.

### Repeating safely
Where money or messages are involved, send `Idempotency-Key` with a value of your own: a repeat with the same key and
content does nothing and answers the same; with other content it is refused (409 `key_used`).

### How much
Each business has a number of requests per minute; `X-RateLimit-Limit`, `X-RateLimit-Remaining` and
`X-RateLimit-Reset` (seconds) tell where it is, and 429 with `Retry-After` when it is used up. What the plan allows
(messages, debts, users …) is refused with 403 `limit_reached` once it is used.

### Values
Times are ISO 8601 in UTC (`2025-02-13T03:00:00Z`), dates days of the business's calendar. Amounts of money are texts
with a decimal point (`"500000"`) with their `currency` beside them. Phone numbers come with the country code and
without `+`.
"""
SERVERS = [{"url": "/", "description": "This installation."}]
# First what a business meets first; whatever isn't named here follows in the order of the routes.
ORDER = (
    "Registration", "Logging in", "Users", "Keys", "Billing", "Usage", "Messages", "Contacts", "Groups",
    "Conversations", "Sessions", "Bots", "Knowledge", "Actions", "Debts", "Agreements", "Settings", "Audit",
    "Registrations", "Tenants", "AI credits", "Notifications", "Health", "Aliases",
)  # fmt: skip

HEADERS: Mapping[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "The id of this request, as it stands in the log.",
        "schema": {"type": "string"}, "example": "5f0c7a51c9e64d0c",
    },
    "Retry-After": {
        "description": "After how many seconds it may be tried again.",
        "schema": {"type": "integer", "minimum": 1}, "example": 12,
    },
    "X-RateLimit-Limit": {
        "description": "How many requests a minute this business has.",
        "schema": {"type": "integer"}, "example": 600,
    },
    "X-RateLimit-Remaining": {
        "description": "How many of them are left.", "schema": {"type": "integer"}, "example": 599,
    },
    "X-RateLimit-Reset": {
        "description": "After how many seconds all of them are there again.",
        "schema": {"type": "integer"}, "example": 60,
    },
}  # fmt: skip
LIMITED = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")

# An example for each status: what it means, and the code, text and details of one failure.
FAILURES: Mapping[str, tuple[str, str, str, dict[str, Any]]] = {
    "400": ("What was sent can't be read.", "bad_json", "The body of this request is no JSON object.", {}),
    "401": ("No key, or one that isn't known, revoked or over.", "api_key_invalid", "This API key isn't known.", {}),
    "402": (
        "The business has no subscription that runs.", "subscription_required",
        "This needs a subscription that runs. Your business is “suspended”.", {"status": "suspended"},
    ),
    "403": (
        "The role, scope or plan doesn't allow it, or a limit is used up.", "scope_required",
        "This API key may not do this; it needs the scope contacts:write.", {"scope": "contacts:write"},
    ),
    "404": ("It isn't there, or isn't yours.", "not_found", "There is nothing at this address.", {}),
    "409": (
        "It doesn't fit to what is there.", "key_used", "This key was used for something else.", {},
    ),
    "410": ("It was there, and is over.", "qr_expired", "This code is over. Ask for a new one.", {}),
    "413": ("The body is too large.", "too_large", "This request is too large.", {}),
    "415": (
        "The body isn't JSON.", "unsupported_media_type",
        "Send JSON, with the header Content-Type: application/json.", {},
    ),
    "422": (
        "Fields that can't be used, or a rule that refuses.", "invalid_request", "Some fields can't be used.",
        {"fields": [{"field": "name", "message": "This is required."}]},
    ),
    "429": (
        "Too many requests.", "rate_limited", "Too many requests. Try again in 12 seconds.", {"retryAfter": 12},
    ),
    "500": (
        "A mistake of ours.", "internal_error",
        "Something went wrong here. It has been noted under this request's id.", {},
    ),
    "503": (
        "The database is away for a moment.", "database_unavailable",
        "The database can't be reached just now. Try again in a moment.", {},
    ),
}  # fmt: skip
RETRIED = ("429", "503")

# What parameters mean where their routes don't say it.
PARAMETERS: Mapping[str, str] = {
    "page": "Which page, from 1.", "per_page": "Rows of a page; `limit` means the same.",
    "id": "The id of what is meant.", "number": "Its number, as people call it.", "tenant": "The business's number.",
    "companyId": "The business's name in addresses.", "messageId": "The id of the message.",
    "instructionId": "The number of the instruction.", "contactId": "The id of the contact.",
    "userId": "The id of the user.", "status": "Only those of this status.", "state": "Only those in this state.",
    "plan": "Only those on this plan.", "kind": "Only those of this kind.", "q": "Only those in which this occurs.",
    "limit": "How many at the most.", "session": "The name of the number; the default one if left out.",
    "from": "The first day.", "to": "The last day.", "Idempotency-Key": "A repeat with the same key does nothing.",
}  # fmt: skip
