"""Whose key it is: keys from the settings and stored ones, and what happens to those who guess.

Keys are compared as hashes and never logged.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Sequence

from admin_api.rates import Window
from services.db.engine import Database
from services.errors import DomainError
from services.i18n import _
from services.settings import Settings, SettingsError
from services.tenants import keys

SHORTEST = 8
FAILURES, PER_SECONDS = 20, 60
# A revoked key stops within this time.
REMEMBERED_SECONDS = 10.0
_MOST_REMEMBERED = 1000
CONFIGURED = "SUPER_ADMIN_API_KEY"


def configured_keys(settings: Settings) -> tuple[str, ...]:
    """The keys of `SUPER_ADMIN_API_KEY`, several while they are rotated; raises `SettingsError` for a weak one."""
    given = settings.super_admin_api_key.get_secret_value() if settings.super_admin_api_key else ""
    found = tuple(filter(None, (part.strip() for part in given.split(","))))
    for n, key in enumerate(found, 1):
        if len(key) < SHORTEST:
            raise SettingsError(f"{CONFIGURED}: key {n} is shorter than {SHORTEST} characters")
        if not (key.isascii() and key.isprintable() and " " not in key):
            raise SettingsError(f"{CONFIGURED}: key {n} has characters that no HTTP header can carry")
    return found


class KeyChecker:
    """Knows whose key it is. `ticking` gives seconds that only go forward."""

    def __init__(
        self, db: Database, configured: Sequence[str], *, ticking: Callable[[], float] = time.monotonic
    ) -> None:
        self._db = db
        self._configured = tuple(keys.digest(key) for key in configured)
        self._ticking = ticking
        self._failures = Window(FAILURES, PER_SECONDS)
        self._remembered: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def check(self, key: str, address: str) -> str:
        """The name of the key; raises `DomainError` `api_key_invalid`, `api_key_revoked` or `too_many_failures`."""
        if not self._failures.is_open(address):
            raise self._throttled(address)
        digest = keys.digest(key)
        try:
            name = self._by_settings(digest) or self._by_memory(digest) or self._by_database(key, digest)
        except DomainError:
            self._failures.hit(address)
            raise
        if name is None:
            self._failures.hit(address)
            raise DomainError("api_key_invalid", _("This API key isn't known here."))
        return name

    def _throttled(self, address: str) -> DomainError:
        return DomainError(
            "too_many_failures",
            _("Too many wrong API keys from this address. Wait a moment."),
            retryAfter=self._failures.wait(address),
        )

    def _by_settings(self, digest: str) -> str | None:
        """Compares with every key, so that the time tells nothing."""
        matches = [hmac.compare_digest(digest, each) for each in self._configured]
        return CONFIGURED if sum(matches) else None

    def _by_memory(self, digest: str) -> str | None:
        with self._lock:
            name, until = self._remembered.get(digest, ("", 0.0))
        return name if name and self._ticking() < until else None

    def _by_database(self, key: str, digest: str) -> str | None:
        with self._db.system() as tx:
            found = keys.verify(tx, key)
        if found is None:
            return None
        with self._lock:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[digest] = (found.name, self._ticking() + REMEMBERED_SECONDS)
        return found.name
