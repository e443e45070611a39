"""The receipt for what a business paid for Juragan: how much, how, for which invoice, and what is left."""

from __future__ import annotations

from reportlab.platypus import Flowable

from services.documents.billing_facts import PaidFacts
from services.documents.invoice import billed, parties
from services.documents.page import WIDTH, Pen, Sheet, build
from services.documents.parts import PADDING, box, fact_list, gap, tiles, title
from services.documents.words import in_words
from services.i18n import Joined, Shown, _
from services.money import Money


def render_subscription_receipt(facts: PaidFacts, locale: str) -> bytes:
    """The PDF of the receipt in the language of `locale`."""
    pen = Pen(locale)
    sheet = Sheet(
        business=facts.issuer[0],
        title=pen.text(_("Receipt")),
        reference=pen.text(_("Receipt {number}", number=facts.number)),
        seal="",
        made_on=facts.received_on,
        locale=locale,
    )
    below = Joined((_("No. {number}", number=facts.number), Shown(facts.received_on)), "  ·  ")
    story = [
        *title(pen, _("Receipt"), below),
        parties(pen, (_("Paid to"), facts.issuer), (_("Paid by"), facts.payer)),
        gap(4),
        _payment(pen, facts),
    ]
    if facts.lines:
        story += billed(pen, facts.lines, _sum(facts))
    return build(sheet, [*story, gap(5), *_standing(pen, facts)])


def _sum(facts: PaidFacts) -> Money:
    total = facts.lines[0].amount
    for line in facts.lines[1:]:
        total = total + line.amount
    return total


def _payment(pen: Pen, facts: PaidFacts) -> Flowable:
    details: list[tuple[object, object]] = [
        (_("In words"), in_words(facts.amount, pen.locale)),
        (_("Received on"), facts.received_on),
        (_("How"), facts.method),
    ]
    if facts.reference:
        details.append((_("Reference"), facts.reference))
    if facts.invoice is not None:
        details.append((_("Invoice"), facts.invoice))
    amount = [pen.para(_("Amount received"), "label"), pen.para(facts.amount, "amount")]
    return box([*amount, gap(2), fact_list(pen, details, WIDTH - 2 * PADDING, 0.24)])


def _standing(pen: Pen, facts: PaidFacts) -> list[Flowable]:
    """What is left of the invoice, and what is kept for the next one."""
    figures: list[tuple[object, object]] = []
    if facts.left is not None:
        figures.append((_("Left to pay of this invoice"), facts.left))
    if facts.credit:
        figures.append((_("Kept for your next invoice"), facts.credit))
    return [box([tiles(pen, figures, WIDTH - 2 * PADDING)])] if figures else []
