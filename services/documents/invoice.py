"""The invoice that a business gets: who bills whom for what, what is left to pay, until when, and how."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from services.documents.billing_facts import BilledLine, InvoiceFacts
from services.documents.names import invoice_state
from services.documents.page import ALARM, GOOD, WIDTH, Pen, Sheet, build
from services.documents.parts import (
    PADDING,
    Column,
    box,
    fact_list,
    gap,
    money_figure,
    sheet_table,
    tiles,
    title,
    together,
    twin_box,
)
from services.documents.words import in_words
from services.i18n import Joined, Renderable, Shown, _
from services.money import Money


def render_invoice(facts: InvoiceFacts, locale: str) -> bytes:
    """The PDF of an invoice in the language of `locale`."""
    pen = Pen(locale)
    sheet = Sheet(
        business=facts.issuer[0],
        title=pen.text(_("Invoice")),
        reference=pen.text(_("Invoice {number}", number=facts.number)),
        seal="",
        made_on=facts.issued_on,
        locale=locale,
    )
    below = Joined((_("No. {number}", number=facts.number), Shown(facts.issued_on)), "  ·  ")
    story = [
        *title(pen, _("Invoice"), below),
        parties(pen, (_("From"), facts.issuer), (_("Bill to"), facts.billed_to)),
        gap(4),
        _figures(pen, facts),
        gap(2),
        *billed(pen, facts.lines, facts.total),
        gap(2),
        _sums(pen, facts),
    ]
    if facts.note:
        story += [gap(3), pen.para(_("Note: {note}", note=facts.note))]
    return build(sheet, [*story, gap(6), _end(pen, facts)])


Side = tuple[Renderable, tuple[str, ...]]


def parties(pen: Pen, left: Side, right: Side) -> Flowable:
    """Two sides beside each other, each a name with its address below."""
    return twin_box(_party(pen, left), _party(pen, right))


def _party(pen: Pen, side: Side) -> list[Flowable]:
    label, lines = side
    return [pen.para(label, "label"), pen.para(lines[0], "name"), *(pen.para(line, "small") for line in lines[1:])]


def _figures(pen: Pen, facts: InvoiceFacts) -> Flowable:
    left = Money(facts.total.amount - facts.paid.amount, facts.total.currency)
    last: tuple[object, object] = (_("Pay by"), facts.due_on)
    amount: tuple[object, object] = (_("To be paid"), left)
    if facts.state == "paid":
        last, amount = (_("Paid on"), facts.paid_on or facts.issued_on), (_("Paid"), facts.paid)
    return box([tiles(pen, [amount, last], WIDTH - 2 * PADDING)])


def billed(pen: Pen, lines: Sequence[BilledLine], total: Money) -> list[Flowable]:
    """What is billed, with its sum."""
    share = 0.24
    heads = (Column(_("For"), WIDTH * (1 - share)), Column(_("Amount"), WIDTH * share, True))
    rows = [(each.text, money_figure(each.amount, pen.locale)) for each in lines]
    in_currency = _("All amounts in {currency}.", currency=total.currency)
    table = sheet_table(pen, heads, rows, [_("Total"), money_figure(total, pen.locale)])
    return [pen.para(_("What it is for"), "heading"), pen.para(in_currency, "small"), table]


def _sums(pen: Pen, facts: InvoiceFacts) -> Flowable:
    details: list[tuple[object, object]] = [(_("In words"), in_words(facts.total, pen.locale))]
    if facts.period is not None:
        details.append((_("Period"), _("{first} – {last}", first=facts.period[0], last=facts.period[1])))
    if facts.paid and facts.state == "open":
        left = Money(facts.total.amount - facts.paid.amount, facts.total.currency)
        details += [(_("Already paid"), facts.paid), (_("Left to pay"), left)]
    return fact_list(pen, details, WIDTH, 0.24)


def _end(pen: Pen, facts: InvoiceFacts) -> Flowable:
    """How to pay what is open; a stamp on what isn't any more."""
    if facts.state != "open":
        stamp = box(
            [pen.para(invoice_state(facts.state), "stamp")], 78 * mm, tint=False,
            edge=GOOD if facts.state == "paid" else ALARM,
        )  # fmt: skip
        stamp.hAlign = "CENTER"
        return together(stamp)
    written = facts.instructions
    told = [pen.para(line) for line in written.splitlines() if line.strip()] if written else []
    asked = [pen.para(_("Please ask {name} how to pay.", name=facts.issuer[0]))]
    named = pen.para(_("Please name the invoice: {number}", number=facts.number), "small")
    return together(box([pen.para(_("How to pay"), "heading"), *(told or asked), gap(1), named], tint=False))
