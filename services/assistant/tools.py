"""What a model may look up while it answers: each tool is bound to its tenant and contact by whoever offers it.

A tool only reads; what it wants done (a person to be asked) is kept with the answer and done with it, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.assistant.retrieval import Found
from services.db.engine import Tx


@dataclass(frozen=True, slots=True)
class Told:
    """What a tool tells the model: plain text, with the sources it comes from. `asks_person`: a person is wanted."""

    text: str
    sources: tuple[Found, ...] = ()
    asks_person: str | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as the model sees it. `arguments` maps names to descriptions; all are texts. `run` never writes."""

    name: str
    description: str
    run: Callable[[Tx, Mapping[str, Any]], Told]
    arguments: Mapping[str, str] = field(default_factory=dict)
