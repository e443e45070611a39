"""Messages that could not be written before their process ended: kept in a file until the next host takes them in.

WhatsApp believes them delivered, so this is their only copy.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import structlog

from bot.transports.base import Key
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound

log = structlog.get_logger(__name__)


def keep(folder: Path, name: str, items: Iterable[tuple[Key, Inbound]]) -> None:
    """Writes messages to a file of `folder`, to the disk itself; raises `OSError` when it won't take them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        os.chmod(file.fileno(), 0o600)
        for key, message in items:
            file.write(json.dumps({"key": key, **asdict(message), "sent_at": message.sent_at.isoformat()}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def taken(folder: Path) -> list[tuple[Path, list[tuple[Key, Inbound]]]]:
    """The files that wait in `folder`, each with its messages; whoever has written them deletes the file.

    A file belongs to who could rename it, so that two hosts don't take the same. A line that was cut off is left out.
    """
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        mine = path.with_suffix(f".taken-{os.getpid()}")
        try:
            path.rename(mine)
        except FileNotFoundError:
            continue
        found.append((mine, [item for line in mine.read_text("utf-8").splitlines() if (item := _read(line))]))
    return found


def _read(line: str) -> tuple[Key, Inbound] | None:
    try:
        kept = json.loads(line)
        tenant, session = kept.pop("key")
        for name in ("chat", "sender", "alias"):
            kept[name] = Address(**kept[name]) if kept[name] else None
        return (tenant, session), Inbound(**{**kept, "sent_at": datetime.fromisoformat(kept["sent_at"])})
    except (ValueError, TypeError, KeyError) as error:
        log.error("a kept message can't be read", error=repr(error))
        return None
