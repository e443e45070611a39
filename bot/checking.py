"""`python -m bot check`: a line for each thing that was looked at, and whether all is well as the exit status."""

from __future__ import annotations

import errno
import http.client
import json
import os
import smtplib
import socket
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import click
from sqlalchemy import URL

from services.clock import SystemClock
from services.db import embedded
from services.db.engine import normalise_url
from services.db.opening import owned
from services.operations import checks, database_checks
from services.operations.checks import Finding, ok, problem, warning
from services.settings import Settings, SettingsError, load_settings

_COLOURS = {"ok": "green", "warning": "yellow", "problem": "red"}
_SECONDS = 3.0


def check(*, connect: bool) -> None:
    """Prints every finding and ends the program: 0 when nothing is a problem, else 1."""
    found = []
    for each in _findings(connect):
        found.append(each)
        click.echo(f"{click.style(f'{each.level:<8}', fg=_COLOURS[each.level])} {each.name}: {each.text}")
    sys.exit(1 if checks.worst(found) == "problem" else 0)


def _findings(connect: bool) -> Iterator[Finding]:
    try:
        settings = load_settings()
    except SettingsError as error:
        for line in str(error).splitlines():
            name, _, wrong = line.partition(": ")
            yield problem(name, wrong)
        return
    yield ok("settings", "readable")
    yield from checks.of_machine(settings, os.environ, SystemClock().now())
    yield from _port(settings)
    yield from _database(settings, connect)
    if connect:
        yield from _model_server(settings)
        yield from _mail_server(settings)


def _database(settings: Settings, connect: bool) -> Iterator[Finding]:
    key, now = checks.key_of(settings), SystemClock().now()
    if settings.database_url is not None:
        yield from database_checks.of_database(
            normalise_url(settings.database_url.get_secret_value()), key, settings, now
        )
        return
    folder = settings.data_dir / "db"
    if not folder.exists():
        yield ok("DATABASE_URL", f"unset: an own one is made in {folder} at the first start")
    elif key is None:
        yield problem("DATABASE_URL", f"the database in {folder} can't be opened without its SECRET_KEY")
    elif (url := embedded.running(folder, key)) is not None:
        yield from database_checks.of_database(url, key, settings, now)
    elif connect:
        yield from _started(settings, key)
    else:
        yield ok("DATABASE_URL", f"the one in {folder} isn't running; --connect starts it to look into it")


def _started(settings: Settings, key: bytes) -> Iterator[Finding]:
    try:
        with owned(settings) as engine:
            url: URL = engine.url
            yield from database_checks.of_database(url, key, settings, SystemClock().now())
    except (OSError, TimeoutError) as error:
        yield problem("DATABASE_URL", f"the own database doesn't start: {error}")


def _port(settings: Settings) -> Iterator[Finding]:
    host, port = settings.http_host, settings.http_port
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            yield ok("HTTP_PORT", f"{host}:{port} is free" if port else "any free one")
    except OSError as error:
        if error.errno == errno.EADDRINUSE and _is_ours(host, port):
            yield ok("HTTP_PORT", f"Juragan answers on {host}:{port}")
        elif error.errno == errno.EADDRINUSE:
            yield problem("HTTP_PORT", f"{host}:{port} is taken by another program; end it or choose another port")
        else:
            yield problem("HTTP_PORT", f"{host}:{port} can't be listened on ({error.strerror})")


def _is_ours(host: str, port: int) -> bool:
    """Whether what listens there answers as this API does."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where it listens, not where we do
    connection = http.client.HTTPConnection(here, port, timeout=_SECONDS)
    try:
        connection.request("GET", "/health")
        answer = json.loads(connection.getresponse().read(10_000))
        return isinstance(answer, dict) and "success" in answer and "status" in (answer.get("data") or {})
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _model_server(settings: Settings) -> Iterator[Finding]:
    if not settings.uses_models:
        return
    name, url = "OPENAI_BASE_URL", (settings.openai_base_url or "https://api.openai.com/v1").rstrip("/")
    try:
        status, models = _models(url, settings)
    except (OSError, ValueError, http.client.HTTPException) as error:
        why = error.__class__.__name__
        yield problem(name, f"{url} doesn't answer ({why}); until it does, everything is answered by rules")
        return
    if status in (401, 403):
        yield problem("OPENAI_API_KEY", f"{url} refuses it")
    elif status != 200:
        yield warning(name, f"{url}/models answers {status}; whether it has the models can't be told")
    else:
        yield ok(name, f"{url} answers")
        for setting in ("chat_model", "fallback_model", "vision_model", "embedding_model"):
            wanted = getattr(settings, setting)
            if wanted and models and wanted not in models:
                yield warning(setting.upper(), f"{url} doesn't list {wanted}")


def _models(url: str, settings: Settings) -> tuple[int, frozenset[str]]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=_SECONDS)
    key = settings.openai_api_key
    try:
        connection.request(
            "GET", f"{parts.path}/models", headers={"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        )
        response = connection.getresponse()
        answer = json.loads(response.read(1_000_000)) if response.status == 200 else {}
    finally:
        connection.close()
    listed = answer.get("data") if isinstance(answer, dict) else None
    named = (each.get("id") for each in listed or () if isinstance(each, dict))
    return response.status, frozenset(filter(None, named))


def _mail_server(settings: Settings) -> Iterator[Finding]:
    where = checks.mail_server(settings)
    if where is None or settings.smtp_url is None:
        return
    kind = smtplib.SMTP_SSL if settings.smtp_url.get_secret_value().startswith("smtps") else smtplib.SMTP
    try:
        with kind(*where, timeout=_SECONDS) as server:
            server.noop()
        yield ok("SMTP_URL", "the mail server answers")
    except (OSError, smtplib.SMTPException) as error:
        yield warning("SMTP_URL", f"{where[0]}:{where[1]} doesn't answer ({error.__class__.__name__})")
