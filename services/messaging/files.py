"""Files outside the database, each kept once under the hash of its content, in a folder that only its user may open.

A file is written beside its place and then moved there: what has a name is whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path


class FileStore:
    """The files of an installation. The same content of two tenants is one file; who may see it, the database says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keeps `content` and returns its SHA-256 in hexadecimal; raises `OSError` when the disk won't take it."""
        digest = hashlib.sha256(content).hexdigest()
        place = self.path(digest)
        if place.exists():
            return digest
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        handle, written = tempfile.mkstemp(dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(written, place)
        except OSError:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(written)
            raise
        return digest

    def path(self, digest: str) -> Path:
        """Where the file with this hash is, or would be."""
        return self._folder / digest[:2] / digest
