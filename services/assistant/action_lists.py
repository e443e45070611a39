"""Requests that wait for people, and those that were decided, as lists show them, a page at a time. Read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from services.db.engine import Tx
from services.db.models import Action, Contact, User
from services.db.models.actions import PRIORITIES
from services.errors import DomainError
from services.i18n import _

_URGENCY = case(*((Action.priority == name, rank) for rank, name in enumerate(PRIORITIES)), else_=0)
COLUMNS: Mapping[str, Any] = {
    "number": Action.number, "createdAt": Action.created_at, "dueAt": Action.due_at, "priority": _URGENCY,
    "status": Action.status, "answeredAt": Action.answered_at,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests; None doesn't matter."""

    status: str | None = None
    kind: str | None = None
    priority: str | None = None
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A request with the person who asked, and with the name of the user who decided it."""

    action: Action
    person: Contact
    decided_by: str | None


def listed(
    tx: Tx, wanted: Wanted, order: Sequence[ColumnElement[Any]], offset: int, limit: int
) -> tuple[Sequence[Listed], int]:
    """A page of requests, and how many there are. Two statements."""
    which = [Action.tenant_id == tx.tenant]
    given = {
        Action.status: wanted.status, Action.kind: wanted.kind, Action.priority: wanted.priority,
        Action.contact_id: wanted.contact_id,
    }  # fmt: skip
    which += [column == value for column, value in given.items() if value is not None]
    rows = tx.execute(_whole().where(*which).order_by(*order, Action.id).offset(offset).limit(limit))
    total = tx.scalar(select(func.count()).select_from(Action).where(*which))
    return [Listed(*row) for row in rows], int(total or 0)


def one(tx: Tx, number: int) -> Listed:
    """The request with this number; raises `DomainError` `action_unknown`."""
    row = tx.execute(_whole().where(Action.tenant_id == tx.tenant, Action.number == number)).one_or_none()
    if row is None:
        raise DomainError("action_unknown", _("There is no request {number}.", number=str(number)))
    return Listed(*row)


def _whole() -> Select[*tuple[Any, ...]]:
    decider = (
        select(User.name)
        .where(User.tenant_id == Action.tenant_id, User.phone == Action.answered_by)
        .limit(1)
        .scalar_subquery()
    )
    whose = (Contact.tenant_id == Action.tenant_id) & (Contact.id == Action.contact_id)
    return select(Action, Contact, func.coalesce(decider, Action.answered_by)).join(Contact, whose)
