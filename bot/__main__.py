"""The command line: `python -m bot COMMAND`."""

from __future__ import annotations

import sys

import click

from services.settings import Settings, SettingsError, load_settings


def settings_or_exit() -> Settings:
    """The settings, or the end of the program with a message that names what is wrong."""
    try:
        return load_settings()
    except SettingsError as error:
        click.echo(f"Juragan can't start; the settings need a look:\n{error}", err=True)
        sys.exit(2)


@click.group()
def main() -> None:
    """Juragan runs a small business from its owner's WhatsApp chat."""


@main.command()
def start() -> None:
    """What scripts/run does: asks a person what to do, or runs the platform when there is nobody to ask."""
    from bot import starting

    starting.start(settings_or_exit())


@main.command()
def run() -> None:
    """Runs the platform: the worker of the queue and the bells, until Ctrl-C or SIGTERM."""
    from bot import running

    running.run(settings_or_exit())


@main.command()
def migrate() -> None:
    """Brings the database up to date and stops."""
    from services.clock import SystemClock
    from services.db.opening import open_database

    open_database(settings_or_exit(), SystemClock()).close()
    click.echo("The database is up to date.")


@main.command()
@click.option("--data", type=click.Path(), help="Go on with the database and the clock of this folder.")
@click.option("--tenant", default="Juragan", show_default=True, help="Name of the business.")
@click.option("--plan", default="free", show_default=True, type=click.Choice(["free", "basic", "pro", "enterprise"]))
@click.option("--locale", default="id", show_default=True)
@click.option("--currency", default="IDR", show_default=True)
@click.option("--timezone", default="Asia/Jakarta", show_default=True)
@click.option("--now", help="The clock's first reading, ISO 8601.")
@click.option("--owner", default="6281100000001", show_default=True, help="The owner's number.")
@click.option("--json", "as_json", is_flag=True, help="Speak the line protocol.")
def simulate(**options: object) -> None:
    """Plays WhatsApp on standard input and output, with a clock that can be moved."""
    from bot import simulating

    simulating.simulate(simulating.Options(**options))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(prog_name="juragan")
