"""Two amounts that are the ends of one: `7-8jt`, `7jt sampai 8jt`, `7 or 8 million`.

Called where one amount is looked for. Which of the two is meant is the writer's to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.grammar.reading import Claim, Reading, Unclear
from handlers.grammar.values.money import money_in
from services.money import Money

_BETWEEN = re.compile(r"\s?(?:-|/|s/d|sd|sampai|sampe|hingga|atau|or|to)\s?")
_UNIT = re.compile(r"[^\W\d_]+$")


def with_ranges(text: str, claims: Sequence[Claim], reading: Reading) -> list[Claim]:
    """The amounts of a plain text, those that are the ends of a range being one that is unclear."""
    found: list[Claim] = []
    for claim in claims:
        ends = _ends(text, found[-1], claim, reading) if found else None
        if ends is None:
            found.append(claim)
        else:
            found[-1] = Claim(ends, found[-1].start, claim.end)
    return found


def _ends(text: str, first: Claim, last: Claim, reading: Reading) -> Unclear | None:
    if not _BETWEEN.fullmatch(text[first.end : last.start]) or not isinstance(last.value, Money):
        return None
    lower = first.value
    figure, unit = text[first.start : first.end].strip(), _UNIT.search(text[last.start : last.end])
    if figure.isdigit() and unit is not None:
        read = money_in(f"{figure}{unit[0]}", reading)
        lower = read[0].value if read else lower
    if not isinstance(lower, Money) or lower.currency != last.value.currency or not lower < last.value:
        return None
    return Unclear((lower, last.value))
