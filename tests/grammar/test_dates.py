"""Dates and periods as people write them, in Indonesian and English."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.grammar.reading import Reading, Unclear
from handlers.grammar.values import find_dates, find_values, rest

# A Thursday.
TODAY = date(2025, 2, 13)
INDONESIAN = Reading("id", "IDR", "ID", TODAY)
READINGS = {
    "id": INDONESIAN,
    "en": Reading("en", "EUR", "GB", TODAY),
    "en-usd": Reading("en", "USD", "US", TODAY),
    "en_US": Reading("en_US", "USD", "US", TODAY),
    "en_GB": Reading("en_GB", "GBP", "GB", TODAY),
}


def dates(text: str, reading: Reading = INDONESIAN) -> str:
    """The dates as text, without the century; `1|2` if unclear."""
    found = []
    for claim in find_dates(text, reading):
        options = claim.value.options if isinstance(claim.value, Unclear) else (claim.value,)
        found.append("|".join(str(option)[2:] for option in options))
    return ", ".join(found)


SPELLINGS = {
    "25-02-13": (
        "hari ini; hr ini; today; tadi; tadi pagi; tadi siang; barusan; malam ini; nanti malam; tonight; this morning"
    ),
    "25-02-14": (
        "besok; bsk; Besok; BESOK; bsok; esok; besok pagi; tomorrow; tmrw; tmr; 1 hari; sehari; a day; "
        "one day; in a day; 1 hari lagi; jumat; hari jumat; jum'at; jum’at; Friday; on friday; "
        "until Friday; by Friday; this friday; jumat ini; sampai jumat; sampe jumat; besok jumat; "
        "dalam sehari; tomorrow morning; paling lambat besok; on fri; by fri; hari jum"
    ),
    "25-02-15": (
        "lusa; besok lusa; day after tomorrow; the day after tomorrow; 2 hari; 2hari; two days; dua hari; "
        "in 2 days; sabtu; hari sabtu; saturday; on sat; 2d; 2 days from now; dua hari lagi; "
        "sabtu ini; 2 harian; coming saturday"
    ),
    "25-02-12": (
        "kemarin; kmrn; kemaren; yesterday; a day ago; 1 hari lalu; sehari yang lalu; tadi malam; semalam; "
        "last night; rabu lalu; last wednesday; rabu kemarin"
    ),
    "25-02-11": (
        "kemarin lusa; kemarin dulu; the day before yesterday; 2 hari lalu; 2 hari yang lalu; 2 days ago; two days ago"
    ),
    "25-02-16": (
        "tulat; 3 hari; 3 hari lagi; 3 hari lg; in 3 days; three days; hari minggu; sampai minggu; minggu ini; "
        "sunday; on sun; this week; akhir minggu; this weekend; tiga hari; hari minggu ini; "
        "sampai hari minggu; hari ahad; by sunday"
    ),
    "25-02-10": "3 hari yang lalu; 3 days ago; senin lalu; last monday; senin kemarin; 3 hari yg lalu; senin ini",
    "25-02-17": (
        "senin; Senin; hari senin; monday; next monday; minggu depan hari senin; next week monday; "
        "senin depan; senin minggu depan; senin minggu dpn; "
        "sampai senin; by mon; monday next week; senin mgg depan; hari senin depan"
    ),
    "25-02-20": (
        "seminggu; 1 minggu; 1 mgg; 1mg; seminggu lagi; a week; one week; 7 hari; 7hari; 7hr; "
        "minggu depan; mgg depan; minggu dpn; pekan depan; next week; sepekan; kamis; hari kamis; "
        "thursday; 1w; dalam seminggu; selama 1 minggu; kamis depan; within a week; in a week's time; "
        "se minggu; satu minggu; tujuh hari; a week from today"
    ),
    "25-02-21": "jumat depan; next friday; jumat minggu depan; friday next week; nxt friday; jumat dpn",
    "25-02-27": (
        "14 hari; 14hari; 14hr; 14 hr; 14 days; 14days; 14d; 2 minggu; 2minggu; 2mgg; 2 mg; 2 mgg; "
        "dua minggu; 2 weeks; two weeks; 2wks; a fortnight; tempo 14 hari; selama 2 minggu; "
        "for 2 weeks; in two weeks; within two weeks; 2 minggu lagi; two weeks from now; "
        "jatuh tempo 14 hari; dalam 14 hari; empat belas hari; fourteen days; due in 14 days; "
        "2 minggu ke depan; 2 minggu depan; jangka waktu 14 hari; tenor 14 hari; tempo: 14 hari; "
        "a couple of weeks; 10 hari kerja; 10 working days; 14 harian; 2w; hingga 2 minggu; tgl 27; "
        "tanggal 27; the 27th; on the 27th; tgl dua puluh tujuh"
    ),
    "25-02-28": (
        "setengah bulan; 1/2 bulan; ½ bulan; half a month; 15 hari; akhir bulan; end of month; "
        "end of the month; akhir bulan ini; this month; bulan ini; akhir bln; eom; month end; "
        "by end of month; sampai akhir bulan; lima belas hari; 28/2; 28/02; 28 feb; "
        "tgl 28; akhir februari; end of this month"
    ),
    "25-03-13": (
        "sebulan; sebulan lagi; 1 bulan; 1 bln; 1bln; a month; one month; bulan depan; bln depan; bln dpn; "
        "next month; se bulan; satu bulan; 1 month; for a month; in a month; 1mo; 13 maret; 13/3; "
        "13/03/2025; tgl 13 maret; tgl 13 bulan depan; sebulanan; bulan dpn; tanggal 13 maret 2025; "
        "March 13, 2025; 13-03-2025; 13.03.2025"
    ),
    "25-03-28": (
        "sebulan setengah; 1,5 bulan; 1.5 months; satu setengah bulan; 1 bulan setengah; "
        "one and a half months; a month and a half; 1 1/2 bulan; 1½ bulan"
    ),
    "25-05-13": (
        "3 bulan; 3bln; 3 months; three months; tiga bulan; for 3 months; 3 bulan lagi; 3mo; 3 mths; "
        "within 3 months; selama tiga bulan; 13 mei; 13 may; tgl 13 mei"
    ),
    "25-08-13": "6 bulan; setengah tahun; half a year; enam bulan; 13 agustus; 13 agt; 13 Agu 2025; 13 august",
    "26-02-13": (
        "setahun; 1 tahun; 1 thn; a year; 1 year; tahun depan; thn depan; next year; 12 bulan; 1 th; 1yr; setahun lagi"
    ),
    "26-08-13": (
        "1 tahun 6 bulan; 1,5 tahun; a year and a half; setahun setengah; 18 bulan; 1 year and 6 months; 18 months"
    ),
    "25-03-27": "1 bulan 2 minggu; a month and two weeks; 27 maret; 27/3",
    "25-01-13": (
        "bulan lalu; last month; sebulan yang lalu; a month ago; 1 bulan lalu; bln lalu; 13 januari 2025; bulan kemarin"
    ),
    "25-02-06": ("minggu lalu; last week; seminggu lalu; a week ago; minggu kemarin; seminggu yang lalu; 6 feb 2025"),
    "25-02-25": (
        "tgl 25; tanggal 25; tgl. 25; tgl25; the 25th; on the 25th; by the 25th; 25/2; jatuh tempo tgl 25; "
        "sampai tgl 25; due 25/2; pada tanggal 25; 25th of this month; tgl 25 bulan ini; tgl 25 ini; "
        "paling lambat tgl 25"
    ),
    "25-03-25": (
        "tgl 25 bulan depan; bulan depan tgl 25; 25 maret; tanggal 25 bulan depan; "
        "the 25th of next month; 25th next month; "
        "tgl 25 maret; tgl 25 bln dpn; tgl 25 bulan 3; tgl 25/3"
    ),
    "25-12-25": (
        "25/12; 25/12/25; 25/12/2025; 25-12-2025; 25.12.2025; 2025-12-25; 2025/12/25; 25 desember; 25 des; "
        "25 des 2025; 25 Desember 2025; tgl 25/12; tgl 25-12; due 25/12; 25 december; december 25; "
        "Dec 25, 2025; Dec 25th; 25th december; 25th of December; the 25th of December; 25-Des-2025; "
        "25/des/2025; 25des; Kamis, 25 Desember 2025; Thursday, December 25, 2025; "
        "on December 25; pada tanggal 25 desember; jatuh tempo 25/12/2025; 12/25; 12/25/2025; 25-12-25; "
        "tgl 25 desember 2025; 25 Dec '25; hari kamis 25 desember 2025; until Dec 25; "
        "25th Dec 2025; 25 December, 2025; s/d 25 desember"
    ),
    "25-03-05": (
        "5 maret; 5 Maret 2025; 5 mar; 5 Mar 2025; pada tanggal 5 maret; March 5; March 5th; 5 March; "
        "5th March; 5th of march; 5/3; 05/03; 05/03/2025; tgl 5; tgl 5 maret; tanggal 5; on the 5th; "
        "by the 5th; the 5th; Mar 5, 2025; until march 5; tgl 5 bulan depan; tanggal lima; 5-3-2025; "
        "on mar 5"
    ),
    "26-03-05": "Mar 5th 2026; 5 maret 2026; 5/3/26; 5/3/2026; March 5th, 2026",
    "26-02-01": "1 februari; 1 feb; tgl 1 feb; Feb 1st",
    "25-03-01": (
        "awal bulan; awal bulan depan; awal bln; beginning of next month; start of the month; 1 maret; "
        "tgl 1; the 1st; awal maret"
    ),
    "25-03-31": (
        "akhir bulan depan; end of next month; akhir maret; bulan maret; end of March; in March; "
        "bln maret; akhir bulan maret; bulan mar"
    ),
    "25-05-05": "5 mei; tgl 5 mei; 5 May; May 5th; until May 5; on may 5; 5 Mei 2025; May 5, 2025; 5mei; by May 5",
    "25-05-31": "bulan mei; akhir mei; in May; bln mei; akhir bulan mei; bulan mei 2025",
    "25-12-31": "akhir tahun; end of year; end of the year; tahun ini; this year; 31/12; akhir thn",
    "28-02-29": "29 feb; 29/2; 29 februari",
    "25-02-05": "tgl 5 kemarin; tgl 5 lalu; 5 feb lalu; 5/2 kemarin; tgl 5 bulan ini; 5 feb 2025",
    "24-12-25": "25 desember lalu; 25/12 lalu; 25 des tahun lalu; 25 december last year; 25/12/24",
}


@pytest.mark.parametrize(("value", "spellings"), SPELLINGS.items())
def test_a_date_is_read(value: str, spellings: str) -> None:
    for spelling in spellings.split("; "):
        assert dates(spelling) == value, spelling
        for sentence in ("Budi 500rb {}", "{} Budi 500rb", "Budi utang, {}.", "Budi 500000 | {}", "Budi\n{}\n500rb"):
            text = sentence.format(spelling)
            found = find_values(text, INDONESIAN).dates
            assert [str(claim.value)[2:] for claim in found] == [value], text
            assert rest(text, found) == " ".join(sentence.format("").split()), text


def test_a_working_period_leaves_out_weekends() -> None:
    assert dates("5 hari kerja") == "25-02-20"
    assert dates("1 business day", READINGS["en"]) == "25-02-14"
    assert dates("2 hari kerja") == "25-02-17"


AMBIGUOUS = [
    ("03/04", "id", "25-04-03"),
    ("03/04", "en_GB", "25-04-03"),
    ("03/04", "en", "25-04-03"),
    ("03/04", "en_US", "25-03-04"),
    ("03/04", "en-usd", "25-04-03|25-03-04"),
    ("04/04", "en-usd", "25-04-04"),
    ("25/12", "en_US", "25-12-25"),
    ("12/25", "id", "25-12-25"),
    ("12/25", "en-usd", "25-12-25"),
    ("2-3 hari", "id", "25-02-15|25-02-16"),
    ("2 sampai 3 minggu", "id", "25-02-27|25-03-06"),
    ("2 hr", "id", "25-02-15"),
    ("2 hr", "en", ""),
]


@pytest.mark.parametrize(("text", "who", "value"), AMBIGUOUS)
def test_the_locale_decides_what_is_ambiguous(text: str, who: str, value: str) -> None:
    assert dates(text, READINGS[who]) == value


NO_DATES = """
tgl 1-15; seharian
31/02; tgl 32; tanggal 0; 99/99; 30/2/2025; 0/5; 13/13; 2025-13-01; 2025-02-30; 31 april; habis gajian
lebaran; Mei; Juni; Agus; April; May; June; March; Minggu; mon; sat; sun; wed; mar; jan; pinjam Mei 500rb
lend May 20; lend April 50; Pak Jumat; per bulan; per minggu; tiap bulan; setiap 2 minggu; every 2 weeks
every month; 3x sebulan; 3 kali seminggu; sebulan sekali; 2% sebulan; 2% per bulan; telat 3 hari
sudah 3 bulan; -3 hari; 1000000 hari; 9999 tahun; 500000; 500rb; 1/2 juta; 3/4 juta; 0812-3456-7890; 2M; 5 m
ke-2; the 2nd installment; 1st payment; 10:30; jam 10; haha; bulan; hari; minggu; week; tahun; a; second
1.14 hari; https://a.co/2025/12/25; the; 2025; 12-2025; 24/7/365/1; 5 juta; may I; next; sampai; lagi
seharian
""".replace("\n", ";")


@pytest.mark.parametrize("text", [text.strip() for text in NO_DATES.split(";") if text.strip()])
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert dates(text) == ""


@pytest.mark.parametrize(
    ("today", "text", "value"),
    [
        (date(2025, 1, 31), "sebulan", "25-02-28"),
        (date(2024, 1, 31), "1 month", "24-02-29"),
        (date(2024, 2, 29), "setahun", "25-02-28"),
        (date(2025, 3, 31), "bulan lalu", "25-02-28"),
        (date(2025, 2, 25), "tgl 25", "25-02-25"),
        (date(2025, 2, 14), "jumat", "25-02-21"),
        (date(2025, 2, 14), "next friday", "25-02-21"),
        (date(2025, 2, 16), "senin minggu depan", "25-02-17"),
        (date(2025, 2, 26), "tgl 30", "25-03-30"),
        (date(2025, 12, 31), "besok", "26-01-01"),
        (date(2025, 12, 25), "25/12", "25-12-25"),
        (date(2025, 12, 26), "25/12", "26-12-25"),
        (date.max, "besok", ""),
        (date.max, "sebulan", ""),
        (date.max, "akhir bulan", "99-12-31"),
        (date.min, "kemarin", ""),
    ],
)
def test_dates_count_from_today(today: date, text: str, value: str) -> None:
    assert dates(text, Reading("id", "IDR", "ID", today)) == value


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Budi 500rb besok jam 10", "Budi 500rb"),
        ("I lent Sara 200 until Friday at 5pm", "I lent Sara 200"),
        ("Pak Jumat utang 500rb sampai jumat", "Pak Jumat utang 500rb"),
        ("pinjam Mei 500rb bulan mei", "pinjam Mei 500rb"),
        ("Budi due in two weeks", "Budi"),
        ("pinjemin Ani buat besok", "pinjemin Ani"),
        ("platform 3 hari", "platform"),
        ("Budi 2 minggu, Ani sebulan", "Budi , Ani"),
    ],
)
def test_a_claim_covers_what_only_serves_the_date(text: str, left: str) -> None:
    assert rest(text, find_dates(text, INDONESIAN)) == left


@settings(max_examples=80, deadline=None)
@given(day=st.dates(date(1950, 1, 1), date(2099, 12, 31)), locale=st.sampled_from(["id", "en", "en_GB", "en_US"]))
def test_formatted_dates_are_read_back(day: date, locale: str) -> None:
    reading = Reading(locale, "EUR", "ID", TODAY)
    spellings = [day.isoformat(), *(format_date(day, style, locale=locale) for style in ("medium", "long", "full"))]
    if locale != "en_US":
        spellings += [f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}", f"{day.day}/{day.month}/{day.year}"]
    for spelling in spellings:
        assert [claim.value for claim in find_dates(spelling, reading)] == [day], spelling


@settings(max_examples=60, deadline=None)
@given(today=st.dates(date(1990, 1, 1), date(2090, 1, 1)), count=st.integers(1, 400))
def test_periods_count_days_and_weeks(today: date, count: int) -> None:
    reading = Reading("id", "IDR", "ID", today)
    for unit, days in (("hari", 1), ("days", 1), ("minggu", 7), ("weeks", 7), ("mgg", 7)):
        for spelling in (f"{count} {unit}", f"{count}{unit}", f"selama {count} {unit}"):
            assert [claim.value for claim in find_dates(spelling, reading)] == [today + timedelta(days * count)], (
                spelling
            )


@settings(max_examples=60, deadline=None)
@given(today=st.dates(date(1990, 1, 1), date(2090, 1, 1)), day=st.dates(date(2024, 1, 1), date(2024, 12, 31)))
def test_a_day_without_a_year_is_the_next_one(today: date, day: date) -> None:
    (claim,) = find_dates(f"{day.day}/{day.month}", Reading("id", "IDR", "ID", today))
    assert isinstance(claim.value, date)
    assert (claim.value.day, claim.value.month) == (day.day, day.month)
    assert today <= claim.value <= today + timedelta(366 if (day.day, day.month) != (29, 2) else 3000)
