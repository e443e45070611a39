"""Who is reminded of what, and when: each debt and level once, and never somebody who paid, promised or said stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, text

from services.lending import reminders
from tests.lending.conftest import ANI, BUDI
from tests.lending.lender import Lender

FIRST = date(2025, 2, 14)


@contextmanager
def counted(lender: Lender) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(lender.db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(lender.db.engine, "before_cursor_execute", note)


def test_each_level_comes_once_on_its_day(lender: Lender) -> None:
    budi = lender.person("Budi", BUDI)
    lender.lend(budi, 500000, date(2025, 2, 20))
    sent = lender.days(FIRST, date(2025, 3, 10))
    assert list(sent) == [date(2025, 2, day) for day in (17, 19, 20, 21, 23, 27)]
    first, late = sent[date(2025, 2, 17)][0], sent[date(2025, 2, 23)][0]
    assert "Hello Budi, a friendly reminder from Toko Maju:" in first
    assert "IDR 500,000, due Thu, 20 Feb 2025 – due in 3 days" in first
    assert "⚠️ IDR 500,000, due Thu, 20 Feb 2025 – 3 days late" in late
    assert [claim[1:] for claim in lender.claims()] == [(level, "sent", None) for level in (-3, -1, 0, 1, 3, 7)]


def test_a_round_that_is_repeated_reminds_of_nothing_twice(lender: Lender) -> None:
    lender.lend(lender.person("Budi", BUDI), 500000, FIRST)
    assert len(lender.round(FIRST)) == 1
    assert lender.round() == []
    # Not even when the day is forgotten to be done.
    with lender.db.tenant(lender.id) as tx:
        tx.execute(text("update tenants set daily_on = null where id = :t"), {"t": lender.id})
    assert lender.round() == []


def test_after_days_without_a_round_only_the_last_level_is_sent(lender: Lender) -> None:
    budi, ani = lender.person("Budi", BUDI), lender.person("Ani", ANI)
    lender.lend(budi, 500000, date(2025, 2, 19))
    lender.lend(ani, 300000, date(2025, 2, 14))
    lender.round(FIRST)
    # Back after five days: of Budi's levels the last counts; Ani's first day late is longer ago than three days.
    texts = lender.round(date(2025, 2, 19))
    assert [text.splitlines()[0][:10] for text in texts] == ["Hello Budi", "Hello Ani,"]
    assert lender.claims() == [
        ("Ani", 0, "sent", None), ("Budi", -1, "skipped", "covered"), ("Budi", 0, "sent", None),
        ("Ani", 3, "sent", None),
    ]  # fmt: skip


def test_debts_from_before_the_first_round_bring_only_what_is_due_on_its_day(lender: Lender) -> None:
    lender.lend(lender.person("Budi", BUDI), 500000, date(2025, 2, 12))
    lender.lend(lender.person("Ani", ANI), 500000, date(2025, 2, 13))
    assert [each[:9] for each in lender.round(FIRST)] == ["Hello Ani"]


def test_paying_stops_them_and_a_part_is_left_out(lender: Lender) -> None:
    budi = lender.person("Budi", BUDI)
    lender.lend(budi, 500000, date(2025, 2, 20))
    assert "IDR 500,000" in lender.round(date(2025, 2, 17))[0]
    lender.pay(budi, 200000)
    assert "IDR 300,000" in lender.round(date(2025, 2, 19))[0]
    lender.pay(budi, 300000)
    assert lender.days(date(2025, 2, 20), date(2025, 3, 10)) == {}


def test_all_debts_of_a_person_make_one_message(lender: Lender) -> None:
    budi = lender.person("Budi", BUDI)
    for amount, day in ((100000, 14), (200000, 15), (300000, 17), (400000, 25)):
        lender.lend(budi, amount, date(2025, 2, day))
    (message,) = lender.round(FIRST)
    assert [line.split(",")[0] for line in message.splitlines()[1:4]] == ["• IDR 100", "• IDR 200", "• IDR 300"]
    assert "Total: IDR 600,000" in message
    assert "400,000" not in message


def test_who_said_stop_is_blocked_or_unknown_is_left_out_for_good(lender: Lender) -> None:
    now, due = lender.clock.now(), date(2025, 2, 17)
    people = {name: lender.person(name, number) for name, number in (
        ("Budi", BUDI), ("Ani", ANI), ("Rina", None), ("Joko", "6281234567892"),
    )}  # fmt: skip
    for contact_id in people.values():
        lender.lend(contact_id, 500000, due)
    lender.change_person(people["Budi"], opted_out_at=now)
    lender.change_person(people["Ani"], blocked_at=now)
    lender.settings = lender.settings.model_copy(update={"whatsapp_blocked_numbers": "6281234567892"})
    assert lender.round(FIRST) == []
    assert lender.claims() == [
        ("Budi", -3, "skipped", "stop"), ("Ani", -3, "skipped", "blocked"), ("Rina", -3, "skipped", "no_number"),
        ("Joko", -3, "skipped", "blocked"),
    ]  # fmt: skip
    lender.change_person(people["Budi"], opted_out_at=None)
    assert lender.round(date(2025, 2, 15)) == []
    assert len(lender.round(date(2025, 2, 16))) == 1


def test_switched_off_nothing_is_claimed(lender: Lender) -> None:
    lender.set(auto_reminder="off")
    lender.lend(lender.person("Budi", BUDI), 500000, date(2025, 2, 20))
    assert lender.days(FIRST, date(2025, 2, 20)) == {}
    assert lender.claims() == []
    lender.set(auto_reminder="on")
    assert list(lender.days(date(2025, 2, 21), date(2025, 2, 28))) == [date(2025, 2, day) for day in (21, 23, 27)]


def test_who_was_reminded_by_hand_today_is_left_alone(lender: Lender) -> None:
    budi = lender.person("Budi", BUDI)
    lender.lend(budi, 500000, FIRST)
    lender.at(FIRST, 8)
    with lender.db.tenant(lender.id) as tx:
        assert reminders.last(tx, budi) is None
        reminders.record_by_hand(tx, budi, FIRST)
    assert lender.round(FIRST) == []
    assert len(lender.round(date(2025, 2, 15))) == 1
    with lender.db.tenant(lender.id) as tx:
        assert reminders.last(tx, budi) == datetime(2025, 2, 15, 2, tzinfo=UTC)
        assert [(each.level, each.status, each.why) for each in reminders.history(tx, budi)] == [
            (1, "sent", None), (0, "skipped", "by_hand"), (None, "by_hand", None),
        ]  # fmt: skip


def test_a_promise_is_waited_for_and_then_comes_one_reminder(lender: Lender) -> None:
    budi = lender.person("Budi", BUDI)
    lender.lend(budi, 500000, date(2025, 2, 17))
    lender.round(FIRST)
    lender.promise(budi, date(2025, 2, 22))
    sent = lender.days(date(2025, 2, 15), date(2025, 2, 26))
    assert list(sent) == [date(2025, 2, 22), date(2025, 2, 24)]
    assert "5 days late" in sent[date(2025, 2, 22)][0]
    levels = {claim[1]: claim[2:] for claim in lender.claims()}
    assert levels[3] == ("sent", None)
    assert [levels[level] for level in (-1, 0, 1)] == [("skipped", "covered")] * 3


def test_the_latest_promise_counts_and_a_kept_one_is_silent(lender: Lender) -> None:
    budi = lender.person("Budi", BUDI)
    lender.lend(budi, 500000, date(2025, 2, 17))
    lender.round(FIRST)
    lender.promise(budi, date(2025, 2, 19))
    assert lender.days(date(2025, 2, 15), date(2025, 2, 18)) == {}
    lender.promise(budi, date(2025, 2, 21))
    sent = lender.days(date(2025, 2, 19), date(2025, 2, 21))
    assert list(sent) == [date(2025, 2, 21)]
    lender.promise(budi, date(2025, 3, 1))
    lender.pay(budi, 500000)
    assert lender.days(date(2025, 2, 22), date(2025, 3, 5)) == {}


def test_instalments_are_told_by_their_numbers(lender: Lender) -> None:
    budi = lender.person("Budi", BUDI)
    lender.agreement(budi, [date(2025, month, 17) for month in (2, 3, 4)], 100000, 10000)
    assert "• Instalment 1 of agreement 7: IDR 110,000, due Mon, 17 Feb 2025" in lender.round(FIRST)[0]
    sent = lender.days(date(2025, 2, 15), date(2025, 4, 30))
    assert len(sent) == 5 + 6 + 6
    assert "Total: IDR 220,000" in sent[date(2025, 3, 14)][0]


def test_levels_and_words_are_settings_and_the_language_is_the_persons(lender: Lender) -> None:
    budi, ani = lender.person("Budi", BUDI), lender.person("Ani", ANI)
    lender.set(reminder_days="-10, 2", reminder_template="{name}: {amount} {days}, {due}. {business} {name}")
    for contact_id in (budi, ani):
        lender.lend(contact_id, 500000, date(2025, 2, 24))
    lender.change_person(ani, locale="id")
    english, indonesian = lender.round(FIRST)
    assert english == "Budi: IDR 500,000 due in 10 days, Mon, 24 Feb 2025. Toko Maju Budi"
    assert indonesian.startswith("Ani: Rp 500.000 ")
    assert "Sen, 24 Feb 2025" in indonesian
    assert list(lender.days(date(2025, 2, 15), date(2025, 3, 10))) == [date(2025, 2, 26)]


@pytest.mark.parametrize("template", ["default", "friendly", "formal"])
def test_every_template_names_person_business_and_debt(lender: Lender, template: str) -> None:
    lender.lend(lender.person("Budi", BUDI), 500000, FIRST)
    lender.set(reminder_template=template)
    (message,) = lender.round(FIRST)
    assert all(part in message for part in ("Budi", "Toko Maju", "IDR 500,000", "due today", "14 Feb 2025"))


def test_braces_in_a_name_are_only_a_name(lender: Lender) -> None:
    lender.lend(lender.person("{amount}", BUDI), 500000, FIRST)
    lender.set(reminder_template="Halo {name} dari {business}")
    assert lender.round(FIRST) == ["Halo {amount} dari Toko Maju"]


@pytest.mark.timeout(60)
def test_a_thousand_are_reminded_in_few_statements(lender: Lender) -> None:
    many(lender, 1000, FIRST)
    lender.at(FIRST)
    with counted(lender) as statements:
        sent = lender.round()
    assert len(sent) == 1000
    assert len(set(sent)) == 1000
    assert len(statements) < 60
    assert {claim[2:] for claim in lender.claims()} == {("sent", None)}


def many(lender: Lender, people: int, due: date) -> None:
    """That many people with a number owe something that is due on a day."""
    with lender.db.tenant(lender.id) as tx:
        tx.execute(
            text("""
                with people as (
                    insert into contacts (tenant_id, name, name_key, created_at)
                    select :t, 'Orang ' || n, 'orang ' || n, :now from generate_series(1, :n) n returning id
                ), numbers as (
                    insert into contact_identities (tenant_id, channel, kind, value, contact_id)
                    select :t, 'whatsapp', 'phone', (6281300000000 + id)::text, id from people
                ), owed as (
                    insert into debts (tenant_id, contact_id, side, due_on)
                    select :t, id, 'lent', :due from people returning id, contact_id
                )
                insert into ledger_entries (
                    tenant_id, contact_id, debt_id, side, kind, amount, currency, effective_on, recorded_at, source_key,
                    actor_kind, actor_id
                )
                select :t, contact_id, id, 'lent', 'disbursement', 1000 + id, 'IDR', :on, :now, 'many:' || id,
                    'user', '1'
                from owed
            """),
            {"t": lender.id, "now": tx.now, "n": people, "due": due, "on": due - timedelta(days=30)},
        )
