"""`python -m bot import-single`: an installation of a single business becomes the first one here."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import click

from bot.transports.base import TransportError
from bot.transports.neonize import store
from bot.transports.neonize.terms import Paired
from services.clock import SystemClock
from services.db.engine import Database
from services.db.models import Tenant
from services.db.opening import open_database
from services.errors import DomainError
from services.messaging.sending import NumberRule
from services.operations import single_files, single_import
from services.operations.single_files import SESSION, Installation, UnreadableError
from services.operations.single_import import Taken
from services.settings import Settings
from services.tenants import sessions
from services.tenants.tenants import Registered

_SHOWN = 50


def import_single(settings: Settings, folder: str, *, dry_run: bool) -> None:
    """Takes the folder over, or with `dry_run` only tells what would come; ends the program when it can't."""
    clock, rule = SystemClock(), NumberRule(settings.whatsapp_allowed_phone_pattern, settings.blocked_numbers)
    try:
        found = single_files.read(Path(folder), rule, settings.whatsapp_provider, clock.now())
        _tell_bad_lines(found)
        opened = open_database(settings, clock)
        try:
            (_try if dry_run else _take)(opened.database, settings, Path(folder), found)
        finally:
            opened.close()
    except UnreadableError as error:
        _end(str(error))
    except DomainError as error:
        _end(error.text.render("en"))


def _tell_bad_lines(found: Installation) -> None:
    for each in found.bad[:_SHOWN]:
        click.echo(f"{each.file}, line {each.number}: {each.why} Left out.", err=True)
    if len(found.bad) > _SHOWN:
        click.echo(f"… and {len(found.bad) - _SHOWN} more lines that were left out", err=True)
    for note in found.notes:
        click.echo(note)


def _try(db: Database, settings: Settings, folder: Path, found: Installation) -> None:
    with db.system() as tx:
        there = single_import.place(tx, found.new)
    if there is None:
        taken = single_import.expected(None, found)
    else:
        with db.tenant(there.tenant_id) as tx:
            taken = single_import.expected(tx, found)
    click.echo(f"Nothing was changed. {found.new.name} (+{found.new.phone}) would bring {_counts(taken)}.")
    device = _device(settings, folder, found)
    click.echo(device if isinstance(device, str) else f"Its WhatsApp session would go on as +{device.own.phone}.")


def _take(db: Database, settings: Settings, folder: Path, found: Installation) -> None:
    with db.system() as tx:
        there = single_import.place(tx, found.new) or single_import.register(tx, found, settings.whatsapp_max_sessions)
    with db.tenant(there.tenant_id) as tx:
        taken = single_import.take(tx, there.session_id, found)
        has_device = sessions.get(tx, there.session_id).device is not None
        name, slug = found.new.name, tx.get_one(Tenant, tx.tenant).slug
    click.echo(f"{name} is tenant {there.tenant_id} ({slug}): {_counts(taken)}.")
    if has_device:
        click.echo("Its number is linked already.")
        return
    device = _device(settings, folder, found)
    if isinstance(device, str):
        click.echo(device)
        return
    _copy(settings, folder, there)
    with db.tenant(there.tenant_id) as tx:
        single_import.resume(tx, there.session_id, device.own.device, device.own.lid, device.push_name)
    click.echo(f"Its WhatsApp session goes on as +{device.own.phone}. Stop the old installation first: one device, one"
               " user.")  # fmt: skip


def _counts(taken: Taken) -> str:
    known = taken.known_people + taken.known_messages
    new = f"{taken.people} contacts, {taken.received} messages received and {taken.sent} sent"
    return f"{new} ({known} were here already)" if known else new


def _device(settings: Settings, folder: Path, found: Installation) -> Paired | str:
    """The device whose keys the folder has, or why its number has to be linked again."""
    path, again = folder / SESSION, "link the number again: scripts/run, then 2"
    if not path.exists():
        return f"There is no {SESSION}; {again}."
    if settings.whatsapp_store_url is not None:
        return f"{SESSION} can't be taken into the PostgreSQL of WHATSAPP_STORE_URL; {again}."
    try:
        devices = store.devices(str(path))
    except TransportError as error:
        return f"{SESSION}: {error}; {again}."
    mine = [each for each in devices if each.own.phone == found.new.phone]
    if not mine:
        others = ", ".join(f"+{each.own.phone}" for each in devices) or "no device"
        return f"{SESSION} holds {others}, not +{found.new.phone}; {again}."
    return mine[-1]


def _copy(settings: Settings, folder: Path, there: Registered) -> None:
    """Copies the keys, with whatever an unclean end of the other program left beside them, to where hosts look."""
    target = Path(store.store_name(settings.data_dir / "whatsapp", None, there.tenant_id, there.session_id))
    draft = target.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with closing(sqlite3.connect(folder / SESSION)) as old, closing(sqlite3.connect(draft)) as new:
        old.backup(new)
    draft.replace(target)


def _end(text: str) -> None:
    """Ends the program with a message and exit status 2."""
    click.echo(f"Nothing was taken over: {text}", err=True)
    sys.exit(2)
