"""What may be wrong with an installation before anything of it is asked: settings, folders, secrets, the machine.

Each check gives findings: how bad it is, the setting it is about, and what to do. None changes anything, and none
says a secret.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.db.engine import normalise_url
from services.phone import normalise_phone
from services.security import FEWEST_BYTES, KEY_FILE
from services.settings import Settings

Level = Literal["ok", "warning", "problem"]
MEGABYTE = 1024**2
FEWEST_FREE, FEW_FREE = 200 * MEGABYTE, 2048 * MEGABYTE
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
_SHORTEST_KEY, _SHORT_KEY = 8, 24
_EARLIEST_YEAR = 2025


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: how it is, the setting or part that it is about, and what is so or what to do."""

    level: Level
    name: str
    text: str


def ok(name: str, text: str) -> Finding:
    """Nothing to do."""
    return Finding("ok", name, text)


def warning(name: str, text: str) -> Finding:
    """It works, but somebody should know."""
    return Finding("warning", name, text)


def problem(name: str, text: str) -> Finding:
    """It doesn't work, or isn't safe."""
    return Finding("problem", name, text)


def of_machine(settings: Settings, environment: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Everything that can be told without asking the database or anybody else."""
    yield from _folder(settings.data_dir)
    yield from _secret_key(settings)
    yield from _secret_files(environment)
    yield from _disk(settings.data_dir)
    yield from _clock(now)
    yield from _super_admin(settings)
    yield from _http(settings)
    yield from _mail(settings)
    yield from _models(settings)
    yield from _whatsapp(settings)


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    return there


def _folder(folder: Path) -> Iterator[Finding]:
    there = existing(folder)
    if not there.is_dir():
        yield problem("DATA_DIR", f"{there} is no folder; name another one")
        return
    if not os.access(there, os.W_OK | os.X_OK):
        yield problem("DATA_DIR", f"{there} can't be written to by this user; give it to the user of the service")
        return
    yield ok("DATA_DIR", str(folder) if there == folder.absolute() else f"{folder} is made at the first start")
    for name in ("secrets", "whatsapp", "files"):
        if _is_open(folder / name):
            yield problem("DATA_DIR", f"others may look into {folder / name}: chmod 700 {folder / name}")


def _is_open(path: Path) -> bool:
    """Whether others than its user may do anything with it; what isn't there, or can't be asked, isn't."""
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except OSError:
        return False


def _secret_key(settings: Settings) -> Iterator[Finding]:
    if settings.secret_key is not None:
        yield ok("SECRET_KEY", "set")
        return
    path = settings.data_dir / "secrets" / KEY_FILE
    try:
        key = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        holds = (settings.data_dir / "db").exists() or settings.database_url is not None
        text = f"no {path} yet; it is made at the first start"
        yield (
            warning("SECRET_KEY", f"{text}. Put back that of a backup if there is one")
            if holds
            else ok("SECRET_KEY", text)
        )
    except (OSError, UnicodeDecodeError) as error:
        yield problem("SECRET_KEY", f"{path} can't be read ({error.__class__.__name__}); give it to this user")
    else:
        if len(key) < FEWEST_BYTES:
            yield problem("SECRET_KEY", f"{path} holds no key; put it back from a backup")
        elif _is_open(path):
            yield problem("SECRET_KEY", f"others may read {path}: chmod 600 {path}")
        else:
            yield ok("SECRET_KEY", f"in {path}")


def key_of(settings: Settings) -> bytes | None:
    """The secret key if there is one; none is made."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    try:
        return (settings.data_dir / "secrets" / KEY_FILE).read_text(encoding="ascii").strip().encode() or None
    except (OSError, UnicodeDecodeError):
        return None


def _secret_files(environment: Mapping[str, str]) -> Iterator[Finding]:
    known = {name.upper() for name in Settings.model_fields}
    for name, value in sorted(environment.items()):
        if name.upper().endswith("_FILE") and name.upper().removesuffix("_FILE") in known and _is_open(Path(value)):
            yield warning(name.upper(), f"others may read {value}: chmod 600 {value}")


def _disk(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(existing(folder)).free
    text = f"{free // MEGABYTE:,} MB free for {folder}"
    if free < FEWEST_FREE:
        yield problem("disk", f"only {text}; make room, or nothing can be written soon")
    elif free < FEW_FREE:
        yield warning("disk", f"only {text}")
    else:
        yield ok("disk", text)


def _clock(now: datetime) -> Iterator[Finding]:
    try:
        ZoneInfo("Asia/Jakarta")
    except ZoneInfoNotFoundError:
        yield problem("time zones", "this machine has no data of time zones; install tzdata")
    else:
        yield ok("time zones", "known")
    if now.year < _EARLIEST_YEAR:
        yield problem("clock", f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC; set it (NTP)")


def _super_admin(settings: Settings) -> Iterator[Finding]:
    name, written = "SUPER_ADMIN_API_KEY", settings.super_admin_api_key
    keys = [part.strip() for part in (written.get_secret_value() if written else "").split(",") if part.strip()]
    for n, key in enumerate(keys, 1):
        if len(key) < _SHORTEST_KEY or not (key.isascii() and key.isprintable() and " " not in key):
            yield problem(name, f"key {n} is shorter than {_SHORTEST_KEY} characters, or no HTTP header can carry it")
        elif len(key) < _SHORT_KEY or len(set(key)) < _SHORTEST_KEY:
            yield warning(name, f"key {n} is weak; take a random one of {_SHORT_KEY} characters or more")
        else:
            yield ok(name, f"key {n} is set")
    if not keys:
        yield ok(name, "unset: stored keys are used; the first start makes one and prints it")
    yield from _numbers("SUPER_ADMIN_NUMBERS", settings.super_admin_numbers, "no super admin commands over WhatsApp")
    yield from _numbers("WHATSAPP_BLOCKED_NUMBERS", settings.whatsapp_blocked_numbers, None)


def _numbers(name: str, listed: str, unset: str | None) -> Iterator[Finding]:
    written = [part.strip() for part in listed.split(",") if part.strip()]
    wrong = [part for part in written if not _is_number(part)]
    for part in wrong:
        yield problem(name, f"“{part}” is no number with its country code, such as 6281234567890")
    if written and not wrong:
        yield ok(name, f"{len(written)} set")
    elif not written and unset is not None:
        yield ok(name, f"unset: {unset}")


def _is_number(written: str) -> bool:
    digits = re.sub(r"[\s().+-]", "", written)
    return digits.isdigit() and normalise_phone(f"+{digits}", "ID") is not None


def _http(settings: Settings) -> Iterator[Finding]:
    if settings.http_host not in _LOCAL:
        text = f"the API listens on {settings.http_host} without TLS; let only a proxy that speaks HTTPS reach it"
        yield warning("HTTP_HOST", text)
    pages = sorted(settings.web_pages)
    yield ok("CORS_ORIGINS", f"scripts of {', '.join(pages)} may call the API" if pages else "no web page may call it")
    for page in pages:
        if page.startswith("http://") and urlsplit(page).hostname not in _LOCAL:
            yield warning("CORS_ORIGINS", f"{page} comes without encryption; anybody on its way can change its scripts")
    domain = settings.http_domain
    if domain is not None and not re.fullmatch(r"(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", domain):
        yield problem("HTTP_DOMAIN", f"“{domain}” is no domain such as example.com")


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.smtp_url is None:
        if settings.admin_email is not None:
            yield warning("ADMIN_EMAIL", "no mail is sent without SMTP_URL")
        return
    server = mail_server(settings)
    if server is None:
        yield problem("SMTP_URL", "no address such as smtp://user:password@host:587")
        return
    yield ok("SMTP_URL", f"{server[0]}:{server[1]}")
    if settings.admin_email is None:
        yield warning("ADMIN_EMAIL", "unset: nobody gets the mail that SMTP_URL could send")


def mail_server(settings: Settings) -> tuple[str, int] | None:
    """Host and port of the mail server, None if the setting can't be read."""
    try:
        parts = urlsplit(settings.smtp_url.get_secret_value() if settings.smtp_url else "")
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.scheme in ("smtp", "smtps") and parts.hostname else None


def _models(settings: Settings) -> Iterator[Finding]:
    if not settings.uses_models:
        yield ok("OPENAI_API_KEY", "unset: everything works without a model")
        if settings.embedding_model:
            yield warning("EMBEDDING_MODEL", "named without a server: set OPENAI_API_KEY or OPENAI_BASE_URL")
        return
    if not settings.chat_model:
        yield warning("CHAT_MODEL", "empty: the model server is set, but no model answers")
    else:
        yield ok("CHAT_MODEL", f"{settings.chat_model} at {settings.openai_base_url or 'OpenAI'}")
    if settings.openai_base_url is not None and _goes_in_the_clear(settings.openai_base_url):
        yield warning("OPENAI_BASE_URL", "what people write goes there without encryption; use https")
    if settings.fallback_model == settings.chat_model:
        yield warning("FALLBACK_MODEL", "the same as CHAT_MODEL: nothing helps when that one fails")


def _goes_in_the_clear(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and (parts.hostname or "") not in _LOCAL


def _whatsapp(settings: Settings) -> Iterator[Finding]:
    if settings.whatsapp_provider == "simulator":
        yield warning("WHATSAPP_PROVIDER", "simulator: new numbers are only played, nothing reaches WhatsApp")
    if settings.whatsapp_store_url is not None and not _is_postgresql(settings.whatsapp_store_url.get_secret_value()):
        yield problem("WHATSAPP_STORE_URL", "no address such as postgresql://user:password@host/database")


def _is_postgresql(url: str) -> bool:
    try:
        return bool(normalise_url(url).database)
    except Exception:  # noqa: BLE001 - SQLAlchemy has many ways to refuse an address
        return False


def worst(findings: Iterable[Finding]) -> Level:
    """How bad the worst of them is."""
    levels: Sequence[Level] = [each.level for each in findings]
    return "problem" if "problem" in levels else "warning" if "warning" in levels else "ok"
