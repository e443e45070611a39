"""Taking back a command: by reversing what it booked, within a day, by the same author."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.grammar.codec import decode
from handlers.reply import Notice
from services.db.models import CommandRecord, Debt, LedgerEntry
from services.errors import DomainError
from services.i18n import Renderable, _
from services.lending import debts
from services.messaging import contacts
from services.money import Money

UNDO_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the command with its arguments, who had heard of it, and what they hear now."""

    command: str
    arguments: dict[str, object]
    told: Collection[int]
    notices: tuple[Notice, ...]
    result: tuple[Renderable, ...]


def last_command(context: Context, within: timedelta, *, here: bool = False) -> CommandRecord | None:
    """The author's latest command that can still be taken back; with `here`, only one of this chat."""
    statement = (
        select(CommandRecord)
        .where(
            CommandRecord.tenant_id == context.tx.tenant,
            CommandRecord.author == context.actor.id,
            CommandRecord.undone_at.is_(None),
            CommandRecord.done_at >= context.tx.now - within,
        )
        .order_by(CommandRecord.id.desc())
        .limit(1)
    )
    if here:
        statement = statement.where(CommandRecord.conversation_id == context.conversation.id)
    return context.tx.scalars(statement).one_or_none()


def undo_command(context: Context, record_id: int) -> Undone:
    """Takes a command back; raises `DomainError` when something depends on it or it was taken back already."""
    record = context.tx.scalars(
        select(CommandRecord).where(CommandRecord.tenant_id == context.tx.tenant, CommandRecord.id == record_id)
    ).one()
    if record.undone_at is not None:
        raise DomainError("already_undone", _("That has been taken back already."))
    record.undone_at = context.tx.now
    effects = record.effects
    if effects.get("entries"):
        debts.reverse(context.tx, context.source, effects["entries"], reason=f"undo:{record.id}")
    for debt_id, before, after in effects.get("due_dates", ()):
        _move_back(context, debt_id, date.fromisoformat(before), date.fromisoformat(after))
    told = effects.get("told", ())
    return Undone(record.command, decode(record.arguments), told, _withdrawals(context, effects, told), ())


def _move_back(context: Context, debt_id: int, before: date, after: date) -> None:
    current = context.tx.scalar(select(Debt.due_on).where(Debt.tenant_id == context.tx.tenant, Debt.id == debt_id))
    if current != after:
        raise DomainError("changed_since", _("The due date has been moved again since; set it anew instead."))
    debts.move_due(context.tx, context.source, debt_id, before, context.tenant.currency)


def _withdrawals(context: Context, effects: dict[str, object], told: Collection[int]) -> tuple[Notice, ...]:
    """Who heard of the command hears that it no longer holds."""
    if not told:
        return ()
    text, reached = _withdrawal(context, effects), contacts.reach(context.tx, told).values()
    return tuple(Notice(reach, text) for reach in reached if context.may_write_to(reach))


def _withdrawal(context: Context, effects: dict[str, object]) -> Renderable:
    entries = effects.get("entries")
    if isinstance(entries, list) and entries:
        entry = context.tx.scalars(
            select(LedgerEntry).where(LedgerEntry.tenant_id == context.tx.tenant, LedgerEntry.id == entries[0])
        ).one()
        amount = Money(abs(entry.amount), entry.currency)
        return _(
            "{business}: the entry of {amount} that we told you of has been taken back.",
            business=context.tenant.name, amount=amount,
        )  # fmt: skip
    return _("{business}: the change that we told you of has been taken back.", business=context.tenant.name)
