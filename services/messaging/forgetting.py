"""Deleting a contact: what identifies the person goes, the amounts and dates of the book stay under a neutral name.

Nothing leads back: somebody who writes again from the same number is a new contact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, text, update

from services.db.engine import Tx
from services.db.models import (
    Action,
    Agreement,
    AgreementVersion,
    BotAnswer,
    Consent,
    Contact,
    ContactIdentity,
    ContactTag,
    Conversation,
    Debt,
    KnowledgeGap,
    LedgerEntry,
    Message,
    OutboxMessage,
    Promise,
    Tenant,
)
from services.errors import DomainError
from services.i18n import _
from services.lending.agreement_states import OPEN
from services.messaging import contacts
from services.messaging.naming import name_key
from services.tenants import audit
from services.tenants.actors import Actor

_NOBODY = "phone:0"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was emptied: messages in and out; `keeps_book` tells whether entries of the ledger stay."""

    contact_id: int
    name: str
    messages: int
    keeps_book: bool


def forget(tx: Tx, actor: Actor, contact: Contact, *, force: bool = False) -> Forgotten:
    """Makes a contact nobody in particular. For good.

    Raises `DomainError` `contact_in_use` while money is open with them or an agreement is in force, unless `force`.
    """
    chats = _chats(tx, contact.id)
    tx.refresh(contact, with_for_update={"key_share": True})
    in_use = _in_use(tx, contact.id)
    if any(in_use.values()) and not force:
        text_ = _(
            "{name} still has {debts} open debts and {agreements} agreements. Settle them first, or delete with force.",
            name=contacts.called(contact), **in_use,
        )  # fmt: skip
        raise DomainError("contact_in_use", text_, **in_use)
    emptied = _empty_messages(tx, contact.id, chats)
    _empty_words(tx, contact.id, [chat.id for chat in chats])
    _unlink(tx, contact.id, chats)
    keeps_book = _has_book(tx, contact.id)
    name = _("Deleted {number}", number=str(contact.id)).render(tx.get_one(Tenant, tx.tenant).locale)
    contact.name, contact.name_key = (name, name_key(name)) if keeps_book else (None, None)
    contact.push_name, contact.email, contact.note, contact.locale = name, None, None, None
    contact.blocked_at, contact.opted_out_at = None, None
    contact.deleted_at = contact.updated_at = tx.now
    tx.flush()
    audit.record(
        tx, actor, "contact.delete", "contacts", contact.id, before=dict(in_use),
        after={"messages": emptied, "book": keeps_book},
    )  # fmt: skip
    return Forgotten(contact.id, name, emptied, keeps_book)


def _chats(tx: Tx, contact_id: int) -> Sequence[Conversation]:
    """The contact's chats, locked as for a message: none is handled meanwhile."""
    statement = (
        select(Conversation)
        .where(Conversation.tenant_id == tx.tenant, Conversation.contact_id == contact_id)
        .order_by(Conversation.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return tx.scalars(statement).all()


def _in_use(tx: Tx, contact_id: int) -> dict[str, int]:
    debts = select(func.count()).where(Debt.tenant_id == tx.tenant, Debt.contact_id == contact_id, Debt.is_open)
    agreements = select(func.count()).where(
        Agreement.tenant_id == tx.tenant, Agreement.contact_id == contact_id, Agreement.status.in_(OPEN)
    )
    row = tx.execute(select(debts.scalar_subquery(), agreements.scalar_subquery())).one()
    return {"debts": row[0], "agreements": row[1]}


def _has_book(tx: Tx, contact_id: int) -> bool:
    entries = exists().where(LedgerEntry.tenant_id == tx.tenant, LedgerEntry.contact_id == contact_id)
    agreements = exists().where(Agreement.tenant_id == tx.tenant, Agreement.contact_id == contact_id)
    return bool(tx.scalar(select(or_(entries, agreements))))


def _empty_messages(tx: Tx, contact_id: int, chats: Sequence[Conversation]) -> int:
    """Empties what was written to and by the person, in groups as well, and takes the number off it."""
    addresses = [str(each) for each in contacts.addresses(tx, contact_id)]
    names = sorted({chat.chat for chat in chats if not chat.chat.startswith("group:")} | set(addresses))
    written: ColumnElement[bool] = (Message.tenant_id == tx.tenant) & or_(
        Message.chat.in_(names), Message.sender.in_(addresses), Message.alias.in_(addresses)
    )
    incoming = tx.execute(
        update(Message)
        .where(written)
        .values(
            body="", sender_name=None, media=None, heard=None, understood=None, error=None, answer_due=False,
            media_due=None, reading_due=None, sender=_NOBODY, alias=None, quoted_id=None,
            chat=func.regexp_replace(Message.chat, "^(phone|lid):.*", _NOBODY),
            outcome=func.coalesce(Message.outcome, "forgotten"),
            processed_at=func.coalesce(Message.processed_at, tx.now),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    outgoing = tx.execute(
        update(OutboxMessage)
        .where(OutboxMessage.tenant_id == tx.tenant, OutboxMessage.chat.in_(names))
        .values(
            body="", file_hash=None, file_name=None, chat=_NOBODY,
            status=text("case when outbox.status = 'queued' then 'cancelled' else outbox.status end"),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return int(getattr(incoming, "rowcount", 0)) + int(getattr(outgoing, "rowcount", 0))


def _empty_words(tx: Tx, contact_id: int, chats: Sequence[int]) -> None:
    """Empties what was kept of the person's words elsewhere: consents, requests, promises, signatures, questions."""
    for table, values in (
        (Consent, {"said": ""}), (Promise, {"said": ""}),
        (Action, {"said": "", "data": {}, "answer": None}),
        (BotAnswer, {"question": "", "answer": None, "sources": []}),
        (KnowledgeGap, {"contact_id": None, "conversation_id": None}),
    ):  # fmt: skip
        of_contact = (table.tenant_id == tx.tenant) & (table.contact_id == contact_id)
        tx.execute(update(table).where(of_contact).values(**values).execution_options(synchronize_session=False))
    tx.execute(
        update(BotAnswer)
        .where(BotAnswer.tenant_id == tx.tenant, BotAnswer.conversation_id.in_(chats))
        .values(question="", answer=None, sources=[])
        .execution_options(synchronize_session=False)
    )
    agreements = select(Agreement.id).where(Agreement.tenant_id == tx.tenant, Agreement.contact_id == contact_id)
    tx.execute(
        update(AgreementVersion)
        .where(AgreementVersion.tenant_id == tx.tenant, AgreementVersion.agreement_id.in_(agreements))
        .values(accepted_number=None, accepted_words=None)
        .execution_options(synchronize_session=False)
    )


def _unlink(tx: Tx, contact_id: int, chats: Sequence[Conversation]) -> None:
    for chat in chats:
        chat.contact_id, chat.dialog, chat.dialog_until = None, None, None
        chat.summary, chat.summary_to, chat.handoff_id, chat.takeover_until = None, None, None, None
        chat.closed_at = tx.now
        if not chat.chat.startswith("group:"):
            chat.chat = f"{_NOBODY}{chat.id}"
    for table in (ContactIdentity, ContactTag):
        tx.execute(delete(table).where(table.tenant_id == tx.tenant, table.contact_id == contact_id))
    tx.flush()
