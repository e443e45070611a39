"""The command line: `python -m bot COMMAND`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from services.settings import Settings, SettingsError, load_settings


def settings_or_exit(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings, or the end of the program with a message that names what is wrong."""
    try:
        return load_settings(environment)
    except SettingsError as error:
        click.echo(f"Juragan can't start; the settings need a look:\n{error}", err=True)
        sys.exit(2)


@contextmanager
def settings_with_model(demo: bool) -> Iterator[Settings]:
    """The settings, with the demo model as long as they are used where it is wanted."""
    from bot import demonstrating

    try:
        with demonstrating.model(demo) as environment:
            yield settings_or_exit(environment)
    except SettingsError as error:
        click.echo(f"Juragan can't start; the settings need a look:\n{error}", err=True)
        sys.exit(2)


demo_model = click.option(
    "--demo-model", is_flag=True, help="Try what a model does with one that only knows words, without any key."
)


@click.group()
def main() -> None:
    """Juragan runs a small business from its owner's WhatsApp chat."""


@main.command()
@demo_model
def start(demo_model: bool) -> None:
    """What scripts/run does: asks a person what to do, or runs the platform when there is nobody to ask."""
    from bot import starting

    with settings_with_model(demo_model) as settings:
        starting.start(settings)


@main.command()
@click.option(
    "--only", multiple=True, type=click.Choice(["api", "worker", "sessions"]),
    help="Only this part of the platform; may be given several times. The parts may run on several machines.",
)  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), help="The API's port instead of HTTP_PORT.")
@demo_model
def run(only: tuple[str, ...], port: int | None, demo_model: bool) -> None:
    """Runs the platform: API, worker of the queue, bells and WhatsApp sessions, until Ctrl-C or SIGTERM."""
    from bot import running

    with settings_with_model(demo_model) as settings:
        if port is not None:
            settings = settings.model_copy(update={"http_port": port})
        running.run(settings, frozenset(only) or running.PARTS)


@main.group()
def key() -> None:
    """The keys of the API, besides those of SUPER_ADMIN_API_KEY."""


@key.command()
@click.argument("name")
def add(name: str) -> None:
    """Makes a key and shows it, the only time that it can be seen."""
    from bot import api_keys

    api_keys.add(settings_or_exit(), name)


@key.command("list")
def list_keys() -> None:
    """Shows which keys there are, and when each was last used."""
    from bot import api_keys

    api_keys.show(settings_or_exit())


@key.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """Ends a key; NUMBER is the one that `key list` shows."""
    from bot import api_keys

    api_keys.revoke(settings_or_exit(), number)


@main.command(hidden=True)
def host() -> None:
    """A session host; started by the platform."""
    from bot import child_processes

    child_processes.host(settings_or_exit())


@main.command(hidden=True)
def pairing() -> None:
    """Links one number; started by the platform."""
    from bot import child_processes

    child_processes.pairing(settings_or_exit())


@main.group(invoke_without_command=True)
@click.pass_context
def migrate(context: click.Context) -> None:
    """Brings the database up to date and stops."""
    if context.invoked_subcommand is None:
        context.invoke(up)


@migrate.command()
def up() -> None:
    """Brings the database up to date and stops, as `migrate` alone does."""
    from bot import migrating

    migrating.up(settings_or_exit())


@migrate.command()
def status() -> None:
    """Shows every step of the database's history, and whether it was made."""
    from bot import migrating

    migrating.status(settings_or_exit())


@migrate.command()
@click.option("--yes", "is_sure", is_flag=True, help="Do it, instead of only telling what it would lose.")
def down(is_sure: bool) -> None:
    """Takes back the last step, exactly one, while nothing serves."""
    from bot import migrating

    migrating.down(settings_or_exit(), is_sure=is_sure)


@main.command()
@click.option("--connect", is_flag=True, help="Ask the servers of models and mail too, and look into an own database.")
def check(connect: bool) -> None:
    """Says what is misconfigured and how to mend it; changes nothing. Exit status 1 when something is wrong."""
    from bot import checking

    checking.check(connect=connect)


@main.command("import-single")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--dry-run", is_flag=True, help="Only tell what would come.")
def import_single(folder: str, dry_run: bool) -> None:
    """Takes over an installation of a single business from FOLDER, as the first one here."""
    from bot import importing

    importing.import_single(settings_or_exit(), folder, dry_run=dry_run)


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
@demo_model
def simulate(demo_model: bool, **options: object) -> None:
    """Plays WhatsApp on standard input and output, with a clock that can be moved."""
    from bot import simulating

    with settings_with_model(demo_model) as settings:
        simulating.simulate(simulating.Options(**options), settings)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(prog_name="juragan")
