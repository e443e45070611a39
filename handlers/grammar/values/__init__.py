"""Typed values read from text without a model: amounts, dates, phone numbers, names and quoted notes.

Pure functions over a text and a `Reading`; Indonesian and English spellings are known whatever the locale, which only
decides what is ambiguous. Nothing here raises on any text: what can't be read is simply no value.
"""

from handlers.grammar.values.names import clean_name, differently_addressed, name_key
from handlers.grammar.values.phone import find_phones
from handlers.grammar.values.quotes import take_note
from handlers.grammar.values.rates import take_interest
from handlers.grammar.values.values import Values, find_dates, find_money, find_values, lone_money, rest
from services.phone import normalise_phone

__all__ = [
    "Values",
    "clean_name",
    "differently_addressed",
    "find_dates",
    "find_money",
    "find_phones",
    "find_values",
    "lone_money",
    "name_key",
    "normalise_phone",
    "rest",
    "take_interest",
    "take_note",
]
