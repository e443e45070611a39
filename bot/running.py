"""The platform as a service: one process with API, worker and bells, and the session hosts that it starts."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection
from contextlib import ExitStack
from types import FrameType

import click
import structlog

from bot import logs, serving
from bot.app import Platform, build
from bot.bells import start_bells
from bot.sessions import MultiSessionManager
from bot.transports.base import Delivery, TransportError
from bot.worker import Worker
from services.clock import SystemClock
from services.db.engine import Database
from services.errors import DomainError
from services.settings import Settings, SettingsError
from services.tenants import platform as tenants_platform
from services.tenants import single

log = structlog.get_logger(__name__)

PARTS = frozenset({"api", "worker", "sessions"})


class NotLinked:
    """The transport of numbers that were only played: everything waits."""

    def send(self, delivery: Delivery) -> str:
        raise TransportError("no WhatsApp number is linked yet", retry_after=60)


class Service:
    """The parts of the platform that run here, begun together and ended together."""

    def __init__(self, platform: Platform, parts: Collection[str] = PARTS) -> None:
        self._platform = platform
        self._parts = parts
        self._stopping = threading.Event()
        self._worker: Worker | None = None
        self._manager: MultiSessionManager | None = None

    @property
    def database(self) -> Database:
        return self._platform.opened.database

    def stop(self) -> None:
        """Ends the work, all parts at the same time; may be called from any thread."""
        self._stopping.set()
        if self._worker is not None:
            self._worker.stop()
        if self._manager is not None:
            threading.Thread(target=self._manager.end, name="ending").start()

    def _welcome_super_admins(self) -> None:
        """Makes the platform's tenant for the numbers that the settings name."""
        settings = self._platform.settings
        try:
            tenants_platform.ensure(self.database, settings, settings.whatsapp_provider)
        except DomainError as error:
            raise SettingsError(f"SUPER_ADMIN_NUMBERS: {error.text.render('en')}") from None

    def _require_fitting_settings(self) -> None:
        with self.database.system() as tx:
            misfits = dict(single.misfits(tx, self._platform.settings))
        mixing = misfits.pop("WHATSAPP_ISOLATE_AUTH", None)
        if mixing is not None:
            raise SettingsError(f"WHATSAPP_ISOLATE_AUTH: {mixing}")
        for name, wrong in misfits.items():
            log.warning("a setting doesn't fit", setting=name, reason=wrong)

    def run(self) -> bool:
        """Works until `stop`; False when a job was left hanging."""
        platform, settings = self._platform, self._platform.settings
        self._require_fitting_settings()
        self._welcome_super_admins()
        with ExitStack() as ends:
            if "sessions" in self._parts:
                self._manager = MultiSessionManager(platform.opened.database, platform.opened.url, settings)
                ends.callback(self._manager.end)
                self._manager.begin()
            if "api" in self._parts:
                ends.callback(serving.start(platform).stop)
            if "worker" in self._parts:
                self._worker = Worker(
                    platform.opened.url, platform.jobs.table(), settings.worker_threads, settings.max_workers
                )
                bells = start_bells(platform.opened.database)
                ends.callback(bells.shutdown, wait=False)
            log.info(
                "running", parts=",".join(sorted(self._parts)),
                database="embedded" if platform.opened.server else "external",
            )  # fmt: skip
            if self._worker is None:
                self._stopping.wait()
            elif not self._stopping.is_set():
                self._worker.run()
        return self._worker is None or not self._worker.is_busy


def run(settings: Settings, parts: Collection[str] = PARTS, begun: Callable[[Service], None] | None = None) -> None:
    """Works until SIGINT or SIGTERM, then finishes the jobs at hand and stops the database that it started.

    `begun` is called with the service before it works.
    """
    logs.configure(settings)
    platform = build(settings, SystemClock(), NotLinked())
    service = Service(platform, parts)

    def stop(number: int, _frame: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        service.stop()

    finished = True
    try:
        if begun is not None:
            begun(service)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        finished = service.run()
    except (OSError, SettingsError) as error:
        click.echo(f"Juragan can't start: {error}", err=True)
        sys.exit(2)
    finally:
        platform.close()
        log.info("stopped", job_left_hanging=not finished)
    if not finished:
        # Python would wait for its thread. Every job is safe to kill: the sweep finds what it left.
        logging.shutdown()
        os._exit(0)
