"""What answering needs time for, done while no transaction is open: vectors of what was asked, and a model's words."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import structlog

from handlers.reply import Thinking, Thought
from services.assistant import agent
from services.assistant.briefs import Written
from services.assistant.embeddings import Embedder, UnavailableError
from services.assistant.models import Models
from services.db.engine import Database
from services.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Minds:
    """What thinks here: the models of the installation, where it has any."""

    db: Database
    settings: Settings
    embedder: Embedder | None
    models: Models | None

    @staticmethod
    def of(db: Database, settings: Settings) -> Minds:
        """The models that the settings name."""
        return Minds(db, settings, Embedder.from_settings(settings), Models.from_settings(settings))

    def think(self, tenant_id: int, thinking: Thinking, before: Thought | None, *, is_last: bool = False) -> Thought:
        """Makes what an answer wants, beside what was made before; a model that fails is done without."""
        before = before or Thought()
        began = perf_counter()
        vectors, failed = self._vectors(thinking, before)
        written = dict(before.written)
        if thinking.brief is not None and thinking.brief.question not in written:
            written[thinking.brief.question] = self._written(tenant_id, thinking)
        took = before.duration_ms + round((perf_counter() - began) * 1000)
        too_long = took >= self.settings.answer_timeout * 1000
        return Thought(vectors, written, took, is_final=failed or is_last or too_long)

    def _vectors(self, thinking: Thinking, before: Thought) -> tuple[dict[str, list[float]], bool]:
        known = {text: list(vector) for text, vector in before.vectors.items()}
        missing = [text for text in thinking.texts if text not in known]
        if not missing:
            return known, False
        if self.embedder is None:
            return known, True
        try:
            known.update(zip(missing, self.embedder.embed(missing), strict=True))
        except UnavailableError as error:
            log.warning("no vectors", error=str(error))
            return known, True
        return known, False

    def _written(self, tenant_id: int, thinking: Thinking) -> Written:
        assert thinking.brief is not None
        if self.models is None:
            return Written(problem="off")
        return agent.answer(self.db, self.models, tenant_id, thinking.brief)
