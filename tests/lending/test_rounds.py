"""The daily round: at its hour in every zone, once whoever runs it, and whole however often it is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import Tenant
from services.lending import agreement_rounds, hours, penalty_rounds, reminders, rounds
from services.lending.penalties import Penalty
from services.settings import Settings
from services.tenants.tenants import NewTenant
from tests.lending.conftest import ANI, BUDI
from tests.lending.lender import Lender
from tests.lending.test_reminders import FIRST, many

NEW_YORK = "America/New_York"


def tenant(zone: str, hour: int = 9, done: date | None = None, made: datetime | None = None) -> Tenant:
    made = made or datetime(2025, 1, 1, tzinfo=UTC)
    return Tenant(timezone=zone, daily_on=done, preferences={"reminder_hour": hour}, created_at=made)


def test_a_round_comes_at_its_hour_each_day(lender: Lender) -> None:
    due = lambda: lender.id in due_tenants(lender)  # noqa: E731
    # Registered after nine: the first one is tomorrow's.
    assert not due()
    lender.at(FIRST, 8)
    assert not due()
    lender.at(FIRST)
    assert due()
    lender.round()
    assert not due()
    with lender.db.system() as tx:
        assert rounds.next_round(tx) == datetime(2025, 2, 14, 2, tzinfo=UTC)  # the stranger's, who hasn't run
    lender.at(FIRST, 23)
    assert not due()
    lender.at(date(2025, 2, 16), 8)
    assert not due()
    lender.at(date(2025, 2, 16), 20)
    assert due()


def due_tenants(lender: Lender) -> list[int]:
    with lender.db.system() as tx:
        return rounds.due_tenants(tx)


def test_who_registers_before_the_hour_has_a_round_the_same_day() -> None:
    early, late = datetime(2025, 2, 13, 1, 59, tzinfo=UTC), datetime(2025, 2, 13, 2, tzinfo=UTC)
    assert hours.next_round(tenant("Asia/Jakarta", made=early), early) == late
    assert hours.next_round(tenant("Asia/Jakarta", made=late), late) == late + timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "hour", "day", "moment"),
    [
        (NEW_YORK, 9, date(2025, 3, 8), "2025-03-08T14:00"),
        (NEW_YORK, 9, date(2025, 3, 9), "2025-03-09T13:00"),
        # Two o'clock doesn't exist on this day; three does.
        (NEW_YORK, 2, date(2025, 3, 9), "2025-03-09T07:00"),
        # One o'clock comes twice; the first counts.
        (NEW_YORK, 1, date(2025, 11, 2), "2025-11-02T05:00"),
        (NEW_YORK, 9, date(2025, 11, 2), "2025-11-02T14:00"),
        # Lord Howe Island goes forward by half an hour at two.
        ("Australia/Lord_Howe", 2, date(2025, 10, 5), "2025-10-04T15:30"),
        ("Asia/Kathmandu", 9, date(2025, 2, 13), "2025-02-13T03:15"),
    ],
)
def test_an_hour_is_found_whatever_the_clocks_do(zone: str, hour: int, day: date, moment: str) -> None:
    expected = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    yesterday = tenant(zone, hour, day - timedelta(days=1))
    assert hours.next_round(yesterday, expected - timedelta(hours=5)) == expected
    assert hours.next_round(yesterday, expected + timedelta(minutes=90)) == expected
    done = tenant(zone, hour, day)
    assert hours.next_round(done, expected + timedelta(minutes=90)) > expected + timedelta(hours=20)


def test_a_day_without_the_hour_is_left_to_the_next() -> None:
    # In Nuuk the last hour of 29 March 2025 was left out.
    nuuk, day = "America/Nuuk", date(2025, 3, 29)
    moment = hours.next_round(tenant(nuuk, 23, day - timedelta(days=1)), datetime(2025, 3, 29, 20, tzinfo=UTC))
    assert moment.astimezone(ZoneInfo(nuuk)).isoformat() == "2025-03-30T23:00:00-01:00"


def test_every_hour_of_a_year_is_one_round_a_day() -> None:
    for zone in (NEW_YORK, "Asia/Jakarta", "America/Nuuk", "Australia/Lord_Howe"):
        for hour in range(24):
            now, done, days = datetime(2025, 1, 1, tzinfo=UTC), date(2024, 12, 31), 0
            while done < date(2025, 12, 31):
                now = max(hours.next_round(tenant(zone, hour, done), now), now)
                done, days = now.astimezone(ZoneInfo(zone)).date(), days + 1
            assert days in (364, 365)


def test_a_suspended_tenant_has_no_round(lender: Lender) -> None:
    lender.lend(lender.person("Budi", BUDI), 500000, FIRST)
    with lender.db.system() as tx:
        tx.execute(text("update tenants set status = 'suspended' where id = :t"), {"t": lender.id})
    lender.at(FIRST)
    assert lender.id not in due_tenants(lender)
    assert lender.round() == []


def both(work: Callable[[], None]) -> None:
    """Two at the same time, as two processes would."""
    barrier = Barrier(2)

    def meet() -> None:
        barrier.wait()
        work()

    threads = [Thread(target=meet) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_at_once_remind_everybody_once(lender: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "BATCH", 10)
    many(lender, 100, FIRST)
    lender.agreement(lender.person("Budi", BUDI), [date(2025, 2, 13)], 100000, 0, Penalty(Decimal(5000), False, True))
    lender.at(FIRST)
    both(lambda: rounds.run(lender.db, lender.id, lender.settings))
    chats = [chat for chat, _body in lender.written()]
    assert len(chats) == len(set(chats)) == 100 + 1 + 1
    assert lender.entries("penalty") == [(FIRST, Decimal(5000))]
    assert len(lender.claims()) == 101


@pytest.mark.parametrize("crashes", [1, 2, 3])
def test_a_crash_loses_nothing_and_repeats_nothing(
    lender: Lender, monkeypatch: pytest.MonkeyPatch, crashes: int
) -> None:
    monkeypatch.setattr(reminders, "BATCH", 10)
    many(lender, 25, FIRST)
    put, left = reminders.outbox.put, [crashes]

    def fails_once(tx: object, messages: object) -> None:
        put(tx, messages)  # type: ignore[arg-type]
        left[0] -= 1
        if left[0] == 0:
            raise RuntimeError("the process dies before the commit")

    monkeypatch.setattr(reminders.outbox, "put", fails_once)
    lender.at(FIRST)
    with pytest.raises(RuntimeError):
        rounds.run(lender.db, lender.id, lender.settings)
    assert lender.summaries() == []
    assert len(lender.written()) == (crashes - 1) * 10
    rounds.run(lender.db, lender.id, lender.settings)
    chats = [chat for chat, _body in lender.written()]
    assert len(chats) == len(set(chats)) == 26


def test_in_quiet_hours_everything_waits_for_their_end(lender: Lender) -> None:
    lender.lend(lender.person("Budi", BUDI), 500000, FIRST)
    lender.at(FIRST, 22)
    assert len(lender.round()) == 1
    with lender.db.tenant(lender.id) as tx:
        waiting = tx.scalars(text("select not_before from outbox where tenant_id = :t"), {"t": lender.id}).all()
    assert waiting == [datetime(2025, 2, 15, 1, tzinfo=UTC)] * 2


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2025-02-13T20:59", None),
        ("2025-02-13T21:00", "2025-02-14T08:00"),
        ("2025-02-14T07:59", "2025-02-14T08:00"),
        ("2025-02-14T08:00", None),
    ],
)
def test_quiet_hours_go_over_midnight(now: str, until: str | None) -> None:
    jakarta = ZoneInfo("Asia/Jakarta")
    ends = datetime.fromisoformat(until).replace(tzinfo=jakarta) if until else None
    assert hours.quiet_until(tenant("Asia/Jakarta"), datetime.fromisoformat(now).replace(tzinfo=jakarta)) == ends


def test_the_owner_has_a_summary_of_the_day(lender: Lender) -> None:
    people = {name: lender.person(name, None) for name in ("Budi", "Ani", "Rina", "Joko", "Siti", "Tono", "Dewi")}
    for n, contact_id in enumerate(people.values(), 1):
        lender.lend(contact_id, n * 100000, date(2025, 2, 13) - timedelta(days=n))
    toko = lender.person("Toko Besi", None)
    lender.lend(people["Budi"], 50000, FIRST)
    lender.lend(toko, 700000, date(2025, 2, 17), "owed")
    lender.lend(toko, 800000, date(2025, 2, 18), "owed")
    lender.promise(people["Ani"], FIRST)
    lender.promise(people["Rina"], date(2025, 2, 13))
    lender.promise(people["Joko"], date(2025, 2, 20))
    lender.round(FIRST)
    (summary,) = lender.summaries()
    assert summary == "\n".join((
        "*Today, Fri, 14 Feb 2025*", "",
        "Due today: IDR 50,000", "• Budi: IDR 50,000", "",
        "⚠️ Late: IDR 2,800,000, 7 people",
        "• Dewi: IDR 700,000, 8 days late", "• Tono: IDR 600,000, 7 days late", "• Siti: IDR 500,000, 6 days late",
        "• Joko: IDR 400,000, 5 days late", "• Rina: IDR 300,000, 4 days late", "… and 2 more", "",
        "Promised to pay today: Ani", "Promised and didn't pay: Rina", "",
        "I couldn't remind Ani, Budi, Tono: I don't know their number. Tell me: contact NAME NUMBER", "",
        "You have to pay soon: IDR 700,000", "• Toko Besi: IDR 700,000, due Mon, 17 Feb 2025",
    ))  # fmt: skip


def test_a_day_with_nothing_to_say_has_no_summary(lender: Lender) -> None:
    lender.lend(lender.person("Budi", BUDI), 500000, date(2025, 2, 20))
    lender.round(date(2025, 2, 17))
    assert lender.summaries() == []
    lender.set(daily_summary="off")
    lender.round(date(2025, 2, 20))
    assert lender.summaries() == []
    lender.set(daily_summary="on")
    lender.round(date(2025, 2, 21))
    assert len(lender.summaries()) == 1


def test_a_broken_promise_is_told_once_and_only_if_nothing_was_paid(lender: Lender) -> None:
    budi, ani = lender.person("Budi", BUDI), lender.person("Ani", ANI)
    for contact_id in (budi, ani):
        lender.lend(contact_id, 500000, date(2025, 2, 13))
    lender.round(FIRST)
    for contact_id in (budi, ani):
        lender.promise(contact_id, date(2025, 2, 16))
    lender.days(date(2025, 2, 15), date(2025, 2, 16))
    lender.pay(ani, 100000)
    lender.days(date(2025, 2, 17), date(2025, 2, 18))
    told = [[line for line in each.splitlines() if "Promised" in line] for each in lender.summaries()]
    assert told == [[], [], ["Promised to pay today: Ani, Budi"], ["Promised and didn't pay: Budi"], []]


def late_after(lender: Lender, penalty: Penalty, *days: int) -> int:
    """Budi's first of two instalments of 110,000 was due on 14 February; rounds are run on some days of the month."""
    budi = lender.person("Budi", BUDI)
    lender.agreement(budi, [FIRST, date(2025, 3, 14)], 100000, 10000, penalty)
    for day in days:
        lender.round(date(2025, 2, day))
    return budi


def test_a_daily_penalty_is_booked_for_each_day_and_not_on_penalties(lender: Lender) -> None:
    budi = late_after(lender, Penalty(Decimal(1), True, True, 2, Decimal(4000)), 14, 15, 16, 17, 17, 18)
    assert lender.entries("penalty") == [(date(2025, 2, 17), Decimal(1100)), (date(2025, 2, 18), Decimal(1100))]
    assert lender.left(budi) == 222200
    lender.days(date(2025, 2, 19), date(2025, 2, 25))
    assert [amount for _day, amount in lender.entries("penalty")] == [1100, 1100, 1100, 700]
    # What is paid goes to the penalty first; what is then late of the instalment is less.
    assert "IDR 114,000" in lender.written()[-2][1] or "IDR 114,000" in lender.summaries()[-1]


def test_a_penalty_comes_once_and_stays_waived(lender: Lender) -> None:
    budi = late_after(lender, Penalty(Decimal(25000), False, False), 15, 16, 17)
    assert lender.entries("penalty") == [(date(2025, 2, 15), Decimal(25000))]
    with lender.db.tenant(lender.id) as tx:
        entry = tx.execute(text("select id from ledger_entries where kind = 'penalty'")).scalar_one()
        penalty_rounds.debts.reverse(tx, penalty_rounds.Source("waive", penalty_rounds.SYSTEM), [entry], "waived")
    assert lender.left(budi) == 220000
    lender.days(date(2025, 2, 18), date(2025, 2, 20))
    assert len(lender.entries("penalty")) == 1


def test_days_without_a_round_are_made_up_for(lender: Lender) -> None:
    late_after(lender, Penalty(Decimal(1000), False, True), 14, 18)
    assert [day.day for day, _amount in lender.entries("penalty")] == [15, 16, 17, 18]


def test_who_pays_in_time_or_at_last_has_no_more_penalties(lender: Lender) -> None:
    budi = late_after(lender, Penalty(Decimal(1000), False, True), 14, 15)
    lender.pay(budi, 111000)
    lender.days(date(2025, 2, 16), date(2025, 2, 20))
    assert len(lender.entries("penalty")) == 1
    assert lender.left(budi) == 110000


def test_many_late_people_are_charged_in_several_transactions(lender: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(penalty_rounds, "BATCH", 1)
    late_after(lender, Penalty(Decimal(1000), False, True))
    with lender.db.tenant(lender.id) as tx:
        tx.execute(text("update agreements set number = 8 where tenant_id = :t"), {"t": lender.id})
    lender.agreement(lender.person("Ani", ANI), [FIRST], 100000, 0, Penalty(Decimal(2000), False, True))
    lender.round(date(2025, 2, 15))
    assert [amount for _day, amount in lender.entries("penalty")] == [1000, 2000]


def test_steps_for_agreements_run_once_a_day(lender: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []
    monkeypatch.setattr(agreement_rounds, "daily", lambda tx: ran.append(tx.tenant))
    lender.days(FIRST, date(2025, 2, 16))
    lender.round()
    assert ran == [lender.id] * 3


def test_every_zone_has_its_own_nine_oclock(db: Database, clock: VirtualClock, settings: Settings) -> None:
    jakarta = Lender(db, clock, settings, NewTenant("Toko Maju", "6281100000001", "en"))
    new_york = Lender(db, clock, settings, NewTenant("Sunny", "12025550123", "en", "USD", NEW_YORK, "US"))
    seen: list[tuple[int, datetime]] = []
    while (clock.now()) < datetime(2025, 3, 15, tzinfo=UTC):
        with db.system() as tx:
            moment = rounds.next_round(tx)
        assert moment is not None
        clock.move_to(moment)
        with db.system() as tx:
            for tenant_id in rounds.due_tenants(tx):
                seen.append((tenant_id, clock.now()))
        for each in (jakarta, new_york):
            rounds.run(db, each.id, settings)
    for each, zone in ((jakarta, "Asia/Jakarta"), (new_york, NEW_YORK)):
        local = [moment.astimezone(ZoneInfo(zone)) for tenant_id, moment in seen if tenant_id == each.id]
        assert {moment.strftime("%H:%M") for moment in local} == {"09:00"}
        dates = [moment.date() for moment in local]
        assert dates == [dates[0] + timedelta(days=n) for n in range(len(dates))]
        assert len(dates) >= 29
