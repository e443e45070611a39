"""Messages that programs ask for over the API: to whom, with what words or file, by which number, and when.

What people decide in a chat goes to the outbox directly; here it is checked as what comes from outside.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select

from services.db.engine import Tx
from services.db.models import ContactIdentity, Conversation, OutboxMessage, Tenant, User, WhatsAppSession
from services.errors import DomainError
from services.i18n import Shown, _
from services.messaging import outbox, sending_groups
from services.messaging.addresses import CHANNEL, Address
from services.messaging.outbox import Attachment, Outgoing
from services.messaging.splitting import split
from services.phone import normalise_phone
from services.tenants import audit, life, limits
from services.tenants.actors import Actor

LONGEST, LONGEST_CAPTION = 65_536, 1024
LATEST = timedelta(days=90)
SIMULATED = "simulator"
# What the de-duplication keys of these messages begin with, and so they are known from others.
BY_API = "api:"
_NOT_DIGITS = re.compile(r"\D+")
_SLACK = timedelta(minutes=1)


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
class SentFile:
    """A file to be sent, as one of `outbox`'s kinds."""

    attachment: Attachment
    kind: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A message that is asked for. `key` makes that it is sent once; with `may_wait` it may wait for its session.

    `group` stands in the place of `phone`; `sender` is the number of a session in the place of its name. With `file`
    the message is its caption, and `has_file` tells that there is one before it is fetched.
    """

    phone: str | None
    message: str
    key: str
    session: str | None = None
    may_wait: bool = False
    group: str | None = None
    sender: str | None = None
    file: SentFile | None = None
    has_file: bool = False
    send_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a wish leads: its chat, its words, and the number by which it goes."""

    tenant: Tenant
    chat: str
    body: str
    session: WhatsAppSession


def queue(tx: Tx, actor: Actor, rule: NumberRule, wish: Wish) -> tuple[OutboxMessage, WhatsAppSession]:
    """Puts the message into the outbox of the tenant; a repeat with the same key returns the first one.

    Raises `DomainError`: `tenant_inactive`, `bad_phone`, `phone_blocked`, `bad_message`, `session_unknown`,
    `group_unknown`, `group_unclear`, `bad_send_at`, `no_active_session`, `limit_reached`, `key_used` (another message
    had that key).
    """
    earlier = sent_before(tx, rule, wish)
    if earlier is not None:
        return earlier
    place = _placed(tx, rule, wish)
    _require_ready(tx, place.session, wish)
    message = _outgoing(place, wish)
    counts = not _is_own(tx, place.chat)
    if counts:
        # Whoever asks for the same at the same time waits here, and then finds the first one's message.
        outbox.wake_for(tx, message)
        limits.take(tx, place.tenant, "messages", outbox.size(message))
        earlier = sent_before(tx, rule, wish)
        if earlier is not None:
            limits.take(tx, place.tenant, "messages", -outbox.size(message))
            return earlier
    outbox.put(tx, [message])
    kept = sent_before(tx, rule, wish)
    if kept is None:
        raise RuntimeError("a message that was put into the outbox isn't there")
    audit.record(tx, actor, "message.send", "outbox", kept[0].id, after={"chat": place.chat})
    return kept


def check(tx: Tx, rule: NumberRule, wish: Wish) -> tuple[WhatsAppSession, str, int]:
    """What would become of a wish, with nothing written: its session, its chat, how many messages it is.

    Raises what `queue` raises.
    """
    place = _placed(tx, rule, wish)
    _require_ready(tx, place.session, wish)
    parts = outbox.size(_outgoing(place, wish))
    if not _is_own(tx, place.chat):
        with tx.begin_nested() as trying:
            limits.take(tx, place.tenant, "messages", parts)
            trying.rollback()
    return place.session, place.chat, parts


def sent_before(tx: Tx, rule: NumberRule, wish: Wish) -> tuple[OutboxMessage, WhatsAppSession] | None:
    """The message that was put under the wish's key, with its session; raises `key_used` if that was another."""
    statement = select(OutboxMessage).where(OutboxMessage.tenant_id == tx.tenant, OutboxMessage.dedup_key == wish.key)
    earlier = tx.scalars(statement).one_or_none()
    if earlier is None:
        return None
    place = _placed(tx, rule, wish)
    asked = earlier.not_before if earlier.attempts == 0 and earlier.status == "queued" else wish.send_at
    same_file = (wish.has_file or wish.file is not None) == (earlier.file_hash is not None) and (
        wish.file is None or wish.file.attachment.file_hash == earlier.file_hash
    )
    body = place.body if earlier.file_hash is not None else split(place.body)[0]
    if (earlier.chat, earlier.body) != (place.chat, body) or not same_file or asked != wish.send_at:
        raise DomainError("key_used", _("This key was used before, for another message."))
    return earlier, tx.get_one(WhatsAppSession, (tx.tenant, earlier.session_id))


def _placed(tx: Tx, rule: NumberRule, wish: Wish) -> _Place:
    tenant = tx.get_one(Tenant, tx.tenant)
    if life.is_off(tenant.status):
        raise DomainError("tenant_inactive", _("{name} is switched off.", name=tenant.name))
    has_file = wish.has_file or wish.file is not None
    if wish.group is not None:
        body, named = clean(wish.message, caption=has_file), _named(tx, rule, tenant, wish)
        chat, session_id = sending_groups.find(tx, wish.group, None if named is None else named.id)
        return _Place(tenant, chat, body, named or tx.get_one(WhatsAppSession, (tx.tenant, session_id)))
    number = rule.read(wish.phone or "", tenant.country)
    body = clean(wish.message, caption=has_file)
    session = _named(tx, rule, tenant, wish) or _usual(tx, number)
    return _Place(tenant, str(Address.phone(number)), body, session)


def _require_ready(tx: Tx, session: WhatsAppSession, wish: Wish) -> None:
    if wish.send_at is not None and not tx.now - _SLACK <= wish.send_at <= tx.now + LATEST:
        text = _("A message can be sent later up to {days} days ahead, and not in the past.", days=LATEST.days)
        raise DomainError("bad_send_at", text, sendAt=wish.send_at.isoformat())
    waits = wish.may_wait or wish.send_at is not None
    if session.provider != SIMULATED and session.state != "connected" and not waits:
        raise DomainError("no_active_session", Shown("No active session for company"), state=session.state)


def _outgoing(place: _Place, wish: Wish) -> Outgoing:
    file = wish.file
    return Outgoing(
        place.session.id, place.chat, place.body, dedup_key=wish.key, not_before=wish.send_at, counted=True,
        kind=("document" if wish.has_file else "text") if file is None else file.kind,
        attachment=None if file is None else file.attachment,
    )  # fmt: skip


def _is_own(tx: Tx, chat: str) -> bool:
    """Whether a chat is with the business's own people, or with its number itself: that doesn't count."""
    phone = chat.removeprefix("phone:")
    own = or_(
        exists().where(User.tenant_id == tx.tenant, User.phone == phone),
        exists().where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.phone == phone),
    )
    return chat.startswith("phone:") and bool(tx.scalar(select(own)))


def _named(tx: Tx, rule: NumberRule, tenant: Tenant, wish: Wish) -> WhatsAppSession | None:
    """The session that a wish names, by name or number; None when it names none."""
    if wish.sender is None and wish.session is None:
        return None
    if wish.sender is None:
        return _one(tx, WhatsAppSession.name == wish.session)
    return by_number(tx, rule, tenant, wish.sender)


def by_number(tx: Tx, rule: NumberRule, tenant: Tenant, sender: str) -> WhatsAppSession:
    """The tenant's session with this number; raises `DomainError` `session_unknown`."""
    try:
        return _one(tx, WhatsAppSession.phone == rule.read(sender, tenant.country))
    except DomainError as refusal:
        text = _("The sender {number} is no WhatsApp number of {name}.", number=sender, name=tenant.name)
        raise DomainError("session_unknown", text) from refusal


def _usual(tx: Tx, number: str) -> WhatsAppSession:
    """The session to which this person last wrote, else the default one."""
    known = _last_written_to(tx, number)
    return _one(tx, WhatsAppSession.is_default if known is None else WhatsAppSession.id == known)


def _one(tx: Tx, is_it: object) -> WhatsAppSession:
    statement = select(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant, is_it)  # type: ignore[arg-type]
    found = tx.scalars(statement).one_or_none()
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


def clean(written: str, *, caption: bool = False) -> str:
    """The words of a message without control characters; raises `DomainError` `bad_message`.

    A caption may be empty, and is shorter at the most.
    """
    lines = written.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(each for each in lines if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs"))
    most = LONGEST_CAPTION if caption else LONGEST
    if (not text.strip() and not caption) or len(text) > most:
        raise DomainError(
            "bad_message", _("Write a message of 1 to {most} characters.", most=most), length=len(text.strip())
        )
    return text


def status_of(tx: Tx, message_id: int) -> OutboxMessage:
    """A message of the tenant's outbox; raises `DomainError` `message_unknown`."""
    found = tx.get(OutboxMessage, (tx.tenant, message_id))
    if found is None:
        raise DomainError("message_unknown", _("There is no such message."))
    return found
