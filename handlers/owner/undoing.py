"""Taking back a command: by reversing what it booked, within a day, by the same author."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from sqlalchemy import select

from handlers.context import Context
from handlers.grammar.codec import decode
from handlers.owner import accounts
from handlers.reply import Notice
from services.assistant import actions
from services.db.models import CommandRecord, Debt, LedgerEntry
from services.errors import DomainError
from services.i18n import Renderable, Weekday, _, lines
from services.lending import agreements, debts, ledger, payment_texts
from services.lending.agreement_states import OPEN
from services.lending.ledger import Side
from services.messaging import contacts
from services.money import Money

UNDO_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the command with its arguments, who had heard of it, and what they hear now.

    `standing` is where the account stands again, `due` the date that holds again.
    """

    command: str
    arguments: dict[str, object]
    told: Collection[int]
    notices: tuple[Notice, ...]
    standing: Renderable | None
    due: date | None


def last_command(context: Context, within: timedelta, *, here: bool = False) -> CommandRecord | None:
    """The author's latest command that can still be taken back.

    With `here` it is the very last one of this chat: when that has been taken back, none of those before it is meant.
    """
    statement = (
        select(CommandRecord)
        .where(
            CommandRecord.tenant_id == context.tx.tenant,
            CommandRecord.author == context.actor.id,
            CommandRecord.done_at >= context.tx.now - within,
        )
        .order_by(CommandRecord.id.desc())
        .limit(1)
    )
    if not here:
        return context.tx.scalars(statement.where(CommandRecord.undone_at.is_(None))).one_or_none()
    in_chat = CommandRecord.conversation_id == context.conversation.id
    last = context.tx.scalars(statement.where(in_chat)).one_or_none()
    return last if last is not None and last.undone_at is None else None


def last_undoable(context: Context) -> CommandRecord | None:
    """The author's latest command that `undo` means; an agreement that is closed by now needs no undoing any more."""
    while (record := last_command(context, UNDO_WITHIN)) is not None:
        made = record.effects.get("agreement")
        if made is None or agreements.by_id(context.tx, made).status in OPEN:
            break
        record.undone_at = context.tx.now
        context.tx.flush()
    return record


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
    if effects.get("agreement"):
        return _undo_agreement(context, record)
    if effects.get("action"):
        actions.reopen(context.tx, context.actor, effects["action"])
    due = None
    for debt_id, before, after in effects.get("due_dates", ()):
        due = date.fromisoformat(before)
        _move_back(context, debt_id, due, date.fromisoformat(after))
    standing, withdrawal = _afterwards(context, effects.get("entries", ()), due)
    told = effects.get("told", ())
    notices = _withdrawals(context, withdrawal, told)
    return Undone(record.command, decode(record.arguments), told, notices, standing, due)


def _undo_agreement(context: Context, record: CommandRecord) -> Undone:
    """Cancels an agreement that was made; whoever has its PDF hears of it."""
    agreement = agreements.by_id(context.tx, record.effects["agreement"])
    had_it = agreement.status != "draft"
    agreements.cancel(context.tx, context.source, agreement, reason=f"undo:{record.id}")
    withdrawn = _(
        "{business}: agreement {number} is cancelled. Nothing is owed from it.", business=context.tenant.name,
        number=str(agreement.number),
    )  # fmt: skip
    told = (agreement.contact_id,) if had_it else ()
    notices = _withdrawals(context, withdrawn, told)
    return Undone(record.command, decode(record.arguments), told, notices, None, None)


def _move_back(context: Context, debt_id: int, before: date, after: date) -> None:
    current = context.tx.scalar(select(Debt.due_on).where(Debt.tenant_id == context.tx.tenant, Debt.id == debt_id))
    if current != after:
        raise DomainError("changed_since", _("The due date has been moved again since; set it anew instead."))
    debts.move_due(context.tx, context.source, debt_id, before, context.tenant.currency)


def _withdrawals(context: Context, text: Renderable, told: Collection[int]) -> tuple[Notice, ...]:
    """Who heard of the command hears that it no longer holds."""
    reached = contacts.reach(context.tx, told).values() if told else ()
    return tuple(Notice(reach, text) for reach in reached if context.may_write_to(reach))


def _afterwards(
    context: Context, entry_ids: Sequence[int], due: date | None
) -> tuple[Renderable | None, Renderable]:  # fmt: skip
    """Where things stand once a command was taken back: for the owner, and for the person on the other side."""
    business = context.tenant.name
    if not entry_ids:
        return None, _("{business}: it is due on {day} again, as before.", business=business, day=Weekday(due))  # type: ignore[arg-type]
    entry = context.tx.scalars(
        select(LedgerEntry).where(LedgerEntry.tenant_id == context.tx.tenant, LedgerEntry.id == entry_ids[0])
    ).one()
    person, side = contacts.get(context.tx, entry.contact_id), cast(Side, entry.side)
    account = ledger.account(context.tx, person.id, side, entry.currency)
    withdrawn = _(
        "{business}: the entry of {amount} that we told you of has been taken back.",
        business=business, amount=Money(abs(entry.amount), entry.currency),
    )  # fmt: skip
    if not account.debts and not account.credit:
        return _("Nothing is open with {name}.", name=accounts.shown(person)), withdrawn
    return accounts.standing(side, person, account), lines(withdrawn, payment_texts.notice_standing(side, account))
