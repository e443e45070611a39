"""The words of money in Indonesian and English: scales, slang, currencies, and what a number counts instead of money.

Tables only. A word stands in one of them because people write it next to an amount.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from handlers.grammar.values.word_tables import meanings, words

THOUSAND, MILLION, BILLION, TRILLION = (Decimal(10**power) for power in (3, 6, 9, 12))

SCALES: Mapping[str, Decimal] = meanings(
    {
        Decimal("0.01"): "sen cent cents",
        Decimal(100): "ratus hundred",
        THOUSAND: "rb ribu ewu rebu rbu rib ribuan rebuan rban ceng thousand thousands thou grand k",
        MILLION: "jt juta jutaan jtan jta jeti yuta million millions mio mn mln mill mil",
        BILLION: "miliar milyar milliar miliyar milyard mlyr mlr billion billions bn bio",
        TRILLION: "triliun trilyun triliyun trilliun tril trillion trillions tn",
    }
)
# One letter is a scale only where it touches its figure, and `m` means a million or, in Indonesian, a billion.
LETTER_SCALES: Mapping[str, Decimal] = {"m": MILLION, "b": BILLION, "t": TRILLION}
# After these a remainder without a scale may be short for thousands: `dua juta lima ratus`.
INDONESIAN_MILLIONS = words("jt juta jta jeti sejuta")
ONE_OF_SCALE: Mapping[str, Decimal] = meanings(
    {
        THOUSAND: "seribu serebu sewu",
        MILLION: "sejuta sejutaan sakyuta seyuta",
        BILLION: "semiliar semilyar",
        TRILLION: "setriliun",
    }
)
# Hokkien numbers of the market.
SLANG: Mapping[str, Decimal] = {
    "gocap": Decimal(50),
    "cepek": Decimal(100),
    "gopek": Decimal(500),
    "seceng": Decimal(1000),
    "noceng": Decimal(2000),
    "goceng": Decimal(5000),
    "ceban": Decimal(10000),
    "noban": Decimal(20000),
    "goban": Decimal(50000),
    "tenner": Decimal(10),
}
DECIMAL_POINTS = words("koma point titik")
FRACTIONS: Mapping[str, Decimal] = meanings(
    {Decimal("0.5"): "setengah stengah half ½", Decimal("0.25"): "seperempat quarter ¼", Decimal("0.75"): "¾"}
)

# The tenant's own dollar where it has one, else the American.
DOLLAR = "$"
DOLLARS = frozenset(
    ["USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "BND", "FJD", "JMD", "TTD", "BBD", "BSD", "BZD", "LRD", "NAD"]
)
SIGNS: Mapping[str, str] = {
    "$": DOLLAR,
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₽": "RUB",
    "₹": "INR",
    "₱": "PHP",
    "₫": "VND",
    "₩": "KRW",
    "฿": "THB",
}
# Letters that touch a dollar sign: `US$`, `R$`.
DOLLAR_LETTERS: Mapping[str, str] = meanings(
    {
        "USD": "us",
        "BRL": "r",
        "SGD": "s sg",
        "AUD": "a au",
        "CAD": "c ca",
        "HKD": "hk",
        "NZD": "nz",
        "TWD": "nt",
        "MXN": "mx",
    }
)
# The codes people write; others, such as `TRY` and `ALL`, are words as well.
CODES: Mapping[str, str] = {
    code: code.upper()
    for code in words("idr usd eur gbp jpy rub inr php vnd krw thb brl sgd myr aud cad nzd hkd cny chf mxn sar aed")
}
BEFORE_AMOUNT: Mapping[str, str] = {**CODES, "rp": "IDR", "rm": "MYR"}
AFTER_AMOUNT: Mapping[str, str] = {
    **CODES,
    **meanings(
        {
            "IDR": "rp rupiah rupiahs rpiah perak prk",
            DOLLAR: "dollar dollars dolar dolars bucks buck",
            "EUR": "euro euros",
            "GBP": "pound pounds quid",
            "BRL": "reais real",
            "RUB": "rubel ruble rubles rouble roubles",
            "JPY": "yen",
            "MYR": "ringgit",
        }
    ),
}
# Whose dollars: `50 dolar singapura`.
DOLLAR_COUNTRIES: Mapping[str, str] = meanings(
    {
        "SGD": "singapura singapore",
        "AUD": "australia australian aussie",
        "USD": "amerika american us as",
        "CAD": "kanada canadian",
        "HKD": "hongkong",
    }
)
