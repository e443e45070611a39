"""A pairing process: links one number, shows the codes by the database, and ends. One process is one round of codes."""

from __future__ import annotations

import os
import threading

import structlog

from bot.children import Parent
from bot.transports.neonize.terms import Offer, PairingFailed
from services.db.engine import Database
from services.errors import DomainError
from services.settings import Settings
from services.tenants import pairings

log = structlog.get_logger(__name__)

# Six codes last 160 seconds; WhatsApp then closes the connection.
ROUND = 175.0
UNREACHABLE = "WhatsApp can't be reached"


def run(parent: Parent, db: Database, settings: Settings) -> None:
    """Pairs the session of the parent's task; ends the process."""
    from bot.transports.neonize.pairing import pair
    from bot.transports.neonize.store import forget, store_name

    tenant, session, phone = int(str(parent.task["tenant"])), int(str(parent.task["session"])), parent.task["phone"]
    holder = str(parent.task["id"])
    store = store_name(settings.data_dir / "whatsapp", store_url(settings), tenant, session)
    parent.watch(lambda: os._exit(1))

    def offer(offered: Offer) -> None:
        with db.tenant(tenant) as tx:
            wanted = pairings.offer(tx, session, holder, offered.code, offered.lasts)
        if not wanted:
            log.info("nobody wants this pairing any more", tenant=tenant, session=session)
            os._exit(0)

    _end_when_unwanted(db, tenant, session, holder)
    try:
        paired = pair(
            store, uuid=holder, phone=None if phone is None else str(phone), round=1, offer=offer, timeout=ROUND
        )
    except PairingFailed as failure:
        log.info("pairing round ended", tenant=tenant, session=session, reason=failure.reason)
        with db.tenant(tenant) as tx:
            if failure.unreachable:
                pairings.missed(tx, session, holder, UNREACHABLE)
            else:
                pairings.round_ended(tx, session, holder, settings.whatsapp_max_qr_attempts, failure.reason)
        os._exit(0)
    own = paired.own
    try:
        with db.tenant(tenant) as tx:
            pairings.succeeded(tx, session, own.phone, own.device, own.lid, paired.push_name or None)
        log.info("paired", tenant=tenant, session=session)
    except DomainError as refusal:
        log.warning("paired number can't be used", tenant=tenant, session=session, reason=refusal.code)
        forget(store, own)
        with db.tenant(tenant) as tx:
            pairings.give_up(tx, session, refusal.code)
    os._exit(0)


def _end_when_unwanted(db: Database, tenant: int, session: int, holder: str) -> None:
    """Ends this process when somebody stops the session or asks for another kind of code."""

    def look() -> None:
        while True:
            threading.Event().wait(1.0)
            try:
                with db.tenant(tenant) as tx:
                    running = pairings.is_running(tx, session, holder)
            except Exception as error:  # noqa: BLE001 - asked again in a second
                log.warning("the pairing could not be looked at", error=repr(error))
                continue
            if not running:
                os._exit(0)

    threading.Thread(target=look, name="wanted", daemon=True).start()


def store_url(settings: Settings) -> str | None:
    """The PostgreSQL that keeps the keys of devices, if they aren't in files."""
    return settings.whatsapp_store_url.get_secret_value() if settings.whatsapp_store_url else None
