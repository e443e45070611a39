"""What answering needs time for, done while no transaction is open: vectors of what was asked, and a model's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import structlog

from handlers.chat.grounding import ungiven
from handlers.grammar.reading import Reading
from handlers.reply import Thinking, Thought
from services.assistant import agent, wording
from services.assistant.briefs import Brief, Written
from services.assistant.embeddings import Embedder, UnavailableError
from services.assistant.models import Models, Tokens
from services.assistant.paying import CreditsUsedUpError, paid
from services.assistant.prompts import harmless
from services.clock import local_date
from services.db.engine import Database
from services.db.models import Tenant
from services.settings import Settings

log = structlog.get_logger(__name__)

_CHARACTERS_PER_TOKEN = 4
# Below that no model is asked any more.
_LEAST_SECONDS = 0.3


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
        """Makes what an answer wants, beside what was made before; a model that fails is done without.

        All thoughts of one answer together take no longer than the settings say.
        """
        before, began = before or Thought(), perf_counter()
        vectors = {text: list(vector) for text, vector in before.vectors.items()}
        missing = [text for text in thinking.texts if text not in vectors]
        if missing:
            vectors |= self._vectors(tenant_id, missing)
        written, brief = dict(before.written), thinking.brief
        if brief is not None and brief.question not in written:
            left = self.settings.answer_timeout - before.duration_ms / 1000 - (perf_counter() - began)
            written[brief.question] = self._written(tenant_id, brief, left)
        took = before.duration_ms + round((perf_counter() - began) * 1000)
        too_long = took >= self.settings.answer_timeout * 1000
        return Thought(vectors, written, took, is_final=is_last or too_long)

    def _vectors(self, tenant_id: int, texts: Sequence[str]) -> dict[str, list[float]]:
        """A vector for each text; empty ones where they can't be had, since words are enough."""
        none: dict[str, list[float]] = {text: [] for text in texts}
        if self.embedder is None:
            return none
        units = sum(len(text) // _CHARACTERS_PER_TOKEN + 1 for text in texts)
        try:
            with paid(self.db, tenant_id, "embedding", units=units) as bill:
                made = self.embedder.embed(texts)
                bill.add(Tokens(self.embedder.model, units))
        except (UnavailableError, CreditsUsedUpError) as error:
            log.warning("no vectors", tenant=tenant_id, error=repr(error))
            return none
        return dict(zip(texts, made, strict=True))

    def _written(self, tenant_id: int, brief: Brief, seconds: float) -> Written:
        if self.models is None:
            return Written(problem="off")
        if seconds < _LEAST_SECONDS:
            return Written(problem="failed")
        with self.db.tenant(tenant_id) as tx:
            tenant = tx.get_one(Tenant, tenant_id)
            today = local_date(tx.now, tenant.timezone)
            reading = Reading(brief.locale, tenant.currency, tenant.country, today)

        def check(text: str, given: Sequence[str]) -> Sequence[str]:
            # The rules hold more than what may be said; of them only `brief.figures` are given.
            strange = ungiven(text, [each for each in given if each != brief.rules], reading)
            return (*strange, "the rules") if wording.repeats(text, secret) else strange

        secret = _without(brief.rules, brief.figures)
        return agent.answer(self.db, self.models, tenant_id, brief, check, seconds=seconds)


def _without(rules: str, figures: Sequence[str]) -> str:
    """The rules without the owner's own words, which customers may read."""
    for each in figures:
        rules = rules.replace(harmless(each), "") if len(each.split()) > 1 else rules
    return rules
