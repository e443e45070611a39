"""The book stays whole whatever two people who act for the business write, in whatever order.

The commands go through the whole way of a message; after each of them everything derived is worked out anew from the
ledger alone and compared.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.simulation import Simulation, Speech
from services.db.engine import Tx
from services.db.models import Allocation, CommandRecord, Conversation, Debt, LedgerEntry, UsageCounter
from services.lending import ledger
from services.lending.allocation import Lent, Settled, allocate
from services.tenants.tenants import NewTenant
from tests.conftest import Chat

_numbers = itertools.count(6281200000001)
AUTHORS = st.sampled_from(["owner", "staff"])
PEOPLE = st.sampled_from(["Budi", "Rina"])
AMOUNTS = st.integers(1, 9).map(lambda n: n * 1000)
DATES = st.sampled_from(["3 hari", "2 minggu", "sebulan", "tgl 25"])
PAST = st.sampled_from(["", "kemarin", "3 hari lalu"])


class Book(RuleBasedStateMachine):
    """One business, its owner and somebody on the staff."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__()
        self.simulation = simulation

    @initialize()
    def open(self) -> None:
        number = next(_numbers)
        self.place = self.simulation.place(NewTenant(f"Toko {number}", str(number)))
        self.staff = f"staff:{next(_numbers)}"
        self.entries: list[tuple[object, ...]] = []
        for author, name in (("owner", "Budi"), ("staff", "Rina")):
            self.write(author, f"pinjam {name} 6000 sebulan")
            self.write(author, f"pinjam {name} 5000 1 minggu")
            self.write(author, f"{name} bayar 2500")

    def write(self, author: str, text: str) -> None:
        """Writes, and says yes to whatever is asked, or takes the first of what is offered."""
        speaker = "owner" if author == "owner" else self.staff
        self.simulation.say(self.place, Speech(speaker, text))
        for _ in range(3):
            options = self.asked(speaker)
            if options is None:
                return
            self.simulation.say(self.place, Speech(speaker, "ya" if options[-1:] == [False] else "1"))
        raise AssertionError(f"{text} is asked about for ever")

    def asked(self, speaker: str) -> list[object] | None:
        """The options of the question that waits, if one does."""
        own = self.place.phone if speaker == "owner" else speaker.removeprefix("staff:")
        with self.simulation.platform.opened.database.tenant(self.place.tenant_id) as tx:
            found = tx.query(Conversation.dialog).filter_by(tenant_id=tx.tenant, chat=f"phone:{own}").scalar()
        return [option["value"] for option in found["options"]] if found else None

    @rule(author=AUTHORS, name=PEOPLE, amount=AMOUNTS, due=DATES)
    def lend(self, author: str, name: str, amount: int, due: str) -> None:
        self.write(author, f"pinjam {name} {amount} {due}")

    @rule(author=AUTHORS, name=PEOPLE, amount=AMOUNTS)
    def owe(self, author: str, name: str, amount: int) -> None:
        self.write(author, f"hutang {name} {amount}")

    @rule(author=AUTHORS, name=PEOPLE, amount=AMOUNTS, when=PAST)
    def paid(self, author: str, name: str, amount: int, when: str) -> None:
        self.write(author, f"{name} bayar {amount} {when}")

    @rule(author=AUTHORS, name=PEOPLE)
    def pay_all(self, author: str, name: str) -> None:
        self.write(author, f"{name} lunas")

    @rule(author=AUTHORS, name=PEOPLE)
    def write_off(self, author: str, name: str) -> None:
        self.write(author, f"hapuskan {name}")

    @rule(author=AUTHORS, name=PEOPLE, due=DATES)
    def due(self, author: str, name: str, due: str) -> None:
        self.write(author, f"tempo {name} {due}")

    @rule(author=AUTHORS, amount=AMOUNTS)
    def correct(self, author: str, amount: int) -> None:
        self.write(author, f"salah, maksudnya {amount}")

    @rule(author=AUTHORS)
    def undo(self, author: str) -> None:
        self.write(author, "urungkan")

    @invariant()
    def is_whole(self) -> None:
        if not hasattr(self, "place"):
            return
        with self.simulation.platform.opened.database.tenant(self.place.tenant_id) as tx:
            self.only_grew(tx)
            accounts_are_exact(tx)
            open_debts_are_counted(tx)

    def only_grew(self, tx: Tx) -> None:
        columns = LedgerEntry.__table__.columns
        now = [tuple(row) for row in tx.query(*columns).filter_by(tenant_id=tx.tenant).order_by(LedgerEntry.id)]
        assert now[: len(self.entries)] == self.entries
        self.entries = now

    def teardown(self) -> None:
        """Everything can be taken back, the latest first, until nothing was ever lent or paid."""
        if not hasattr(self, "place"):
            return
        while (author := self.last_author()) is not None:
            self.write(author, "urungkan")
        with self.simulation.platform.opened.database.tenant(self.place.tenant_id) as tx:
            assert not tx.query(Allocation).filter_by(tenant_id=tx.tenant).count()
            assert not tx.query(Debt).filter_by(tenant_id=tx.tenant, is_open=True).count()
            assert not sum(entry.amount for entry in tx.query(LedgerEntry).filter_by(tenant_id=tx.tenant))

    def last_author(self) -> str | None:
        with self.simulation.platform.opened.database.tenant(self.place.tenant_id) as tx:
            standing = tx.query(CommandRecord).filter_by(tenant_id=tx.tenant, undone_at=None)
            last = standing.order_by(CommandRecord.id.desc()).first()
            left = standing.count()
        assert left < getattr(self, "left", left + 1), "an undo took nothing back"
        self.left = left
        return None if last is None else "owner" if last.author == self.place.phone else "staff"


def accounts_are_exact(tx: Tx) -> None:
    """Balance = what is open less the credit; shares as the ledger alone gives them."""
    entries = tx.query(LedgerEntry).filter_by(tenant_id=tx.tenant).order_by(LedgerEntry.id).all()
    debts = {debt.id: debt for debt in tx.query(Debt).filter_by(tenant_id=tx.tenant)}
    taken_back = {entry.reverses_id for entry in entries}
    accounts: dict[tuple[int, str], list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        accounts[entry.contact_id, entry.side].append(entry)
    shares, still_open = set(), set()
    for (contact_id, side), theirs in accounts.items():
        movements: list[Lent | Settled] = []
        for entry in theirs:
            if entry.kind == "reversal" or entry.id in taken_back:
                continue
            if entry.debt_id is not None:
                due_on = debts[entry.debt_id].due_on
                movements.append(Lent(entry.id, entry.effective_on, entry.debt_id, entry.amount, due_on))
            else:
                movements.append(Settled(entry.id, entry.effective_on, -entry.amount))
        found = allocate(movements)
        shares |= {(share.entry, share.debt, share.amount) for share in found}
        settled: dict[int, Decimal] = defaultdict(Decimal)
        for share in found:
            settled[share.debt] += share.amount
        left = {each.debt: each.amount - settled[each.debt] for each in movements if isinstance(each, Lent)}
        still_open |= {debt for debt, amount in left.items() if amount}
        account = ledger.account(tx, contact_id, side, "IDR")  # type: ignore[arg-type]
        balance = sum((entry.amount for entry in theirs), Decimal(0))
        assert balance == account.left.amount - account.credit.amount
        assert account.left.amount == sum(left.values(), Decimal(0))
        assert not (account.left and account.credit)
        shown = {debt.id: debt.left.amount for debt in account.debts}
        assert shown == {debt: amount for debt, amount in left.items() if amount}
    kept = tx.query(Allocation).filter_by(tenant_id=tx.tenant)
    assert {(each.entry_id, each.debt_id, each.amount) for each in kept} == shares
    assert {debt.id for debt in debts.values() if debt.is_open} == still_open


def open_debts_are_counted(tx: Tx) -> None:
    counted = tx.query(UsageCounter.used).filter_by(tenant_id=tx.tenant, name="debts").scalar() or 0
    assert counted == tx.query(Debt).filter_by(tenant_id=tx.tenant, is_open=True).count()


@pytest.mark.parametrize("_seed", range(2))
def test_the_book_stays_whole_in_any_order(simulation: Simulation, _seed: int) -> None:
    run_state_machine_as_test(
        lambda: Book(simulation),
        settings=settings(
            max_examples=3, stateful_step_count=8, deadline=None, database=None,
            # What fails is short as it is, and making it shorter takes minutes.
            phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_a_due_date_that_closes_another_debt_gives_its_place_back(chat: Chat) -> None:
    """What was paid goes to the debt that is due first now: that one is settled, and no longer counts."""
    for text in (
        "pinjam Budi 500rb 7 hari",
        "pinjam Budi 400rb 20 hari",
        "Budi bayar 400rb",
        "tempo Budi sebulan",
        "1",
    ):
        chat.owner(text)
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        assert tx.query(Debt).filter_by(tenant_id=tx.tenant, is_open=True).count() == 1
        open_debts_are_counted(tx)
