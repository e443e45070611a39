"""The composition root: a platform built from its settings, once per process."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sender import Sender
from bot.tasks import Jobs
from bot.transports.base import Transport
from handlers.multi_tenant import MultiTenantMessageHandler
from services.clock import Clock
from services.db.opening import OpenedDatabase, open_database
from services.messaging.files import FileStore
from services.settings import Settings


@dataclass(frozen=True)
class Platform:
    """Everything that a process works with."""

    settings: Settings
    clock: Clock
    opened: OpenedDatabase
    jobs: Jobs

    def close(self) -> None:
        self.opened.close()


def build(settings: Settings, clock: Clock, transport: Transport) -> Platform:
    """Opens the database and puts the parts together."""
    opened = open_database(settings, clock)
    handler = MultiTenantMessageHandler(opened.database, settings)
    files = FileStore(settings.data_dir / "files")
    jobs = Jobs(opened.database, settings, handler, Sender(opened.database, transport, files), files)
    return Platform(settings, clock, opened, jobs)
