"""Amounts as people write them, in Indonesian and English."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.grammar.reading import Reading, Unclear
from handlers.grammar.values import find_money, find_values, rest
from services.money import Money

TODAY = date(2025, 2, 13)
READINGS = {
    "id": Reading("id", "IDR", "ID", TODAY),
    "en": Reading("en", "USD", "US", TODAY),
    "en-idr": Reading("en", "IDR", "ID", TODAY),
    "id-usd": Reading("id", "USD", "ID", TODAY),
    "pt": Reading("pt_BR", "BRL", "BR", TODAY),
    "sg": Reading("en_SG", "SGD", "SG", TODAY),
}


def amounts(text: str, who: str = "id") -> str:
    """The amounts as text: `500000`, `50 USD` if the currency is not the tenant's, `1|2` if unclear."""
    reading = READINGS[who]

    def shown(money: Money) -> str:
        figure = f"{money.amount.normalize():f}"
        return figure if money.currency == reading.currency else f"{figure} {money.currency}"

    found = []
    for claim in find_money(text, reading):
        options = claim.value.options if isinstance(claim.value, Unclear) else (claim.value,)
        found.append("|".join(shown(option) for option in options if isinstance(option, Money)))
    return ", ".join(found)


# Spellings apart by blanks; a middle dot is a blank within one.
IDR_SPELLINGS = {
    "500000": (
        "500000 500.000 500,000 500rb 500RB 500Rb 500·rb 500·ribu 500ribu 500rebu 500rbu 500k 500K 500·k "
        "500ribuan Rp500000 Rp500.000 Rp·500.000 Rp.500.000 Rp.·500.000 RP500.000 rp500rb Rp500rb "
        "Rp·500·rb rp·500k Rp500.000,- Rp.·500.000,00 Rp·500.000,- 500.000,- 500.000- 500.000,00 "
        "500,000.00 IDR500000 IDR·500000 idr·500rb 500000·rupiah 500.000·rupiah 500rb·rupiah "
        "500·ribu·rupiah 500000rp 500·ribu·perak @500rb @Rp500.000 lima·ratus·ribu Lima·Ratus·Ribu "
        "setengah·juta 1/2·juta 0,5·juta 0.5jt 0,5jt ½·juta five·hundred·thousand half·a·million "
        "half·million gopek·ribu gopek·ceng lima·ratus·rebu 500·000 500'000 ５００.０００ ５００rb 500.000,-- "
        "500rb-an 500·thousand 500\u00a0000 +500rb 500rb,- Rp:500.000 a·half·million 0.5·million"
    ),
    "2000000": (
        "2jt 2JT 2·jt 2·juta 2juta 2.000.000 2,000,000 2000000 Rp·2jt Rp2·juta 2jutaan dua·juta 2,0·jt "
        "2.0jt Rp·2.000.000,- 2000rb 2·million two·million 2mio 2·mio 2000k 2·jutaan dua·jeti"
    ),
    "2500000": (
        "2,5jt 2.5jt 2,5·juta 2.5·juta 2,50·juta 2jt500rb 2jt·500rb 2·juta·500·ribu 2juta500ribu "
        "dua·juta·lima·ratus·ribu dua·juta·setengah 2·juta·setengah 2jt·setengah dua·setengah·juta "
        "2½·juta 2·½·juta two·and·a·half·million 2·and·a·half·million 2·1/2·juta 2jt500 2500rb Rp2,5jt "
        "Rp·2.500.000,00 2·juta·lima·ratus·ribu"
    ),
    "1000000": ("sejuta Sejuta se·juta satu·juta 1jt a·million one·million 1·000·000 1000·ribu Rp1.000.000"),
    "1500000": (
        "sejuta·setengah satu·setengah·juta 1,5jt 1.5·juta sejuta·lima·ratus·ribu 1jt500rb "
        "a·million·and·a·half one·and·a·half·million 1·juta·setengah"
    ),
    "250000": (
        "250rb dua·ratus·lima·puluh·ribu seperempat·juta a·quarter·million quarter·of·a·million "
        "two·hundred·and·fifty·thousand two·hundred·fifty·thousand 250.000 1/4·juta 0,25jt"
    ),
    "100000": "seratus·ribu cepek·ceng 100rb a·hundred·thousand one·hundred·thousand 100.000",
    "1000": "seribu serebu seceng 1000 1.000 1,000 1rb 1k a·thousand one·thousand",
    "1500": "1.500 1,500 1500 1,5rb 1.5k seribu·lima·ratus 1rb500 a·thousand·five·hundred",
    "25000": "25rb dua·puluh·lima·ribu 25.000 twenty·five·thousand twenty-five·thousand 25k",
    "5000": "goceng 5rb lima·ribu 5.000",
    "10000": "ceban 10rb sepuluh·ribu",
    "20000": "noban dua·puluh·ribu",
    "50000": "goban lima·puluh·ribu 50rb 50·ribu·perak",
    "50": "gocap 50 50·perak lima·puluh",
    "100": "cepek seratus a·hundred one·hundred 100",
    "500": "gopek 500 500·perak lima·ratus five·hundred",
    "1000000000": "1·miliar 1·milyar 1milyar satu·miliar semiliar 1·billion 1bn 1.000.000.000",
    "1200000000": "1,2·miliar 1.2·milyar 1,2·billion",
    "2000000000000": "2·triliun 2·trilyun 2T",
    "1250000": (
        "Rp1.250.000 Rp·1.250.000,- 1,25jt 1.25·juta 1·juta·250·ribu satu·juta·dua·ratus·lima·puluh·ribu "
        "1jt250rb 1jt250"
    ),
    "-500000": ("-500000 -500rb -Rp500.000 Rp·-500.000 Rp-500.000 minus·500rb −500rb Rp·-·500.000 minus·500.000"),
    "0": "0 Rp0 Rp·0 0rb 0,00",
    "500.5": "500.50 500,50 Rp500,50",
    "300000": "300rb tiga·ratus·ribu three·hundred·thousand three·hundred·k",
}


@pytest.mark.parametrize(("value", "spellings"), IDR_SPELLINGS.items())
def test_an_amount_in_rupiah_is_read(value: str, spellings: str) -> None:
    for text in spellings.split(" "):
        spelling = text.replace("·", " ")
        assert amounts(spelling) == value, spelling
        for sentence in (
            "PINJAM Budi {}",
            "{} buat Budi",
            "Budi bayar {}, ya?",
            "utang ({}).",
            "*{}*",
            "Budi:{}\n14 hari",
        ):
            assert amounts(sentence.format(spelling)) == value, sentence.format(spelling)


OTHER_CURRENCIES = [
    ("en", "$1,200.50", "1200.5"),
    ("en", "1,200.50", "1200.5"),
    ("en", "1200.50", "1200.5"),
    ("en", "1200,50", "1200.5"),
    ("en", "1.200,50", "1200.5"),
    ("en", "1.500", "1.5|1500"),
    ("en", "$1.500", "1.5|1500"),
    ("en", "1.5", "1.5"),
    ("en", "50$", "50"),
    ("en", "US$ 50", "50"),
    ("en", "US$50", "50"),
    ("en", "usd 50", "50"),
    ("en", "50 usd", "50"),
    ("en", "50USD", "50"),
    ("en", "50 bucks", "50"),
    ("en", "five dollars", "5"),
    ("en", "50 dollars", "50"),
    ("en", "a hundred dollars", "100"),
    ("en", "1.2m", "1200000"),
    ("en", "$1.2M", "1200000"),
    ("en", "2M", "2000000"),
    ("en", "3 mio", "3000000"),
    ("en", "$2k", "2000"),
    ("en", "2 grand", "2000"),
    ("en", "two and a half thousand", "2500"),
    ("en", "1b", "1000000000"),
    ("en", "1,250 million", "1250000000|1250000"),
    ("en", "1.250 million", "1250000"),
    ("en", "two hundred", "200"),
    ("en", "two hundred and fifty", "250"),
    ("en", "two fifty", "250"),
    ("en", "one twenty-five", "125"),
    ("en", "one million two hundred thousand", "1200000"),
    ("en", "-$50", "-50"),
    ("en", "-50.25", "-50.25"),
    ("en", "50 cents", "0.5"),
    ("en", "€30", "30 EUR"),
    ("en", "30 €", "30 EUR"),
    ("en", "30 euros", "30 EUR"),
    ("en", "£30.50", "30.5 GBP"),
    ("en", "500 rupiah", "500 IDR"),
    ("en", "Rp 1.250.000", "1250000 IDR"),
    ("en", "R$ 1.200,50", "1200.5 BRL"),
    ("en", "1,234,567.89", "1234567.89"),
    ("id", "$50", "50 USD"),
    ("id", "50 dolar", "50 USD"),
    ("id", "50 dolar singapura", "50 SGD"),
    ("id", "US$1.200,50", "1200.5 USD"),
    ("id", "$1,200.50", "1200.5 USD"),
    ("id", "$1.500", "1500 USD"),
    ("id", "$1,500", "1.5 USD|1500 USD"),
    ("id", "1200.50 USD", "1200.5 USD"),
    ("id", "€30", "30 EUR"),
    ("id", "RM 50", "50 MYR"),
    ("id", "S$50", "50 SGD"),
    ("id", "50 ringgit", "50 MYR"),
    ("id", "2M", "2000000000|2000000"),
    ("id", "Rp 1,2M", "1200000000|1200000"),
    ("id", "1.250jt", "1250000000|1250000"),
    ("id", "1.250 juta", "1250000000|1250000"),
    ("id", "2 juta 500", "2500000|2000500"),
    ("id", "2jt 500", "2500000|2000500"),
    ("id", "dua juta lima ratus", "2500000|2000500"),
    ("id", "2.000rb", "2000000|2000"),
    ("id", "10.0000", ""),
    ("id", "1.2.3", ""),
    ("id", "1.25.000", ""),
    ("id", "Rp 2 M", "2000000000|2000000"),
    ("id", "satu koma lima juta", "1500000"),
    ("id", "dua koma dua lima juta", "2250000"),
    ("en", "one point five million", "1500000"),
    ("en-idr", "1,500", "1500"),
    ("en-idr", "1.500", "1500"),
    ("en-idr", "2M", "2000000"),
    ("en-idr", "$50", "50 USD"),
    ("id-usd", "1.500", "1500"),
    ("id-usd", "1,500", "1.5|1500"),
    ("id-usd", "500rb", "500000"),
    ("pt", "1.500", "1500"),
    ("pt", "R$ 1.200,50", "1200.5"),
    ("pt", "1.200,50", "1200.5"),
    ("sg", "$50", "50"),
    ("sg", "50 dollars", "50"),
    ("sg", "US$50", "50 USD"),
]


@pytest.mark.parametrize(("who", "text", "value"), OTHER_CURRENCIES)
def test_currency_and_locale_decide(who: str, text: str, value: str) -> None:
    assert amounts(text, who) == value


NOT_MONEY = """
0812-3456-7890; +62 812 3456 7890; 6281234567890; 25/12; 2025-02-13; 25-12-2025; tgl 25; tgl 32; 99/99
14 hari; 14hari; 3 months; 2 minggu; ke-2; ke 2; no 3; no. 3; No.3; #3; 2 sak semen; 3 bulan; 10x; 10 x; 5 kg
5kg; 2%; 2 persen; jam 10; jam 10.30; 10:30; pukul 7; 5pm; 5 pm; RT 3 RW 4; blok 12; abc123; b4; covid-19
INV-2024; 12 orang; 12 people; 3D; 4G; 2nd; cicilan 3; cicilan ke-3; ke 3; 007; 1234567890123456
NIK 3201234567890001; rek 1234567890; BCA 1234567890; 1/3; 10/500; tahun 2025; maret 2025; satu; dua; one; a
juta; ribu; rb; Rp; setengah; half; k; 2 m kain; 10.000.0; https://a.co/500000; budi@500.com; 5 menit; 3 kali
every 2 weeks; dua orang; 100°; 8-10-12; 1.2.3.4; #500; 60 km; 3 x; H+3; -; ,-; 1000000 hari
""".replace("\n", ";")


@pytest.mark.parametrize("text", [text.strip() for text in NOT_MONEY.split(";") if text.strip()])
def test_what_is_no_money_is_left_alone(text: str) -> None:
    assert amounts(text) == ""
    assert amounts(f"Budi {text} 500rb", "id").endswith("500000")


SENTENCES = [
    ("Pinjemin Budi 500k 14 hari", "500000", "Pinjemin Budi"),
    ("Ahmad minjem 2jt sebulan", "2000000", "Ahmad minjem"),
    ("Saya punya utang 1 juta ke Toko Maju", "1000000", "Saya punya utang ke Toko Maju"),
    ("Budi bayar 500 ribu", "500000", "Budi bayar"),
    ("I lent Sara 200 until Friday", "200", "I lent Sara"),
    ("pinjam Toko 88 500rb", "500000", "pinjam Toko 88"),
    ("pinjam Toko 88", "88", "pinjam Toko"),
    ("Budi 0812-3456-7890 500000 14hari", "500000", "Budi"),
    ("2 sak semen 300rb, 3 kg paku 50rb", "300000, 50000", "2 sak semen , 3 kg paku"),
    ("Budi 500rb-700rb", "500000, 700000", "Budi -"),
    ("Budi-500rb", "500000", "Budi-"),
    ("3 x 500rb", "500000", "3 x"),
    ("50 dari 200rb", "50, 200000", "dari"),
    ("500 usd 20", "500, 20 USD", ""),
    ("cicilan 500000 per bulan", "500000", "cicilan per bulan"),
    ("Budi 2jt, Andi 500rb", "2000000, 500000", "Budi , Andi"),
    ("Budi 2jt\n500rb", "2000000, 500000", "Budi"),
    ("lima ratus ribu dua minggu", "500000", ""),
    ("500 minggu depan", "500", ""),
    ("2 juta 3 bulan", "2000000", ""),
    ("dua juta setengah bulan", "2000000", ""),
    ("bunga 2% sebulan 1jt", "1000000", "bunga 2% sebulan"),
    ("budi-500rb-14hari", "500000", "budi- -"),
    ("budi 500rb14hari", "500000", "budi"),
    ("budi 500000,14 hari", "500000", "budi ,"),
    ("budi 500000/14 hari", "500000", "budi /"),
    ("1. Budi 500rb\n2) Ani 300rb", "500000, 300000", "1. Budi 2) Ani"),
    ("Budi .5jt", "500000", "Budi"),
    ("Budi ,500rb", "500000", "Budi ,"),
    ("3rd installment 50", "50", "3rd installment"),
    ("Budi 500rb/bulan", "500000", "Budi /bulan"),
    ("\u2068Budi\u2069 \u200e500rb", "500000", "\u2068Budi\u2069 \u200e"),
]


@pytest.mark.parametrize(("text", "value", "left"), SENTENCES)
def test_an_amount_is_found_in_a_sentence(text: str, value: str, left: str) -> None:
    assert amounts(text) == value
    assert rest(text, find_values(text, READINGS["id"]).claims) == left


CURRENCIES = {"IDR": 0, "USD": 2, "EUR": 2, "BRL": 2}


@settings(max_examples=80, deadline=None)
@given(
    cents=st.integers(-(10**14), 10**14),
    currency=st.sampled_from(sorted(CURRENCIES)),
    locale=st.sampled_from(["id", "en", "es", "pt_BR", "ru"]),
)
def test_what_babel_formats_is_read_back(cents: int, currency: str, locale: str) -> None:
    money = Money(Decimal(cents).scaleb(-CURRENCIES[currency]), currency)
    reading = Reading(locale, currency, "ID", TODAY)
    spellings = [
        format_currency(money.amount, currency, locale=locale),
        format_currency(money.amount, currency, locale=locale, currency_digits=False, format="¤ #,##0.##"),
    ]
    if abs(money.amount) < 10**12:
        spellings.append(format_decimal(money.amount, locale=locale))
    for spelling in spellings:
        assert [claim.value for claim in find_money(spelling, reading)] == [money], spelling


@settings(max_examples=60, deadline=None)
@given(thousands=st.integers(1, 999_999), locale=st.sampled_from(["id", "en"]))
def test_scales_mean_their_figures(thousands: int, locale: str) -> None:
    reading = Reading(locale, "IDR", "ID", TODAY)
    expected = [Money(Decimal(thousands * 1000), "IDR")]
    for spelling in (f"{thousands}rb", f"{thousands} ribu", f"Rp{thousands}k", f"{thousands * 1000}"):
        assert [claim.value for claim in find_money(spelling, reading)] == expected
