"""Opening hours: what people write, what is shown, and when they hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assistant import hours

JAKARTA = ZoneInfo("Asia/Jakarta")
MONDAY = datetime(2025, 2, 10, tzinfo=JAKARTA)
PROPERTY = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("08:00-17:00", "daily 8:00 AM–5:00 PM"),
        ("8-17", "daily 8:00 AM–5:00 PM"),
        ("9-5", "daily 9:00 AM–5:00 PM"),
        ("9am-5:30pm", "daily 9:00 AM–5:30 PM"),
        ("9-5:30pm", "daily 9:00 AM–5:30 PM"),
        ("1-5pm", "daily 1:00 PM–5:00 PM"),
        ("senin-jumat 8-17", "Mon–Fri 8:00 AM–5:00 PM"),
        ("Senin s/d Jum'at jam 8 sampai jam 5 sore", "Mon–Fri 8:00 AM–5:00 PM"),
        ("mon-fri 08.00-17.00, sat 9-13", "Mon–Fri 8:00 AM–5:00 PM; Sat 9:00 AM–1:00 PM"),
        ("setiap hari 7-21", "daily 7:00 AM–9:00 PM"),
        ("every day 8-17, sunday closed", "Mon–Sat 8:00 AM–5:00 PM"),
        ("setiap hari 8-17, sabtu 9-13, minggu libur", "Mon–Fri 8:00 AM–5:00 PM; Sat 9:00 AM–1:00 PM"),
        ("mon, wed & fri 9-12, 13-17", "Mon, Wed, Fri 9:00 AM–12:00 PM, 1:00 PM–5:00 PM"),
        ("mon 8-12, mon 11-17", "Mon 8:00 AM–5:00 PM"),
        ("fri-mon 10-14", "Mon, Fri–Sun 10:00 AM–2:00 PM"),
        ("hari kerja 9-18; akhir pekan 10-14", "Mon–Fri 9:00 AM–6:00 PM; Sat, Sun 10:00 AM–2:00 PM"),
        ("8-17 mon-fri, 9-13 sat", "Mon–Fri 8:00 AM–5:00 PM; Sat 9:00 AM–1:00 PM"),
        ("jam 8-17 pada senin-jumat, sabtu 9-13", "Mon–Fri 8:00 AM–5:00 PM; Sat 9:00 AM–1:00 PM"),
        ("8-17, sun 9-13", "Mon–Sat 8:00 AM–5:00 PM; Sun 9:00 AM–1:00 PM"),
        ("20-02", "daily 8:00 PM–2:00 AM"),
        ("8 malam - 12 malam", "daily 8:00 PM–12:00 AM"),
        ("mon 20-24, tue 0-2", "Mon 8:00 PM–2:00 AM"),
        ("sun 20-24, mon 0-2", "Sun 8:00 PM–2:00 AM"),
        ("mon 0-24, tue 0-24, wed 0-2", "Mon, Tue all day; Wed 12:00 AM–2:00 AM"),
        ("24 jam", "always"),
        ("24/7", "always"),
        ("setiap saat", "always"),
        ("always", "always"),
        ("0-24", "always"),
    ],
)
def test_what_people_write(written: str, shown: str) -> None:
    read = hours.parse(written)
    assert read is not None
    assert hours.shown(read).render("en") == shown


@pytest.mark.parametrize(
    "written",
    ["", "8", "soon", "mon", "mon-fri", "25-3", "8-8", "8:70-9", "8-17 perhaps", "8-17 9", "minggu tutup",
     "18-6 pagi pm", "8-17, sat", "8-17 mon, sat", "closed", "-", "8-17-20", "mon-weekdays 8-17", "8" * 400],
)  # fmt: skip
def test_what_cannot_be_read_is_none(written: str) -> None:
    assert hours.parse(written) is None


@PROPERTY
@given(st.text(st.sampled_from("0123456789-–:., ;senjumatrikhlgpb"), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    read = hours.parse(text)
    assert read is None or hours.next_opening(read, MONDAY) is not None


def test_hours_are_shown_in_the_readers_language() -> None:
    read = hours.parse("mon-fri 8-17, sat 9-13:30")
    assert hours.shown(read).render("id") == "Sen–Jum 08.00–17.00; Sab 09.00–13.30"
    assert hours.shown(None).render("id") == "setiap saat"
    assert hours.shown(hours.parse("8-17")).render("id") == "setiap hari 08.00–17.00"


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_minutes = st.integers(0, 95).map(lambda quarter: quarter * 15)
_times = st.tuples(_minutes, _minutes).filter(lambda pair: pair[0] != pair[1])
_written = st.lists(
    st.tuples(st.sets(st.sampled_from(DAYS), min_size=1), _times), min_size=1, max_size=4
).map(
    lambda said: "; ".join(
        f"{', '.join(sorted(days))} {begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"
        for days, (begin, end) in said
    )
)  # fmt: skip
_moments = st.integers(0, 7 * 24 * 60 - 1).map(lambda minute: MONDAY + timedelta(minutes=minute))


@PROPERTY
@given(_written, st.sampled_from(["en", "id", "en_GB"]))
def test_what_is_shown_can_be_written_again(written: str, locale: str) -> None:
    read = hours.parse(written)
    assert read is not None
    assert hours.parse(hours.shown(read).render(locale)) == read


@PROPERTY
@given(_written, _moments)
def test_the_next_opening_is_open_and_the_earliest(written: str, moment: datetime) -> None:
    read = hours.parse(written)
    assert read is not None
    opening = hours.next_opening(read, moment)
    assert opening is not None
    assert hours.is_open(read, opening)
    steps = range(0, int((opening - moment).total_seconds() // 60), 15)
    assert not any(hours.is_open(read, moment + timedelta(minutes=step)) for step in steps)
    assert opening == moment or not hours.is_open(read, opening - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("day", "clock", "is_open", "opens"),
    [
        (0, "07:59", False, (0, "08:00")),
        (0, "08:00", True, (0, "08:00")),
        (0, "16:59", True, (0, "16:59")),
        (0, "17:00", False, (1, "08:00")),
        (4, "17:00", False, (4, "20:00")),
        (5, "01:59", True, (5, "01:59")),
        (5, "02:00", False, (7, "08:00")),
        (6, "12:00", False, (7, "08:00")),
    ],
)
def test_when_they_hold(day: int, clock: str, is_open: bool, opens: tuple[int, str]) -> None:
    week = hours.parse("mon-thu 8-17, fri 8-17, 20-02")
    moment = _at(day, clock)
    assert hours.is_open(week, moment) is is_open
    assert hours.next_opening(week, moment) == _at(*opens)


def _at(day: int, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def test_no_hours_are_always() -> None:
    assert hours.is_open(None, MONDAY)
    assert hours.next_opening(None, MONDAY) == MONDAY
    assert hours.is_always(None)
    assert hours.is_always(hours.parse("24 jam"))
    assert not hours.is_always(hours.parse("0-23"))
