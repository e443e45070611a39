"""The report of a month: how the outstanding amount moved, each day in a chart, what is overdue, and who owes."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from services.documents.charts import MonthChart
from services.documents.facts import ReportFacts
from services.documents.page import WIDTH, Pen, Sheet, build
from services.documents.parts import (
    PADDING,
    Column,
    box,
    columns,
    fact_list,
    gap,
    heading_above,
    money_figure,
    sheet_table,
    tiles,
    title,
    together,
)
from services.i18n import Joined, Renderable, _
from services.lending.figures import AgeBucket, MonthFigures, Statistics

CHART_HEIGHT = 48 * mm
HALF: float = (WIDTH - 6 * mm) / 2


def render_report(facts: ReportFacts, locale: str) -> bytes:
    """The PDF of a month's report in the language of `locale`."""
    pen, figures = Pen(locale), facts.figures
    month = format_date(date(figures.year, figures.month, 1), "LLLL y", locale=locale)
    sheet = Sheet(
        business=facts.business,
        title=pen.text(_("Monthly report")),
        reference=month,
        seal="",
        made_on=facts.made_on,
        locale=locale,
    )
    below = Joined((facts.business, _("Made on {day}", day=facts.made_on)), "  ·  ")
    heading = _("Monthly report, {month}", month=month)
    story = [
        *title(pen, heading, below),
        _key_figures(pen, figures),
        gap(4),
        columns([_movement(pen, figures), _standing(pen, figures.at_end)]),
        *_chart(pen, figures),
        _aging(pen, figures.at_end),
        *_people(pen, figures),
    ]
    return build(sheet, story)


def _key_figures(pen: Pen, figures: MonthFigures) -> Flowable:
    inner = WIDTH - 2 * PADDING
    shown: list[tuple[object, object]] = [
        (_("Lent"), figures.lent),
        (_("Collected"), figures.collected),
        (_("Outstanding"), figures.closing),
        (_("Overdue"), figures.at_end.overdue),
    ]
    return box([tiles(pen, shown, inner)])


def _movement(pen: Pen, figures: MonthFigures) -> list[Flowable]:
    """From the opening to the closing amount, each step with its sign."""
    steps: list[tuple[object, object]] = [
        (_("Outstanding at the beginning"), figures.opening),
        (_("+ lent"), figures.lent),
        (_("+ interest"), figures.interest),
        (_("+ penalties"), figures.penalties),
        (_("– collected"), figures.collected),
        (_("– written off"), figures.written_off),
        (_("= outstanding at the end"), figures.closing),
        (_("New loans"), figures.new_loans),
        (_("Payments"), figures.payments),
    ]
    return [pen.para(_("The month"), "heading"), fact_list(pen, steps, HALF, 0.56, figures=True)]


def _standing(pen: Pen, at_end: Statistics) -> list[Flowable]:
    shown: list[tuple[object, object]] = [
        (_("Others owe you"), at_end.outstanding),
        (_("You owe others"), at_end.owed),
        (_("Paid in advance"), at_end.credit),
        (_("Net"), at_end.net),
        (_("Due in the next 30 days"), at_end.expected),
        (_("Borrowers"), at_end.borrowers),
        (_("Borrowers who are late"), at_end.late_borrowers),
        (_("Active agreements"), at_end.active_agreements),
        (_("Written off since the beginning"), at_end.written_off),
    ]
    heading = _("Where you stand on {day}", day=at_end.on)
    return [pen.para(heading, "heading"), fact_list(pen, shown, HALF, 0.56, figures=True)]


def _chart(pen: Pen, figures: MonthFigures) -> list[Flowable]:
    if not any(day.lent or day.collected for day in figures.days):
        return []
    labels = pen.text(_("Lent")), pen.text(_("Collected"))
    chart = MonthChart(figures.days, labels, pen.locale, (WIDTH, CHART_HEIGHT))
    return [together(pen.para(_("Day by day, in {currency}", currency=figures.lent.currency), "heading"), chart)]


def _aging(pen: Pen, at_end: Statistics) -> Flowable:
    heads = (
        Column(_("Overdue since"), WIDTH * 0.4),
        Column(_("Amount"), WIDTH * 0.3, True),
        Column(_("People"), WIDTH * 0.3, True),
    )
    rows = [(_age(each), money_figure(each.amount, pen.locale), str(each.people)) for each in at_end.aging]
    total = (_("Total"), money_figure(at_end.overdue, pen.locale), str(at_end.late_borrowers))
    heading = _("Overdue by age, in {currency}", currency=at_end.overdue.currency)
    return together(pen.para(heading, "heading"), sheet_table(pen, heads, rows, total))


def _age(bucket: AgeBucket) -> Renderable:
    if bucket.last is None:
        return _("{first} days and more", first=bucket.first)
    return _("{first} to {last} days", first=bucket.first, last=bucket.last)


def _people(pen: Pen, figures: MonthFigures) -> list[Flowable]:
    if not figures.people:
        return []
    heads = (
        Column(_("Name"), WIDTH * 0.4),
        Column(_("Outstanding"), WIDTH * 0.22, True),
        Column(_("Overdue"), WIDTH * 0.22, True),
        Column(_("Days late"), WIDTH * 0.16, True),
    )
    rows = [
        (
            each.name,
            money_figure(each.outstanding, pen.locale),
            money_figure(each.overdue, pen.locale),
            pen.text(each.days_late) if each.days_late else "–",
        )
        for each in figures.people
    ]
    heading = _("Who owes, in {currency}", currency=figures.closing.currency)
    return [*heading_above(pen, heading), sheet_table(pen, heads, rows)]
