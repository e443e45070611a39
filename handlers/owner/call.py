"""One command about to be run, as its function gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, cast

from handlers.context import Context
from handlers.grammar.codec import encode
from handlers.grammar.reading import Unclear, Understood
from services.db.models import CommandRecord, Contact
from services.messaging.contacts import Reach
from services.money import Money

if TYPE_CHECKING:
    from handlers.grammar.book import CommandBook
    from handlers.grammar.spec import Command


@dataclass(frozen=True, slots=True)
class Call:
    """A command with its context and its arguments, all required ones present and checked."""

    context: Context
    book: CommandBook
    command: Command
    arguments: Mapping[str, object]

    def text(self, name: str) -> str | None:
        value = self.arguments.get(name)
        return None if value is None else str(value)

    def money(self, name: str) -> Money:
        return cast(Money, self.arguments[name])

    def day(self, name: str) -> date | None:
        return cast("date | None", self.arguments.get(name))

    def given(self, **arguments: object) -> Call:
        """The same call with arguments that were worked out."""
        return replace(self, arguments={**self.arguments, **arguments})

    def understood(self) -> Understood:
        """What was understood, for the record."""
        return understood(self.command, self.arguments)

    def remember(self, person: Contact, told: Reach | None, **effects: object) -> None:
        """Keeps what the command did and who heard of it, so that `undo` and corrections can take it back."""
        context = self.context
        context.tx.add(
            CommandRecord(
                tenant_id=context.tx.tenant,
                author=context.actor.id,
                command=self.command.name,
                arguments=encode({**self.arguments, "name": person.name}),
                effects={**effects, "told": [told.contact_id] if told is not None else []},
                conversation_id=context.conversation.id,
                message_id=context.message.id,
                done_at=context.tx.now,
            )
        )


def understood(command: Command, arguments: Mapping[str, object], by: str = "rules") -> Understood:
    """A command as records show it, without what only a dialog needed."""
    declared = {argument.name for argument in command.arguments}
    shown = {name: value for name, value in arguments.items() if name in declared and not isinstance(value, Unclear)}
    return Understood(command.name, shown, "model" if by == "model" else "rules")
