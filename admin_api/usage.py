"""The super admin's routes for AI credits: giving them, what they were used for, and the entries of the account."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from flask import Response
from pydantic import Field

from admin_api.access import require_role
from admin_api.companies import tenant_of
from admin_api.edge import actor, edge
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, CreditsWanted, Idempotent, Page, Paged, Shape, TenantPath
from admin_api.shown import CreditsShown
from services.assistant import embeddings
from services.clock import local_date
from services.db.models import AiCredit
from services.errors import DomainError
from services.i18n import _
from services.tenants import credit_use, credits
from services.tenants.credit_use import Report, Uses
from services.tenants.credits import Standing

LONGEST = 366
family = Family("usage", "AI credits", "What models cost the businesses.", "/admin")
_DAY = {"example": "2025-02-13"}


class UsageWanted(Shape):
    """From which day to which, of the tenant's calendar."""

    from_: Annotated[
        date | None,
        Field(alias="from", description="The first day; that of this month if left out.", json_schema_extra=_DAY),
    ] = None
    to: Annotated[date | None, Field(description="The last day; today if left out.", json_schema_extra=_DAY)] = None


class UsesShown(Shape):
    """What some uses took together; `failed` of the `calls` cost nothing."""

    calls: int
    failed: int
    credits: float
    prompt_tokens: int
    completion_tokens: int
    seconds: Annotated[float, Field(description="Seconds of speech.")]


class BotUses(UsesShown):
    """What the customers of a bot took; of none for what belongs to no bot."""

    bot: int | None
    name: str | None


class AccountShown(Shape):
    """What is left of AI credits. -1 is unlimited."""

    month: str
    allowance: int
    allowance_left: float
    bought_left: float
    left: float
    trouble: Annotated[str | None, Field(description="Why models fail just now.")]
    trouble_at: datetime | None

    @classmethod
    def of(cls, now: Standing) -> AccountShown:
        """The account as it is."""
        allowance_left = -1 if now.is_unlimited else now.allowance_left
        return cls(
            month=now.period, allowance=now.allowance, allowance_left=float(allowance_left),
            bought_left=float(now.bought_left), left=-1 if now.is_unlimited else float(now.left), trouble=now.trouble,
            trouble_at=now.trouble_at,
        )  # fmt: skip


class UsageShown(Shape):
    """What models were used for from one day to another."""

    from_: Annotated[date, Field(alias="from")]
    to: date
    account: AccountShown
    total: UsesShown
    by_purpose: dict[str, UsesShown]
    by_bot: list[BotUses]
    by_day: dict[str, UsesShown]
    by_model: dict[str, UsesShown]


class EntryShown(Shape):
    """An entry of the account; `bought` is the part of `amount` that belongs to bought credits."""

    id: int
    at: datetime
    kind: Literal["granted", "allowance", "lapsed", "reserved", "settled", "released"]
    amount: float
    bought: float
    source: str
    note: str | None

    @classmethod
    def of(cls, entry: AiCredit) -> EntryShown:
        """An entry."""
        kind: Literal["granted"] = entry.kind  # type: ignore[assignment]
        return cls(
            id=entry.id, at=entry.at, kind=kind, amount=float(entry.amount), bought=float(entry.bought),
            source=entry.source, note=entry.note,
        )  # fmt: skip


@family.post("/tenant/<string:id>/credits", Answer[CreditsShown], 201)
@require_role("super_admin")
def add_credits(path: TenantPath, body: CreditsWanted, header: Idempotent) -> Response:
    """Gives a tenant AI credits; a repeat with the same key or source gives none and answers the same."""
    source = header.idempotency_key or body.source or uuid.uuid4().hex
    with edge().db.tenant(tenant_of(path.id).id) as tx:
        given = credits.add(tx, actor(), body.amount, source, body.note)
        embeddings.wanted(tx, edge().settings)
        return ok(CreditsShown.model_validate(given), 201)


@family.get("/tenant/<string:id>/ai-usage", Answer[UsageShown])
@require_role("super_admin")
def ai_usage(path: TenantPath, query: UsageWanted) -> Response:
    """What a tenant used AI credits for: altogether, by purpose, bot, day and model."""
    tenant, db = tenant_of(path.id), edge().db
    today = local_date(db.clock.now(), tenant.timezone)
    last = query.to or max(today, query.from_ or today)
    first = query.from_ or last.replace(day=1)
    if not 0 <= (last - first).days < LONGEST or not 1970 <= first.year <= last.year < 9999:
        text = _("Ask for 1 to {most} days: the first one, then the last one.", most=LONGEST)
        raise DomainError("bad_days", text, most=LONGEST)
    with db.tenant(tenant.id) as tx:
        now, found = credits.standing(tx), credit_use.report(tx, tenant.timezone, first, last)
    return ok(_shown(found, now, first, last))


def _shown(found: Report, now: Standing, first: date, last: date) -> UsageShown:
    return UsageShown(
        from_=first, to=last, account=AccountShown.of(now), total=_uses(found.total),
        by_purpose={name: _uses(uses) for name, uses in found.by_purpose.items()},
        by_bot=[
            BotUses(**_uses(each.uses).model_dump(), bot=each.number, name=each.name) for each in found.by_bot
        ],
        by_day={day.isoformat(): _uses(uses) for day, uses in found.by_day.items()},
        by_model={name: _uses(uses) for name, uses in found.by_model.items()},
    )  # fmt: skip


def _uses(uses: Uses) -> UsesShown:
    return UsesShown(
        calls=uses.calls, failed=uses.failed, credits=float(uses.credits), prompt_tokens=uses.prompt_tokens,
        completion_tokens=uses.completion_tokens, seconds=float(uses.seconds),
    )  # fmt: skip


@family.get("/tenant/<string:id>/ai-credits", Paged[EntryShown])
@require_role("super_admin")
def ai_credits(path: TenantPath, query: Page) -> Response:
    """The entries of a tenant's account of AI credits, the newest first; together they are what is left."""
    with edge().db.tenant(tenant_of(path.id).id) as tx:
        rows, total = credit_use.entries(tx, query.offset, query.per_page)
    return paged([EntryShown.of(row) for row in rows], total, query.page, query.per_page)
