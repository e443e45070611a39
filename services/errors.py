"""The one kind of failure that rules raise on purpose.

A `DomainError` becomes a sentence in a chat or a JSON body at an edge; it always rolls back what was begun.
"""

from __future__ import annotations

from services.i18n import Renderable


class DomainError(Exception):
    """A request that can't be met, with a code for programs and a text for people.

    `code` is stable snake_case; `text` says what is wrong and, where it helps, gives an example of what works.
    """

    def __init__(self, code: str, text: Renderable, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.details = details
