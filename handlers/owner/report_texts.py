"""Figures of the business in the words of a chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.i18n import Joined, MonthName, Renderable, _, _n, lines
from services.lending.figures import AgeBucket, MonthFigures, PersonFigures, Statistics

SHOWN = 10


def title(year: int, month: int) -> Renderable:
    """What a month's report is called."""
    return _("Report for {month}", month=MonthName(date(year, month, 1)))


def month(figures: MonthFigures) -> Renderable:
    """A month: where it began, what happened, where it ended."""
    return lines(
        Joined(("*", title(figures.year, figures.month), "*"), ""),
        _("Outstanding at the beginning: {amount}", amount=figures.opening),
        _n("+ lent: {amount} ({n} loan)", "+ lent: {amount} ({n} loans)", figures.new_loans, amount=figures.lent),
        _("+ interest: {amount}", amount=figures.interest) if figures.interest else None,
        _("+ penalties and fees: {amount}", amount=figures.penalties) if figures.penalties else None,
        _n("− collected: {amount} ({n} payment)", "− collected: {amount} ({n} payments)", figures.payments,
           amount=figures.collected),
        _("− written off: {amount}", amount=figures.written_off) if figures.written_off else None,
        _("= outstanding at the end: {amount}", amount=figures.closing),
        _("Overdue at the end: {amount}", amount=figures.at_end.overdue) if figures.at_end.overdue else None,
        *_worst(figures.people),
        _("As a PDF: export pdf {year} {month}", year=str(figures.year), month=str(figures.month)),
    )  # fmt: skip


def _worst(people: Sequence[PersonFigures]) -> Sequence[Renderable]:
    late = [each for each in people if each.overdue][:SHOWN]
    return tuple(
        _n("⚠️ {name}: {amount}, {n} day late", "⚠️ {name}: {amount}, {n} days late", each.days_late, name=each.name,
           amount=each.overdue)
        for each in late
    )  # fmt: skip


def statistics(figures: Statistics) -> Renderable:
    """Where the business stands."""
    return lines(
        _("*Statistics*, {day}", day=figures.on),
        _("Lent so far: {amount}", amount=figures.lent),
        _("Interest agreed: {amount}", amount=figures.interest) if figures.interest else None,
        _("Collected so far: {amount}", amount=figures.collected),
        _("Written off: {amount}", amount=figures.written_off) if figures.written_off else None,
        _n("Outstanding: {amount} with {n} person", "Outstanding: {amount} with {n} people", figures.borrowers,
           amount=figures.outstanding),
        *_overdue(figures),
        _("Expected in the next 30 days: {amount}", amount=figures.expected),
        _("You owe: {amount}", amount=figures.owed) if figures.owed else None,
        _("Kept as credit: {amount}", amount=figures.credit) if figures.credit else None,
        _("*Net position*: {amount}", amount=figures.net),
        _n("{n} agreement in force", "{n} agreements in force", figures.active_agreements),
    )  # fmt: skip


def _overdue(figures: Statistics) -> Sequence[Renderable]:
    if not figures.overdue:
        return (_("Overdue: nothing"),)
    total = _n("Overdue: {amount} with {n} person", "Overdue: {amount} with {n} people", figures.late_borrowers,
               amount=figures.overdue)  # fmt: skip
    return (total, *(_bucket(each) for each in figures.aging if each.amount))


def _bucket(bucket: AgeBucket) -> Renderable:
    if bucket.last is None:
        return _("• more than {days} days: {amount}", days=bucket.first - 1, amount=bucket.amount)
    return _("• {first} to {last} days: {amount}", first=bucket.first, last=bucket.last, amount=bucket.amount)
