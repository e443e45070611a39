"""Facts that the tests of the documents draw."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from services.documents.facts import (
    Acceptance,
    AgreementFacts,
    Party,
    ReceiptFacts,
    ReceiptLine,
    ReportFacts,
    StatementFacts,
    WorkbookFacts,
)
from services.i18n import _
from services.lending.figures import (
    AgeBucket,
    AgreementRow,
    DayFigures,
    DebtRow,
    EntryRow,
    InstallmentRow,
    MonthFigures,
    OpenItem,
    PersonFigures,
    PersonRow,
    Statement,
    StatementLine,
    Statistics,
)
from services.lending.penalties import Penalty
from services.lending.schedule import LoanTerms, build_schedule, effective_annual_rate, plan_by_amount
from services.money import Money

MADE = date(2025, 2, 13)
HASH = hashlib.sha256(b"terms").hexdigest()
ACCEPTED = Acceptance("+62 812-3456-7890", datetime(2025, 2, 13, 4, 5, 6, tzinfo=UTC), "3EB0A9F1C2D4", "Setuju, Pak!")


def idr(amount: int) -> Money:
    return Money(Decimal(amount), "IDR")


def agreement(currency: str = "IDR", installment: str | None = None, **changed: Any) -> AgreementFacts:
    """An agreement over 12 months at 18 % flat; fields of the loan's terms and of the facts may be changed by name."""
    fields = {name: changed.pop(name) for name in list(changed) if name in LoanTerms.__slots__}
    terms = LoanTerms(
        **{
            "principal": Decimal("5000000") if currency == "IDR" else Decimal("1200.50"),
            "annual_rate": Decimal(18),
            "periods": 12,
            "disbursed": date(2025, 2, 20),
            "digits": 0 if currency == "IDR" else 2,
            **fields,
        }
    )
    amount = None if installment is None else Decimal(installment)
    schedule = build_schedule(terms) if amount is None else plan_by_amount(terms, amount)
    penalty = Penalty(Decimal(1), percent=True, daily=False, grace=3, cap=Decimal(50))
    facts: dict[str, Any] = {
        "business": "Warung Bu Tini",
        "number": 12,
        "version": 2,
        "previous_version": 1,
        "made_on": MADE,
        "lender": Party("Kartini Wijaya", "+62 811-0000-001", "3174012345678901"),
        "borrower": Party("Budi Santoso", "+62 812-3456-7890", "3174098765432109"),
        "principal": Money(terms.principal, currency),
        "disbursed_on": terms.disbursed,
        "disbursed_how": _("in cash"),
        "terms": terms,
        "schedule": schedule,
        "effective_rate": effective_annual_rate(terms, schedule),
        "penalties": penalty.describe(currency),
        "grace_days": 3,
        "allocation_order": ("penalty", "fee", "interest", "principal"),
        "overpayment": "next",
        "how_to_pay": "BCA 123 456 7890 a.n. Kartini Wijaya",
        "contact_phone": "+62 811-0000-001",
        "purpose": "modal usaha",
        "acceptance": None,
        "content_hash": HASH,
        "verify_url": f"https://wa.me/628110000001?text=CEK%2012%20{HASH[:12]}",
        "timezone": "Asia/Jakarta",
        "installment": None if amount is None else Money(amount, currency),
    }
    return AgreementFacts(**{**facts, **changed})


def receipt(**changed: Any) -> ReceiptFacts:
    nothing = idr(0)
    facts: dict[str, Any] = {
        "business": "Warung Bu Tini",
        "number": "R-00042",
        "payer": "Budi Santoso",
        "received_on": MADE,
        "amount": idr(600_000),
        "side": "lent",
        "split": (
            ReceiptLine("Agreement 12, instalment 3", idr(5_000), nothing, idr(75_000), idr(416_667), idr(496_667)),
            ReceiptLine("Agreement 12, instalment 4", nothing, nothing, idr(75_000), idr(28_333), idr(103_333)),
        ),
        "remaining": idr(4_321_000),
        "credit": None,
        "next_due": date(2025, 6, 20),
        "next_amount": idr(388_334),
        "paid_off": False,
        "received_by": "Kartini Wijaya",
    }
    return ReceiptFacts(**{**facts, **changed})


def statement(lines: int = 40, **changed: Any) -> StatementFacts:
    kinds = ("disbursement", "payment", "interest", "penalty", "payment", "reversal")
    rows = tuple(
        StatementLine(
            on=date(2025, 1 + number // 28, 1 + number % 28),
            kind=kinds[number % len(kinds)],
            side="lent",
            note="beras <10 kg> & minyak" if number % 7 == 0 else None,
            agreement=12 if number % 3 == 0 else None,
            amount=idr(150_000 if number % 2 == 0 else -50_000),
            balance=idr(150_000 + number * 50_000),
        )
        for number in range(lines)
    )
    open_items = (
        OpenItem(date(2025, 3, 20), 12, 1, None, "lent", idr(491_667), idr(491_667)),
        OpenItem(date(2025, 3, 1), None, None, "beras", "lent", idr(150_000), idr(50_000)),
    )
    account = Statement("Budi Santoso", "+62 812-3456-7890", MADE, rows, open_items, idr(541_667), idr(0))
    facts: dict[str, Any] = {"business": "Warung Bu Tini", "phone": "+62 811-0000-001", "statement": account}
    return StatementFacts(**{**facts, "made_on": MADE, **changed})


def report(**changed: Any) -> ReportFacts:
    aging = (
        AgeBucket(1, 30, idr(1_250_000), 3),
        AgeBucket(31, 60, idr(400_000), 1),
        AgeBucket(61, 90, idr(0), 0),
        AgeBucket(91, None, idr(2_000_000), 2),
    )
    standing = Statistics(
        on=date(2025, 1, 31),
        lent=idr(48_000_000),
        interest=idr(3_600_000),
        collected=idr(30_500_000),
        written_off=idr(500_000),
        outstanding=idr(20_600_000),
        overdue=idr(3_650_000),
        aging=aging,
        expected=idr(4_200_000),
        owed=idr(750_000),
        credit=idr(50_000),
        net=idr(19_800_000),
        borrowers=14,
        late_borrowers=6,
        active_agreements=5,
    )
    days = tuple(
        DayFigures(date(2025, 1, day), idr((day * 37 % 11) * 150_000), idr((day * 53 % 7) * 120_000))
        for day in range(1, 32)
    )
    people = tuple(
        PersonFigures(name, idr(900_000 * (place + 1)), idr(100_000 * place), 11 * place)
        for place, name in enumerate(("Budi Santoso", "Siti <b>Aminah</b>", "محمد علي", "Žofie O'Neill & Co"))
    )
    figures = MonthFigures(
        year=2025,
        month=1,
        opening=idr(12_000_000),
        lent=idr(15_000_000),
        interest=idr(900_000),
        penalties=idr(25_000),
        collected=idr(7_225_000),
        written_off=idr(100_000),
        closing=idr(20_600_000),
        new_loans=9,
        payments=31,
        days=days,
        people=people,
        at_end=standing,
    )
    return ReportFacts(**{"business": "Warung Bu Tini", "figures": figures, "made_on": MADE, **changed})


def workbook(**changed: Any) -> WorkbookFacts:
    at = datetime(2025, 2, 1, 9, 30, tzinfo=UTC)
    facts: dict[str, Any] = {
        "business": "Warung Bu Tini",
        "currency": "IDR",
        "made_on": MADE,
        "debts": (
            DebtRow("Budi", "lent", idr(500_000), idr(250_000), date(2025, 3, 1), "=1+1"),
            DebtRow("Siti", "owed", idr(100_000), idr(100_000), date(2025, 3, 2), None),
        ),
        "agreements": (
            AgreementRow(
                12,
                "Budi",
                "active",
                idr(5_000_000),
                idr(900_000),
                idr(983_334),
                idr(4_916_666),
                MADE,
                date(2026, 2, 20),
            ),
        ),
        "installments": (
            InstallmentRow(
                12, 1, "Budi", date(2025, 3, 20), idr(416_667), idr(75_000), idr(5_000), idr(0), idr(496_667)
            ),
        ),
        "entries": (
            EntryRow(date(2025, 2, 1), at, "Budi", "lent", "disbursement", idr(500_000), "beras", None),
            EntryRow(date(2025, 2, 9), at, "Budi", "lent", "payment", idr(-250_000), None, 12),
        ),
        "people": (PersonRow("Budi", "+62 812-3456-7890", idr(5_166_666), idr(0), idr(0)),),
    }
    return WorkbookFacts(**{**facts, **changed})
