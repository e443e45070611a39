"""Agreements that a borrower is asked to accept: made, sent, answered, taken back.

A version's terms never change; new terms are a new version that needs a new acceptance. Accepting books the
disbursement and its instalments. What is written to people about it is the callers'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from services.db.engine import Tx
from services.db.models import Agreement, AgreementVersion, Allocation, Debt, LedgerEntry, OutboxMessage
from services.errors import DomainError
from services.i18n import _
from services.lending import debts, ledger
from services.lending.agreement_states import OPEN, move
from services.lending.ledger import Account, Source
from services.lending.schedule import Installment
from services.lending.terms import AgreementTerms, from_json, to_json
from services.money import Money
from services.tenants import limits, usage

EXPIRES_AFTER = timedelta(days=7)
_HAS_LEFT = ("sent", "delivered", "read", "unknown")


@dataclass(frozen=True, slots=True)
class Evidence:
    """How somebody accepted: from which number (E.164), by which message (WhatsApp's id), in which words."""

    number: str
    message_id: str
    words: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an acceptance booked: the disbursement's entry, and where the account stands."""

    entry_id: int
    account: Account
    terms: AgreementTerms


def create(
    tx: Tx, source: Source, *, contact_id: int, session_id: int, terms: AgreementTerms,
    assessment: Mapping[str, object], limit: int,
) -> tuple[Agreement, AgreementVersion]:  # fmt: skip
    """Makes an agreement in its first version, a draft until its PDF goes out.

    `limit` is how many open ones the plan allows; raises `DomainError` `limit_reached`.
    """
    limits.take_up_to(tx, "agreements", [limit])
    number = usage.next_number(tx, "agreement_number")
    agreement = Agreement(
        tenant_id=tx.tenant, contact_id=contact_id, number=number, status="draft", version=0, session_id=session_id,
        allocation_order=",".join(terms.allocation_order), shorten=terms.shorten, created_at=tx.now,
    )  # fmt: skip
    tx.add(agreement)
    tx.flush()
    return agreement, add_version(tx, source, agreement, terms, assessment)


def count_open(tx: Tx) -> int:
    """How many agreements aren't closed: drafts, those that wait for an answer, and those in force."""
    open_ = select(func.count()).where(Agreement.tenant_id == tx.tenant, Agreement.status.in_(OPEN))
    return tx.scalar(open_) or 0


def add_version(
    tx: Tx, source: Source, agreement: Agreement, terms: AgreementTerms, assessment: Mapping[str, object]
) -> AgreementVersion:
    """Puts new terms in the place of those before; what was sent counts no longer. Only before an acceptance."""
    terms.schedule()
    if agreement.status == "sent":
        move(tx, source, agreement, "draft")
    agreement.version += 1
    agreement.sent_at = None
    agreement.allocation_order, agreement.shorten = ",".join(terms.allocation_order), terms.shorten
    version = AgreementVersion(
        tenant_id=tx.tenant, agreement_id=agreement.id, version=agreement.version, terms=to_json(terms),
        content_hash=terms.content_hash(), assessment=dict(assessment), created_at=tx.now,
    )  # fmt: skip
    tx.add(version)
    tx.flush()
    return version


def by_number(tx: Tx, number: int) -> Agreement:
    """The agreement that people call by this number; raises `DomainError` `unknown_agreement`."""
    statement = select(Agreement).where(Agreement.tenant_id == tx.tenant, Agreement.number == number)
    found = tx.scalars(statement.with_for_update(key_share=True)).one_or_none()
    if found is None:
        raise DomainError(
            "unknown_agreement",
            _("There is no agreement {number}. *agreements* lists them.", number=str(number)),
        )
    return found


def by_id(tx: Tx, agreement_id: int) -> Agreement:
    """One agreement of the tenant, locked."""
    statement = select(Agreement).where(Agreement.tenant_id == tx.tenant, Agreement.id == agreement_id)
    return tx.scalars(statement.with_for_update(key_share=True)).one()


def version_of(tx: Tx, agreement: Agreement) -> AgreementVersion:
    """The version whose terms count."""
    statement = select(AgreementVersion).where(
        AgreementVersion.tenant_id == tx.tenant,
        AgreementVersion.agreement_id == agreement.id,
        AgreementVersion.version == agreement.version,
    )
    return tx.scalars(statement).one()


def with_content(tx: Tx, number: int, begins: str) -> int | None:
    """The version of an agreement whose content hash begins so; None if there is none."""
    statement = (
        select(AgreementVersion.version)
        .join(
            Agreement,
            (Agreement.tenant_id == AgreementVersion.tenant_id) & (Agreement.id == AgreementVersion.agreement_id),
        )
        .where(
            AgreementVersion.tenant_id == tx.tenant,
            Agreement.number == number,
            AgreementVersion.content_hash.startswith(begins),
        )
        .order_by(AgreementVersion.version)
        .limit(1)
    )
    return tx.scalar(statement)


def terms_of(version: AgreementVersion) -> AgreementTerms:
    return from_json(version.terms)


def of_contact(tx: Tx, contact_id: int, *states: str) -> Sequence[Agreement]:
    """A contact's agreements in the given states (all if none is given), by number, locked."""
    statement = select(Agreement).where(Agreement.tenant_id == tx.tenant, Agreement.contact_id == contact_id)
    if states:
        statement = statement.where(Agreement.status.in_(states))
    return tx.scalars(statement.order_by(Agreement.number).with_for_update(key_share=True)).all()


def sent(tx: Tx, source: Source, version_id: int) -> None:
    """The PDF of a version has been made and is on its way: the borrower may answer from now on."""
    statement = select(AgreementVersion).where(
        AgreementVersion.tenant_id == tx.tenant, AgreementVersion.id == version_id
    )
    version = tx.scalars(statement).one()
    agreement = by_id(tx, version.agreement_id)
    if agreement.status == "draft" and agreement.version == version.version:
        move(tx, source, agreement, "sent")
        agreement.sent_at = tx.now
        tx.flush()


def offer_key(version_id: int) -> str:
    """The key in the outbox of the message that carries a version to its borrower."""
    return f"agreement:{version_id}"


def has_left(tx: Tx, version_id: int) -> bool:
    """Whether the message with the version's PDF has gone out to the borrower."""
    statement = select(OutboxMessage.status).where(
        OutboxMessage.tenant_id == tx.tenant, OutboxMessage.dedup_key == offer_key(version_id)
    )
    return tx.scalar(statement) in _HAS_LEFT


def answer_until(agreement: Agreement) -> datetime:
    """When a sent agreement expires."""
    assert agreement.sent_at is not None
    return agreement.sent_at + EXPIRES_AFTER


def accept(tx: Tx, source: Source, agreement: Agreement, evidence: Evidence, today: date) -> Accepted:
    """Keeps the evidence and books the loan; call with the agreement locked and in the state `sent`."""
    version = version_of(tx, agreement)
    terms = terms_of(version)
    contact = ledger.lock(tx, agreement.contact_id)
    if terms.replaces:
        _replace(tx, source, agreement, today)
    version.accepted_at, version.accepted_number = tx.now, evidence.number
    version.accepted_message, version.accepted_words = evidence.message_id, evidence.words
    agreement.answered_at = tx.now
    move(tx, source, agreement, "active")
    rows = terms.schedule()
    tx.add_all(_debt(tx, agreement, row) for row in rows)
    tx.flush()
    entry_id = _post(tx, source, agreement, "disbursement", terms.principal, today, terms.locale)
    interest = Money(sum((row.interest for row in rows), terms.loan.principal * 0), terms.currency)
    if interest:
        _post(tx, source, agreement, "interest", interest, today, terms.locale)
    settled = debts.settle(tx, source, contact, "lent", terms.currency)
    return Accepted(entry_id, settled.account, terms)


def _debt(tx: Tx, agreement: Agreement, row: Installment) -> Debt:
    return Debt(
        tenant_id=tx.tenant, contact_id=agreement.contact_id, side="lent", due_on=row.due, note=None, is_open=False,
        agreement_id=agreement.id, number=row.number, principal=row.principal, interest=row.interest,
    )  # fmt: skip


def _post(tx: Tx, source: Source, agreement: Agreement, kind: str, amount: Money, on: date, locale: str) -> int:
    return ledger.post(
        tx, source.part(f"{kind}:{agreement.id}"), contact_id=agreement.contact_id, side="lent", kind=kind,
        amount=amount, on=on, agreement_id=agreement.id,
        note=_("agreement {number}", number=str(agreement.number)).render(locale),
    )  # fmt: skip


def _replace(tx: Tx, source: Source, agreement: Agreement, today: date) -> None:
    """Closes what the borrower owed before: the new agreement takes its place."""
    for debt in ledger.open_debts(tx, agreement.contact_id, "lent"):
        ledger.post(
            tx, source.part(f"replacement:{debt.id}"), contact_id=agreement.contact_id, side="lent",
            kind="replacement", amount=-debt.left, on=today, debt_id=debt.id, agreement_id=agreement.id,
        )  # fmt: skip


def decline(tx: Tx, source: Source, agreement: Agreement, reason: str | None) -> None:
    """The borrower says no; call with the agreement locked and in the state `sent`."""
    agreement.answered_at = tx.now
    move(tx, source, agreement, "declined", reason)


def expire(tx: Tx, source: Source, agreement: Agreement) -> None:
    """Nobody has answered in time."""
    move(tx, source, agreement, "expired")


def cancel(tx: Tx, source: Source, agreement: Agreement, reason: str) -> None:
    """Takes an agreement back; one in force only while nothing has been paid on it.

    Raises `DomainError` `agreement_closed` or `already_paid_on`.
    """
    if agreement.status not in OPEN:
        raise DomainError("agreement_closed", _("Agreement {number} is closed already.", number=str(agreement.number)))
    was_active = agreement.status == "active"
    if was_active and _is_paid_on(tx, agreement):
        raise DomainError(
            "already_paid_on",
            _(
                "Something has been paid on agreement {number}, so it can't be cancelled. Undo the payments first, or"
                " write off what is left: write off NAME",
                number=str(agreement.number),
            ),
        )
    move(tx, source, agreement, "cancelled", reason)
    if was_active:
        own = LedgerEntry.agreement_id == agreement.id
        entries = select(LedgerEntry.id).where(
            LedgerEntry.tenant_id == tx.tenant, own, LedgerEntry.reverses_id.is_(None)
        )
        debts.reverse(tx, source, tx.scalars(entries).all(), reason=reason)


def _is_paid_on(tx: Tx, agreement: Agreement) -> bool:
    paid = (
        select(Allocation.entry_id)
        .join(Debt, (Debt.tenant_id == Allocation.tenant_id) & (Debt.id == Allocation.debt_id))
        .where(Allocation.tenant_id == tx.tenant, Debt.agreement_id == agreement.id)
    )
    return tx.scalars(paid.limit(1)).one_or_none() is not None


def unanswered(tx: Tx, before: datetime | None = None) -> Sequence[Agreement]:
    """Agreements that wait for an answer, those sent at or before `before` if given."""
    statement = select(Agreement).where(Agreement.tenant_id == tx.tenant, Agreement.status == "sent")
    if before is not None:
        statement = statement.where(Agreement.sent_at <= before)
    return tx.scalars(statement.order_by(Agreement.number).with_for_update(key_share=True)).all()
