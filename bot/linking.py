"""`scripts/run` → "Link my WhatsApp": the first business, its QR code in the terminal, and the platform behind it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import click

from bot import asking, running
from services import qr
from services.db.engine import Database, is_outage
from services.errors import DomainError
from services.settings import Settings
from services.tenants import pairings, sessions, tenants
from services.tenants.actors import SYSTEM
from services.tenants.pairings import Code
from services.tenants.tenants import Registered

_HOW = """
On your phone: WhatsApp › Settings › Linked devices › Link a device, then point the camera at this code.
It changes every 20 to 60 seconds; always scan the newest one.
"""
_LINKED = """
{phone} is linked. Open the chat with yourself in WhatsApp ("Message yourself") and write:

    {help}

Juragan answers as long as it runs here; Ctrl-C ends it, and the next start needs no code.
"""


def link(settings: Settings) -> None:
    """Asks for the business if there is none, and runs the platform while its number is being linked."""
    quiet = settings.model_copy(update={"whatsapp_log_level": "error"})
    running.run(quiet, begun=_begin)


def _begin(service: running.Service) -> None:
    db = service.database
    with db.system() as tx:
        place = tenants.any_tenant(tx, sessions.KEPT)
    if place is None:
        new = asking.business()
        place = tenants.register(db, replace(new, provider=sessions.KEPT, status="pending_qr"))
    click.echo("\nStarting …")
    with db.tenant(place.tenant_id) as tx:
        sessions.start(tx, SYSTEM, sessions.get(tx, place.session_id))
    threading.Thread(target=_show, args=(_Shown(db, place),), name="linking", daemon=True).start()


@dataclass
class _Shown:
    """What the terminal shows of a session, so that only news are printed."""

    db: Database
    place: Registered
    seen: str = ""

    def news(self) -> str | None:
        """What has changed: a code, a state, or why there is none."""
        with self.db.tenant(self.place.tenant_id) as tx:
            session = sessions.get(tx, self.place.session_id)
            now = self._told(pairings.shown(tx, session)) if session.state == "pairing" else "Connecting …"
            if session.state == "connected":
                now = _LINKED.format(phone=f"+{session.phone}", help="bantuan  /  help")
            elif session.state in sessions.LOST | {"stopped"}:
                now = f"Linking ended: {_reason(session.reason)} Start again with scripts/run.\n"
        if now == self.seen:
            return None
        self.seen = now
        return now

    @staticmethod
    def _told(shown: Code) -> str:
        if shown.code is not None:
            return f"{_HOW}\n{qr.terminal(shown.code)}"
        if shown.trouble is not None:
            return f"{shown.trouble}. Is this computer connected to the internet? Trying again …"
        return "Asking WhatsApp for a code …"


def _reason(reason: str | None) -> str:
    match reason:
        case "qr_expired":
            return "nobody scanned a code in time."
        case "number_taken":
            return "this number is linked here already, for another business."
        case None:
            return "no reason was given."
    return f"{reason}. Is this computer connected to the internet?"


def _show(shown: _Shown) -> None:
    """Prints what is new, twice a second, until the platform ends."""
    pause = threading.Event()
    while True:
        try:
            news = shown.news()
        except DomainError as error:
            news = error.text.render("en")
        except Exception as error:
            if not is_outage(error):
                raise
            return
        if news is not None:
            click.echo(news)
        pause.wait(0.5)
