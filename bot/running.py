"""The platform as a service: one process with the worker of the queue and the bells."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Mapping
from types import FrameType

import structlog

from bot import logs
from bot.app import build
from bot.bells import start_bells
from bot.transports.base import Delivery, Transport, TransportError
from bot.worker import Worker
from services.clock import SystemClock
from services.settings import Settings

log = structlog.get_logger(__name__)


class NotLinked:
    """The transport of an installation without a WhatsApp number: everything waits."""

    def send(self, delivery: Delivery) -> str:
        raise TransportError("no WhatsApp number is linked yet", retry_after=60)


TRANSPORTS: Mapping[str, Callable[[], Transport]] = {"simulator": NotLinked}


def run(settings: Settings) -> None:
    """Works until SIGINT or SIGTERM, then finishes the jobs at hand and stops the database that it started."""
    logs.configure(settings)
    platform = build(settings, SystemClock(), TRANSPORTS[settings.whatsapp_provider]())
    worker = Worker(platform.opened.url, platform.jobs.table(), settings.worker_threads)

    def stop(number: int, _frame: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        worker.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    bells = start_bells(platform.opened.database)
    log.info("running", database="embedded" if platform.opened.server else "external")
    try:
        worker.run()
    finally:
        bells.shutdown(wait=False)
        platform.close()
        log.info("stopped", job_left_hanging=worker.is_busy)
    if worker.is_busy:
        # Python would wait for its thread. Every job is safe to kill: the sweep finds what it left.
        logging.shutdown()
        os._exit(0)
