"""The statement of a person's account: the balance, what is open, and every entry since the first."""

from __future__ import annotations

from reportlab.platypus import Flowable

from services.documents.facts import StatementFacts
from services.documents.names import kind_name
from services.documents.page import WIDTH, Pen, Sheet, build
from services.documents.parts import PADDING, Column, box, gap, heading_above, money_figure, sheet_table, tiles, title
from services.i18n import Joined, Renderable, Shown, _
from services.lending.figures import OpenItem, Statement, StatementLine

SIDES = ("lent", "owed")


def render_statement(facts: StatementFacts, locale: str) -> bytes:
    """The PDF of a statement in the language of `locale`."""
    pen, account = Pen(locale), facts.statement
    sheet = Sheet(
        business=facts.business,
        title=pen.text(_("Statement of account")),
        reference=pen.text(Joined((account.name, Shown(account.on)), " · ")),
        seal="",
        made_on=facts.made_on,
        locale=locale,
    )
    below = Joined((account.phone, _("until {day}", day=account.on)), "  ·  ")
    story = [*title(pen, _("Statement of account"), below), _balances(pen, account), *_open(pen, account)]
    for side in SIDES:
        story += _entries(pen, account, side)
    if facts.phone:
        story += [gap(4), pen.para(_("For questions, call or write to {phone}.", phone=facts.phone), "small")]
    return build(sheet, story)


def _balances(pen: Pen, account: Statement) -> Flowable:
    inner = WIDTH - 2 * PADDING
    paid_ahead = account.lent_balance.amount < 0
    figures: list[tuple[object, object]] = [
        (_("Kept as credit"), -account.lent_balance)
        if paid_ahead
        else (_("{name} owes", name=account.name), account.lent_balance)
    ]
    if account.owed_balance or any(line.side == "owed" for line in account.lines):
        figures.append((_("{name} is owed", name=account.name), account.owed_balance))
    return box([pen.para(account.name, "name"), gap(2), tiles(pen, figures, inner)])


def _open(pen: Pen, account: Statement) -> list[Flowable]:
    heading = heading_above(pen, _("Still to be paid"))
    if not account.open:
        return [*heading, pen.para(_("Nothing is open."))]
    heads = (
        Column(_("Due date"), WIDTH * 0.16),
        Column(_("For"), WIDTH * 0.44),
        Column(_("Amount"), WIDTH * 0.2, True),
        Column(_("Left"), WIDTH * 0.2, True),
    )
    rows = [
        (item.due_on, _subject(item), money_figure(item.amount, pen.locale), money_figure(item.left, pen.locale))
        for item in account.open
    ]
    return [*heading, _currency(pen, account), sheet_table(pen, heads, rows)]


def _subject(item: OpenItem) -> Renderable:
    whose = _("owed to them") if item.side == "owed" else None
    named = None
    if item.agreement is not None:
        named = _("Agreement {number}", number=str(item.agreement))
        if item.number is not None:
            named = _(
                "Agreement {number}, instalment {installment}",
                number=str(item.agreement),
                installment=str(item.number),
            )
    return Joined((named or (None if item.note else _("Debt")), item.note or None, whose), ", ")


def _entries(pen: Pen, account: Statement, side: str) -> list[Flowable]:
    lines = [line for line in account.lines if line.side == side]
    if not lines:
        return []
    heads = (
        Column(_("Date"), WIDTH * 0.14),
        Column(_("Entry"), WIDTH * 0.22),
        Column(_("Note"), WIDTH * 0.28),
        Column(_("Amount"), WIDTH * 0.18, True),
        Column(_("Balance"), WIDTH * 0.18, True),
    )
    heading = _("What {name} borrowed and paid", name=account.name)
    if side == "owed":
        heading = _("What is owed to {name}, and what was paid", name=account.name)
    return [*heading_above(pen, heading), sheet_table(pen, heads, [_entry(pen, line) for line in lines])]


def _entry(pen: Pen, line: StatementLine) -> tuple[object, ...]:
    named = _("Agreement {number}", number=str(line.agreement)) if line.agreement is not None else None
    note = Joined((named, line.note or None), ", ")
    return (
        line.on,
        kind_name(line.kind, line.side),
        note,
        money_figure(line.amount, pen.locale),
        money_figure(line.balance, pen.locale),
    )


def _currency(pen: Pen, account: Statement) -> Flowable:
    return pen.para(_("All amounts in {currency}.", currency=account.lent_balance.currency), "small")
