"""People whom WhatsApp shows under a private id, under their number, or under both: one person, however they appear."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from sqlalchemy import event, text

from bot.simulation import Place
from services.messaging import contacts
from services.messaging.addresses import Address
from services.messaging.aliases import learn_alias
from tests.conftest import Chat
from tests.conversations.book import ANI, BUDI, kept, outcomes

LID, OTHER_LID = "98765432109876", "98765432109877"
FROM_LID = f"lid:{LID}"


def holders(chat: Chat, place: Place | None = None) -> dict[str, tuple[int, str | None]]:
    """Whose each address is: the contact's id and name."""
    place = place or chat.tenant
    with chat.simulation.platform.opened.database.tenant(place.tenant_id) as tx:
        rows = tx.execute(
            text(
                "select i.kind || ':' || i.value as address, c.id, c.name from contact_identities i"
                " join contacts c on c.tenant_id = i.tenant_id and c.id = i.contact_id where i.tenant_id = :tenant"
            ),
            {"tenant": tx.tenant},
        )
        return {row.address: (row.id, row.name) for row in rows}


def chats(chat: Chat) -> dict[str, int | None]:
    """The contact of each chat."""
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        rows = tx.execute(
            text("select chat, contact_id from conversations where tenant_id = :tenant"), {"tenant": tx.tenant}
        )
        return {row.chat: row.contact_id for row in rows}


@pytest.fixture
def lender(english: Chat) -> Chat:
    """Budi owes 500 and has a number."""
    english.owner("lend Budi 500")
    english.owner(f"contact Budi +{BUDI}")
    return english


def test_whoever_is_shown_by_a_private_id_alone_is_nobody_known(lender: Chat) -> None:
    sent = lender.say("balance", FROM_LID)
    assert [each.to for each in sent] == [LID]
    assert "You owe Sunny Loans nothing" in sent[0].text


@pytest.mark.parametrize(("speaker", "alias"), [(BUDI, LID), (FROM_LID, BUDI)], ids=["number first", "id first"])
def test_one_message_with_both_addresses_is_enough(lender: Chat, speaker: str, alias: str) -> None:
    lender.say("hello", speaker, alias=alias)
    for known in (BUDI, FROM_LID):
        assert "$500.00" in "".join(each.text for each in lender.say("balance", known))
    found = holders(lender)
    assert found[f"phone:{BUDI}"] == found[f"lid:{LID}"]
    assert set(chats(lender).values()) == {found[f"phone:{BUDI}"][0], None}


def test_what_was_said_under_the_id_belongs_to_the_person(lender: Chat) -> None:
    lender.say("STOP", FROM_LID)
    assert "STOP" not in lender.owner("contact Budi")
    lender.say("hello", BUDI, alias=LID)
    assert "STOP" in lender.owner("contact Budi")


FORMS = ("private id", "number", "both", "named")
# Which of the two comes first in a message with both says most where nothing came before it.
ORDERS = [
    (order, number_first)
    for n, order in enumerate(permutations(FORMS))
    for number_first in (True, False)
    if order[0] == "both" or number_first == (n % 2 == 0)
]
NAMES = ["".join(parts).capitalize() for parts in product(("ka", "mo", "ri", "tu"), repeat=3)]


@pytest.mark.parametrize("part", range(3))
def test_any_order_of_appearances_ends_in_one_person_with_one_account(chat: Chat, part: int) -> None:
    before = kept(chat.simulation, chat.stranger)
    for n, (order, number_first) in list(enumerate(ORDERS))[part::3]:
        name, number, lid = NAMES[n], f"62812345{n + 11111}", f"100000000{n:05d}"
        chat.owner(f"pinjam {name} 100rb")
        for form in order:
            match form:
                case "private id":
                    chat.say("halo", f"lid:{lid}")
                case "number":
                    chat.say("halo", number)
                case "both":
                    both = (number, lid) if number_first else (f"lid:{lid}", number)
                    chat.say("halo", both[0], alias=both[1])
                case "named":
                    chat.owner(f"kontak {name} {number}")
        found = holders(chat)
        assert found[f"phone:{number}"] == found[f"lid:{lid}"], (order, number_first)
        assert found[f"lid:{lid}"][1] == name
        assert {chats(chat).get(f"lid:{lid}"), found[f"lid:{lid}"][0]} - {None} == {found[f"lid:{lid}"][0]}
        for speaker in (f"lid:{lid}", number):
            assert "Rp 100.000" in "".join(each.text for each in chat.say("saldo", speaker)), (order, number_first)
    assert holders(chat, chat.stranger) == {f"phone:{BUDI}": holders(chat, chat.stranger)[f"phone:{BUDI}"]}
    assert kept(chat.simulation, chat.stranger) == before


def test_a_private_id_that_moves_to_another_number_takes_no_account_along(lender: Chat) -> None:
    """Only the owner says whose a number is."""
    lender.say("hello", BUDI, alias=LID)
    sent = lender.say("balance", ANI, alias=LID)
    told = [each.text for each in sent if each.to == "owner"]
    assert told == [f"Budi seems to have a new number on WhatsApp: +{ANI}. If that is so, tell me: contact Budi +{ANI}"]
    assert "$500" not in "".join(each.text for each in sent)
    assert "$500" not in "".join(each.text for each in lender.say("balance", FROM_LID))
    # Once is enough.
    assert "owner" not in [each.to for each in lender.say("hello?", ANI, alias=LID)]
    lender.owner(f"contact Budi +{ANI}")
    assert "$500.00" in "".join(each.text for each in lender.say("balance", ANI, alias=LID))
    assert "$500" not in "".join(each.text for each in lender.say("balance", BUDI))


def test_whoever_has_the_old_number_does_not_come_in_by_the_old_id(lender: Chat) -> None:
    lender.say("hello", BUDI, alias=LID)
    lender.owner(f"contact Budi +{ANI}")
    assert "$500" not in "".join(each.text for each in lender.say("balance", BUDI, alias=LID))
    assert "$500" not in "".join(each.text for each in lender.say("balance", FROM_LID))
    assert "$500.00" in "".join(each.text for each in lender.say("balance", ANI, alias=OTHER_LID))


def named_by_id(chat: Chat, name: str) -> None:
    """Somebody whom the owner has named although only their private id is known."""
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        contact = contacts.by_address(tx, Address("lid", LID))
        contact.name, contact.name_key = name, name.casefold()


def test_two_people_with_names_stay_two_and_the_owner_hears_of_it_once(lender: Chat) -> None:
    named_by_id(lender, "Joko")
    first = lender.say("hello", BUDI, alias=LID)
    assert [each.text for each in first if each.to == "owner"] == [
        "Budi and Joko seem to be the same person: they write from the same WhatsApp account (+6281234567890)."
        " I keep their accounts apart."
    ]
    assert "owner" not in [each.to for each in lender.say("balance", FROM_LID, alias=BUDI)]
    found = holders(lender)
    assert found[f"phone:{BUDI}"][1] == "Budi"
    assert found[f"lid:{LID}"][1] == "Joko"
    assert "$500" not in "".join(each.text for each in lender.say("balance", FROM_LID))


def test_two_of_the_same_name_are_one(lender: Chat) -> None:
    named_by_id(lender, "BUDI")
    assert "owner" not in [each.to for each in lender.say("hello", BUDI, alias=LID)]
    found = holders(lender)
    assert found[f"phone:{BUDI}"] == found[f"lid:{LID}"]


def test_staff_act_for_the_business_however_they_appear(english: Chat) -> None:
    staff = "12025550177"
    english.say("status", f"staff:{staff}")
    english.say("lend Budi 500", FROM_LID)
    assert english.command() is None
    english.say("lend Budi 500", FROM_LID, alias=staff)
    assert english.command() == "lend"
    english.say("lend Ani 200", FROM_LID)
    assert english.command() == "lend"
    assert "$200.00" in english.owner("status Ani")
    # Of the other business they are nobody.
    english.say("pinjam Budi 500rb", FROM_LID, place=english.stranger)
    assert english.command() is None


def test_the_owners_own_chat_may_carry_their_private_id(english: Chat) -> None:
    place = english.tenant
    with english.simulation.platform.opened.database.tenant(place.tenant_id) as tx:
        tx.execute(text("update sessions set lid = :lid where tenant_id = :tenant"), {"lid": LID, "tenant": tx.tenant})
    english.say("lend Budi 500", alias=LID)
    assert english.command() == "lend"
    sent = english.say("status", to=FROM_LID)
    assert english.command() == "status"
    assert [each.to for each in sent] == [LID]
    assert outcomes(english.simulation, place)[-1] == "answered"


def test_the_owner_by_hand_in_a_private_ids_chat_takes_it_over(lender: Chat) -> None:
    lender.say("hello", FROM_LID)
    assert lender.say("I'll look into it", to=FROM_LID) == []
    assert lender.say("balance", FROM_LID) == []
    # The number and the private id are one person: the chat that goes on under the number stays the owner's.
    assert lender.say("balance", BUDI, alias=LID) == []
    lender.wait(minutes=61)
    assert "$500.00" in lender.person(BUDI, "balance", alias=LID)


def test_a_message_without_another_address_asks_the_database_nothing_more(lender: Chat) -> None:
    counts = {}
    lender.say("hello", BUDI, alias=LID)
    for key, more in (("plain", {}), ("known", {"alias": LID})):
        statements = Statements(lender)
        lender.say("thanks", BUDI, **more)
        counts[key] = statements.end()
    assert counts["known"] == counts["plain"]


class Statements:
    """Counts what is asked of the database."""

    def __init__(self, chat: Chat) -> None:
        self._engine = chat.simulation.platform.opened.database.engine
        self._count = 0
        event.listen(self._engine, "after_cursor_execute", self._one)

    def _one(self, *_given: object) -> None:
        self._count += 1

    def end(self) -> int:
        event.remove(self._engine, "after_cursor_execute", self._one)
        return self._count


def test_two_private_ids_are_no_pair(english: Chat) -> None:
    with english.simulation.platform.opened.database.tenant(english.tenant.tenant_id) as tx:
        one = learn_alias(tx, Address("lid", LID), Address("lid", OTHER_LID))
        assert [str(each) for each in contacts.addresses(tx, one.contact.id)] == [f"lid:{LID}"]
