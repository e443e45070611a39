"""What child processes begin with: their task, the database they are told of, and a log of their own."""

from __future__ import annotations

import os

from sqlalchemy import make_url

from bot import logs
from bot.children import Parent
from bot.transports.neonize.quiet import quiet_stdout
from services.clock import SystemClock
from services.db.engine import Database, make_engine
from services.policy import policy_of
from services.settings import Settings

# Connections of a host: its threads use one each, and only for moments.
HOST_POOL, PAIRING_POOL = 6, 2


def host(settings: Settings) -> None:
    """Keeps sessions until the parent ends it, or ends itself."""
    from bot.host import Host
    from bot.pairing import store_url
    from bot.transports.base import Key
    from bot.transports.neonize import store
    from bot.transports.neonize.client import Line
    from bot.transports.neonize.terms import LineEvents, Own
    from services.messaging.files import FileStore

    parent, db = _begin(settings, HOST_POOL)

    def store_of(key: Key) -> str:
        return store.store_name(settings.data_dir / "whatsapp", store_url(settings), *key)

    def client(key: Key, own: Own, events: LineEvents) -> Line:
        return Line(store_of(key), own, events, name=f"{key[0]}:{key[1]}")

    work = Host(
        str(parent.task["id"]), db, make_url(str(parent.task["url"])), settings, FileStore(settings.data_dir / "files"),
        client, lambda key, own: store.forget(store_of(key), own),
    )  # fmt: skip
    parent.watch(work.end, within=5.5)
    work.run()
    os._exit(0)


def pairing(settings: Settings) -> None:
    """Links a number, or gives up after a round of codes."""
    from bot import pairing as pairing_

    parent, db = _begin(settings, PAIRING_POOL)
    pairing_.run(parent, db, settings)


def _begin(settings: Settings, pool: int) -> tuple[Parent, Database]:
    quiet_stdout()
    parent = Parent()
    logs.configure(settings.model_copy(update={"whatsapp_log_level": parent.task.get("log", "info")}))
    return parent, Database(make_engine(make_url(str(parent.task["url"])), pool), SystemClock(), policy_of(settings))
