"""The commands that show figures: report, statistics, and the same as files: export, statement."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from handlers.context import Context
from handlers.grammar.lending import read_month
from handlers.grammar.reading import Reading
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.owner import accounts, report_texts
from handlers.owner.bookings import NAME
from handlers.owner.call import Call
from handlers.owner.offers import allowance, own_copy
from handlers.owner.persons import find_person
from handlers.reply import Option, Question, Reply, say
from services.db.models import Contact, LedgerEntry
from services.documents.requests import XLSX, Recipient, Wanted, request
from services.errors import DomainError
from services.i18n import _, _c
from services.lending import reports
from services.tenants import limits

AREA = _("Reports")


def report(call: Call) -> Reply:
    """Shows a month in figures: the one that was named, else the present one."""
    year, month = _month(call)
    context = call.context
    figures = reports.month(context.tx, context.tenant.currency, year, month, context.today)
    return say(report_texts.month(figures))


def statistics(call: Call) -> Reply:
    """Shows where the business stands."""
    context = call.context
    return say(report_texts.statistics(reports.statistics(context.tx, context.tenant.currency, context.today)))


def export(call: Call) -> Reply | Question:
    """Has the book made as a spreadsheet, or a month as a PDF."""
    kind = call.arguments.get("format")
    if kind not in ("excel", "pdf"):
        return Question("format", _("As what?"), (Option("excel", "excel"), Option("pdf", "pdf")))
    return _excel(call) if kind == "excel" else _pdf(call)


def _month(call: Call) -> tuple[int, int]:
    today = call.context.today
    year, month = call.arguments.get("year"), call.arguments.get("month")
    if not isinstance(year, int) or not isinstance(month, int):
        return today.year, today.month
    if not 2000 <= year <= today.year + 1 or not 1 <= month <= 12 or date(year, month, 1) > today:
        raise DomainError("bad_month", _("There is no report for that month. Example: report {year} {month}",
                                         year=str(today.year), month=str(today.month)))  # fmt: skip
    return year, month


def _excel(call: Call) -> Reply:
    context = call.context
    name = _("Book {day}", day=context.today.isoformat()).render(context.tenant.locale).replace(" ", "-")
    wanted = Wanted(
        "workbook", f"workbook:{_state(context)}", {"on": context.today.isoformat()}, context.tenant.locale,
        f"{name}.xlsx", XLSX,
    )  # fmt: skip
    recipient = own_copy(context, _("The whole book, as of {day}.", day=context.today))
    request(context.tx, wanted, [recipient], None)
    return say(_("The spreadsheet comes in a moment."))


def _pdf(call: Call) -> Reply:
    context = call.context
    year, month = _month(call)
    name = _("Report {month}", month=f"{year}-{month:02d}").render(context.tenant.locale).replace(" ", "-")
    params = {"year": year, "month": month, "on": context.today.isoformat()}
    subject = f"report:{year}-{month}:{_state(context)}"
    wanted = Wanted("report", subject, params, context.tenant.locale, f"{name}.pdf")
    recipient = own_copy(context, report_texts.title(year, month))
    if not request(context.tx, wanted, [recipient], allowance(context)):
        raise no_pdfs_left(context)
    return say(_("The report comes in a moment."))


def statement(call: Call) -> Reply | Question:
    """Has a person's statement of account made as a PDF."""
    person = find_person(call, careful=False)
    if isinstance(person, Question):
        return person
    context, name = call.context, accounts.shown(person)
    caption = _("Statement of account of {name}, as of {day}.", name=name, day=context.today)
    if not request_statement(context, person, own_copy(context, caption)):
        raise no_pdfs_left(context)
    return say(_("The statement of {name} comes in a moment.", name=name))


def request_statement(context: Context, person: Contact, recipient: Recipient) -> bool:
    """Has a statement made and sent; False when the month's PDFs are used up."""
    locale = context.tenant.locale
    name = _("Statement {name}", name=accounts.shown(person)).render(locale).replace(" ", "-").replace("/", "-")
    params = {"contact_id": person.id, "on": context.today.isoformat()}
    subject = f"statement:{person.id}:{_state(context, person)}"
    return request(
        context.tx, Wanted("statement", subject, params, locale, f"{name}.pdf"), [recipient], allowance(context)
    )  # fmt: skip


def _state(context: Context, person: Contact | None = None) -> str:
    """What a file shows changes with the day and with the last entry: the same day and entry make the same file."""
    last = select(func.max(LedgerEntry.id)).where(LedgerEntry.tenant_id == context.tx.tenant)
    if person is not None:
        last = last.where(LedgerEntry.contact_id == person.id)
    return f"{context.today.isoformat()}:{context.tx.scalar(last) or 0}"


def no_pdfs_left(context: Context) -> DomainError:
    as_text = _("The figures as text: report, history NAME. Or ask for a larger plan.")
    return limits.used_up(context.tx, context.tenant, "pdfs", as_text)


def read_month_line(text: str, reading: Reading) -> dict[str, object]:
    """`2025 2`, `februari`, `last month`."""
    found = read_month(text, reading)
    if found is not None:
        return {"year": found[0], "month": found[1]}
    return {"year": 0, "month": 0} if any(each.isdigit() for each in text) else {}


def _read_export(text: str, reading: Reading) -> dict[str, object]:
    words = text.casefold().split()
    excel = any(word.strip(".,!") in ("excel", "xlsx", "xls", "spreadsheet") for word in words)
    pdf = any(word.strip(".,!") == "pdf" for word in words)
    found: dict[str, object] = {"format": "excel"} if excel else {"format": "pdf"} if pdf else {}
    rest = " ".join(word for word in words if word.strip(".,!") not in ("excel", "pdf", "xlsx", "ke", "to", "as"))
    return found | read_month_line(rest, reading)


_YEAR_MONTH = (Argument("year", Kind.NUMBER), Argument("month", Kind.NUMBER))
COMMANDS = (
    Command(
        name="report",
        words=Words(_c("command", "report")),
        area=AREA,
        usage=_("[YEAR MONTH]"),
        help=_("shows a month in figures"),
        run=report,
        arguments=_YEAR_MONTH,
        examples=("report 2025 1", "LAPORAN 2025 1"),
        reader=Reader(read_month_line),
    ),
    Command(
        name="statistics",
        words=Words(_c("command", "statistics")),
        area=AREA,
        usage=None,
        help=_("shows what is lent, collected, late and expected"),
        run=statistics,
        examples=("statistics", "STATISTIK"),
    ),
    Command(
        name="export",
        words=Words(_c("command", "export")),
        area=AREA,
        usage=_("excel/pdf [YEAR MONTH]"),
        help=_("gives the whole book as a spreadsheet, or a month as a PDF"),
        run=export,
        arguments=(Argument("format", Kind.TERMS), *_YEAR_MONTH),
        examples=("export excel", "EKSPOR pdf"),
        reader=Reader(_read_export),
    ),
    Command(
        name="statement",
        words=Words(_c("command", "statement")),
        area=AREA,
        usage=_("NAME"),
        help=_("gives a person's statement of account as a PDF"),
        run=statement,
        arguments=(NAME,),
        examples=("statement Budi", "REKENING KORAN Budi"),
    ),
)
