"""Everything about one message that its handling needs, read in two statements under the chat's lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, or_, select
from sqlalchemy.dialects.postgresql import insert

from handlers.grammar.reading import Reading
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Contact, Conversation, Message, Tenant, User, WhatsAppSession
from services.lending.ledger import Source
from services.messaging import contacts
from services.messaging.addresses import Address
from services.messaging.contacts import Reach
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
        return self.message.from_me and not self.in_self_chat

    @property
    def in_self_chat(self) -> bool:
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
        blocked = self.contact is not None and self.contact.blocked_at is not None
        return blocked or Address.parse(self.message.sender).value in self.settings.blocked_numbers

    def may_write_to(self, reach: Reach) -> bool:
        """Whether neither the owner nor the operator has blocked this person."""
        return not reach.blocked and Address.parse(reach.chat).value not in self.settings.blocked_numbers

    def limit(self, name: str) -> int:
        return limit_of(self.tenant.plan, self.tenant.limits, name)


def open_chat(tx: Tx, session_id: int, chat: str) -> Conversation:
    """Locks the chat's row until the end of the transaction, making it at the first message; counts for flood."""
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
                "window_start": case((stale, tx.now), else_=Conversation.window_start),
                "window_count": case((stale, 1), else_=Conversation.window_count + 1),
            },
        )
        .returning(Conversation)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return tx.scalars(statement).one()


def read_message(
    tx: Tx, message_id: int, conversation: Conversation, settings: Settings, *, handled: bool = False
) -> Context | None:
    """The context of a message that nobody has handled yet (or, with `handled`, of one that waits for its answer).

    None if that isn't so any more. Call with the chat locked.
    """
    still = Message.answer_due if handled else Message.processed_at.is_(None)
    statement = (
        select(Message, WhatsAppSession, Tenant, Contact, User)
        .join(
            WhatsAppSession,
            (WhatsAppSession.tenant_id == Message.tenant_id) & (WhatsAppSession.id == Message.session_id),
        )
        .join(Tenant, Tenant.id == Message.tenant_id)
        .outerjoin(Contact, (Contact.tenant_id == Message.tenant_id) & (Contact.id == conversation.contact_id))
        .outerjoin(
            User,
            (User.tenant_id == Message.tenant_id) & User.active & (Message.sender == "phone:" + User.phone),
        )
        .where(Message.tenant_id == tx.tenant, Message.id == message_id, still)
    )
    row = tx.execute(statement).one_or_none()
    if row is None:
        return None
    message, session, tenant, contact, user = row
    if message.from_me:
        user = user or _owner(tx)
    if contact is None and user is None:
        contact = contacts.by_address(tx, Address.parse(message.sender), message.sender_name)
        conversation.contact_id = contact.id
    role = user.role if user is not None else "contact"
    return Context(
        tx, settings, tenant, session, conversation, message, contact, user, role, message.body
    )  # fmt: skip


def _owner(tx: Tx) -> User:
    """Who speaks in the self chat of a number that isn't a user's own: the tenant's first owner."""
    owners = User.role.in_(("owner", "super_admin"))
    return tx.scalars(select(User).where(User.tenant_id == tx.tenant, owners).order_by(User.id).limit(1)).one()


def is_stale(message: Message) -> bool:
    """Whether a message was old when it arrived, as after a night offline."""
    return message.received_at - message.sent_at > timedelta(minutes=10)


def in_takeover(conversation: Conversation, now: datetime) -> bool:
    """Whether a person has taken this chat over for now."""
    return conversation.takeover_until is not None and conversation.takeover_until > now
