"""A business whose ledger is written by the rules themselves, for tests of what is reported about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

from sqlalchemy import event

from services.db.engine import Database, Tx
from services.lending import agreements, debts, ledger
from services.lending.agreements import Evidence
from services.lending.ledger import Side, Source
from services.lending.schedule import LoanTerms
from services.lending.terms import AgreementTerms, Person
from services.messaging import contacts
from services.money import Money
from services.tenants.actors import SYSTEM
from services.tenants.plans import UNLIMITED
from services.tenants.tenants import NewTenant, register

_numbers = count(6289900000001)
_sources = count(1)


def idr(amount: int) -> Money:
    return Money(Decimal(amount), "IDR")


def source() -> Source:
    return Source(f"books:{next(_sources)}", SYSTEM)


@dataclass
class Books:
    """One tenant; what is booked gives its entry's id."""

    db: Database

    def __post_init__(self) -> None:
        number = str(next(_numbers))
        made = register(self.db, NewTenant(f"Toko {number}", number))
        self.id, self.session_id = made.tenant_id, made.session_id

    @contextmanager
    def tx(self) -> Iterator[Tx]:
        with self.db.tenant(self.id) as tx:
            yield tx

    def person(self, name: str, phone: str | None = None) -> int:
        with self.tx() as tx:
            made = contacts.create(tx, name, name.casefold())
            if phone is not None:
                contacts.link_number(tx, SYSTEM, made, phone)
            return made.id

    def lend(
        self, person: int, amount: int, on: date, due: date, side: Side = "lent", note: str | None = None
    ) -> int:  # fmt: skip
        with self.tx() as tx:
            return debts.book(
                tx, source(), contact_id=person, side=side, amount=idr(amount), due_on=due, on=on, note=note,
                limit=UNLIMITED,
            ).entry_id  # fmt: skip

    def pay(self, person: int, amount: int, on: date, side: Side = "lent") -> int:
        with self.tx() as tx:
            return debts.pay(tx, source(), contact_id=person, side=side, amount=idr(amount), on=on).entry_id

    def write_off(self, person: int, on: date, side: Side = "lent") -> int | None:
        with self.tx() as tx:
            done = debts.write_off(tx, source(), contact_id=person, side=side, currency="IDR", on=on)
            return done.entry_id if done else None

    def reverse(self, entry: int) -> None:
        with self.tx() as tx:
            debts.reverse(tx, source(), [entry], "salah")

    def penalty(self, person: int, amount: int, on: date) -> None:
        """On the debt of this person that is due first."""
        with self.tx() as tx:
            contact = ledger.lock(tx, person)
            first = ledger.open_debts(tx, person, "lent")[0]
            ledger.post(
                tx, source(), contact_id=person, side="lent", kind="penalty", amount=idr(amount), on=on,
                debt_id=first.id,
            )  # fmt: skip
            debts.settle(tx, source(), contact, "lent", "IDR")

    def agree(self, person: int, amount: int, on: date, periods: int = 3, replaces: bool = False) -> int:
        """An agreement at 24 % a year, accepted; returns its number."""
        party = Person("A", "+6281234567890")
        terms = AgreementTerms(
            loan=LoanTerms(Decimal(amount), Decimal(24), periods, on, digits=0), installment=None, currency="IDR",
            lender=party, borrower=party, made_on=on, locale="id", timezone="Asia/Jakarta",
            allocation_order=("penalty", "fee", "interest", "principal"), shorten=False, penalty=None, how_to_pay="",
            replaces=replaces,
        )  # fmt: skip
        with self.tx() as tx:
            agreement, version = agreements.create(
                tx, source(), contact_id=person, session_id=self.session_id, terms=terms, assessment={},
                limit=UNLIMITED,
            )  # fmt: skip
            agreements.sent(tx, source(), version.id)
            agreements.accept(tx, source(), agreement, Evidence("+6281234567890", "M1", "SETUJU"), on)
            return agreement.number

    def balance(self, person: int, side: Side) -> Decimal:
        with self.tx() as tx:
            account = ledger.account(tx, person, side, "IDR")
            return account.left.amount - account.credit.amount


@contextmanager
def statements_counted(db: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", keep)
