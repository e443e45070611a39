"""The first minutes: what `scripts/run` offers to somebody who sits at a terminal."""

from __future__ import annotations

import sys

import click
from babel.numbers import list_currencies
from tzlocal import get_localzone_name

from bot import logs, running
from bot.simulating import COUNTRIES
from bot.simulation import Simulation
from bot.terminal import TerminalChat
from services.clock import SystemClock
from services.settings import Settings
from services.tenants.tenants import NewTenant

TRIAL_NUMBER = "6281100000001"


def start(settings: Settings) -> None:
    """With a person at the terminal: a choice. Without: the platform."""
    if not sys.stdin.isatty():
        running.run(settings)
        return
    click.echo(click.style("Juragan", bold=True) + " runs your business from your own WhatsApp chat.\n")
    click.echo("  1  Try it here, without a phone")
    click.echo("  2  Link my WhatsApp")
    choice = click.prompt("\nYour choice", type=click.Choice(["1", "2"]), default="1", show_choices=False)
    if choice == "2":
        click.echo(
            "\nLinking a WhatsApp number is coming. Until then, try it here: the same program, played WhatsApp.\n"
        )
    try_it(settings)


def try_it(settings: Settings) -> None:
    """A chat in the terminal with a business of one's own; the book is kept in the data folder."""
    quiet = settings.model_copy(update={"whatsapp_log_level": "error"})
    logs.configure(quiet)
    simulation = Simulation.open(quiet, SystemClock())
    try:
        business = simulation.first_business()
        if business is None:
            business = ask_for_business()
        TerminalChat(simulation, simulation.place(business), business.name).run()
    except (KeyboardInterrupt, click.Abort):
        click.echo()
    finally:
        simulation.close()


def ask_for_business() -> NewTenant:
    """The few things that a new business is asked for."""
    name = click.prompt("What is your business called?", default="Toko Maju")
    language = click.prompt("Language", type=click.Choice(["id", "en"]), default="id")
    if language == "id":
        return NewTenant(name=name, phone=TRIAL_NUMBER)
    currency = click.prompt("Currency", default="USD", value_proc=_currency)
    return NewTenant(name, TRIAL_NUMBER, language, currency, get_localzone_name(), COUNTRIES.get(currency, "US"))


def _currency(word: str) -> str:
    if word.upper() not in list_currencies():
        raise click.UsageError("a currency by its three letters, such as USD")
    return word.upper()
