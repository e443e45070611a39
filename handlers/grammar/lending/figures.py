"""The amounts in the terms of an agreement, told apart by the words beside them, else by their order.

Called by `terms` when dates and rates have been taken: the first amount is lent, the second earned, the third goes to
other instalments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from handlers.grammar.lending.counts import COUNT, DURATION, RHYTHM
from handlers.grammar.lending.ranges import with_ranges
from handlers.grammar.lending.scan import Scan
from handlers.grammar.lending.words import EARNINGS, INCOME, INSTALLMENT, NOTHING, OTHER, PRINCIPAL, WAGES
from handlers.grammar.reading import Claim
from handlers.grammar.values.calendar_rules import spaced
from services.money import Money, currency_digits

_JOINT = (
    r"(?P<joint>(?:[\s\0:=,]|bersih|kotor|saya|sy|dia|net|gross|is\b|are\b|of\b|at\b|sebesar|sekitar|kira-kira|about"
    r"|around|senilai|@|jadi|menjadi|ke\b|to\b|per bulan|sebulan|nya\b){0,40})$"
)
_LABELS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(spaced(rf"(?<!\w)(?:{words})(?!\w){_JOINT}")))
    for name, words in (
        ("other", OTHER),
        ("income", rf"(?:{WAGES}(?: [a-z]+){{0,2}}|{INCOME}(?: (?:dari|from) [a-z]+(?: [a-z]+){{0,2}})?)"),
        ("earned", rf"{EARNINGS}(?: [a-z]+){{0,2}}"),
        ("installment", INSTALLMENT),
        ("amount", PRINCIPAL),
    )
)
_TIMES = re.compile(r"(?:\dx|\d x|kali|times) $")
_PER = re.compile(
    spaced(
        r"~(?P<joint>/|per|an?|each|every|tiap|setiap|se)~(?:(?P<days>hari|hr|day)|(?P<weeks>minggu|mgg|mg|week|wk)"
        r"|(?P<months>bulan|bln|bl|month|mo|mth))(?:nya)?(?!\w)|~(?:(?P<monthly>bulanan|monthly)"
        r"|(?P<weekly>mingguan|weekly)|(?P<daily>harian|daily))(?!\w)"
    )
)
_FREQUENCIES = {"monthly": "months", "weekly": "weeks", "daily": "days"}
_CALLED_INSTALLMENT = re.compile(
    spaced(r" (?:instal?lments?|cicilan(?:nya)?|angsuran(?:nya)?)(?! (?:lain|other))(?!\w)")
)
_INSTALLMENT_WORD = re.compile(rf"(?<!\w){INSTALLMENT}(?!\w)")
_NONE = re.compile(spaced(rf"(?<![\w'])(?:{NOTHING}|(?:tanpa|no|tidak ada|gak ada) {OTHER})(?!\w)(?: {OTHER})?"))
_LABEL_REACH = 60
_SMALL = Decimal(1000)


@dataclass(frozen=True, slots=True)
class _Figure:
    """An amount, what it is called (None: nothing), and what it takes with it: words before, its `per bulan` behind."""

    value: object
    label: str | None
    start: int
    end: int
    frequency: str | None = None
    bare: bool = False


def take_amounts(scan: Scan, first: str, *, pay_day: bool) -> dict[str, object]:
    """The amounts by argument; one that nothing explains is `first` (`amount`, or `installment` in a change).

    With `pay_day`, a bare small number beside real amounts is read as that day where money has no decimals.
    """
    found: dict[str, object] = {}
    figures = _figures(scan)
    for figure in figures:
        scan.blank(figure.start, figure.end)
        if figure.label is not None and figure.label not in found:
            found[figure.label] = figure.value
            if figure.label == "installment" and figure.frequency:
                found |= {"frequency": figure.frequency, "every": 1}
    for figure in (each for each in figures if each.label is None):
        if _too_small(figure, scan) and (found or first == "installment"):
            day = _day(figure) if pay_day and first == "amount" and "pay_day" not in found else None
            found |= {"pay_day": day} if day else {}
        elif (place := _place(figure, found, first, alone=len(figures) == 1)) is not None:
            found[place] = figure.value
    if "other" not in found and scan.take(_NONE) is not None:
        found["other"] = Money(Decimal(0), scan.reading.currency)
    return found


def _place(figure: _Figure, found: dict[str, object], first: str, *, alone: bool) -> str | None:
    """The first argument that is still open; nought is what is paid elsewhere, unless nothing else is said."""
    nought = isinstance(figure.value, Money) and not figure.value and not alone
    order = ("other",) if nought else (first, "income", "other") if first == "amount" else (first,)
    return next((place for place in order if place not in found), None)


def _too_small(figure: _Figure, scan: Scan) -> bool:
    """Digits alone below a thousand, in a currency that has no such amounts; but nought is one."""
    small = isinstance(figure.value, Money) and 0 < figure.value.amount < _SMALL
    return small and figure.bare and currency_digits(scan.reading.currency) == 0


def _day(figure: _Figure) -> int | None:
    day = int(figure.value.amount) if isinstance(figure.value, Money) else 0
    return day if 1 <= day <= 31 else None


def _figures(scan: Scan) -> list[_Figure]:
    without = [COUNT, RHYTHM, DURATION]
    if currency_digits(scan.reading.currency) > 0:
        without.append(_INSTALLMENT_WORD)  # `installment 200` is an amount there, not the two hundredth
    claims = with_ranges(scan.left, scan.money(*without), scan.reading)
    return [_figure(scan, claims, at) for at in range(len(claims))]


def _figure(scan: Scan, claims: list[Claim], at: int) -> _Figure:
    claim = claims[at]
    label, start = _label(scan, claims, at)
    per = _PER.match(scan.left, claim.end)
    if per is not None and label is None and _is_duration(per, claims, at):
        per = None
    if label is None and (per is not None or _called_installment(scan, claims, at)):
        label = "installment"
    bare = scan.left[claim.start : claim.end].isdigit()
    return _Figure(claim.value, label, start, per.end() if per else claim.end, _frequency(per), bare)


def _label(scan: Scan, claims: list[Claim], at: int) -> tuple[str | None, int]:
    """What the words before an amount call it, and where those begin that only lead to it."""
    claim = claims[at]
    before = scan.left[max(0, claim.start - _LABEL_REACH) : claim.start]
    for label, pattern in _LABELS:
        match = pattern.search(before)
        if match is None or (label == "earned" and at == 0):
            continue
        joint = claim.start - len(match["joint"])
        return ("income" if label == "earned" else label), joint
    return None, claim.start


def _is_duration(per: re.Match[str], claims: list[Claim], at: int) -> bool:
    """`5jt sebulan` is lent for a month, `1200 weekly` paid back so; behind a larger amount it is an instalment."""
    value = claims[at].value
    larger = any(_is_less(value, claim.value) for claim in claims[:at])
    return per["joint"] in (None, "se", "a", "an") and not larger


def _is_less(value: object, other: object) -> bool:
    if not isinstance(value, Money) or not isinstance(other, Money):
        return False
    return value.currency == other.currency and value < other


def _called_installment(scan: Scan, claims: list[Claim], at: int) -> bool:
    """`10x 500rb`, `@500rb`, `… 500rb cicilan`: beside a larger amount."""
    claim = claims[at]
    if scan.left[: claim.end].rstrip().rfind("@", max(0, claim.start - 2)) >= 0:
        return True
    larger = any(_is_less(claim.value, other.value) for other in claims)
    times = _TIMES.search(scan.left[: claim.start]) is not None
    last = at == len(claims) - 1 and _CALLED_INSTALLMENT.match(scan.left, claim.end) is not None
    return larger and (times or last)


def _frequency(per: re.Match[str] | None) -> str | None:
    if per is None:
        return None
    word = next(name for name in (*_FREQUENCIES, *_FREQUENCIES.values()) if per[name])
    return _FREQUENCIES.get(word, word)
