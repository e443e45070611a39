"""Opening hours as people write them in Indonesian and English, read without knowing their locale."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from babel.dates import get_day_names

from services.i18n import languages

DAY = 24 * 60
_EVERY_DAY = frozenset(range(7))
_GROUPS = {
    "every day|everyday|daily|all week|setiap hari|tiap hari|tiap2 hari": _EVERY_DAY,
    "weekdays|weekday|hari kerja": frozenset(range(5)),
    "weekends|weekend|akhir pekan": frozenset({5, 6}),
}
_DAYS = (
    "mon|mondays|senin|sen", "tue|tues|tuesdays|selasa|sel", "wed|wednesdays|rabu|rab", "thu|thur|thurs|kamis|kam",
    "fri|fridays|jumat|jum'at|jum", "sat|saturdays|sabtu|sab", "sun|sundays|minggu|ahad|min",
)  # fmt: skip
_ALWAYS = re.compile(
    r"always|any ?time|non ?-?stop|selalu|setiap saat|kapan saja"
    r"|(?:24|24/7|7x24|24x7)(?: ?(?:jam|hours?|h))?(?: (?:sehari|nonstop))?"
)
_TO = r"\s*(?:-|–|—|~|\bto\b|\buntil\b|\btill\b|\bsampai\b|\bsampe\b|\bhingga\b|\bs/d\b|\bs\.d\.|\bsd\b)\s*"
_CLOCK = (
    r"(?:(?:jam|pukul|pkl\.?|at)\s*)?(\d{1,2})(?:[:.](\d{2}))?(?!\d)\s*(am|pm|a\.m\.|p\.m\.|pagi|siang|sore|malam)?"
)
_TIMES = re.compile(_CLOCK + _TO + _CLOCK + r"(?![\w:.]*\d)")
_WHOLE_DAY = re.compile(r"(?:all day|seharian|sepanjang hari|24 ?(?:jam|hours?|h)\b)")
_CLOSED = re.compile(r"(?:closed|tutup|libur)\b")
_BETWEEN = re.compile(r"[\s,;:&+/.]+|(?:and|dan|from|dari|mulai|open|buka|on|pada|hari(?!\s+kerja)|wib|wita|wit)\b")
_APART = re.compile(r"[,;&+/\n]|and|dan")
_RANGE = re.compile(_TO)
_LONGEST = 300

Piece = tuple[int, int, int]


def read(text: str) -> Sequence[Piece]:
    """Pieces of a week that a text says: the day from Monday and its minutes from and to; nothing if it isn't clear.

    A piece that runs over midnight ends after 1440.
    """
    said = text.casefold().replace("’", "'").replace("\u202f", " ").strip(" .!")
    if _ALWAYS.fullmatch(said):
        return [(day, 0, DAY) for day in range(7)]
    if len(said) > _LONGEST:
        return ()
    return _Week().filled(said)


class _Week:
    """The hours of each day while a text is read: days first, then their times, which hold until other days come.

    Days that follow their times at once, as in `8-17 mon-fri`, are those of these times alone.
    """

    def __init__(self) -> None:
        self._said: list[tuple[frozenset[int], list[tuple[int, int]]]] = []
        self._days: set[int] = set()
        self._complete = True
        self._may_get_days = False

    def filled(self, said: str) -> Sequence[Piece]:
        at = 0
        while at < len(said):
            after = self._take(said, at)
            if after is None:
                return ()
            at = after
        if not self._complete:
            return ()
        return sorted({(day, begin, end) for day, times in self._by_day().items() for begin, end in times})

    def _take(self, said: str, at: int) -> int | None:
        """Reads what stands at a place; where it ends, or None if it can't be read."""
        if between := _BETWEEN.match(said, at):
            self._may_get_days = self._may_get_days and _APART.search(between[0]) is None
            return between.end()
        if times := _TIMES.match(said, at):
            minutes = _minutes(*times.groups())
            return times.end() if minutes is not None and self._open(minutes) else None
        if whole := _WHOLE_DAY.match(said, at):
            return whole.end() if self._open((0, DAY)) else None
        if closed := _CLOSED.match(said, at):
            return closed.end() if self._close() else None
        return self._take_days(said, at)

    def _take_days(self, said: str, at: int) -> int | None:
        first = _day_words().match(said, at)
        if first is None:
            return None
        days, end = _days_of(first[0]), first.end()
        to = _RANGE.match(said, end)
        last = _day_words().match(said, to.end()) if to is not None else None
        if last is not None:
            begin, until = min(days), min(_days_of(last[0]))
            if len(days) > 1 or len(_days_of(last[0])) > 1:
                return None
            days, end = frozenset((begin + n) % 7 for n in range((until - begin) % 7 + 1)), last.end()
        if self._may_get_days:
            self._give_last_times_to(days)
            return end
        self._days = set(days) if self._complete else self._days | days
        self._complete = False
        return end

    def _give_last_times_to(self, days: frozenset[int]) -> None:
        before, times = self._said.pop()
        if times[:-1]:
            self._said.append((before, times[:-1]))
        self._said.append((days, times[-1:]))
        self._may_get_days = False

    def _open(self, times: tuple[int, int]) -> bool:
        self._may_get_days = self._complete
        if self._complete and self._said and self._said[-1][1]:
            self._said[-1][1].append(times)
            return True
        if self._complete and self._said:
            return False
        self._said.append((frozenset(self._days) or _EVERY_DAY, [times]))
        self._complete = True
        return True

    def _close(self) -> bool:
        if self._complete:
            return False
        self._said.append((frozenset(self._days), []))
        self._complete = True
        return True

    def _by_day(self) -> dict[int, list[tuple[int, int]]]:
        """Hours of fewer days take the place of those that were said for more of them, and add to the rest."""
        found: dict[int, list[tuple[int, int]]] = {}
        whose: dict[int, frozenset[int]] = {}
        for days, times in self._said:
            for day in days:
                replaces = not times or days < whose.get(day, frozenset())
                found[day] = [*([] if replaces else found.get(day, [])), *times]
                whose[day] = days
        return found


@lru_cache(maxsize=1)
def _named_days() -> dict[str, frozenset[int]]:
    """Every word for a day or for several, in every language that Juragan speaks."""
    named = {word: frozenset({day}) for day, words in enumerate(_DAYS) for word in words.split("|")}
    for language in languages():
        for width in ("wide", "abbreviated"):
            for day, name in get_day_names(width, "format", language).items():
                named.setdefault(str(name).casefold().rstrip("."), frozenset({day}))
    return named | {word: days for words, days in _GROUPS.items() for word in words.split("|")}


@lru_cache(maxsize=1)
def _day_words() -> re.Pattern[str]:
    longest_first: Iterator[str] = iter(sorted(_named_days(), key=len, reverse=True))
    return re.compile(rf"(?:{'|'.join(re.escape(word) for word in longest_first)})(?![^\W\d_])\.?")


def _days_of(word: str) -> frozenset[int]:
    return _named_days()[word.rstrip(".")]


def _minutes(
    hour: str, minute: str | None, half: str | None, to_hour: str, to_minute: str | None, to_half: str | None
) -> tuple[int, int] | None:
    """The minutes of the day from and to; None if there are no such times. The end is later, if need be tomorrow."""
    bare = not half and not to_half and minute is None and to_minute is None and "0" not in (hour[0], to_hour[0])
    if to_half and not half and int(hour) <= 12 and _reads_as(hour, to_half) < _reads_as(to_hour, to_half):
        half = to_half if to_half not in ("sore", "malam", "pm", "p.m.") or int(hour) != 12 else None
    begin, end = _minute(hour, minute, half), _minute(to_hour, to_minute, to_half)
    if begin is None or end is None or begin == DAY:
        return None
    if bare and end < begin <= 12 * 60:
        end += 12 * 60
    if end == begin:
        return None
    return begin, end if end > begin else end + DAY


def _reads_as(hour: str, half: str) -> int:
    """The order of hours within a half of the day, twelve being its first."""
    return int(hour) % 12 if half in ("pm", "p.m.") else int(hour)


def _minute(hour: str, minute: str | None, half: str | None) -> int | None:
    hours, minutes = int(hour), int(minute or 0)
    if hours > 24 or minutes > 59 or (hours == 24 and minutes):
        return None
    if half is None or hours > 12:
        return hours * 60 + minutes if half is None or half not in ("am", "a.m.", "pagi") else None
    if not hours:
        return minutes if half in ("am", "a.m.", "pagi", "malam") else None
    late = {
        "am": False, "a.m.": False, "pm": True, "p.m.": True,
        "pagi": False, "siang": hours < 5, "sore": True, "malam": 5 < hours < 12,
    }[half]  # fmt: skip
    if half == "siang" and hours == 12:
        return 12 * 60 + minutes
    return (hours % 12 + (12 if late else 0)) * 60 + minutes
