"""What answering needs time for, done while no transaction is open: vectors of what was asked."""

from __future__ import annotations

from time import perf_counter

import structlog

from handlers.reply import Thinking, Thought
from services.assistant.embeddings import Embedder, UnavailableError

log = structlog.get_logger(__name__)


def think(embedder: Embedder | None, thinking: Thinking, before: Thought | None, *, is_last: bool = False) -> Thought:
    """Makes the vectors that an answer wants, beside those made before; a model that fails is done without."""
    known = dict(before.vectors) if before is not None else {}
    began = perf_counter()
    missing = [text for text in thinking.texts if text not in known]
    failed = embedder is None
    if embedder is not None and missing:
        try:
            known.update(zip(missing, embedder.embed(missing), strict=True))
        except UnavailableError as error:
            failed = True
            log.warning("no vectors", error=str(error))
    took = round((perf_counter() - began) * 1000) + (before.duration_ms if before is not None else 0)
    return Thought(known, took, is_final=failed or is_last)
