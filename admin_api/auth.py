"""Whose key or token it is: keys from the settings, stored ones, logins, and what happens to those who guess.

Keys are compared as hashes and never logged.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Sequence

from admin_api.callers import Caller, by_login, by_platform_key, by_user_key
from admin_api.rates import Window
from services.db.engine import Database
from services.errors import DomainError
from services.i18n import _
from services.settings import Settings, SettingsError
from services.tenants import keys, logins, user_keys

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
    """Knows whose key or access token it is. `ticking` gives seconds that only go forward."""

    def __init__(
        self, db: Database, configured: Sequence[str], *, ticking: Callable[[], float] = time.monotonic
    ) -> None:
        self._db = db
        self._configured = tuple(keys.digest(key) for key in configured)
        self._ticking = ticking
        self._failures = Window(FAILURES, PER_SECONDS)
        self._remembered: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def check(self, key: str, address: str, signing_key: Callable[[], str]) -> Caller:
        """Whose it is; `signing_key` gives what access tokens are signed with.

        Raises `DomainError` `api_key_invalid`, `api_key_revoked`, `token_invalid`, `token_expired` or
        `too_many_failures`.
        """
        if not self._failures.is_open(address):
            raise self._throttled(address)
        try:
            found = self._by_token(key, signing_key()) if logins.looks_like_token(key) else self._by_key(key)
        except DomainError as refusal:
            # Tokens expire all the time: whoever gets the next one isn't guessing.
            if refusal.code != "token_expired":
                self._failures.hit(address)
            raise
        if found is None:
            self._failures.hit(address)
            raise DomainError("api_key_invalid", _("This API key isn't known here."))
        return found

    def _by_token(self, token: str, signing_key: str) -> Caller:
        claims = logins.read(token, signing_key, self._db.clock.now())
        with self._db.system() as tx:
            return by_login(logins.current(tx, claims))

    def _by_key(self, key: str) -> Caller | None:
        digest = keys.digest(key)
        name = self._by_settings(digest) or self._by_memory(digest)
        if name is None and key.startswith(user_keys.PREFIX):
            with self._db.system() as tx:
                holder = user_keys.verify(tx, key)
            return None if holder is None else by_user_key(holder)
        name = name or self._by_database(key, digest)
        return None if name is None else by_platform_key(name)

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
