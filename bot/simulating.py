"""`scripts/simulate`: Juragan on standard input and output, for people and for programs."""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import click
from babel import Locale
from babel.numbers import list_currencies

from bot import logs
from bot.protocol import Protocol
from bot.simulation import Simulation
from bot.terminal import TerminalChat
from services.clock import VirtualClock
from services.phone import normalise_phone
from services.settings import Settings
from services.tenants.tenants import NewTenant

COUNTRIES = {"IDR": "ID", "USD": "US", "BRL": "BR", "GBP": "GB", "SGD": "SG", "MYR": "MY", "RUB": "RU", "MXN": "MX"}


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options, as they are called there."""

    data: str | None
    tenant: str
    plan: str
    locale: str
    currency: str
    timezone: str
    now: str | None
    owner: str
    as_json: bool


def simulate(options: Options, given: Settings) -> None:
    """Plays until the end of input. Without `--data` everything but the files that were sent is thrown away."""
    business = _business(options)
    folder = Path(options.data) if options.data else Path(tempfile.mkdtemp(prefix="juragan-"))
    received = folder / "received" if options.data else folder.with_name(f"{folder.name}-received")
    folder.mkdir(parents=True, exist_ok=True)
    remembered = folder / "clock"
    clock = VirtualClock(_begin(options, remembered))
    settings = _settings(given, folder)
    logs.configure(settings)
    simulation = Simulation.open(settings, clock, received)
    try:
        _play(simulation, business, options.as_json)
    finally:
        remembered.write_text(clock.now().isoformat())
        simulation.close()
        if options.data is None:
            shutil.rmtree(folder, ignore_errors=True)


def _play(simulation: Simulation, business: NewTenant, as_json: bool) -> None:
    if as_json or not sys.stdin.isatty():
        Protocol(simulation, business).play(sys.stdin, lambda line: click.echo(line))
    else:
        TerminalChat(simulation, simulation.place(business), business.name).run()


def _settings(given: Settings, folder: Path) -> Settings:
    """The given settings, on the played database and with a log that only tells of trouble."""
    return given.model_copy(
        update={"data_dir": folder, "database_url": None, "whatsapp_log_level": "error", "whatsapp_log_to_file": False}
    )


def _business(options: Options) -> NewTenant:
    """The tenant that the options describe; ends the program when one of them can't be."""
    try:
        locale = str(Locale.parse(options.locale.replace("-", "_")))
    except ValueError:
        raise click.BadParameter(f"unknown locale {options.locale}") from None
    currency = options.currency.upper()
    if currency not in list_currencies():
        raise click.BadParameter(f"unknown currency {options.currency}")
    if options.timezone not in available_timezones():
        raise click.BadParameter(f"unknown time zone {options.timezone}")
    country = COUNTRIES.get(currency, Locale.parse(locale).territory or "ID")
    phone = normalise_phone(options.owner, country) or normalise_phone(f"+{options.owner}", country)
    if phone is None:
        raise click.BadParameter(f"not a phone number: {options.owner}")
    return NewTenant(options.tenant, phone.removeprefix("+"), locale, currency, options.timezone, country, options.plan)


def _begin(options: Options, remembered: Path) -> datetime:
    """Where the clock starts: where it stopped, else at `--now`, else at the real time."""
    if remembered.exists():
        return datetime.fromisoformat(remembered.read_text().strip())
    if options.now is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        begin = datetime.fromisoformat(options.now)
    except ValueError:
        raise click.BadParameter(f"not a time: {options.now}") from None
    return begin if begin.tzinfo else begin.replace(tzinfo=ZoneInfo(options.timezone))
