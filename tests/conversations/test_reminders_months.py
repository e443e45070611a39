"""Months of a lender's time: every reminder at its hour, once, and none for who paid, promised or said stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.simulation import Sent, Simulation, Speech
from services.lending import promises
from services.messaging import contacts
from services.tenants.tenants import NewTenant
from tests.conftest import OWNER, START, STRANGER, Chat
from tests.conversations.book import ANI, BUDI, RINA
from tests.conversations.conftest import BUSINESSES, nothing_crossed_over
from tests.lending.bookkeeping import statements_counted

JAKARTA, NEW_YORK = ZoneInfo("Asia/Jakarta"), ZoneInfo("America/New_York")


@pytest.fixture(autouse=True)
def stranger_beside(request: pytest.FixtureRequest) -> Iterator[None]:
    """The stranger's Budi has the same number; their debt is due in a year, when nobody looks any more."""
    name = next((each for each in BUSINESSES if each in request.fixturenames), None)
    if name is None:
        yield
        return
    chat: Chat = request.getfixturevalue(name)
    chat.owner("tempo Budi 12 bulan", place=chat.stranger)
    yield
    chat.owner("tempo Budi 12 bulan", place=chat.stranger)
    nothing_crossed_over(chat)


def reminded(sent: list[Sent], number: str, zone: ZoneInfo = NEW_YORK) -> list[str]:
    """When somebody was reminded, by the clock of a zone."""
    return [each.at.astimezone(zone).strftime("%m-%d %H:%M") for each in sent if each.to == number]


def at_nine(*days: str) -> list[str]:
    return [f"{day} 09:00" for day in days]


def test_every_level_comes_at_nine_whatever_the_clocks_do(english: Chat) -> None:
    # It is 12 February in New York; clocks go forward on 9 March.
    english.owner("lend Budi 500 28 days")
    english.owner(f"contact Budi {BUDI}")
    sent = english.wait(days=42)
    assert reminded(sent, BUDI) == at_nine("03-09", "03-11", "03-12", "03-13", "03-15", "03-19")
    texts = [each.text for each in sent if each.to == BUDI]
    assert "$500.00, due Wed, 12 Mar 2025 – due in 3 days" in texts[0]
    assert "⚠️ $500.00, due Wed, 12 Mar 2025 – 7 days late" in texts[-1]
    # The owner hears each day of what is due and late.
    told = [each for each in sent if each.to == "owner"]
    assert "Due today: $500.00\n• Budi: $500.00" in told[0].text
    assert "Late: $500.00, 1 person\n• Budi: $500.00, 1 day late" in told[1].text
    assert len(told) == len({each.at.astimezone(NEW_YORK).date() for each in told}) == 15


def test_two_zones_have_a_morning_each(chat: Chat) -> None:
    new_york = NewTenant("Sunny Loans", "12025550123", "en", "USD", "America/New_York", "US")
    american = chat.simulation.place(new_york)
    chat.owner("pinjam Budi 500rb 1 bulan")
    chat.owner(f"kontak Budi {BUDI}")
    chat.owner("lend Ani 500 29 days", place=american)
    chat.owner("contact Ani +12025550199", place=american)
    sent = chat.wait(days=38)
    assert reminded(sent, BUDI, JAKARTA) == at_nine("03-10", "03-12", "03-13", "03-14", "03-16", "03-20")
    assert reminded(sent, "12025550199") == at_nine("03-10", "03-12", "03-13", "03-14", "03-16", "03-20")


def test_the_end_of_february(english: Chat) -> None:
    english.owner("lend Budi 500 16 days")
    english.owner(f"contact Budi {BUDI}")
    assert reminded(english.wait(days=25), BUDI) == at_nine("02-25", "02-27", "02-28", "03-01", "03-03", "03-07")


def test_parts_are_left_out_and_the_last_one_ends_it(english: Chat) -> None:
    english.owner("lend Budi 500 10 days")
    english.owner(f"contact Budi {BUDI}")
    assert reminded(english.wait(days=8), BUDI) == at_nine("02-19")
    english.owner("paid Budi 200")
    sent = english.wait(days=3)
    assert reminded(sent, BUDI) == at_nine("02-21", "02-22", "02-23")
    assert all("$300.00" in each.text for each in sent if each.to == BUDI)
    english.owner("paid Budi 300")
    assert english.wait(days=14) == []
    # A new debt is a new matter.
    english.owner("lend Budi 100 5 days")
    assert len(reminded(english.wait(days=16), BUDI)) == 6


def test_stop_ends_them_and_start_brings_the_next(english: Chat) -> None:
    english.owner("lend Budi 500 10 days")
    english.owner(f"contact Budi {BUDI}")
    english.wait(days=8)
    english.person(BUDI, "STOP")
    assert reminded(english.wait(days=3), BUDI) == []
    english.person(BUDI, "START")
    assert reminded(english.wait(days=14), BUDI) == at_nine("02-25", "03-01")


def test_a_promise_is_waited_for(english: Chat) -> None:
    english.owner("lend Budi 500 10 days")
    english.owner(f"contact Budi {BUDI}")
    english.wait(days=8)
    place = english.tenant
    with english.simulation.platform.opened.database.tenant(place.tenant_id) as tx:
        (budi,) = contacts.named(tx, "budi")
        promises.keep(tx, budi.id, date(2025, 2, 27), "I'll pay on the 27th", 1, date(2025, 2, 20))
    sent = english.wait(days=14)
    assert reminded(sent, BUDI) == at_nine("02-27", "03-01")
    told = {each.at.astimezone(NEW_YORK).day: each.text for each in sent if each.to == "owner"}
    assert "Promised to pay today: Budi" in told[27]
    assert "Promised and didn't pay: Budi" in told[28]
    assert sum("didn't pay" in text for text in told.values()) == 1


def test_a_reminder_by_hand_is_the_days_only_one(english: Chat) -> None:
    english.owner("lend Budi 500 9 days")
    english.owner(f"contact Budi {BUDI}")
    english.wait(days=8, hours=4)
    by_hand = [each.text for each in english.say("remind Budi") if each.to == BUDI]
    sent = english.wait(days=2)
    assert reminded(sent, BUDI) == at_nine("02-22")
    assert "due today" in by_hand[0]
    (by_itself,) = [each.text for each in sent if each.to == BUDI]
    assert by_itself == by_hand[0].replace("•", "⚠️").replace("due today", "1 day late")


def test_the_owners_words_hour_and_days(english: Chat) -> None:
    english.owner("lend Budi 500 10 days")
    english.owner(f"contact Budi {BUDI}")
    assert "17:00" in english.owner("set reminder hour 5pm")
    english.owner("set reminder_days -2, 0, 5")
    english.owner("set reminder_template Hi {name}, {amount} is {days}. {business}")
    sent = english.wait(days=20)
    assert reminded(sent, BUDI) == ["02-20 17:00", "02-22 17:00", "02-27 17:00"]
    assert [each.text for each in sent if each.to == BUDI] == [
        "Hi Budi, $500.00 is due in 2 days. Sunny Loans", "Hi Budi, $500.00 is due today. Sunny Loans",
        "Hi Budi, $500.00 is 5 days late. Sunny Loans",
    ]  # fmt: skip
    assert "off" in english.owner("set auto_reminder off")
    english.owner("lend Budi 100 5 days")
    assert reminded(english.wait(days=14), BUDI) == []


def test_who_shares_a_name_with_a_strangers_person_hears_only_of_their_own(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner(f"kontak Budi {BUDI}")
    sent = chat.wait(days=40)
    assert len(reminded(sent, BUDI)) == 6
    assert not [each for each in sent if "123" in each.text]
    chat.owner("bayar Budi 500rb")
    chat.owner("tempo Budi 20 hari", place=chat.stranger)
    later = chat.wait(days=29)
    assert reminded(later, BUDI, JAKARTA) == at_nine("04-11", "04-13", "04-14", "04-15", "04-17", "04-21")
    assert all("Orang Lain" in each.text for each in later if each.to == BUDI)


def test_a_process_that_is_restarted_goes_on_where_it_was(fresh_simulation: Callable[[datetime], Simulation]) -> None:
    """Three people; the process ends at odd moments, and is away over a morning and over several days."""
    business, stranger = NewTenant("Toko Maju", OWNER, "en"), NewTenant("Orang Lain", STRANGER, "en")
    simulation = fresh_simulation(START)
    for name, number, days in (("Budi", BUDI, 10), ("Ani", ANI, 20), ("Rina", RINA, 30)):
        for place in (simulation.place(business), simulation.place(stranger)):
            if place.phone == OWNER:
                simulation.say(place, Speech("owner", f"lend {name} 500000 {days} days"))
                simulation.say(place, Speech("owner", f"contact {name} {number}"))
    sent: list[Sent] = []
    now, steps = START, [timedelta(hours=22, minutes=59, seconds=59), timedelta(seconds=2), timedelta(days=5)] * 7
    for n, step in enumerate(steps):
        simulation.sent.clear()
        simulation.advance(step)
        sent += simulation.sent
        simulation.close()
        # Once it is away from nine until noon; else it is back at once.
        now = simulation.clock.now() + timedelta(hours=3 if n == 3 else 0)
        simulation = fresh_simulation(now)
        simulation.place(business)
        simulation.place(stranger)
    simulation.close()
    days = {number: [each.at.astimezone(JAKARTA).strftime("%m-%d") for each in sent if each.to == number]
            for number in (BUDI, ANI, RINA)}  # fmt: skip
    assert days == {
        BUDI: ["02-20", "02-22", "02-23", "02-24", "02-26", "03-02"],
        ANI: ["03-02", "03-04", "03-05", "03-06", "03-08", "03-12"],
        RINA: ["03-12", "03-14", "03-15", "03-16", "03-18", "03-22"],
    }
    assert {each.at.astimezone(JAKARTA).hour for each in sent} <= {9, 11}


def test_a_month_of_an_empty_book_asks_little_of_the_database(english: Chat) -> None:
    """Two businesses have a round a day, and the day an end: nothing is looked at from minute to minute."""
    with statements_counted(english.simulation.platform.opened.database) as statements:
        assert english.wait(days=31) == []
    assert len(statements) < 31 * 60
