"""How far agreements are paid: each as a whole, and one person's instalments one by one. Each takes one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from services.db.engine import Tx
from services.money import Money


@dataclass(frozen=True, slots=True)
class AgreementProgress:
    """An agreement and what is paid of it; before it is accepted it has no instalments yet (`count` is 0).

    `next_*` is the first instalment with something left, None when there is none.
    """

    number: int
    contact_id: int
    name: str
    status: str
    principal: Money
    count: int
    paid_count: int
    total: Money
    left: Money
    next_number: int | None
    next_due: date | None
    next_left: Money | None
    made_on: date


@dataclass(frozen=True, slots=True)
class InstallmentProgress:
    """One instalment: what it came to with penalties, and what is left."""

    agreement: int
    number: int
    due_on: date
    total: Money
    left: Money


# An instalment with what it came to and what is left of it.
_ROWS = """
    select debt.agreement_id, debt.number, debt.due_on, debt.is_open,
        debt.principal + debt.interest + coalesce(charged.amount, 0) as total,
        debt.principal + debt.interest + coalesce(charged.amount, 0) - coalesce(settled.amount, 0) as unpaid
    from debts debt
    left join lateral (
        select sum(amount) as amount from ledger_entries
        where tenant_id = debt.tenant_id and debt_id = debt.id and kind not in ('payment', 'write_off', 'replacement')
    ) charged on true
    left join lateral (
        select sum(amount) as amount from allocations where tenant_id = debt.tenant_id and debt_id = debt.id
    ) settled on true
    where debt.tenant_id = :tenant and debt.agreement_id is not null
        and (cast(:contact as bigint) is null or debt.contact_id = :contact)
"""
_AGREEMENTS = text(f"""
    with instalments as ({_ROWS}), sums as (
        select agreement_id, count(*) as rows, count(*) filter (where unpaid = 0) as paid_count, sum(total) as total,
            sum(unpaid) as unpaid, min(number) filter (where is_open) as next_number
        from instalments group by agreement_id
    )
    select agreement.number, agreement.contact_id, coalesce(contact.name, '') as name, agreement.status,
        (version.terms -> 'loan' ->> 'principal')::numeric as principal, coalesce(sums.rows, 0) as rows,
        coalesce(sums.paid_count, 0) as paid_count, coalesce(sums.total, 0) as total,
        coalesce(sums.unpaid, 0) as unpaid,
        sums.next_number, next.due_on as next_due, next.unpaid as next_left, version.terms ->> 'currency' as currency,
        (version.terms ->> 'made_on')::date as made_on
    from agreements agreement
    join contacts contact on contact.tenant_id = agreement.tenant_id and contact.id = agreement.contact_id
    join agreement_versions version on version.tenant_id = agreement.tenant_id
        and version.agreement_id = agreement.id and version.version = agreement.version
    left join sums on sums.agreement_id = agreement.id
    left join instalments next on next.agreement_id = agreement.id and next.number = sums.next_number
    where agreement.tenant_id = :tenant and (cast(:contact as bigint) is null or agreement.contact_id = :contact)
    order by agreement.number
""")
_INSTALLMENTS = text(f"""
    with instalments as ({_ROWS})
    select agreement.number as agreement, instalment.number, instalment.due_on, instalment.total, instalment.unpaid,
        tenant.currency
    from instalments instalment
    join agreements agreement on agreement.tenant_id = :tenant and agreement.id = instalment.agreement_id
    join tenants tenant on tenant.id = :tenant
    where agreement.status in ('active', 'completed', 'defaulted')
    order by agreement.number, instalment.number
""")


def of_agreements(tx: Tx, contact_id: int | None = None) -> tuple[AgreementProgress, ...]:
    """Every agreement of the tenant, or of one contact, by number."""
    return tuple(
        AgreementProgress(
            row.number, row.contact_id, row.name, row.status, Money(row.principal, row.currency), row.rows,
            row.paid_count, Money(row.total, row.currency), Money(row.unpaid, row.currency), row.next_number,
            row.next_due, None if row.next_left is None else Money(row.next_left, row.currency), row.made_on,
        )
        for row in tx.execute(_AGREEMENTS, {"tenant": tx.tenant, "contact": contact_id})
    )  # fmt: skip


def installments(tx: Tx, contact_id: int) -> tuple[InstallmentProgress, ...]:
    """The instalments of a contact's agreements that were accepted, by agreement and number."""
    return tuple(
        InstallmentProgress(
            row.agreement, row.number, row.due_on, Money(row.total, row.currency), Money(row.unpaid, row.currency)
        )
        for row in tx.execute(_INSTALLMENTS, {"tenant": tx.tenant, "contact": contact_id})
    )
