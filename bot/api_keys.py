"""`python -m bot key …`: making, showing and ending the keys of the API."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from services.clock import SystemClock
from services.db.engine import Tx
from services.db.opening import open_database
from services.errors import DomainError
from services.settings import Settings
from services.tenants import keys


def add(settings: Settings, name: str) -> None:
    """Makes a key and prints it."""
    with _opened(settings) as tx:
        made = keys.create(tx, name)
    click.echo(made)


def show(settings: Settings) -> None:
    """Prints a line for each key."""
    with _opened(settings) as tx:
        found = keys.listed(tx)
    for key in found:
        state = (
            "revoked" if key.revoked_at else f"last used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else "unused"
        )
        click.echo(f"{key.id:>4}  {key.hint}…  {key.name}  made {key.created_at:%Y-%m-%d}, {state}")


def revoke(settings: Settings, number: int) -> None:
    """Ends a key; an unknown number ends the program with a message."""
    try:
        with _opened(settings) as tx:
            keys.revoke(tx, number)
    except DomainError as error:
        click.echo(error.text.render("en"), err=True)
        sys.exit(2)
    click.echo("It is refused from now on, within ten seconds where it was just used.")


@contextmanager
def _opened(settings: Settings) -> Iterator[Tx]:
    opened = open_database(settings, SystemClock())
    try:
        with opened.database.system() as tx:
            yield tx
    finally:
        opened.close()
