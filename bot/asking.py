"""The few things that somebody who begins at a terminal is asked."""

from __future__ import annotations

import click
from babel.numbers import list_currencies
from tzlocal import get_localzone_name

from bot.simulating import COUNTRIES
from services.phone import normalise_phone
from services.tenants.tenants import NewTenant


def business(phone: str | None = None) -> NewTenant:
    """A new business; its WhatsApp number is asked for unless it is given."""
    name = click.prompt("What is your business called?", default="Toko Maju")
    language = click.prompt("Language", type=click.Choice(["id", "en"]), default="id")
    if language == "id":
        return NewTenant(name=name, phone=phone or _phone("ID"))
    currency = click.prompt("Currency", default="USD", value_proc=_currency)
    country = COUNTRIES.get(currency, "US")
    return NewTenant(name, phone or _phone(country), language, currency, get_localzone_name(), country)


def _phone(country: str) -> str:
    """The digits of a number, asked for until one can be read."""

    def read(text: str) -> str:
        number = normalise_phone(text, country)
        if number is None:
            raise click.UsageError("a phone number with its country code, such as +62 812 3456 7890")
        return number.removeprefix("+")

    number: str = click.prompt("Your WhatsApp number", value_proc=read)
    return number


def _currency(word: str) -> str:
    if word.upper() not in list_currencies():
        raise click.UsageError("a currency by its three letters, such as USD")
    return word.upper()
