"""Everything about one message that its handling needs, read in two statements under the chat's lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, aliased

from handlers.grammar.reading import Reading
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Contact, ContactIdentity, Conversation, Message, Tenant, User, WhatsAppSession
from services.i18n import Renderable, _
from services.lending.ledger import Source
from services.messaging import contacts
from services.messaging.addresses import CHANNEL, Address
from services.messaging.aliases import Learned, learn_alias
from services.messaging.contacts import Reach
from services.messaging.notices import tell_owner
from services.settings import Settings
from services.tenants.actors import Actor
from services.tenants.plans import limit_of
from services.tenants.preferences import value_of

FLOOD_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Context:
    """One message, who says it in which chat of which tenant, and the transaction in which it is handled.

    `text` is what was said: the message's body, or the texts of a whole burst.
    """

    tx: Tx
    settings: Settings
    tenant: Tenant
    session: WhatsAppSession
    conversation: Conversation
    message: Message
    contact: Contact | None
    user: User | None
    role: str
    text: str

    @property
    def is_owner_side(self) -> bool:
        """Whether somebody speaks who acts for the tenant."""
        return self.user is not None

    @property
    def by_hand(self) -> bool:
        """Whether the owner typed this to somebody else from their own phone."""
        return self.message.from_me and not self.in_self_chat and not self.in_group

    @property
    def in_group(self) -> bool:
        return _is_group(self.message.chat)

    @property
    def in_self_chat(self) -> bool:
        """Whether this is the session's chat with itself, under its number or its private id."""
        return self.message.chat in (f"phone:{self.session.phone}", f"lid:{self.session.lid}")

    @property
    def locale(self) -> str:
        """The language of whoever speaks."""
        person = self.user or self.contact
        return (person.locale if person is not None else None) or self.tenant.locale

    @property
    def today(self) -> date:
        return local_date(self.tx.now, self.tenant.timezone)

    @property
    def reading(self) -> Reading:
        return Reading(self.locale, self.tenant.currency, self.tenant.country, self.today)

    @property
    def actor(self) -> Actor:
        if self.user is not None:
            return Actor("user", self.user.phone, self.role)
        return Actor("contact", str(self.contact.id) if self.contact else "", "contact")

    @property
    def source(self) -> Source:
        """This message as the source of ledger entries: handled twice it books once."""
        return Source(f"message:{self.message.id}", self.actor, self.message.id)

    def preference(self, key: str) -> object:
        return value_of(self.tenant, key)

    @property
    def is_blocked(self) -> bool:
        """Whether the owner or the operator has blocked whoever speaks."""
        if self.contact is not None and self.contact.blocked_at is not None:
            return True
        return any(each.value in self.settings.blocked_numbers for each in self.addresses)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The sender's address, and their other one if it came along."""
        return tuple(Address.parse(each) for each in (self.message.sender, self.message.alias) if each)

    @property
    def number(self) -> str | None:
        """The phone number from which somebody writes, as bare digits; None if WhatsApp shows none."""
        return next((each.value for each in self.addresses if each.kind == "phone"), None)

    def may_write_to(self, reach: Reach) -> bool:
        """Whether neither the owner nor the operator has blocked this person."""
        return not reach.blocked and Address.parse(reach.chat).value not in self.settings.blocked_numbers

    def limit(self, name: str) -> int:
        return limit_of(self.tenant.plan, self.tenant.limits, name)


def open_chat(tx: Tx, session_id: int, chat: str) -> Conversation:
    """Locks the chat's row until the end of the transaction, making it at the first message; counts for flood.

    One that was closed is open again.
    """
    stale = or_(Conversation.window_start.is_(None), Conversation.window_start < tx.now - FLOOD_WINDOW)
    statement = (
        insert(Conversation)
        .values(
            tenant_id=tx.tenant, session_id=session_id, chat=chat, last_in_at=tx.now, window_start=tx.now,
            window_count=1,
        )
        .on_conflict_do_update(
            index_elements=["tenant_id", "session_id", "chat"],
            set_={
                "last_in_at": tx.now,
                "closed_at": None,
                "window_start": case((stale, tx.now), else_=Conversation.window_start),
                "window_count": case((stale, 1), else_=Conversation.window_count + 1),
            },
        )
        .returning(Conversation)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return tx.scalars(statement).one()


_OWN = aliased(ContactIdentity)
_OTHER = aliased(ContactIdentity)


def read_message(
    tx: Tx, message_id: int, conversation: Conversation, settings: Settings, *, handled: bool = False
) -> Context | None:
    """The context of a message that nobody has handled yet (or, with `handled`, of one that waits for its answer).

    None if that isn't so any more. Call with the chat locked.
    """
    still = Message.answer_due if handled else Message.processed_at.is_(None)
    whose = _OWN.contact_id if _is_group(conversation.chat) else conversation.contact_id
    statement = (
        select(Message, WhatsAppSession, Tenant, Contact, User, _OWN.contact_id, _OTHER.contact_id)
        .join(
            WhatsAppSession,
            (WhatsAppSession.tenant_id == Message.tenant_id) & (WhatsAppSession.id == Message.session_id),
        )
        .join(Tenant, Tenant.id == Message.tenant_id)
        .outerjoin(_OWN, _has(_OWN, Message.sender))
        .outerjoin(_OTHER, _has(_OTHER, Message.alias))
        .outerjoin(Contact, (Contact.tenant_id == Message.tenant_id) & (Contact.id == whose))
        .outerjoin(User, (User.tenant_id == Message.tenant_id) & User.active & _speaks())
        .where(Message.tenant_id == tx.tenant, Message.id == message_id, still)
    )
    row = tx.execute(statement).one_or_none()
    if row is None:
        return None
    message, session, tenant, contact, user, own, other = row
    if message.from_me:
        user = user or _owner(tx)
    elif message.alias is not None and not _is_known(conversation, own, other):
        contact = _learn(tx, message)
    if contact is None and user is None and not _is_group(conversation.chat):
        contact = contacts.by_address(tx, Address.parse(message.sender), message.sender_name)
        conversation.contact_id = contact.id
    if contact is not None and message.sender_name and (contact.push_name or "+").startswith("+"):
        contact.push_name = message.sender_name
    role = user.role if user is not None else "contact"
    return Context(
        tx, settings, tenant, session, conversation, message, contact, user, role, message.body
    )  # fmt: skip


def _is_group(chat: str) -> bool:
    return chat.startswith("group:")


def _has(identity: type[ContactIdentity], address: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """That an identity is this address."""
    return (
        (identity.tenant_id == Message.tenant_id)
        & (identity.channel == CHANNEL)
        & (identity.kind == func.split_part(address, ":", 1))
        & (identity.value == func.split_part(address, ":", 2))
    )


def _speaks() -> ColumnElement[bool]:
    """That a message comes from a user's number: shown as the sender or along with a private id, or known by it."""
    by_private_id = exists().where(
        ContactIdentity.tenant_id == Message.tenant_id,
        ContactIdentity.contact_id == _OWN.contact_id,
        ContactIdentity.kind == "phone",
        ContactIdentity.value == User.phone,
    )
    private = Message.sender.startswith("lid:")
    own_number = func.coalesce(case((private, Message.alias)), Message.sender)
    return (own_number == "phone:" + User.phone) | (private & Message.alias.is_(None) & by_private_id)


def _is_known(conversation: Conversation, own: int | None, other: int | None) -> bool:
    """Whether both addresses belong to one contact already; of strangers in a group nothing is kept."""
    if _is_group(conversation.chat):
        return own == other
    return own is not None and own == other == conversation.contact_id


def _learn(tx: Tx, message: Message) -> Contact:
    """Learns that two addresses are one person's; what the owner has to decide about that they are told, once."""
    assert message.alias is not None
    learned = learn_alias(tx, Address.parse(message.sender), Address.parse(message.alias), message.sender_name)
    if learned.apart is not None:
        first, last = sorted((learned.contact.id, learned.apart.id))
        tell_owner(tx, message.session_id, f"same_person:{first}:{last}", _seem_one(message, learned))
    return learned.contact


def _seem_one(message: Message, learned: Learned) -> Renderable:
    assert learned.apart is not None
    numbers = (Address.parse(each) for each in (message.sender, message.alias or "") if each.startswith("phone:"))
    number, other = next((f"+{each.value}" for each in numbers), ""), learned.apart.name
    if learned.contact.name is None:
        return _(
            "{name} seems to have a new number on WhatsApp: {number}. If that is so, tell me: contact {name} {number}",
            name=other, number=number,
        )  # fmt: skip
    return _(
        "{name} and {other} seem to be the same person: they write from the same WhatsApp account ({number})."
        " I keep their accounts apart.",
        name=learned.contact.name, other=other, number=number,
    )  # fmt: skip


def _owner(tx: Tx) -> User:
    """Who speaks in the self chat of a number that isn't a user's own: the tenant's first owner."""
    owners = User.role.in_(("owner", "super_admin"))
    first = select(User).where(User.tenant_id == tx.tenant, owners).order_by(User.active.desc(), User.id).limit(1)
    return tx.scalars(first).one()


def is_stale(message: Message) -> bool:
    """Whether a message was old when it arrived, as after a night offline."""
    return message.received_at - message.sent_at > timedelta(minutes=10)


def in_takeover(conversation: Conversation, now: datetime) -> bool:
    """Whether a person has taken this chat over for now."""
    return conversation.takeover_until is not None and conversation.takeover_until > now
