"""Passwords: which may be used, and how they are kept (argon2id).

Hashing and checking are slow on purpose, so neither ever happens while a transaction is open. For somebody who isn't
known, or has no password, the same work is done as for everybody else.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from services.errors import DomainError
from services.i18n import _

SHORTEST, LONGEST = 10, 200


@dataclass(frozen=True, slots=True)
class Cost:
    """What one password costs: `memory` in KiB, gone over `rounds` times."""

    memory: int
    rounds: int


USUAL = Cost(memory=19 * 1024, rounds=4)
"""About 60 milliseconds; with eight at once 152 MiB."""

LIGHT = Cost(memory=8, rounds=1)
"""For tests only."""

cost = USUAL

# The commonest of at least ten characters, here and elsewhere.
_COMMON = frozenset({
    "1234567890", "0123456789", "0987654321", "1234554321", "1122334455", "12345678910", "123456789a", "1q2w3e4r5t",
    "1qaz2wsx3edc", "q1w2e3r4t5", "qwertyuiop", "qwerty1234", "qwerty12345", "qwerty123456", "asdfghjkl1",
    "asdfghjkl123", "abcdefghij", "abcd123456", "abc1234567", "password12", "password123", "password1234",
    "password12345", "passw0rd123", "mypassword", "letmein123", "welcome123", "iloveyou12", "iloveyou123", "admin12345",
    "administrator", "rahasia123", "rahasia1234", "indonesia1", "indonesia123", "sayangku123", "bismillah1",
    "bismillah123", "katasandi1", "katasandi123", "jakarta123", "whatsapp123", "juragan123", "juragan1234",
    "superadmin", "superadmin123", "changeme123",
})  # fmt: skip


def check(password: str, *known: str | None) -> None:
    """Refuses a password that is short, common, or simply something that others know of its owner (`known`: their
    e-mail address, number, name, business). Raises `DomainError` `password_weak`.
    """
    plain = _normal(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        text = _(
            "A password has {least} to {most} characters. Several words make a good one.", least=SHORTEST, most=LONGEST
        )
        raise DomainError("password_weak", text, least=SHORTEST, most=LONGEST)
    folded = _folded(plain)
    if folded in _COMMON or len(set(folded)) < 4:
        raise DomainError("password_weak", _("Too many people use this password. Several words make a good one."))
    if folded in {_folded(each) for each in _told(known)}:
        text = _("Others would guess this password: it is your name, address or number. Several words make a good one.")
        raise DomainError("password_weak", text)


def _told(known: Iterable[str | None]) -> Iterable[str]:
    for each in filter(None, known):
        yield each
        yield each.partition("@")[0]


def make(password: str) -> str:
    """The hash to keep of a password that was checked. Slow: never while a transaction is open."""
    return _hasher().hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password of which `kept` is the hash; without one the same is done, for nothing.

    Slow: never while a transaction is open.
    """
    try:
        return _hasher().verify(kept or _nobodys(), _normal(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether a hash was made at another cost than today's, so that it should be made anew."""
    return _hasher().check_needs_rehash(kept)


def _normal(password: str) -> str:
    """One spelling for what looks the same, however a keyboard writes it."""
    return unicodedata.normalize("NFC", password)


def _folded(text: str) -> str:
    return "".join(text.casefold().split())


def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=cost.rounds, memory_cost=cost.memory, parallelism=1, type=Type.ID)


def _nobodys() -> str:
    """A hash that belongs to no password."""
    salt, digest = (base64.b64encode(bytes(length)).decode().rstrip("=") for length in (16, 32))
    return f"$argon2id$v=19$m={cost.memory},t={cost.rounds},p=1${salt}${digest}"
