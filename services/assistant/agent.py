"""A model answers a customer: with what was found, with tools that look up more, within limits of steps and time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.assistant.briefs import Brief, Written
from services.assistant.models import Models
from services.db.engine import Database

# Gives the figures of an answer that none of the given texts holds.
Check = Callable[[str, Sequence[str]], Sequence[str]]


def answer(db: Database, models: Models, tenant_id: int, brief: Brief, check: Check | None = None) -> Written:
    """What the model answers, or why there is nothing to send; called while no transaction is open."""
    del db, models, tenant_id, brief, check
    return Written(problem="off")
