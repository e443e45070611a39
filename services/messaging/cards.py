"""Contact cards that people share in a chat (vCard, RFC 6350)."""

from __future__ import annotations

from dataclasses import dataclass

from services.phone import normalise_phone


@dataclass(frozen=True, slots=True)
class Card:
    """A name and a phone number (E.164)."""

    name: str
    number: str


def read_card(text: str, country: str) -> Card | None:
    """The person on a card; None when it can't be read, or lacks a name or a number that could be called."""
    import vobject

    try:
        card = vobject.readOne(text)
        name = str(card.fn.value).strip()
        numbers = [str(line.value) for line in card.contents.get("tel", ())]
    except (vobject.base.VObjectError, AttributeError, StopIteration, UnicodeError):
        return None
    found = (normalise_phone(number, country) for number in numbers)
    number = next((each for each in found if each is not None), None)
    return Card(name, number) if name and number else None
