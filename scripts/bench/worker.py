"""A worker as in production, bells included, over a played WhatsApp that only notes what it is given.

Started by the other benchmarks: `worker.py LOG`, with the settings in the environment. Each delivery is one line of
LOG: monotonic time, tenant, outbox row, provider id.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import common  # noqa: F401 - makes the rooms importable

from bot import logs
from bot.app import build
from bot.bells import start_bells
from bot.transports.base import Delivery
from bot.transports.simulator import SimulatorTransport
from bot.worker import Worker
from services.clock import SystemClock
from services.settings import load_settings


def main(log: Path) -> None:
    settings = load_settings()
    logs.configure(settings)
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(delivery: Delivery, provider_id: str) -> None:
        line = f"{time.monotonic():.6f} {delivery.tenant_id} {delivery.id} {provider_id}\n"
        os.write(file, line.encode())

    platform = build(settings, SystemClock(), SimulatorTransport(note))
    worker = Worker(platform.opened.url, platform.jobs.table(), settings.worker_threads, settings.max_workers)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    bells = start_bells(platform.opened.database)
    try:
        worker.run()
    finally:
        bells.shutdown(wait=False)
        platform.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
