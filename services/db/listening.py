"""Waking up by the database: notifications that transactions send with their commit (LISTEN and NOTIFY)."""

from __future__ import annotations

import select
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg2
import structlog
from sqlalchemy import URL

log = structlog.get_logger(__name__)


class Listener:
    """Hears what is said on some channels. A lost connection is made again; what was said meanwhile is lost, so that
    whoever listens looks by itself as well, now and then.
    """

    def __init__(self, url: URL, channels: Sequence[str]) -> None:
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._channels = channels
        self._connection: Any = None

    def wait(self, seconds: float) -> list[tuple[str, str]]:
        """Channel and payload of what was said, as soon as something is, else nothing after `seconds`."""
        try:
            connection = self._connection or self._connect()
            readable, _, _ = select.select([connection], [], [], 0 if connection.notifies else seconds)
            if readable:
                connection.poll()
        except (psycopg2.Error, OSError, ValueError) as error:
            log.warning("the database says nothing any more; listening anew", error=repr(error))
            self.close()
            select.select([], [], [], min(seconds, 1.0))
            return []
        said = [(note.channel, note.payload) for note in connection.notifies]
        connection.notifies.clear()
        return said

    def _connect(self) -> Any:
        self._connection = psycopg2.connect(self._dsn, connect_timeout=5, application_name="juragan listener")
        self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            for channel in self._channels:
                cursor.execute(f"listen {channel}")
        return self._connection

    def close(self) -> None:
        """Ends the connection."""
        if self._connection is not None:
            with suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None
