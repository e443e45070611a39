"""Vectors of texts, from any OpenAI-compatible server: what a text means as a list of numbers.

Called outside transactions only: it waits for the network. Nothing depends on it; without it, or when it fails,
knowledge is found by its words.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import SecretStr

from services import queue
from services.assistant import connections
from services.assistant.models import NO_KEY
from services.db.engine import Tx
from services.settings import Settings

if TYPE_CHECKING:
    from langchain_openai import OpenAIEmbeddings

# Texts in one request, and how long a request of the background may take, in seconds.
BATCH, PATIENCE = 64, 60.0


class UnavailableError(Exception):
    """The model server gave no vectors: it is away, slow, refuses, or answers nonsense."""


class Embedder:
    """The client of one model, for any number of threads. The library loads with the first use.

    `failing` is how many of the next calls fail without being made, for who plays with faults.
    """

    failing: int = 0

    def __init__(self, model: str, key: SecretStr | None, base_url: str | None, timeout: float) -> None:
        self.model = model
        self._key, self._base_url, self._timeout = key or NO_KEY, base_url, timeout
        self._clients: dict[float, OpenAIEmbeddings] = {}
        self._lock = threading.Lock()

    @staticmethod
    def from_settings(settings: Settings) -> Embedder | None:
        """The embedder that the settings name; None when they name none."""
        if not settings.uses_vectors or settings.embedding_model is None:
            return None
        return Embedder(
            settings.embedding_model, settings.openai_api_key, settings.openai_base_url, settings.embedding_timeout
        )

    def embed(self, texts: Sequence[str], *, patiently: bool = False) -> list[list[float]]:
        """A vector for each text, in their order; `patiently` in the background. Raises `UnavailableError`.

        A request of `BATCH` texts may take the time of the settings, and with its second try twice that.
        """
        self._play_fault()
        timeout = PATIENCE if patiently else self._timeout
        try:
            client = self._client(timeout)
            with connections.within(2 * timeout * max(1, math.ceil(len(texts) / BATCH))):
                vectors = client.embed_documents(list(texts))
        except Exception as error:
            raise UnavailableError(f"{error.__class__.__name__}: {error}"[:300]) from error
        sizes = {len(vector) for vector in vectors}
        if len(vectors) != len(texts) or len(sizes) > 1 or 0 in sizes:
            raise UnavailableError(f"{len(vectors)} vectors of sizes {sorted(sizes)} for {len(texts)} texts")
        return vectors

    def _play_fault(self) -> None:
        with self._lock:
            if self.failing > 0:
                self.failing -= 1
                raise UnavailableError("made to fail")

    def _client(self, timeout: float) -> OpenAIEmbeddings:
        from langchain_openai import OpenAIEmbeddings

        if timeout not in self._clients:
            # Plain strings, which every compatible server takes; OpenAI's own also takes token numbers.
            self._clients[timeout] = OpenAIEmbeddings(
                model=self.model, openai_api_key=self._key, openai_api_base=self._base_url, request_timeout=timeout,
                max_retries=1, check_embedding_ctx_length=False, chunk_size=BATCH, openai_proxy=None,
                http_client=connections.http_client(),
            )  # fmt: skip
        return self._clients[timeout]


def wanted(tx: Tx, settings: Settings) -> None:
    """Has the vectors made of what was taught in this transaction, where the installation uses any."""
    if settings.uses_vectors:
        queue.defer(tx, "embed", f"embed:{tx.tenant}")
