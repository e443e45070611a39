"""The receipt for a payment: who paid how much, how it was split, what is left, and when the next payment is due."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from services.documents.facts import ReceiptFacts
from services.documents.page import GOOD, WIDTH, Pen, Sheet, build
from services.documents.parts import (
    PADDING,
    Column,
    SigningLine,
    box,
    columns,
    fact_list,
    gap,
    money_figure,
    sheet_table,
    tiles,
    title,
    together,
)
from services.documents.words import in_words
from services.i18n import Joined, Shown, _

PARTS = ("penalty", "fee", "interest", "principal", "total")


def render_receipt(facts: ReceiptFacts, locale: str) -> bytes:
    """The PDF of a receipt in the language of `locale`."""
    pen = Pen(locale)
    sheet = Sheet(
        business=facts.business,
        title=pen.text(_("Receipt")),
        reference=pen.text(_("Receipt {number}", number=facts.number)),
        seal="",
        made_on=facts.received_on,
        locale=locale,
    )
    below = Joined((_("No. {number}", number=facts.number), Shown(facts.received_on)), "  ·  ")
    story = [*title(pen, _("Receipt"), below), _payment(pen, facts), gap(4)]
    if facts.split:
        story += [together(pen.para(_("What the payment was counted towards"), "heading"), _split(pen, facts))]
    story += [gap(5), *_standing(pen, facts), gap(8), _signature(pen, facts)]
    return build(sheet, story)


def _payment(pen: Pen, facts: ReceiptFacts) -> Flowable:
    """Who paid whom: on the side `owed` it is the business that pays."""
    payer, payee = facts.payer, facts.business
    if facts.side == "owed":
        payer, payee = payee, payer
    details: list[tuple[object, object]] = [
        (_("In words"), in_words(facts.amount, pen.locale)),
        (_("Paid by"), payer),
        (_("Paid to"), payee),
        (_("Received on"), facts.received_on),
        (_("Received by"), facts.received_by),
    ]
    inner = WIDTH - 2 * PADDING
    amount = [pen.para(_("Amount received"), "label"), pen.para(facts.amount, "amount")]
    return box([*amount, gap(2), fact_list(pen, details, inner, 0.24)])


def _split(pen: Pen, facts: ReceiptFacts) -> Flowable:
    """One row for each debt; columns of components that nothing was paid of are left out."""
    headings = {
        "penalty": _("Penalty"),
        "fee": _("Fee"),
        "interest": _("Interest"),
        "principal": _("Principal"),
        "total": _("Total"),
    }
    shown = [part for part in PARTS if part == "total" or any(getattr(line, part) for line in facts.split)]
    share = WIDTH * 0.62 / len(PARTS)
    heads = [Column(_("For"), WIDTH - share * len(shown)), *(Column(headings[part], share, True) for part in shown)]
    rows = [[line.label, *(money_figure(getattr(line, part), pen.locale) for part in shown)] for line in facts.split]
    return sheet_table(pen, heads, rows, [_("Total"), *(_sum(facts, part, pen.locale) for part in shown)])


def _sum(facts: ReceiptFacts, part: str, locale: str) -> str:
    amounts = [getattr(line, part) for line in facts.split]
    total = amounts[0]
    for amount in amounts[1:]:
        total = total + amount
    return money_figure(total, locale)


def _standing(pen: Pen, facts: ReceiptFacts) -> list[Flowable]:
    """What is left after the payment; the mark of who has nothing left to pay."""
    inner = WIDTH - 2 * PADDING
    figures: list[tuple[object, object]] = [(_("Left to pay"), facts.remaining)]
    if facts.next_due is not None:
        figures.append((_("Next due date"), facts.next_due))
    if facts.next_amount is not None:
        figures.append((_("Next amount"), facts.next_amount))
    if facts.credit:
        figures.append((_("Credit"), facts.credit))
    left: list[Flowable] = [box([tiles(pen, figures, inner)])]
    if facts.paid_off:
        stamp = box([pen.para(_("PAID OFF"), "stamp")], 78 * mm, tint=False, edge=GOOD)
        stamp.hAlign = "CENTER"
        left += [gap(6), stamp]
    return left


def _signature(pen: Pen, facts: ReceiptFacts) -> Flowable:
    width = WIDTH / 2 - 6 * mm
    signed = [pen.para(_("Received by"), "label"), SigningLine(width, 18 * mm), gap(1), pen.para(facts.received_by)]
    return together(columns([gap(1), signed], [WIDTH - width - 6 * mm, width]))
