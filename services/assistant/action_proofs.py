"""A proof of a payment decided by a program: the payment is booked as the chat books it, or nothing is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from services.assistant import action_notices, action_texts
from services.assistant.action_cases import Case, Told
from services.clock import local_date
from services.db.models import CommandRecord, Contact, Message, WhatsAppSession
from services.errors import DomainError
from services.i18n import Renderable, _
from services.lending.ledger import Source
from services.lending.receiving import receive
from services.messaging import contacts
from services.messaging.contacts import Reach
from services.money import Money
from services.tenants.preferences import value_of


def decided(case: Case) -> Told:
    """Books the payment that somebody proved, of the amount that was said or of another; else nothing is booked."""
    match case.decision.verdict:
        case "done":
            case.only()
            case.close("answered")
            return None, False
        case "reject":
            case.only("text")
            case.close("rejected")
            return action_notices.payment_not_found(case.tenant.name, case.decision.text), False
        case "answer":
            text = _("A proof is approved or rejected; with reject, the text tells why.")
            raise DomainError("bad_decision", text, field="decision")
    case.only("amount")
    amount = case.given or action_texts.amount_of(case.action)
    if amount is None:
        raise DomainError("bad_amount", _("Say which amount arrived."))
    case.close("approved", f"{amount.amount:f}")
    return _book(case, amount), False


def _book(case: Case, amount: Money) -> Renderable | None:
    """Books the payment; what the payer hears, unless payers aren't told."""
    tx, action = case.tx, case.action
    person = contacts.get(tx, action.contact_id)
    told = _payer(case)
    source = Source(f"action:{action.id}:{tx.now.timestamp()}", case.actor, action.message_id)
    on = local_date(_sent(case), case.tenant.timezone)
    session = tx.scalars(
        select(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.is_default)
    ).one()
    received = receive(tx, source, case.tenant, session, person, "lent", amount, on, told)
    _remember(case, person, amount, received.booked.entry_id, told)
    return received.notice if told is not None else None


def _payer(case: Case) -> Reach | None:
    if value_of(case.tenant, "notify") is not True:
        return None
    return action_notices.reach_of(case.tx, case.action, case.blocked)


def _sent(case: Case) -> datetime:
    """When the person wrote: that is the day of the payment."""
    message = case.tx.get(Message, (case.tx.tenant, case.action.message_id))
    return message.sent_at if message is not None else case.action.created_at


def _remember(case: Case, person: Contact, amount: Money, entry: int, told: Reach | None) -> None:
    """Keeps what was booked, so that whoever decided can take it back in the chat."""
    action = case.action
    if action.conversation_id is None:
        return
    arguments: dict[str, object] = {
        "name": person.name, "contact": person.id,
        "amount": {"money": str(amount.amount), "currency": amount.currency},
    }  # fmt: skip
    effects = {"entries": [entry], "action": action.id, "told": [person.id] if told is not None else []}
    case.tx.add(
        CommandRecord(
            tenant_id=case.tx.tenant, author=case.actor.id, command="paid", arguments=arguments, effects=effects,
            conversation_id=action.conversation_id, message_id=action.message_id, done_at=case.tx.now,
        )
    )  # fmt: skip
    case.tx.flush()
