"""Stores as the library would have made them, for tests."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.transports.neonize.terms import Own


def add_device(path: Path, own: Own, push_name: str = "") -> Path:
    """A SQLite store that has this device; of the library's table only what we read."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "create table if not exists whatsmeow_device (jid text primary key, lid text, push_name text not null)"
        )
        lid = f"{own.lid}:{own.device}@lid" if own.lid else None
        connection.execute(
            "insert into whatsmeow_device values (?, ?, ?)",
            (f"{own.phone}:{own.device}@s.whatsapp.net", lid, push_name),
        )
    connection.close()
    return path
