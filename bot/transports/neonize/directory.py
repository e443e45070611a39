"""What the library's store of contacts and WhatsApp's groups say, in our terms. Pure: it needs no connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bot.transports.neonize.codec import address_of
from bot.transports.neonize.contents import words
from bot.transports.neonize.terms import Own
from services.messaging.addresses import Address
from services.messaging.directories import Group, Person

PhoneOf = Callable[[str], "str | None"]


def people_of(found: Iterable[Any], own: Own, phone_of: PhoneOf) -> list[Person]:
    """The people of the library's store, ourselves left out; each once, by number where it is known.

    The store also has everybody who was ever seen in a group: they have no name of the address book.
    """
    people: dict[Address, Person] = {}
    for each in found:
        address = address_of(each.JID)
        if address is None or address.kind == "group" or address.value in (own.phone, own.lid):
            continue
        name = words(each.Info.FullName) or words(each.Info.FirstName) or None
        push_name = words(each.Info.PushName) or words(each.Info.BusinessName) or None
        if address.kind == "lid" and name is not None:
            phone = phone_of(address.value)
            address = address if phone is None else Address("phone", phone)
        known = people.get(address, Person(address))
        people[address] = Person(address, known.name or name, known.push_name or push_name)
    return list(people.values())


def groups_of(found: Iterable[Any], own: Own) -> list[Group]:
    """The groups in which we are."""
    groups = []
    for each in found:
        address = address_of(each.JID)
        if address is None or address.kind != "group":
            continue
        name = words(each.GroupName.Name).strip() or address.value
        is_admin = any(
            (one.IsAdmin or one.IsSuperAdmin) and _is_own(one, own) for one in each.Participants
        )  # fmt: skip
        groups.append(Group(str(address), name, len(each.Participants), is_admin))
    return groups


def _is_own(participant: Any, own: Own) -> bool:
    users = {words(jid.User) for jid in (participant.JID, participant.LID, participant.PhoneNumber)}
    return bool(users & set(filter(None, (own.phone, own.lid))))
