"""The installation's secret key and what is derived from it.

One key, made at the first start and kept where only the service's user can read it; every other secret is derived.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_FILE = "secret.key"


def load_secret_key(folder: Path, given: str | None) -> bytes:
    """The key from the settings, else from `folder`, where it is made if it isn't there (mode 0600)."""
    if given:
        return given.encode()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / KEY_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip().encode()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip().encode()


def derive(key: bytes, purpose: str) -> str:
    """A secret for one purpose, the same each time (HMAC-SHA-256, hexadecimal)."""
    return hmac.new(key, purpose.encode(), hashlib.sha256).hexdigest()
