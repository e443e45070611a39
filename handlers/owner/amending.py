"""The command that changes the terms of an agreement nobody has accepted yet: a new version, to be accepted anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from handlers.grammar.lending import read_changes
from handlers.grammar.reading import Reading
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.owner import accounts, offers
from handlers.owner.agreements import NUMBER
from handlers.owner.call import Call
from handlers.owner.checks import example_amount
from handlers.owner.interview import AREA, WAITS, as_consent, rate_question, replacing
from handlers.owner.plans import plan_of, proposal
from handlers.reply import Question, Reply
from services.db.models import AgreementVersion
from services.errors import DomainError
from services.i18n import Weekday, _, _c, lines
from services.lending import agreements
from services.lending.agreements import EXPIRES_AFTER
from services.messaging import contacts
from services.money import Money

_HOW = _("Reply *AGREE* and I send the new version, *change {example}* for another instalment, or *cancel*.")
_TERMS = ("amount", "installment", "periods", "rate", "method", "frequency", "every", "first_due", "pay_day", "grace",
          "lender", "lender_number")  # fmt: skip


def amend(call: Call) -> Reply | Question:
    """Proposes the changed plan; with the owner's consent the borrower is asked to accept the new version."""
    context = call.context
    agreement = agreements.by_number(context.tx, int(str(call.arguments["number"])))
    number = str(agreement.number)
    if agreement.status not in ("draft", "sent"):
        raise DomainError(
            "agreement_fixed",
            _(
                "Agreement {number} can't change any more. A new one can take its place: agreement NAME AMOUNT",
                number=number,
            ),
        )
    question = rate_question(call)
    if question is not None:
        return question
    version = agreements.version_of(context.tx, agreement)
    terms = agreements.terms_of(version)
    arguments = {**_known(version), **{name: call.arguments[name] for name in _TERMS if name in call.arguments}}
    plan = plan_of(context, terms.borrower, {name: value for name, value in arguments.items() if value is not None})
    if call.arguments.get("plan") is not True:
        return Question("plan", lines(proposal(plan), "", _(_HOW.message, example=example_amount(context))))
    person = contacts.get(context.tx, agreement.contact_id)
    reach = offers.borrower_reach(context, person)
    offers.offer(
        context, agreement, agreements.add_version(context.tx, context.source, agreement, plan.terms, plan.assessment),
        reach,
    )  # fmt: skip
    text = _(
        "Agreement {number}, version {version}: {name} now gets the new PDF and is asked to accept it by {until}. The"
        " version before can't be accepted any more.",
        number=number, version=str(agreement.version), name=accounts.shown(person),
        until=Weekday(context.today + EXPIRES_AFTER),
    )  # fmt: skip
    return Reply((text,), understood=call.understood())


def _known(version: AgreementVersion) -> Mapping[str, Any]:
    """The terms so far, as the interview would have found them."""
    terms = agreements.terms_of(version)
    loan, net = terms.loan, version.assessment.get("net_income")
    by_amount = terms.installment is not None
    return {
        "amount": terms.principal,
        "rate": str(loan.annual_rate),
        "method": loan.method,
        "frequency": loan.frequency,
        "every": loan.every,
        "grace": loan.principal_grace,
        "first_due": None if loan.due_day else loan.first_due,
        "pay_day": loan.due_day,
        "periods": None if by_amount else loan.periods,
        "installment": Money(terms.installment, terms.currency) if terms.installment is not None else None,
        "income": None if net is None else Money(Decimal(str(net)), terms.currency),
        "lender": terms.lender.name,
        "lender_number": terms.lender.number,
        "older": "replace" if terms.replaces else "add",
    }


_LINE = re.compile(r"(?:no\.?|#)?\s*(\d{1,9})(?:\s+(.+))?", re.DOTALL | re.IGNORECASE)


def read_line(text: str, reading: Reading) -> dict[str, object]:
    """`3 10x`, `3 500rb bunga 1% per bulan`."""
    match = _LINE.fullmatch(text.strip())
    if match is None:
        return {}
    changes = replacing(read_changes(f"ubah {match[2]}", reading) or {}) if match[2] else {}
    return {"number": int(match[1]), **changes}


def _answer(asked: str, text: str, reading: Reading, _loosely: bool) -> dict[str, object] | None:
    return as_consent(text, reading) if asked == "plan" else read_line(text, reading) or None


COMMAND = Command(
    name="change",
    words=Words(_c("command", "change agreement | amend")),
    area=AREA,
    usage=_("ID TERMS"),
    help=_("changes the terms of an agreement before it is accepted: a new version"),
    run=amend,
    permission="book",
    arguments=(NUMBER, *(Argument(name, Kind.TERMS) for name in ("amount", "installment", "periods")),
               Argument("rate", Kind.RATE)),
    examples=("change agreement 1 10x", "UBAH PERJANJIAN 1 500rb"),
    reader=Reader(read_line, _answer),
    waits=WAITS,
)  # fmt: skip
