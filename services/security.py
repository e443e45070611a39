"""The installation's secret key and what is derived from it.

One key, made at the first start and kept where only the service's user can read it; every other secret is derived.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

KEY_FILE = "secret.key"
FEWEST_BYTES = 32


def load_secret_key(folder: Path, given: str | None) -> bytes:
    """The key from the settings, else from `folder`, where it is made if it isn't there (mode 0600).

    Raises `ValueError` when the file is there but holds no key.
    """
    if given:
        return given.encode()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    path = folder / KEY_FILE
    if not path.exists():
        _make(path)
    key = path.read_text(encoding="ascii").strip().encode()
    if len(key) < FEWEST_BYTES:
        raise ValueError(f"{path} holds no secret key; put it back from a backup")
    return key


def _make(path: Path) -> None:
    """Writes a new key whole or not at all: nobody may ever read, and derive secrets from, half of one."""
    handle, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)


def derive(key: bytes, purpose: str) -> str:
    """A secret for one purpose, the same each time (HMAC-SHA-256, hexadecimal)."""
    return hmac.new(key, purpose.encode(), hashlib.sha256).hexdigest()
