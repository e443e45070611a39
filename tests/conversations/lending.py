"""Steps that conversations about agreements share: a lender makes one, a borrower accepts it."""

from __future__ import annotations

from pathlib import Path

from bot.simulation import Sent
from tests.conftest import Chat

AHMAD, BUDI = "6281234567890", "6281234567891"


def offer(chat: Chat, line: str = "Ahmad 5jt 081234567890 gaji tgl 25 8jt 0", *changes: str) -> list[Sent]:
    """Makes an agreement in one message, changes the plan, and sends it."""
    chat.say(f"perjanjian {line}")
    for change in changes:
        chat.say(change)
    return chat.say("setuju")


def signed(chat: Chat, line: str = "Ahmad 5jt 081234567890 gaji tgl 25 8jt 0", *changes: str) -> list[Sent]:
    """An agreement that Ahmad has accepted; returns what was sent because of it."""
    offer(chat, line, *changes)
    return chat.say("SETUJU", AHMAD)


def texts(sent: list[Sent], to: str = "owner") -> str:
    """What somebody read."""
    return "\n\n".join(each.text for each in sent if each.to == to)


def files(sent: list[Sent], to: str) -> list[Path]:
    """The files that somebody got."""
    return [each.file for each in sent if each.to == to and each.file is not None]
