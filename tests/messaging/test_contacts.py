"""People and their addresses: one contact however they write, and nobody gets what belongs to another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from services.db.engine import Database, Tx
from services.db.models import Contact, ContactTag, WhatsAppSession
from services.errors import DomainError
from services.messaging import contacts, inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.tenants.actors import SYSTEM
from services.tenants.tenants import Registered
from tests.conftest import Chat
from tests.db.asking import rows, value
from tests.db.conftest import borrow_by_agreement
from tests.messaging.conftest import ANI, BUDI

LID = Address("lid", "98765432109876")


def named(tx: Tx, name: str) -> Contact:
    return contacts.create(tx, name, name.casefold())


def addresses(tx: Tx, contact: Contact) -> list[str]:
    return [str(address) for address in contacts.addresses(tx, contact.id)]


def test_a_number_given_to_a_name_brings_the_history_of_who_wrote_from_it(chat: Chat, owner: Connection) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.say("halo", BUDI, name="Budi S.")
    chat.say("berhenti", BUDI)
    assert "500.000" not in chat.person(BUDI, "saldo")
    chat.owner(f"kontak Budi {BUDI}")
    ((one,),) = rows(owner, "select id from contacts")
    for table in ("consents", "conversations", "contact_identities", "debts", "ledger_entries"):
        assert {row[0] for row in rows(owner, f"select contact_id from {table} where contact_id is not null")} == {one}
    kept = rows(owner, "select * from contacts")[0]
    assert (kept.name, kept.push_name) == ("Budi", "Budi S.")
    assert kept.opted_out_at is not None
    assert "500.000" in chat.person(BUDI, "saldo")
    actions = [row.action for row in rows(owner, "select action from audit_log where subject = 'contacts' order by id")]
    assert actions == ["contact.merge", "contact.link"]


def test_a_number_of_somebody_with_a_name_is_taken(db: Database, tenant: Registered) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        contacts.link_number(tx, SYSTEM, named(tx, "Budi"), f"+{BUDI}")
    with pytest.raises(DomainError) as refusal, db.tenant(tenant.tenant_id) as tx:
        contacts.link_number(tx, SYSTEM, named(tx, "Ani"), f"+{BUDI}")
    assert refusal.value.code == "number_taken"
    assert "Budi" in refusal.value.text.render("en")
    with db.tenant(tenant.tenant_id) as tx:
        assert [name for _, name, _ in contacts.all_named(tx)] == ["Budi"]


def test_the_same_number_again_changes_nothing(db: Database, tenant: Registered) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        budi = named(tx, "Budi")
        for _ in range(2):
            contacts.link_number(tx, SYSTEM, budi, f"+{BUDI}")
        assert addresses(tx, budi) == [f"phone:{BUDI}"]


def test_the_same_number_is_another_person_for_another_tenant(
    db: Database, tenant: Registered, stranger: Registered
) -> None:
    for place in (tenant, stranger):
        with db.tenant(place.tenant_id) as tx:
            contacts.link_number(tx, SYSTEM, named(tx, "Budi"), f"+{BUDI}")
            assert len(contacts.all_named(tx)) == 1


@pytest.mark.parametrize("wrote", [False, True], ids=["never wrote", "wrote already"])
def test_a_new_number_takes_the_place_of_the_old_one(db: Database, tenant: Registered, wrote: bool) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        budi = named(tx, "Budi")
        contacts.link_number(tx, SYSTEM, budi, f"+{ANI}")
        if wrote:
            contacts.by_address(tx, Address.phone(BUDI))
        contacts.link_number(tx, SYSTEM, budi, f"+{BUDI}")
        assert addresses(tx, budi) == [f"phone:{BUDI}"]
        assert contacts.at_address(tx, Address.phone(ANI)) is None
        assert contacts.reach(tx, [budi.id])[budi.id].chat == f"phone:{BUDI}"


@pytest.mark.parametrize("wrote", [False, True], ids=["new number never wrote", "new number wrote already"])
def test_whoever_has_the_old_number_now_sees_and_gets_nothing_any_more(chat: Chat, wrote: bool) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner(f"kontak Budi {ANI}")
    assert "500.000" in chat.person(ANI, "saldo")
    if wrote:
        chat.person(BUDI, "halo")
    chat.owner(f"kontak Budi {BUDI}")
    assert [sent.to for sent in chat.say("Budi bayar 100rb")] == ["owner", BUDI]
    assert "400.000" not in chat.person(ANI, "saldo")
    assert "400.000" in chat.person(BUDI, "saldo")


def test_a_merge_repoints_every_reference_in_the_catalogue(chat: Chat, db: Database, owner: Connection) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner(f"kontak Budi {BUDI}")
    chat.owner("Budi bayar 100rb")
    borrow_by_agreement(chat, chat.tenant)
    chat.owner("bot baru Rina")
    chat.say("apakah kalian menjual pesawat terbang?", BUDI)
    chat.say("berhenti", BUDI)
    chat.owner("pinjam Ani 300rb")
    ((budi,),) = rows(owner, "select id from contacts where name = 'Budi'")
    ((ani,),) = rows(owner, "select id from contacts where name = 'Ani'")
    with db.tenant(chat.tenant.tenant_id) as tx:
        tx.add(ContactTag(tenant_id=tx.tenant, contact_id=budi, tag="vip", created_at=tx.now))
    references = rows(
        owner,
        """
        select f.conrelid::regclass::text as "table", a.attname as "column" from pg_constraint f
        join pg_attribute a on a.attrelid = f.conrelid and a.attnum = any(f.conkey) and a.attname <> 'tenant_id'
        where f.contype = 'f' and f.confrelid = 'contacts'::regclass
        """,
    )
    assert len(references) >= 5

    def count(contact: int) -> list[int]:
        return [
            value(owner, f"select count(*) from {each.table} where {each.column} = :id", {"id": contact})
            for each in references
        ]

    before = count(budi)
    assert all(before), dict(zip([each.table for each in references], before, strict=True))
    of_ani = count(ani)
    with db.tenant(chat.tenant.tenant_id) as tx:
        contacts.merge(tx, SYSTEM, budi, into=ani)
    assert count(budi) == [0] * len(references)
    assert count(ani) == [one + other for one, other in zip(before, of_ani, strict=True)]
    assert value(owner, "select count(*) from contacts where id = :id", {"id": budi}) == 0


def test_a_merge_keeps_blocks_stops_and_what_is_known(db: Database, tenant: Registered) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        gone = contacts.create(tx, None, None, "Budi S.")
        gone.blocked_at = gone.opted_out_at = tx.now
        gone.locale = "en"
        kept = named(tx, "Budi")
        tx.flush()
        contacts.merge(tx, SYSTEM, gone.id, into=kept.id)
    with db.tenant(tenant.tenant_id) as tx:
        (budi,) = contacts.named(tx, "budi")
        assert (budi.push_name, budi.locale) == ("Budi S.", "en")
        assert budi.blocked_at is not None
        assert budi.opted_out_at is not None


def test_a_private_id_and_a_number_have_room_on_one_contact(
    db: Database, tenant: Registered, written: Callable[..., Inbound]
) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        private = contacts.by_address(tx, LID, "Budi S.")
        budi = named(tx, "Budi")
        contacts.link_number(tx, SYSTEM, budi, f"+{BUDI}")
        contacts.merge(tx, SYSTEM, private.id, into=budi.id)
        assert addresses(tx, budi) == [f"phone:{BUDI}", str(LID)]
        for address in (LID, Address.phone(BUDI)):
            found = contacts.at_address(tx, address)
            assert found is not None
            assert found.id == budi.id
        assert contacts.at_address(tx, Address.phone(LID.value)) is None


def test_who_has_no_address_cannot_be_reached(db: Database, tenant: Registered) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        budi = named(tx, "Budi")
        assert contacts.reach(tx, [budi.id]) == {}
        assert contacts.reach(tx, []) == {}


def test_a_contact_is_reached_by_the_session_they_last_wrote_to(
    db: Database, tenant: Registered, clock: object
) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        second = WhatsAppSession(
            tenant_id=tx.tenant, name="second", phone="6281100000077", state="new", desired_state="connected",
            is_default=False, created_at=tx.now,
        )  # fmt: skip
        tx.add(second)
        budi, ani = named(tx, "Budi"), named(tx, "Ani")
        contacts.link_number(tx, SYSTEM, budi, f"+{BUDI}")
        contacts.link_number(tx, SYSTEM, ani, f"+{ANI}")
        tx.flush()
        found = contacts.reach(tx, [budi.id, ani.id])
        assert {each.session_id for each in found.values()} == {tenant.session_id}
        chats = (
            (tenant.session_id, f"phone:{BUDI}", 1), (second.id, str(LID), 2), (tenant.session_id, "group:120363", 3)
        )  # fmt: skip
        for session_id, chat, hour in chats:
            tx.execute(
                text(
                    "insert into conversations (tenant_id, session_id, chat, contact_id, last_in_at)"
                    " values (:tenant, :session, :chat, :contact, :at)"
                ),
                {"tenant": tx.tenant, "session": session_id, "chat": chat, "contact": budi.id,
                 "at": f"2025-02-13T0{hour}:00Z"},
            )  # fmt: skip
        found = contacts.reach(tx, [budi.id, ani.id])
        assert (found[budi.id].session_id, found[budi.id].chat) == (second.id, str(LID))
        assert (found[ani.id].session_id, found[ani.id].chat) == (tenant.session_id, f"phone:{ANI}")


def test_two_first_messages_of_a_person_at_once_make_one_contact(chat: Chat, owner: Connection) -> None:
    place, database = chat.tenant, chat.simulation.platform.opened.database
    address = Address.phone(BUDI)
    batch = [Inbound(f"C{n}", address, address, False, "halo", chat.simulation.clock.now()) for n in range(4)]
    inbox.accept(database, place.tenant_id, place.session_id, batch)
    chat.simulation.settle()
    assert value(owner, "select count(*) from contacts") == 1
    assert value(owner, "select count(*) from contact_identities") == 1
