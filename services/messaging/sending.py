"""Messages that programs ask for over the API: to whom, with what words, by which number.

What people decide in a chat goes to the outbox directly; here it is checked as what comes from outside.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import or_, select

from services.db.engine import Tx
from services.db.models import ContactIdentity, Conversation, OutboxMessage, Tenant, WhatsAppSession
from services.errors import DomainError
from services.i18n import Shown, _
from services.messaging import outbox
from services.messaging.addresses import CHANNEL, Address
from services.messaging.outbox import Outgoing
from services.messaging.splitting import split
from services.phone import normalise_phone
from services.tenants import audit, life
from services.tenants.actors import Actor

LONGEST = 65_536
SIMULATED = "simulator"
_NOT_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class NumberRule:
    """Which numbers the installation deals with: `pattern` is matched with their digits."""

    pattern: str
    blocked: frozenset[str]

    def read(self, written: str, country: str) -> str:
        """The number as bare digits with its country code; raises `DomainError` `bad_phone` or `phone_blocked`.

        The pattern holds for what was written and for the number that it means: `123456789` is too short, although
        with a country code it would be long enough.
        """
        number = normalise_phone(written, country, valid_only=False)
        digits = "" if number is None else number.removeprefix("+")
        typed = _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", written)).removeprefix("00")
        if not re.search(self.pattern, digits) or not re.search(self.pattern, typed):
            raise DomainError(
                "bad_phone",
                _(
                    "{number} is no phone number. Write it with its country code, such as 6281234567890.",
                    number=written,
                ),
            )
        if self.blocked & {digits, typed}:
            raise DomainError("phone_blocked", _("{number} is blocked here.", number=digits))
        return digits


@dataclass(frozen=True, slots=True)
class Wish:
    """A message that is asked for. `key` makes that it is sent once; with `may_wait` it may wait for its session."""

    phone: str
    message: str
    key: str
    session: str | None = None
    may_wait: bool = False


def queue(tx: Tx, actor: Actor, rule: NumberRule, wish: Wish) -> tuple[OutboxMessage, WhatsAppSession]:
    """Puts the message into the outbox of the tenant; a repeat with the same key returns the first one.

    Raises `DomainError`: `tenant_inactive`, `bad_phone`, `phone_blocked`, `bad_message`, `session_unknown`,
    `no_active_session`, `key_used` (another message had that key).
    """
    tenant = tx.get_one(Tenant, tx.tenant)
    if life.is_off(tenant.status):
        raise DomainError("tenant_inactive", _("{name} is switched off.", name=tenant.name))
    number, body = rule.read(wish.phone, tenant.country), clean(wish.message)
    chat = str(Address.phone(number))
    earlier = _by_key(tx, wish.key)
    if earlier is not None:
        return _repeated(tx, earlier, chat, body)
    session = _session(tx, wish.session, number)
    if session.provider != SIMULATED and session.state != "connected" and not wish.may_wait:
        raise DomainError("no_active_session", Shown("No active session for company"), state=session.state)
    outbox.put(tx, [Outgoing(session.id, chat, body, dedup_key=wish.key)])
    message = _by_key(tx, wish.key)
    if message is None:
        raise RuntimeError("a message that was put into the outbox isn't there")
    audit.record(tx, actor, "message.send", "outbox", message.id, after={"chat": chat})
    return message, session


def _by_key(tx: Tx, key: str) -> OutboxMessage | None:
    statement = select(OutboxMessage).where(OutboxMessage.tenant_id == tx.tenant, OutboxMessage.dedup_key == key)
    return tx.scalars(statement).one_or_none()


def _repeated(tx: Tx, earlier: OutboxMessage, chat: str, body: str) -> tuple[OutboxMessage, WhatsAppSession]:
    if (earlier.chat, earlier.body) != (chat, split(body)[0]):
        raise DomainError("key_used", _("This key was used before, for another message."))
    return earlier, tx.get_one(WhatsAppSession, (tx.tenant, earlier.session_id))


def _session(tx: Tx, name: str | None, number: str) -> WhatsAppSession:
    """The session of that name, else the one to which this person last wrote, else the default one."""
    mine = select(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant)
    known = None if name is not None else _last_written_to(tx, number)
    if known is not None:
        wanted = mine.where(WhatsAppSession.id == known)
    else:
        wanted = mine.where(WhatsAppSession.is_default if name is None else WhatsAppSession.name == name)
    found = tx.scalars(wanted).one_or_none()
    if found is None:
        raise DomainError("session_unknown", _("There is no such WhatsApp session."))
    return found


def _last_written_to(tx: Tx, number: str) -> int | None:
    person = select(ContactIdentity.contact_id).where(
        ContactIdentity.tenant_id == tx.tenant, ContactIdentity.channel == CHANNEL,
        ContactIdentity.kind == "phone", ContactIdentity.value == number,
    )  # fmt: skip
    statement = (
        select(Conversation.session_id)
        .where(
            Conversation.tenant_id == tx.tenant,
            Conversation.last_in_at.is_not(None),
            Conversation.chat.not_like("group:%"),
            or_(Conversation.contact_id.in_(person), Conversation.chat == str(Address.phone(number))),
        )
        .order_by(Conversation.last_in_at.desc())
        .limit(1)
    )
    return tx.scalar(statement)


def clean(written: str) -> str:
    """The words of a message without control characters; raises `DomainError` `bad_message`."""
    lines = written.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(each for each in lines if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs"))
    if not text.strip() or len(text) > LONGEST:
        raise DomainError(
            "bad_message", _("Write a message of 1 to {most} characters.", most=LONGEST), length=len(text.strip())
        )
    return text


def status_of(tx: Tx, message_id: int) -> OutboxMessage:
    """A message of the tenant's outbox; raises `DomainError` `message_unknown`."""
    found = tx.get(OutboxMessage, (tx.tenant, message_id))
    if found is None:
        raise DomainError("message_unknown", _("There is no such message."))
    return found
