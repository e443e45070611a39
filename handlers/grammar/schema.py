"""The command book as a JSON schema: what a model may say that an owner's sentence means.

One declaration gives the words and the schema alike. What a model says in it is only a proposal: `from_model` reads it
with the grammar's own readers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handlers.grammar.spec import Argument, Command, Kind

NONE, LINE = "none", "line"
LANGUAGE = "en"

# Arguments that a model gives one by one; a command that reads its own line, or free text, gets that line whole.
_KINDS = {
    Kind.NAME: "The person or firm, spelt as in the message, without titles that aren't there; of known_people the one"
    " that is clearly meant.",
    Kind.MONEY: "The amount as a plain decimal number without currency or separators, such as 500000 or 1250.50; only"
    " one that the message gives.",
    Kind.DUE: "The day on which it falls due, as YYYY-MM-DD.",
    Kind.ON: "The day on which it happened, as YYYY-MM-DD, if that isn't today.",
    Kind.NOTE: "What the money is for, in the words of the message.",
    Kind.PHONE: "A phone number as written.",
}
_LINE = (
    "For a command that is shown with LINE: what is typed after it, in the form shown, amounts as plain numbers."
    " Nothing for other commands."
)
_ABOUT = "The one command that the message asks for. “you” is the owner, who wrote the message."


def takes_line(command: Command) -> bool:
    """Whether a command reads what follows its word by itself, instead of single arguments."""
    return command.reader is not None or any(argument.kind is Kind.TEXT for argument in command.arguments)


def schema_of(commands: Iterable[Command]) -> dict[str, Any]:
    """The schema of a proposal that names one of `commands`, or none; what isn't said is an empty text."""
    offered = list(commands)
    listed = "\n".join(_line(command) for command in offered)
    properties: dict[str, dict[str, object]] = {
        "command": {
            "type": "string",
            "enum": [*(command.name for command in offered), NONE],
            "description": f"{_ABOUT}\n{listed}\n{NONE}: anything else, or unsure",
        }
    }
    for command in offered:
        for name, argument in _given_singly(command).items():
            properties.setdefault(name, {"type": "string", "description": _KINDS[argument.kind]})
    properties[LINE] = {"type": "string", "description": _LINE}
    return {
        "title": "owner_command",
        "description": "The command of the debt book's owner that a message means; an empty text where it says nothing",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _given_singly(command: Command) -> dict[str, Argument]:
    """The arguments of a command by the names of the schema: a kind has one name there, whatever the command's is."""
    if takes_line(command):
        return {}
    return {property_of(argument): argument for argument in command.arguments if argument.kind in _KINDS}


def property_of(argument: Argument) -> str:
    """The name under which the schema asks for an argument."""
    return "phone" if argument.kind is Kind.PHONE else argument.name


def _line(command: Command) -> str:
    """A command with what it takes and does: `lend name amount [due]: books money that you lent`."""
    if takes_line(command):
        usage = command.usage.render(LANGUAGE) if command.usage is not None else ""
        shown = f"{command.name} LINE={usage}" if usage else command.name
    else:
        given = _given_singly(command).items()
        shown = " ".join([command.name, *(name if argument.required else f"[{name}]" for name, argument in given)])
    return f"{shown}: {command.help.render(LANGUAGE)}"
