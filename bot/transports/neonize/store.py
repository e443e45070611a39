"""Where the library keeps its sessions: a SQLite file for each, or one PostgreSQL database. Read here without it.

The library aborts the whole process when it is asked to resume a device that isn't there, so ask here first.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg2
import psycopg2.errors
import structlog

from bot.transports.base import TransportError
from bot.transports.neonize.terms import Own, Paired

log = structlog.get_logger(__name__)

_JID = re.compile(r"^(?P<user>\d+)(?:\.\d+)?(?::(?P<device>\d+))?@")
_BUSY_SECONDS = 5
_SETTLE_SECONDS = 2.0
_LOOK_AGAIN = 0.1


def store_name(folder: Path, url: str | None, tenant_id: int, session_id: int) -> str:
    """What the library calls the store of a session. For a SQLite file the folders are made, closed to others."""
    if url:
        return re.sub(r"^(postgres(?:ql)?)\+\w+://", r"\1://", url)
    home = folder / str(tenant_id)
    for each in (folder, home):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
        each.chmod(0o700)
    return str(home / f"{session_id}.db")


def has_device(store: str, own: Own) -> bool:
    """Whether the store can resume this device."""
    return any((each.own.phone, each.own.device) == (own.phone, own.device) for each in devices(store))


def devices(store: str) -> list[Paired]:
    """The paired devices of a store. Raises `TransportError` when it can't be read.

    Not for a SQLite file that a client in this same process has open: closing it here would drop the client's locks.
    """
    rows = _from_server(store) if _on_server(store) else _from_file(Path(store))
    found = []
    for jid, lid, push_name in rows:
        number, private = _JID.match(jid or ""), _JID.match(lid or "")
        if number is not None:
            own = Own(number["user"], int(number["device"] or 0), private["user"] if private else None)
            found.append(Paired(own, push_name or ""))
    return found


def forget(store: str, own: Own) -> None:
    """Removes a device and its keys: its rows on a server, else the whole file."""
    if _on_server(store):
        with closing(psycopg2.connect(store)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("delete from whatsmeow_device where jid = %s", (f"{own.phone}:{own.device}@s.whatsapp.net",))
        return
    for end in ("", "-wal", "-shm", "-journal"):
        Path(store + end).unlink(missing_ok=True)


def _on_server(store: str) -> bool:
    return store.startswith("postgres")


_DEVICES = "select jid, lid, push_name from whatsmeow_device order by jid"
_Row = tuple[str | None, str | None, str | None]


def _from_file(path: Path) -> Sequence[_Row]:
    """Reads without writing. A process that was killed may have left half a change, which must be undone first.

    Such a leftover looks like a change that this process's own library is making now, as file locks don't count
    within a process; the latter is over in a moment, so wait before undoing it.
    """
    try:
        for _ in range(int(_SETTLE_SECONDS / _LOOK_AGAIN)):
            if not path.exists():
                return []
            try:
                return _rows(path, "ro")
            except sqlite3.OperationalError as error:
                log.info("the session's store can't be read yet", store=str(path), reason=str(error))
            time.sleep(_LOOK_AGAIN)
        return _rows(path, "rw")
    except sqlite3.Error as error:
        raise TransportError(f"the session's store can't be read: {error}", retry_after=_BUSY_SECONDS) from error


def _rows(path: Path, mode: str) -> Sequence[_Row]:
    address = f"{path.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS)) as connection:
        there = connection.execute("select 1 from sqlite_master where name = 'whatsmeow_device'").fetchone()
        return connection.execute(_DEVICES).fetchall() if there else []


def _from_server(url: str) -> Sequence[_Row]:
    try:
        with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute(_DEVICES)
            return cursor.fetchall()
    except psycopg2.errors.UndefinedTable:
        return []
    except psycopg2.Error as error:
        raise TransportError(f"the session's store can't be read: {error}", retry_after=_BUSY_SECONDS) from error
