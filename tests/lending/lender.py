"""A lender's book for tests of the daily round: booked by the rules themselves, played day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from services.clock import VirtualClock, local_date
from services.db.engine import Database
from services.db.models import Agreement, AgreementVersion, Debt, LedgerEntry, Tenant
from services.lending import debts, ledger, promises, rounds
from services.lending.ledger import Source
from services.lending.penalties import Penalty
from services.messaging import contacts
from services.money import Money
from services.settings import Settings
from services.tenants.actors import SYSTEM
from services.tenants.plans import UNLIMITED
from services.tenants.preferences import change
from services.tenants.tenants import NewTenant, by_name, register

_sources = count(1)


def source() -> Source:
    return Source(f"test:{next(_sources)}", SYSTEM)


@dataclass
class Lender:
    """A tenant whose rounds are run by hand; registered at first use."""

    db: Database
    clock: VirtualClock
    settings: Settings
    new: NewTenant

    def __post_init__(self) -> None:
        with self.db.system() as tx:
            found = by_name(tx, self.new.name)
        made = found or register(self.db, self.new)
        self.id, self.session_id = made.tenant_id, made.session_id

    @property
    def today(self) -> date:
        return local_date(self.clock.now(), self.new.timezone)

    def at(self, day: date, hour: int = 9) -> None:
        """Moves the clock to an hour of a day in the tenant's zone."""
        self.clock.move_to(datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(self.new.timezone)))

    def set(self, **words: str) -> None:
        with self.db.tenant(self.id) as tx:
            tenant = tx.get_one(Tenant, self.id)
            for key, word in words.items():
                change(tenant, key, word)

    def person(self, name: str, number: str | None) -> int:
        with self.db.tenant(self.id) as tx:
            if found := contacts.named(tx, name.casefold()):
                return found[0].id
            made = contacts.create(tx, name, name.casefold())
            if number is not None:
                contacts.link_number(tx, SYSTEM, made, number)
            return made.id

    def change_person(self, contact_id: int, **values: object) -> None:
        with self.db.tenant(self.id) as tx:
            for name, value in values.items():
                setattr(contacts.get(tx, contact_id), name, value)

    def lend(self, contact_id: int, amount: int, due_on: date, side: ledger.Side = "lent") -> None:
        money = Money(Decimal(amount), self.new.currency)
        with self.db.tenant(self.id) as tx:
            debts.book(
                tx, source(), contact_id=contact_id, side=side, amount=money, due_on=due_on,
                on=local_date(tx.now, self.new.timezone), note=None, limit=UNLIMITED,
            )  # fmt: skip

    def pay(self, contact_id: int, amount: int) -> None:
        money = Money(Decimal(amount), self.new.currency)
        with self.db.tenant(self.id) as tx:
            debts.pay(tx, source(), contact_id=contact_id, side="lent", amount=money, on=self.today)

    def promise(self, contact_id: int, day: date) -> None:
        with self.db.tenant(self.id) as tx:
            promises.keep(tx, contact_id, day, "nanti ya pak", 1, self.today)

    def agreement(
        self, contact_id: int, due: Sequence[date], principal: int, interest: int, penalty: Penalty | None = None
    ) -> None:
        """Seven is the number of an agreement with an instalment on each day."""
        terms = {"penalty": penalty.to_json() if penalty is not None else None}
        with self.db.tenant(self.id) as tx:
            agreement = Agreement(
                tenant_id=tx.tenant, contact_id=contact_id, number=7, status="active", version=1,
                session_id=self.session_id, allocation_order="penalty,fee,interest,principal", shorten=False,
                created_at=tx.now,
            )  # fmt: skip
            tx.add(agreement)
            tx.flush()
            version = AgreementVersion(
                tenant_id=tx.tenant, agreement_id=agreement.id, version=1, terms=terms, content_hash="", assessment={},
                created_at=tx.now,
            )  # fmt: skip
            tx.add(version)
            for number, day in enumerate(due, 1):
                tx.add(
                    Debt(
                        tenant_id=tx.tenant, contact_id=contact_id, side="lent", due_on=day, is_open=True,
                        agreement_id=agreement.id, number=number, principal=Decimal(principal),
                        interest=Decimal(interest),
                    )
                )  # fmt: skip
            tx.flush()
            for kind, amount in (("disbursement", principal), ("interest", interest)):
                if not amount:
                    continue
                ledger.post(
                    tx, source(), contact_id=contact_id, side="lent", kind=kind, agreement_id=agreement.id,
                    amount=Money(Decimal(amount * len(due)), self.new.currency), on=self.today,
                )  # fmt: skip
            debts.settle(tx, source(), ledger.lock(tx, contact_id), "lent", self.new.currency)

    def round(self, day: date | None = None, hour: int = 9) -> list[str]:
        """Runs the daily round, at nine of a day if one is given; returns what was written for people, in order."""
        if day is not None:
            self.at(day, hour)
        before = len(self.written())
        rounds.run(self.db, self.id, self.settings)
        return [body for chat, body in self.written()[before:] if chat != f"phone:{self.new.phone}"]

    def days(self, first: date, last: date) -> dict[date, list[str]]:
        """Runs a round on each of some days; returns those on which something was written."""
        all_days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return {day: texts for day in all_days if (texts := self.round(day))}

    def written(self) -> list[tuple[str, str]]:
        with self.db.tenant(self.id) as tx:
            found = tx.execute(text("select chat, body from outbox where tenant_id = :t order by id"), {"t": self.id})
            return [(row.chat, row.body) for row in found]

    def summaries(self) -> list[str]:
        return [body for chat, body in self.written() if chat == f"phone:{self.new.phone}"]

    def claims(self) -> list[tuple[str, int | None, str, str | None]]:
        """Who was to be reminded of which level, and what became of it."""
        statement = text("""
            select contact.name, level, status, why from reminders
            join contacts contact on contact.tenant_id = reminders.tenant_id and contact.id = contact_id
            where reminders.tenant_id = :t order by "on", contact.id, level nulls last
        """)
        with self.db.tenant(self.id) as tx:
            return [tuple(row) for row in tx.execute(statement, {"t": self.id})]

    def entries(self, kind: str) -> list[tuple[date, Decimal]]:
        with self.db.tenant(self.id) as tx:
            found = tx.scalars(select(LedgerEntry).where(LedgerEntry.kind == kind).order_by(LedgerEntry.id))
            return [(entry.effective_on, entry.amount) for entry in found]

    def left(self, contact_id: int) -> Decimal:
        with self.db.tenant(self.id) as tx:
            return ledger.account(tx, contact_id, "lent", self.new.currency).left.amount
