"""The loan agreement: parties, key facts, clauses, the full schedule, signatures, and how to check the document.

Every figure of the schedule can be worked out by hand from the page. Drawn again from the same facts, the bytes are
the same; the hash on the page is that of the terms, which the caller gives.
"""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from services.documents.clauses import Totals, clauses, installments_in_words, totals
from services.documents.facts import Acceptance, AgreementFacts, Party
from services.documents.page import GOOD, WIDTH, Pen, Sheet, build, shorten
from services.documents.parts import (
    MOST_LETTERS,
    PADDING,
    Column,
    QrCode,
    SigningLine,
    box,
    columns,
    fact_list,
    figure,
    gap,
    heading_above,
    sheet_table,
    tiles,
    title,
    together,
    twin_box,
)
from services.documents.words import in_words
from services.documents.working import every, rate_in_words, term
from services.i18n import Joined, Percent, Renderable, Shown, Text, _

HALF = (WIDTH - 6 * mm) / 2
SEAL_LETTERS = 12


def render_agreement(facts: AgreementFacts, locale: str) -> bytes:
    """The PDF of an agreement in the language of `locale`, whose schedule has at least one instalment."""
    pen, sums = Pen(locale), totals(facts)
    reference = _("Agreement {number}, version {version}", number=str(facts.number), version=str(facts.version))
    sheet = Sheet(
        business=facts.business,
        title=pen.text(_("Loan agreement")),
        reference=pen.text(reference),
        seal=facts.content_hash[:SEAL_LETTERS],
        made_on=facts.made_on,
        locale=locale,
    )
    story = [
        *title(pen, _("Loan agreement"), _subtitle(facts)),
        _parties(pen, facts),
        gap(4),
        _key_facts(pen, facts, sums),
        *_clauses(pen, facts),
        *heading_above(pen, _("Schedule")),
        pen.para(_("All amounts in {currency}.", currency=facts.principal.currency), "small"),
        _schedule(pen, facts, sums),
        gap(2),
        _signatures(pen, facts),
        gap(4),
        _proof(pen, facts),
    ]
    return build(sheet, story)


def _subtitle(facts: AgreementFacts) -> Renderable:
    replaced = None
    if facts.previous_version is not None:
        replaced = _("takes the place of version {version}", version=str(facts.previous_version))
    parts = (
        _("No. {number}", number=str(facts.number)),
        _("Version {version}", version=str(facts.version)),
        _("Made on {day}", day=facts.made_on),
        replaced,
    )
    return Joined(parts, "  ·  ")


def _parties(pen: Pen, facts: AgreementFacts) -> Flowable:
    lender = _party(pen, facts.lender, _("First Party (lender)"))
    borrower = _party(pen, facts.borrower, _("Second Party (borrower)"))
    return twin_box(lender, borrower)


def _party(pen: Pen, party: Party, role: Text) -> list[Flowable]:
    content = [pen.para(role, "label"), pen.para(_name(pen, party), "name")]
    if party.phone:
        content.append(pen.para(_("Phone: {phone}", phone=party.phone), "value"))
    if party.id_number:
        content.append(pen.para(_("ID number: {number}", number=party.id_number), "value"))
    return content


def _name(pen: Pen, party: Party) -> str:
    """The name, or the phone number of who has a name that can't be drawn."""
    return shorten(party.name, 120) if pen.text(party.name) else party.phone or "–"


def _key_facts(pen: Pen, facts: AgreementFacts, sums: Totals) -> Flowable:
    inner = WIDTH - 2 * PADDING
    figures: list[tuple[object, object]] = [(_("Principal"), facts.principal)]
    if sums.interest:
        figures.append((_("Total interest"), sums.interest))
    else:
        figures.append((_("Interest"), _("No interest")))
    figures.append((_("Total to repay"), sums.repaid))
    if facts.effective_rate is not None:
        figures.append((_("Effective annual rate"), Percent(facts.effective_rate / 100)))
    rhythm = every(facts.terms) if len(facts.schedule) > 1 else None
    details: list[tuple[object, object]] = [
        (_("Principal in words"), in_words(facts.principal, pen.locale)),
        (_("Disbursement"), Joined((Shown(facts.disbursed_on), facts.disbursed_how), ", ")),
        (_("Term"), Joined((term(facts), _between(sums)), ", ")),
        (_("Instalments"), Joined((installments_in_words(facts), rhythm), ", ")),
        (_("Interest"), rate_in_words(facts)),
        (_("Late payment"), _("no penalty") if facts.penalties is None else facts.penalties),
    ]
    return box([tiles(pen, figures, inner), gap(2.5), fact_list(pen, details, inner, 0.24)])


def _between(sums: Totals) -> Renderable:
    if sums.first == sums.last:
        return _("due {day}", day=sums.last)
    return _("first due {first}, last due {last}", first=sums.first, last=sums.last)


def _clauses(pen: Pen, facts: AgreementFacts) -> list[Flowable]:
    shown: list[Flowable] = [pen.para(_("What the parties agree on"), "heading")]
    for number, clause in enumerate(clauses(facts, pen.locale), start=1):
        shown.append(pen.para(Joined((f"{number}.", clause.heading), "  "), "clause"))
        shown += [pen.para(paragraph, "clause_body") for paragraph in clause.paragraphs]
    return shown


def _schedule(pen: Pen, facts: AgreementFacts, sums: Totals) -> Flowable:
    currency = facts.principal.currency
    heads = (
        Column(_("No."), WIDTH * 0.07, True),
        Column(_("Due date"), WIDTH * 0.18),
        Column(_("Principal"), WIDTH * 0.19, True),
        Column(_("Interest"), WIDTH * 0.17, True),
        Column(_("Instalment"), WIDTH * 0.19, True),
        Column(_("Principal left"), WIDTH * 0.20, True),
    )

    def row(*amounts: Decimal) -> list[str]:
        return [figure(amount, currency, pen.locale) for amount in amounts]

    rows = [
        [str(each.number), each.due, *row(each.principal, each.interest, each.total, each.balance)]
        for each in facts.schedule
    ]
    end = ["", _("Total"), *row(sums.principal.amount, sums.interest.amount, sums.repaid.amount), ""]
    return sheet_table(pen, heads, rows, end)


def _signatures(pen: Pen, facts: AgreementFacts) -> Flowable:
    heading = pen.para(_("Signatures"), "heading")
    sides = [
        [
            pen.para(role, "label"),
            pen.para(_("Place and date:"), "label"),
            SigningLine(HALF, 13 * mm),
            gap(1),
            pen.para(_name(pen, party), "value_bold"),
        ]
        for role, party in (
            (_("First Party (lender)"), facts.lender),
            (_("Second Party (borrower)"), facts.borrower),
        )
    ]
    return together(heading, columns(sides))


def _proof(pen: Pen, facts: AgreementFacts) -> Flowable:
    """How to check the document; beside it how it was accepted, once it is."""
    if facts.acceptance is None:
        return box(_verification(pen, facts, WIDTH - 2 * PADDING), tint=False)
    half = WIDTH / 2 - 2 * PADDING
    return twin_box(_accepted(pen, facts.acceptance, facts.timezone, half), _verification(pen, facts, half), GOOD)


def _accepted(pen: Pen, given: Acceptance, zone: str, width: float) -> list[Flowable]:
    details: list[tuple[object, object]] = [
        (_("From the number"), given.number),
        (_("At"), _moment(given, zone, pen.locale)),
        (_("Message id"), given.message_id),
        (_("In these words"), f"“{shorten(given.words, MOST_LETTERS)}”"),
    ]
    return [pen.para(_("Accepted electronically"), "accepted"), fact_list(pen, details, width, 0.34)]


def _moment(given: Acceptance, zone: str, locale: str) -> str:
    """The time in the tenant's zone with its distance from UTC."""
    local = given.at.astimezone(ZoneInfo(zone))
    return format_datetime(local, "d MMM y HH:mm:ss 'UTC'xxx", tzinfo=local.tzinfo, locale=locale) + f" ({zone})"


def _verification(pen: Pen, facts: AgreementFacts, width: float) -> list[Flowable]:
    size, space = 25 * mm, 4 * mm
    checked = pen.para(_("Scan or tap the code to have this document checked."), "small")
    meaning = _("Fingerprint of this version's terms (SHA-256); any other terms have another:")
    beside = [pen.para(_("Check this document"), "value_bold"), checked, pen.para(meaning, "small")]
    code = columns([QrCode(facts.verify_url, size), beside], [size, width - size - space], space)
    return [code, gap(1), pen.para(facts.content_hash, "hash")]
