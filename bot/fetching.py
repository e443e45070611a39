"""Fetching the files that came with messages: from WhatsApp, checked by content, into the store, a few at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog

from bot.transports.base import Key, TransportError
from bot.transports.neonize.terms import FileGone
from services.db.engine import Database
from services.errors import DomainError
from services.messaging import inbox, media
from services.messaging.files import FileStore

log = structlog.get_logger(__name__)

TRIES, PAUSE = 3, 2.0


class Fetcher:
    """Completes messages with their files."""

    def __init__(
        self, db: Database, files: FileStore, max_bytes: int, download: Callable[[Key, str], bytes], threads: int = 4
    ) -> None:
        """`download` gets a file of a session by its reference."""
        self._db = db
        self._files = files
        self._max_bytes = max_bytes
        self._download = download
        self._pool = ThreadPoolExecutor(threads, "fetch")
        self._pause = threading.Event()

    def fetch(self, key: Key, provider_ids: Sequence[str] | None) -> None:
        """Has the missing files of a session's messages fetched: of these, or of all that miss one."""
        self._pool.submit(self._fetch_missing, key, provider_ids)

    def _fetch_missing(self, key: Key, provider_ids: Sequence[str] | None) -> None:
        try:
            with self._db.tenant(key[0]) as tx:
                missing = inbox.missing_files(tx, key[1], provider_ids)
            for message in missing:
                self._pool.submit(self._fetch_one, key, message.id, message.media)
        except Exception:
            log.exception("missing files could not be looked for", tenant=key[0], session=key[1])

    def _fetch_one(self, key: Key, message_id: int, wanted: Mapping[str, Any]) -> None:
        try:
            found = self._got(key, wanted)
            with self._db.tenant(key[0]) as tx:
                inbox.file_came(tx, key[1], message_id, found)
        except Exception:
            log.exception("a file could not be fetched", tenant=key[0], message=message_id)

    def _got(self, key: Key, wanted: Mapping[str, Any]) -> Mapping[str, object]:
        """What a message is to know of its file: where it is kept, or why it isn't."""
        limit = self._max_bytes // 2**20
        if int(wanted.get("size") or 0) > self._max_bytes:
            return {"error": "file_too_large", "limit_mb": limit}
        for left in reversed(range(TRIES)):
            try:
                content = self._download(key, str(wanted["ref"]))
                break
            except FileGone as gone:
                log.warning("file is gone", tenant=key[0], error=str(gone))
                return {"error": "file_gone"}
            except TransportError as error:
                log.warning("file didn't come", tenant=key[0], error=str(error), tries_left=left)
                if left == 0 or error.permanent:
                    return {"error": "file_gone" if error.permanent else "file_late"}
                self._pause.wait(PAUSE)
        return self._kept(content, wanted, limit)

    def _kept(self, content: bytes, wanted: Mapping[str, Any], limit: int) -> Mapping[str, object]:
        mime = wanted.get("mime")
        try:
            checked = media.check(content, None if mime is None else str(mime), max_bytes=self._max_bytes)
        except DomainError as refusal:
            return {"error": refusal.code, "limit_mb": limit}
        name = wanted.get("name")
        return {
            "hash": self._files.put(content),
            "mime": checked.mime,
            "kind": checked.kind,
            "name": media.shown_name(None if name is None else str(name), checked.extension),
            "size": len(content),
        }
