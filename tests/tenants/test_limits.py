"""Limits: the last of each is had by one, whoever asks at once; refusals say when there is more; owners are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update

from services import queue
from services.clock import VirtualClock
from services.db.engine import Database, Tx
from services.db.models import OutboxMessage, Tenant, User
from services.documents.requests import Allowance, Wanted, request
from services.errors import DomainError
from services.lending import agreements, debts
from services.lending.ledger import Source
from services.lending.schedule import LoanTerms
from services.lending.terms import AgreementTerms, Person
from services.messaging import contacts, outbox, sending
from services.messaging.outbox import Outgoing
from services.messaging.sending import NumberRule, Wish
from services.money import Money
from services.policy import Policy
from services.tenants import limit_notices, limit_overrides, limits, sessions, tenants
from services.tenants.actors import SYSTEM
from services.tenants.tenants import NewTenant, Registered, register
from tests.conftest import OWNER, STRANGER

AT_ONCE = 20
TODAY = date(2025, 2, 13)
RULE = NumberRule("^[0-9]{10,15}$", frozenset())
PARTY = Person("A", "+6281234567890")


@pytest.fixture
def shop(db: Database) -> Registered:
    return register(db, NewTenant("Toko Maju", OWNER, plan="pro"))


@pytest.fixture(autouse=True)
def stranger(db: Database, shop: Registered) -> Iterator[Registered]:
    """Somebody else, of whose limits nobody takes anything."""
    other = register(db, NewTenant("Orang Lain", STRANGER, plan="pro"))
    yield other
    assert {key: each.used for key, each in standing(db, other).items() if each.used} == {"sessions": 1, "users": 1}


def standing(db: Database, of: Registered) -> Mapping[str, limits.Standing]:
    with db.tenant(of.tenant_id) as tx:
        return limits.standing(tx, tx.get_one(Tenant, tx.tenant))


def used(db: Database, of: Registered, key: str) -> int:
    return standing(db, of)[key].used


def allow(db: Database, of: Registered, **amounts: int) -> None:
    with db.tenant(of.tenant_id) as tx:
        limit_overrides.change(tx, SYSTEM, amounts)


def take(db: Database, of: Registered, name: str, n: int = 1) -> None:
    with db.tenant(of.tenant_id) as tx:
        limits.take(tx, tx.get_one(Tenant, tx.tenant), name, n)


def refused(db: Database, of: Registered, name: str) -> object:
    """Which window is full."""
    with pytest.raises(DomainError) as refusal:
        take(db, of, name)
    return refusal.value.details["name"]


def notices(db: Database, of: Registered) -> list[str]:
    """What the owner was told since the last time; the jobs are done first."""
    while True:
        with db.system() as tx:
            job = queue.take_due(tx)
            if job is None:
                break
            queue.finished(tx, job)
        if job.task == "limit_notice":
            limit_notices.tell(db, **job.args)  # type: ignore[arg-type]
    with db.tenant(of.tenant_id) as tx:
        mine = OutboxMessage.dedup_key.like("limit:%") & (OutboxMessage.status == "queued")
        found = tx.scalars(select(OutboxMessage).where(mine).order_by(OutboxMessage.id)).all()
        assert {each.chat for each in found} <= {f"phone:{OWNER}"}
        tx.execute(update(OutboxMessage).where(mine).values(status="sent"))
        return [str(each.dedup_key) for each in found]


def lend(tx: Tx, tenant: Tenant, n: int) -> None:
    debts.book(
        tx, Source(f"test:{n}", SYSTEM), contact_id=contacts.create(tx, f"Orang {n}", f"orang {n}").id, side="lent",
        amount=Money(Decimal(5), "IDR"), due_on=TODAY, on=TODAY, note=None, limit=limits.limit_of(tx, tenant, "debts"),
    )  # fmt: skip


def agree(tx: Tx, tenant: Tenant, n: int) -> None:
    terms = AgreementTerms(
        loan=LoanTerms(Decimal(900), Decimal(24), 3, TODAY, digits=0), installment=None, currency="IDR", lender=PARTY,
        borrower=PARTY, made_on=TODAY, locale="id", timezone="Asia/Jakarta", penalty=None, how_to_pay="",
        allocation_order=("penalty", "fee", "interest", "principal"), shorten=False, replaces=False,
    )  # fmt: skip
    agreements.create(
        tx, Source(f"test:{n}", SYSTEM), contact_id=contacts.create(tx, f"Orang {n}", f"orang {n}").id,
        session_id=sessions.of_tenant(tx).id, terms=terms, assessment={},
        limit=limits.limit_of(tx, tenant, "agreements"),
    )  # fmt: skip


def draw(tx: Tx, tenant: Tenant, n: int) -> None:
    wanted = Wanted("statement", f"statement:{n}", {}, "id", "a.pdf")
    if not request(tx, wanted, [], Allowance(limits.limit_of(tx, tenant, "pdfs"), tenant.timezone)):
        raise limits.used_up(tx, tenant, "pdfs")


def send(tx: Tx, _tenant: Tenant, n: int) -> None:
    sending.queue(tx, SYSTEM, RULE, Wish(f"62813{n:07d}", "Halo", f"wish:{n}"))


def link(tx: Tx, tenant: Tenant, n: int) -> None:
    limit = limits.limit_of(tx, tenant, "sessions")
    sessions.add(tx, SYSTEM, f"number {n}", f"62819{n:07d}", "simulator", limit)


def campaign(tx: Tx, tenant: Tenant, _n: int) -> None:
    limits.take(tx, tenant, "campaigns")


def invite(tx: Tx, tenant: Tenant, n: int) -> None:
    limits.take(tx, tenant, "users")
    tenants.add_user(tx, "Rina", f"62818{n:07d}", "staff")


QUOTAS: Mapping[str, Callable[[Tx, Tenant, int], None]] = {
    "debts": lend, "agreements": agree, "pdfs": draw, "messages_day": send, "messages_month": send,
    "campaigns_day": campaign, "campaigns_month": campaign, "sessions": link, "users": invite,
}  # fmt: skip


@pytest.mark.parametrize("key", QUOTAS)
def test_of_twenty_at_once_one_gets_the_last(db: Database, shop: Registered, key: str) -> None:
    before = used(db, shop, key)
    allow(db, shop, **{key: before + 1})

    def ask(n: int) -> str | None:
        try:
            with db.tenant(shop.tenant_id) as tx:
                QUOTAS[key](tx, tx.get_one(Tenant, tx.tenant), n)
        except DomainError as refusal:
            assert refusal.details["name"] == key
            return refusal.code
        return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(ask, range(AT_ONCE)))
    assert sorted(answers, key=str) == [None] + [limits.REACHED] * (AT_ONCE - 1)
    assert used(db, shop, key) == before + 1
    assert notices(db, shop) == [f"limit:{key}:{'2025-02' if 'month' in key or key == 'pdfs' else TODAY}:100"]


def test_messages_that_are_taken_and_messages_that_go_anyway_wait_for_nobody(db: Database, shop: Registered) -> None:
    def ask(n: int) -> None:
        with db.tenant(shop.tenant_id) as tx:
            if n % 2:
                send(tx, tx.get_one(Tenant, tx.tenant), n)
            else:
                outbox.put(tx, [Outgoing(shop.session_id, f"phone:62812{n:07d}", "Halo")])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(ask, range(3 * AT_ONCE)))
    assert used(db, shop, "messages_day") == used(db, shop, "messages_month") == 3 * AT_ONCE


@pytest.mark.parametrize(
    ("key", "resets"), [
        ("messages_day", datetime(2025, 2, 13, 17, tzinfo=UTC)),
        ("messages_month", datetime(2025, 2, 28, 17, tzinfo=UTC)),
        ("debts", None),
    ],
)  # fmt: skip
def test_a_refusal_says_which_limit_it_was_and_when_there_is_more(
    db: Database, shop: Registered, key: str, resets: datetime | None
) -> None:
    allow(db, shop, **{key: 1})
    name = key.partition("_")[0]
    take(db, shop, name)
    with pytest.raises(DomainError) as refused:
        take(db, shop, name)
    more = {} if resets is None else {"resetsAt": resets.isoformat()}
    assert refused.value.details == {"limit": 1, "name": key, **more}
    assert used(db, shop, "messages_day") == used(db, shop, "messages_month") == (name == "messages")


def test_a_day_and_a_month_begin_by_the_businesss_calendar(db: Database, shop: Registered, clock: VirtualClock) -> None:
    allow(db, shop, messages_day=3, messages_month=5)
    take(db, shop, "messages", 3)
    clock.move_to(datetime(2025, 2, 13, 16, 59, tzinfo=UTC))
    assert refused(db, shop, "messages") == "messages_day"
    clock.move_to(datetime(2025, 2, 13, 17, tzinfo=UTC))
    take(db, shop, "messages", 2)
    assert refused(db, shop, "messages") == "messages_month"
    clock.move_to(datetime(2025, 2, 28, 17, tzinfo=UTC))
    take(db, shop, "messages", 3)
    assert used(db, shop, "messages_day") == used(db, shop, "messages_month") == 3


def test_what_is_given_back_can_be_had_again(db: Database, shop: Registered) -> None:
    allow(db, shop, pdfs=2)
    take(db, shop, "pdfs", 2)
    take(db, shop, "pdfs", -5)
    assert used(db, shop, "pdfs") == 0
    take(db, shop, "pdfs", 2)
    with pytest.raises(DomainError):
        take(db, shop, "pdfs", 1)


def test_the_owner_is_told_at_four_fifths_and_at_the_end_once(
    db: Database, shop: Registered, clock: VirtualClock
) -> None:
    allow(db, shop, pdfs=10)
    heard = []
    for _n in range(10):
        take(db, shop, "pdfs")
        heard.append(notices(db, shop))
    assert heard == [*[[]] * 7, ["limit:pdfs:2025-02:80"], [], ["limit:pdfs:2025-02:100"]]
    take(db, shop, "pdfs", -3)
    take(db, shop, "pdfs", 3)
    assert notices(db, shop) == []
    clock.move_to(datetime(2025, 3, 2, tzinfo=UTC))
    take(db, shop, "pdfs", 9)
    assert notices(db, shop) == ["limit:pdfs:2025-03:80"]


def test_of_what_there_is_the_owner_is_told_again_once_it_was_less(
    db: Database, shop: Registered, clock: VirtualClock
) -> None:
    allow(db, shop, debts=5)
    take(db, shop, "debts", 4)
    take(db, shop, "debts")
    assert notices(db, shop) == ["limit:debts:2025-02-13:80", "limit:debts:2025-02-13:100"]
    clock.move_to(datetime(2025, 2, 20, tzinfo=UTC))
    with pytest.raises(DomainError):
        take(db, shop, "debts")
    assert notices(db, shop) == []
    take(db, shop, "debts", -1)
    take(db, shop, "debts")
    assert notices(db, shop) == ["limit:debts:2025-02-20:100"]


def test_what_was_set_for_one_business_holds_before_its_plan(db: Database, shop: Registered) -> None:
    allow(db, shop, debts=2, messages_day=-1)
    now = standing(db, shop)
    assert (now["debts"].limit, now["debts"].left, now["pdfs"].limit) == (2, 2, 100)
    assert now["messages_day"].is_unlimited
    assert now["messages_day"].left == -1
    assert (now["messages_month"].limit, now["campaigns_day"].limit) == (30_000, 10)
    with db.tenant(shop.tenant_id) as tx:
        limit_overrides.change(tx, SYSTEM, {"debts": None, "vision": False})
        assert tx.get_one(Tenant, tx.tenant).limits == {"messages_day": -1, "vision": False}
    assert standing(db, shop)["debts"].limit == 1000


@pytest.mark.parametrize(
    "change", [{"debts": -2}, {"debts": True}, {"vision": 1}, {"moons": 3}, {"messages_minute": 0}]
)
def test_what_is_no_limit_is_not_set(db: Database, shop: Registered, change: dict[str, int]) -> None:
    with pytest.raises(DomainError), db.tenant(shop.tenant_id) as tx:
        limit_overrides.change(tx, SYSTEM, change)


def test_what_there_is_counts_only_while_it_is_there(db: Database, shop: Registered) -> None:
    allow(db, shop, users=2)
    with db.tenant(shop.tenant_id) as tx:
        invite(tx, tx.get_one(Tenant, tx.tenant), 1)
    with db.tenant(shop.tenant_id) as tx:
        tx.execute(update(User).where(User.role == "staff").values(active=False))
    assert used(db, shop, "users") == 1
    with db.tenant(shop.tenant_id) as tx:
        invite(tx, tx.get_one(Tenant, tx.tenant), 2)


def test_without_counting_there_are_no_limits(db: Database, shop: Registered) -> None:
    allow(db, shop, debts=1, pdfs=1, messages_day=1)
    db.policy = Policy(counts_usage=False)
    for n in range(3):
        take(db, shop, "pdfs")
        with db.tenant(shop.tenant_id) as tx:
            tenant = tx.get_one(Tenant, tx.tenant)
            lend(tx, tenant, n)
            send(tx, tenant, n)
            outbox.put(tx, [Outgoing(shop.session_id, "phone:6281234567890", "Halo", limited=True)], tenant)
    with db.tenant(shop.tenant_id) as tx:
        names = tx.scalars(text("select name from usage_counters")).all()
        assert names == ["debts"]  # what is open stays known
        assert len(tx.scalars(select(OutboxMessage.id)).all()) == 6
