"""`python -m bot migrate …`: the schema's history, brought up to date, shown, or taken back by one step."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from sqlalchemy.exc import OperationalError

from services.clock import SystemClock
from services.db import migrations
from services.db.migrations import CannotGoBackError, Loss
from services.db.opening import open_database, owned
from services.settings import Settings


def up(settings: Settings) -> None:
    """Brings the database up to date and stops."""
    open_database(settings, SystemClock()).close()
    click.echo("The database is up to date.")


def status(settings: Settings) -> None:
    """A line for each revision: whether it is applied, and what it brought."""
    if settings.database_url is None and not (settings.data_dir / "db").exists():
        click.echo("There is no database yet; the first start makes it.")
        return
    try:
        with owned(settings) as engine, engine.connect() as connection:
            known, current = migrations.history(connection), migrations.current_revision(connection)
    except OperationalError as error:
        _end(f"The database can't be reached: {str(error.orig).strip()}")
    for each in known:
        back = "" if each.is_reversible else "  (can't be taken back)"
        click.echo(f"{each.number}  {'applied' if each.is_applied else 'pending'}  {each.about}{back}")
    if current is not None and current not in {each.number for each in known}:
        _end(f"The database is at {current}, which this version of Juragan doesn't know. Use the newer one.")


def down(settings: Settings, *, is_sure: bool) -> None:
    """Takes back the last revision; without `is_sure` only tells what that would cost."""
    if settings.database_url is None and not (settings.data_dir / "db").exists():
        _end("There is no database yet.")
    try:
        with owned(settings) as engine:
            with engine.connect() as connection:
                costs = migrations.loss(connection)
            _tell(costs)
            if not is_sure:
                _end("Nothing was changed. Make a backup, then say it again with --yes.")
            migrations.downgrade(engine)
    except CannotGoBackError as refusal:
        _end(str(refusal))
    except OperationalError as error:
        _end(f"The database can't be reached: {str(error.orig).strip()}")
    click.echo(
        f"{costs.revision.number} is taken back. Start the version of Juragan that came before it:"
        " this one would bring the database up to date again."
    )


def _tell(costs: Loss) -> None:
    click.echo(f"Taking back {costs.revision.number} ({costs.revision.about}) would lose:")
    for table, n in costs.rows:
        click.echo(f"  {n:>8} rows of {table}")
    for each in costs.beside.split("; "):
        click.echo(f"  {each}")


def _end(text: str) -> NoReturn:
    """Ends the program with a message and exit status 1."""
    click.echo(text, err=True)
    sys.exit(1)
