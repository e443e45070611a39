"""The first minutes: what `scripts/run` offers to somebody who sits at a terminal."""

from __future__ import annotations

import sys

import click

from bot import asking, linking, logs, running
from bot.simulation import Simulation
from bot.terminal import TerminalChat
from services.clock import SystemClock
from services.settings import Settings

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
        linking.link(settings)
    else:
        try_it(settings)


def try_it(settings: Settings) -> None:
    """A chat in the terminal with a business of one's own; the book is kept in the data folder."""
    quiet = settings.model_copy(update={"whatsapp_log_level": "error"})
    logs.configure(quiet)
    simulation = Simulation.open(quiet, SystemClock())
    try:
        business = simulation.first_business()
        if business is None:
            business = asking.business(TRIAL_NUMBER)
        TerminalChat(simulation, simulation.place(business), business.name).run()
    except (KeyboardInterrupt, click.Abort):
        click.echo()
    finally:
        simulation.close()
