"""All values of a text at once, no two of them sharing a character, and what is left beside them.

Phone numbers are looked for first, then dates, then amounts: each kind is easier to mistake for the next than the
other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from handlers.grammar.reading import Claim, Reading
from handlers.grammar.values.dates import dates_in
from handlers.grammar.values.money import money_in
from handlers.grammar.values.phone import phones_in
from handlers.grammar.values.plain import blanked, plain, without_addresses
from services.money import Money


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one text, each kind in order of position."""

    phones: list[Claim]
    dates: list[Claim]
    money: list[Claim]

    @property
    def claims(self) -> list[Claim]:
        """The values of all kinds in order of position."""
        return sorted([*self.phones, *self.dates, *self.money], key=lambda claim: claim.start)


def find_values(text: str, reading: Reading) -> Values:
    """The phone numbers, dates and amounts in a text; links and e-mail addresses hold none but phone numbers."""
    spelled = plain(text)
    phones = phones_in(spelled, reading)
    unclaimed = without_addresses(blanked(spelled, phones))
    dates = dates_in(unclaimed, reading)
    money = money_in(blanked(unclaimed, dates), reading)
    return Values(phones, dates, money)


def find_dates(text: str, reading: Reading) -> list[Claim]:
    """The dates and periods in a text, as a `date` each or `Unclear` of two; periods count from `reading.today`."""
    return find_values(text, reading).dates


def find_money(text: str, reading: Reading) -> list[Claim]:
    """The amounts in a text, as `Money` each or `Unclear` of two; zero and negative ones are for others to refuse."""
    return find_values(text, reading).money


def lone_money(text: str, reading: Reading) -> Money | None:
    """The amount of a text that is one amount and nothing else."""
    claims = find_money(text, reading)
    alone = len(claims) == 1 and not rest(text, claims).strip(" .,!")
    return claims[0].value if alone and isinstance(claims[0].value, Money) else None


def rest(text: str, claims: Iterable[Claim]) -> str:
    """The text without the claims, its words joined by single spaces."""
    pieces, at = [], 0
    for claim in sorted(claims, key=lambda claim: claim.start):
        pieces.append(text[at : claim.start])
        at = max(at, claim.end)
    return " ".join(" ".join([*pieces, text[at:]]).split())
