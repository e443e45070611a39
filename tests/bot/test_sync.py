"""The address book of a number's own WhatsApp: asked for, looked up by the host that keeps it, and taken over."""

from __future__ import annotations

from typing import Any

import pytest
from neonize.proto import Neonize_pb2 as proto

from bot import directories as looking
from bot.transports.base import TransportError
from bot.transports.neonize.client import Line
from bot.transports.neonize.library import JID
from services.db.engine import Database
from services.db.models import ContactSync
from services.errors import DomainError
from services.messaging import contacts, syncing
from services.messaging.addresses import Address
from services.messaging.directories import Directory, Group, Person
from services.tenants.actors import SYSTEM
from services.tenants.tenants import Registered
from tests.bot.neonize.conftest import heard, kept, line, played, quick, running, store_path, toko
from tests.bot.neonize.events import OWN
from tests.bot.neonize.hosting import Kept
from tests.bot.neonize.library import PlayedLibrary, wire
from tests.conftest import OWNER
from tests.db.asking import eventually, rows

__all__ = ["heard", "kept", "line", "played", "quick", "running", "store_path", "toko"]
BUDI, ANI, LID, GROUP = "6281200000011", "6281200000012", "98765432109876", "120363000000000001"


def jid(user: str, server: str = "s.whatsapp.net") -> JID:
    return JID(User=user, Device=0, Server=server, RawAgent=0, Integrator=0, IsEmpty=False)


def complete(message: Any) -> Any:
    """A message with the required fields that the test doesn't care for."""
    return type(message).FromString(wire(message))


def knows(played: PlayedLibrary, monkeypatch: pytest.MonkeyPatch, own: str = OWNER, failure: str = "") -> None:
    """What the library says of contacts and groups."""

    def contact(who: JID, **info: str) -> Any:
        return complete(proto.Contact(JID=who, Info=proto.ContactInfo(Found=True, **info)))

    people = [
        contact(jid(BUDI), FullName="Budi Santoso", FirstName="Budi", PushName="budi.s"),
        contact(jid(LID, "lid"), FullName="Ani", PushName="ani"),
        contact(jid("6281200000013"), PushName="stranger of a group"),
        contact(jid(own), FullName="Myself"),
        contact(jid("status", "broadcast"), FullName="Status"),
        contact(jid(GROUP, "g.us"), FullName="A group"),
        contact(jid("6281200000014"), FullName="❤️"),
    ]
    members = [
        proto.GroupParticipant(JID=jid(own), LID=jid("1", "lid"), PhoneNumber=jid(own), IsAdmin=True),
        proto.GroupParticipant(JID=jid(BUDI), LID=jid("2", "lid"), PhoneNumber=jid(BUDI)),
    ]
    group = complete(
        proto.GroupInfo(
            JID=jid(GROUP, "g.us"), GroupName=proto.GroupName(Name="Arisan"), Participants=map(complete, members)
        )
    )

    def contacts_of(uuid: bytes) -> bytes:
        played._of("GetAllContacts", uuid)
        return wire(proto.ContactsGetAllContactsReturnFunction(Contact=people, Error=failure))

    def groups_of(uuid: bytes) -> bytes:
        played._of("GetJoinedGroups", uuid)
        return wire(proto.GetJoinedGroupsReturnFunction(Group=[group]))

    played.phones[LID] = ANI
    monkeypatch.setattr(played, "GetAllContacts", contacts_of, raising=False)
    monkeypatch.setattr(played, "GetJoinedGroups", groups_of, raising=False)


def test_the_library_is_asked_and_understood(
    running: Line, played: PlayedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows(played, monkeypatch, OWN.phone)
    assert running.directory() == Directory(
        [
            Person(Address("phone", BUDI), "Budi Santoso", "budi.s"),
            Person(Address("phone", ANI), "Ani", "ani"),
            Person(Address("phone", "6281200000013"), None, "stranger of a group"),
            Person(Address("phone", "6281200000014"), "❤️", None),
        ],
        [Group(f"group:{GROUP}", "Arisan", 2, True)],
    )
    knows(played, monkeypatch, failure="store is closed")
    with pytest.raises(TransportError, match="store is closed"):
        running.directory()


def sync_of(kept: Kept, sync_id: int) -> Any:
    return rows(kept.owner, "select * from contact_syncs where id = :id", {"id": sync_id})[0]


def test_a_host_takes_over_what_its_number_knows(
    kept: Kept, toko: Registered, played: PlayedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows(played, monkeypatch)
    with kept.db.tenant(toko.tenant_id) as tx:
        first = syncing.ask(tx, SYSTEM).id
    eventually(lambda: sync_of(kept, first).done_at)
    done = sync_of(kept, first)
    assert (done.error, done.found, done.added, done.changed, done.groups) == (None, 2, 2, 0, 1)
    found = rows(kept.owner, "select name, push_name, source from contacts order by name")
    assert [tuple(each) for each in found] == [("Ani", "ani", "whatsapp"), ("Budi Santoso", "budi.s", "whatsapp")]
    knows(played, monkeypatch, failure="store is closed")
    with kept.db.tenant(toko.tenant_id) as tx:
        second = syncing.ask(tx, SYSTEM).id
    eventually(lambda: sync_of(kept, second).error == "store is closed")


def test_what_is_asked_of_a_number_that_is_away_is_refused(kept: Kept) -> None:
    place = kept.link("Toko Maju", OWNER)
    with pytest.raises(DomainError) as refusal, kept.db.tenant(place.tenant_id) as tx:
        syncing.ask(tx, SYSTEM)
    assert refusal.value.code == "no_active_session"


def take_over(db: Database, place: Registered, directory: Directory) -> ContactSync:
    with db.tenant(place.tenant_id) as tx:
        sync = ContactSync(tenant_id=tx.tenant, session_id=place.session_id, asked_at=tx.now)
        tx.add(sync)
        tx.flush()
    looking.keep(db, place.tenant_id, sync.id, directory)
    with db.tenant(place.tenant_id) as tx:
        return tx.get_one(ContactSync, (tx.tenant, sync.id))


def test_the_address_book_names_only_who_has_no_name_where_nobody_has_it(kept: Kept) -> None:
    place, other = kept.link("Toko Maju", OWNER), kept.link("Lain", "6281100000009")
    with kept.db.tenant(place.tenant_id) as tx:
        contacts.link_number(tx, SYSTEM, contacts.create(tx, "Pak Budi", "budi"), f"+{BUDI}")
        contacts.by_address(tx, Address.phone(ANI))
        contacts.by_address(tx, Address.phone("6281200000013"), "Dewi")
    people = [
        Person(Address("phone", BUDI), "Budi Kantor", "budi.s"),
        Person(Address("phone", ANI), "Ani", "ani"),
        Person(Address("phone", "6281200000013"), "Budi", "Mbak Dewi"),
        Person(Address("phone", "6281200000014"), "ANI", None),
        Person(Address("phone", "6281200000015"), None, "somebody"),
    ]
    sync = take_over(kept.db, place, Directory(people, []))
    assert (sync.found, sync.added, sync.changed) == (4, 1, 2)
    found = rows(kept.owner, "select name, push_name from contacts order by id")
    assert [tuple(each) for each in found] == [
        ("Pak Budi", "budi.s"), ("Ani", "ani"), (None, "Dewi"), (None, "+6281200000014"),
    ]  # fmt: skip
    again = take_over(kept.db, place, Directory(people, []))
    assert (again.added, again.changed) == (0, 0)
    assert other.tenant_id not in {each.tenant_id for each in rows(kept.owner, "select tenant_id from contacts")}


def test_a_group_that_was_left_is_kept_as_left_until_it_is_joined_again(kept: Kept) -> None:
    place = kept.link("Toko Maju", OWNER)
    one, two = (Group(f"group:{GROUP}{n}", f"Group {n}", n, False) for n in (1, 2))
    for groups, left in (([one, two], []), ([one], ["Group 2"]), ([], ["Group 1", "Group 2"]), ([one, two], [])):
        take_over(kept.db, place, Directory([], groups))
        found = rows(kept.owner, "select name from chat_groups where left_at is not null order by name")
        assert [each.name for each in found] == left
