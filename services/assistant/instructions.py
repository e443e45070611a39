"""What bots are told to heed: notices and orders in the owner's words, for one bot or all, for some days or always."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select

from services.db.engine import Tx
from services.db.models import Chatbot, Instruction
from services.errors import DomainError
from services.i18n import Weekday, _
from services.tenants import audit, usage
from services.tenants.actors import Actor

MOST, LONGEST = 50, 500


def add(
    tx: Tx,
    actor: Actor,
    body: str,
    *,
    today: date,
    bot: Chatbot | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    message_id: int | None = None,
) -> Instruction:
    """A new instruction, for one bot or for all; both days are its own, `today` is the tenant's.

    Raises `DomainError` `instruction_empty`, `instruction_too_long`, `instruction_over`, `instruction_limit`.
    """
    body = body.replace("\x00", "").strip()
    _check(body, today, starts_on, ends_on)
    number = usage.next_number(tx, "instruction_number")
    open_ones = select(func.count()).select_from(Instruction).where(*_open(tx, today))
    if tx.scalars(open_ones).one() >= MOST:
        raise DomainError(
            "instruction_limit",
            _("There are {n} instructions, and more don't fit. Take one away first: instruct remove N", n=MOST),
        )
    made = Instruction(
        tenant_id=tx.tenant, number=number, chatbot_id=bot.id if bot is not None else None, body=body,
        starts_on=starts_on, ends_on=ends_on, created_at=tx.now, created_by=actor.id,
    )  # fmt: skip
    tx.add(made)
    tx.flush()
    after: dict[str, object] = {"number": number, "body": body, "chatbot_id": made.chatbot_id}
    audit.record(tx, actor, "instruction.add", "conversation_instructions", made.id, after=after, message_id=message_id)
    return made


def _check(body: str, today: date, starts_on: date | None, ends_on: date | None) -> None:
    if not body:
        raise DomainError("instruction_empty", _("What shall they heed? For example: instruct we close at 3 today"))
    if len(body) > LONGEST:
        raise DomainError(
            "instruction_too_long",
            _("That is too long: {n} characters, and {most} fit. Several shorter ones work as well.",
              n=len(body), most=LONGEST),
        )  # fmt: skip
    if ends_on is not None and ends_on < (starts_on or today):
        raise DomainError(
            "instruction_over",
            _("It would end on {day}, before it begins. For example: instruct until friday we close at 3",
              day=Weekday(ends_on)),
        )  # fmt: skip


def listing(tx: Tx, today: date) -> Sequence[Instruction]:
    """The instructions that hold or will hold, by number; those of removed bots are left out."""
    return tx.scalars(select(Instruction).where(*_open(tx, today)).order_by(Instruction.number)).all()


def _open(tx: Tx, today: date) -> Sequence[ColumnElement[bool]]:
    theirs = select(Chatbot.id).where(Chatbot.tenant_id == tx.tenant, Chatbot.removed_at.is_(None))
    return (
        Instruction.tenant_id == tx.tenant,
        Instruction.removed_at.is_(None),
        or_(Instruction.ends_on.is_(None), Instruction.ends_on >= today),
        or_(Instruction.chatbot_id.is_(None), Instruction.chatbot_id.in_(theirs)),
    )


def valid(tx: Tx, chatbot_id: int, day: date) -> Sequence[Instruction]:
    """What a bot has to heed on a day, its own instructions and everybody's, by number."""
    statement = select(Instruction).where(
        Instruction.tenant_id == tx.tenant,
        Instruction.removed_at.is_(None),
        or_(Instruction.chatbot_id.is_(None), Instruction.chatbot_id == chatbot_id),
        or_(Instruction.starts_on.is_(None), Instruction.starts_on <= day),
        or_(Instruction.ends_on.is_(None), Instruction.ends_on >= day),
    )
    return tx.scalars(statement.order_by(Instruction.number)).all()


def remove(tx: Tx, actor: Actor, number: int, *, message_id: int | None = None) -> Instruction:
    """Takes an instruction away by its number; raises `DomainError` `unknown_instruction`."""
    statement = select(Instruction).where(
        Instruction.tenant_id == tx.tenant, Instruction.number == number, Instruction.removed_at.is_(None)
    )
    found = tx.scalars(statement).one_or_none()
    if found is None:
        raise DomainError(
            "unknown_instruction",
            _("There is no instruction {number}. *instructions* lists them.", number=str(number)),
        )
    found.removed_at = tx.now
    tx.flush()
    audit.record(
        tx, actor, "instruction.remove", "conversation_instructions", found.id, before={"body": found.body},
        message_id=message_id,
    )  # fmt: skip
    return found
