"""Opening hours of a week: when they hold, when they begin next, how they are shown. Reading them is `hours_reading`.

Hours are a list of spans `{"days": [0, 1], "from": 480, "to": 1020}`: days from Monday, minutes of the day. A span
whose `to` isn't later than its `from` ends on the following day; 1440 is midnight at the end of a day. None is always.
Everything here is pure; times are local to the tenant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import cast

from babel.dates import format_time, get_day_names

from services.assistant.hours_reading import DAY, read
from services.i18n import Renderable, _

Hours = list[dict[str, object]]
_WEEK = 7 * DAY
_Piece = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Span:
    days: tuple[int, ...]
    begin: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.begin if self.end > self.begin else self.end + DAY - self.begin


def parse(text: str) -> Hours | None:
    """The hours that a text says, in their simplest form; None where it says none that can be read.

    Reads `8-17`, `9am-5:30pm`, `senin-jumat 08.00-17.00, sabtu 9-13`, `every day 7-21, sunday closed`, `20-02` and
    `24 jam` or `always`, which gives the whole week (`is_always`).
    """
    pieces = read(text)
    return _simplest((begin + DAY * day, end + DAY * day) for day, begin, end in pieces) if pieces else None


def is_always(hours: Sequence[Mapping[str, object]] | None) -> bool:
    """Whether hours never end."""
    return hours is None or sum(len(span.days) * span.length for span in _spans(hours)) >= _WEEK


def is_open(hours: Sequence[Mapping[str, object]] | None, local: datetime) -> bool:
    """Whether hours hold at a local time; the minute at which they end isn't theirs any more."""
    if hours is None:
        return True
    minute, day = local.hour * 60 + local.minute, local.weekday()
    for span in _spans(hours):
        over_midnight = span.end <= span.begin
        if day in span.days and span.begin <= minute < (DAY if over_midnight else span.end):
            return True
        if over_midnight and (day - 1) % 7 in span.days and minute < span.end:
            return True
    return False


def next_opening(hours: Sequence[Mapping[str, object]] | None, local: datetime) -> datetime | None:
    """The earliest local time, from `local` on, at which hours hold; None if they never do."""
    if is_open(hours, local):
        return local
    midnight = datetime.combine(local.date(), time(), local.tzinfo)
    starts = (
        midnight + timedelta(days=ahead, minutes=span.begin)
        for ahead in range(8)
        for span in _spans(hours or ())
        if (local.weekday() + ahead) % 7 in span.days
    )
    return min((start for start in starts if start > local), default=None)


def shown(hours: Sequence[Mapping[str, object]] | None) -> Renderable:
    """Hours as a person reads them, days with the same ones together: `Mon–Fri 08.00–17.00; Sat 09.00–13.00`."""
    return _("always") if is_always(hours) else _Shown(tuple(_spans(hours or ())))


def _spans(hours: Sequence[Mapping[str, object]]) -> Sequence[_Span]:
    return [
        _Span(tuple(cast("list[int]", each["days"])), cast(int, each["from"]), cast(int, each["to"])) for each in hours
    ]


def _simplest(pieces: Iterable[_Piece]) -> Hours:
    """Spans that say the same as pieces of the week (its minutes), each as few and as long as spans can be."""
    by_time: dict[_Piece, list[int]] = {}
    for begin, end in _cut(_joined(pieces)):
        by_time.setdefault((begin % DAY, (end - 1) % DAY + 1), []).append(begin // DAY % 7)
    ordered = sorted((sorted(days), times) for times, days in by_time.items())
    return [{"days": days, "from": begin, "to": end} for days, (begin, end) in ordered]


def _joined(pieces: Iterable[_Piece]) -> list[_Piece]:
    """Pieces of the week that neither overlap nor touch; one that runs over its end begins before it."""
    within = sorted(each for begin, end in pieces for each in _in_week(begin, end))
    joined: list[_Piece] = []
    for begin, end in within:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    if len(joined) > 1 and joined[0][0] == 0 and joined[-1][1] == _WEEK:
        joined = [*joined[1:-1], (joined[-1][0], _WEEK + joined[0][1])]
    return joined


def _in_week(begin: int, end: int) -> Sequence[_Piece]:
    return [(begin, end)] if end <= _WEEK else [(begin, _WEEK), (0, end - _WEEK)]


def _cut(pieces: Iterable[_Piece]) -> Iterable[_Piece]:
    """Pieces shorter than a day as they are; longer ones cut at each midnight."""
    for begin, end in pieces:
        if end - begin < DAY:
            yield begin, end
            continue
        while begin < end:
            until = min(end, (begin // DAY + 1) * DAY)
            yield begin, until
            begin = until


@dataclass(frozen=True, slots=True)
class _Shown:
    spans: tuple[_Span, ...]

    def render(self, locale: str) -> str:
        times: dict[int, list[_Piece]] = {}
        for span in self.spans:
            for day in span.days:
                times.setdefault(day, []).append((span.begin, span.end))
        alike: dict[tuple[_Piece, ...], list[int]] = {}
        for day in sorted(times):
            alike.setdefault(tuple(sorted(times[day])), []).append(day)
        return "; ".join(
            f"{_days(days, locale)} {', '.join(_time(piece, locale) for piece in pieces)}"
            for pieces, days in alike.items()
        )


def _days(days: Sequence[int], locale: str) -> str:
    """Days in order, three or more in a row as a range."""
    if len(days) == 7:
        return _("daily").render(locale)
    names = get_day_names("abbreviated", "format", locale)
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    folded = ([f"{names[run[0]]}–{names[run[-1]]}"] if len(run) > 2 else [names[day] for day in run] for run in runs)
    return ", ".join(each for run in folded for each in run)


def _time(piece: _Piece, locale: str) -> str:
    if piece == (0, DAY):
        return _("all day").render(locale)
    return "–".join(_clock(minute, locale) for minute in piece)


def _clock(minute: int, locale: str) -> str:
    shown = format_time(time(minute // 60 % 24, minute % 60), "short", locale=locale)
    return shown.replace("\u202f", " ").replace("\u00a0", " ")
