"""Takes over an installation of a single business as the first one here: its tenant, contacts and messages.

Done again it adds nothing twice: contacts are known by their number (else by their name), messages by a stable key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, func, insert, select, text

from services.db.engine import Tx
from services.db.models import (
    Base,
    Contact,
    ContactIdentity,
    ContactTag,
    Conversation,
    Message,
    OutboxMessage,
    Tenant,
    User,
    WhatsAppSession,
)
from services.errors import DomainError
from services.i18n import _
from services.messaging.addresses import CHANNEL, Address
from services.messaging.naming import name_key
from services.operations.single_files import Installation, Person, Said
from services.tenants import audit, registration, sessions
from services.tenants.actors import SYSTEM
from services.tenants.tenants import NewTenant, Registered

_STATUS = "active"
_OUTCOME = "imported"


@dataclass(frozen=True, slots=True)
class Taken:
    """How much came now, and how much was there before."""

    people: int
    known_people: int
    received: int
    sent: int
    known_messages: int


def place(tx: Tx, new: NewTenant) -> Registered | None:
    """Where this installation is already, None where there is no business yet; in a platform transaction.

    Raises `DomainError` `not_empty` when there is another business than that.
    """
    statement = (
        select(Tenant.id, WhatsAppSession.id, Tenant.phone)
        .join(WhatsAppSession, (WhatsAppSession.tenant_id == Tenant.id) & WhatsAppSession.is_default)
        .where(~Tenant.is_platform)
        .order_by(Tenant.id)
        .limit(2)
    )
    found = tx.execute(statement).all()
    if not found and not tx.scalar(select(func.count()).select_from(Tenant).where(~Tenant.is_platform)):
        return None
    if len(found) != 1 or found[0].phone != new.phone:
        text = _("There is a business here already. A single installation can only be taken over as the first one.")
        raise DomainError("not_empty", text)
    return Registered(found[0][0], found[0][1])


def register(tx: Tx, found: Installation, most_sessions: int) -> Registered:
    """Makes the tenant, in a platform transaction; raises as `registration.register`."""
    made = registration.register(tx, found.new, None, most_sessions)
    tx.get_one(Tenant, made.tenant_id).status = _STATUS
    tx.flush()
    return made


def expected(tx: Tx | None, found: Installation) -> Taken:
    """What would come, without doing it; `tx` is None where there is no tenant yet."""
    known = set() if tx is None else set(_known(tx))
    new = [each for each in found.people if _key(each) not in known]
    old = set() if tx is None else _known_keys(tx, found.said)
    said = [each for each in found.said if each.key not in old]
    return _taken(found, len(new), said)


def take(tx: Tx, session_id: int, found: Installation) -> Taken:
    """Adds what isn't there yet, in the tenant's transaction."""
    known = _known(tx)
    new = [each for each in found.people if _key(each) not in known]
    _add_people(tx, new)
    old = _known_keys(tx, found.said)
    said = sorted((each for each in found.said if each.key not in old), key=lambda each: each.at)
    _add_conversations(tx, session_id, said)
    _add(tx, Message, [_received(tx, session_id, each) for each in said if not each.is_out])
    _add(tx, OutboxMessage, [_sent(tx, session_id, each) for each in said if each.is_out])
    _name_owner(tx, found)
    result = _taken(found, len(new), said)
    if new or said:
        counts: dict[str, object] = {"contacts": result.people, "received": result.received, "sent": result.sent}
        audit.record(tx, SYSTEM, "tenant.import", "tenants", tx.tenant, after=counts)
    return result


def resume(tx: Tx, session_id: int, device: int, lid: str | None, push_name: str | None) -> None:
    """The session's keys were taken over: it goes on without a new QR code."""
    session = sessions.get(tx, session_id)
    if session.device is not None:
        return
    session.device, session.lid, session.push_name, session.paired_at = device, lid, push_name, tx.now
    sessions.move(tx, session, "stopped", "imported")
    sessions.start(tx, SYSTEM, session)


def _taken(found: Installation, people: int, said: Sequence[Said]) -> Taken:
    sent = sum(each.is_out for each in said)
    return Taken(people, len(found.people) - people, len(said) - sent, sent, len(found.said) - len(said))


def _key(person: Person) -> tuple[str, str]:
    return ("phone", person.phone) if person.phone is not None else ("name", name_key(person.name or ""))


def _known(tx: Tx) -> Mapping[tuple[str, str], int]:
    """The contacts that are there, by their numbers and names."""
    numbers = select(ContactIdentity.value, ContactIdentity.contact_id).where(
        ContactIdentity.tenant_id == tx.tenant, ContactIdentity.channel == CHANNEL, ContactIdentity.kind == "phone"
    )
    names = select(Contact.name_key, Contact.id).where(Contact.tenant_id == tx.tenant, Contact.name_key.is_not(None))
    found = {("name", str(row[0])): int(row[1]) for row in tx.execute(names)}
    return found | {("phone", row[0]): row[1] for row in tx.execute(numbers)}


# Numbers are given in the order of the rows, so that the rows' numbers are known without asking.
_ADD_PEOPLE = text("""
    insert into contacts (
        tenant_id, created_at, updated_at, source, name, name_key, push_name, note, email, blocked_at
    )
    select :tenant, :now, :now, 'csv', name, name_key, push_name, note, email, case when is_blocked then :now end
    from jsonb_to_recordset(cast(:people as jsonb)) as person (
        n bigint, name text, name_key text, push_name text, note text, email text, is_blocked boolean
    ) order by n
    returning id
""")


def _add_people(tx: Tx, people: Sequence[Person]) -> None:
    """Contacts with their numbers and tags. Three statements for each thousand or so."""
    if not people:
        return
    given = json.dumps([{"n": n, **_contact(each)} for n, each in enumerate(people)])
    ids = sorted(tx.scalars(_ADD_PEOPLE, {"tenant": tx.tenant, "now": tx.now, "people": given}))
    both = list(zip(people, ids, strict=True))
    mine = {"tenant_id": tx.tenant, "channel": CHANNEL, "kind": "phone"}
    _add(tx, ContactIdentity, [{**mine, "value": each.phone, "contact_id": id_} for each, id_ in both if each.phone])
    tags = ((id_, tag) for each, id_ in both for tag in each.tags)
    _add(
        tx, ContactTag,
        [{"tenant_id": tx.tenant, "contact_id": id_, "tag": tag, "created_at": tx.now} for id_, tag in tags],
    )  # fmt: skip


def _add(tx: Tx, table: type[Base], rows: Sequence[dict[str, object]]) -> None:
    if rows:
        tx.execute(insert(cast(Table, table.__table__)), rows)


def _contact(person: Person) -> dict[str, object]:
    return {
        "name": person.name, "name_key": name_key(person.name) if person.name else None, "note": person.note,
        "push_name": None if person.name else f"+{person.phone}", "email": person.email,
        "is_blocked": person.is_blocked,
    }  # fmt: skip


def _known_keys(tx: Tx, said: Sequence[Said]) -> set[str]:
    """Which of these messages are there already. Two statements."""
    keys = [each.key for each in said]
    received = select(Message.provider_id).where(Message.tenant_id == tx.tenant, Message.provider_id.in_(keys))
    sent = select(OutboxMessage.dedup_key).where(
        OutboxMessage.tenant_id == tx.tenant, OutboxMessage.dedup_key.in_(keys)
    )
    return set(tx.scalars(received)) | {str(key) for key in tx.scalars(sent)}


def _add_conversations(tx: Tx, session_id: int, said: Sequence[Said]) -> None:
    """A chat for everybody who wrote or was written to, with the time at which they last wrote."""
    last = {each.phone: each.at for each in said if not each.is_out}
    chats = {each.phone: str(Address.phone(each.phone)) for each in said}
    there = set(
        tx.scalars(
            select(Conversation.chat).where(
                Conversation.tenant_id == tx.tenant,
                Conversation.session_id == session_id,
                Conversation.chat.in_(list(chats.values())),
            )
        )
    )
    before = _known(tx)
    _add_people(tx, [Person(phone, None) for phone in chats if ("phone", phone) not in before])
    known = _known(tx)
    mine = {"tenant_id": tx.tenant, "session_id": session_id}
    _add(tx, Conversation, [
        {**mine, "chat": chat, "contact_id": known["phone", phone], "last_in_at": last.get(phone)}
        for phone, chat in chats.items() if chat not in there
    ])  # fmt: skip


def _received(tx: Tx, session_id: int, said: Said) -> dict[str, object]:
    chat = str(Address.phone(said.phone))
    return {
        "tenant_id": tx.tenant, "session_id": session_id, "provider_id": said.key, "chat": chat, "sender": chat,
        "from_me": False, "kind": "text", "body": said.text, "sent_at": said.at, "received_at": said.at,
        "processed_at": said.at, "outcome": _OUTCOME,
    }  # fmt: skip


def _sent(tx: Tx, session_id: int, said: Said) -> dict[str, object]:
    return {
        "tenant_id": tx.tenant, "session_id": session_id, "chat": str(Address.phone(said.phone)), "kind": "text",
        "body": said.text, "priority": 0, "dedup_key": said.key, "status": "sent", "created_at": said.at,
        "sending_at": said.at, "sent_at": said.at, "attempts": 1,
    }  # fmt: skip


def _name_owner(tx: Tx, found: Installation) -> None:
    owner = tx.scalars(
        select(User).where(User.tenant_id == tx.tenant, User.phone == found.new.phone, User.role == "owner")
    ).one_or_none()
    if owner is not None and owner.name != found.owner:
        owner.name, owner.email = found.owner, owner.email or found.new.email
        tx.flush()
