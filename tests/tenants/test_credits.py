"""The account of AI credits: never below nothing, always the sum of its ledger, whoever uses it at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from services.assistant.models import ModelError, Tokens
from services.assistant.paying import Bill, CreditsUsedUpError, paid
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import AiAccount, AiCall, AiCredit, OutboxMessage, Tenant
from services.errors import DomainError
from services.tenants import credit_upkeep, credits
from services.tenants.actors import SYSTEM
from services.tenants.credits import Reservation
from services.tenants.tenants import NewTenant, register
from tests.admin_api.conftest import counted
from tests.conftest import OWNER, STRANGER

ONE, TEN = Decimal(1), Decimal(10)
# 10:00 in Jakarta, where the month is already the next one at 17:00 UTC of its last day.
LAST_HOUR, NEXT_MONTH = datetime(2025, 2, 28, 16, 59, tzinfo=UTC), datetime(2025, 2, 28, 17, tzinfo=UTC)
_keys = itertools.count()


@pytest.fixture
def tenant(db: Database) -> int:
    return register(db, NewTenant("Toko Maju", OWNER)).tenant_id


@pytest.fixture(autouse=True)
def stranger(db: Database, tenant: int) -> Iterator[int]:
    """Somebody else, whose account nobody touches."""
    other = register(db, NewTenant("Orang Lain", STRANGER, plan="basic")).tenant_id
    yield other
    assert left(db, other) == 500
    with db.tenant(other) as tx:
        assert tx.scalars(select(AiCredit)).all() == tx.scalars(select(AiCall)).all() == []


def left(db: Database, tenant: int) -> Decimal:
    with db.tenant(tenant) as tx:
        return credits.standing(tx).left


def use(db: Database, tenant: int, tokens: int = 100, purpose: str = "chat") -> Bill:
    with paid(db, tenant, purpose) as bill:
        bill.add(Tokens("model", tokens, 0))
    return bill


def fail(db: Database, tenant: int, trouble: str = "down") -> None:
    with suppress(ModelError), paid(db, tenant, "chat"):
        raise ModelError(trouble, "no")  # type: ignore[arg-type]


def limit(db: Database, tenant: int, credits_: int) -> None:
    with db.tenant(tenant) as tx:
        tx.execute(update(Tenant).where(Tenant.id == tenant).values(limits={"ai_credits": credits_}))


def plan(db: Database, tenant: int, name: str) -> None:
    with db.tenant(tenant) as tx:
        tx.execute(update(Tenant).where(Tenant.id == tenant).values(plan=name))


def grant(db: Database, tenant: int, amount: int) -> None:
    with db.tenant(tenant) as tx:
        credits.add(tx, SYSTEM, amount, f"invoice-{next(_keys)}")


def rescue(db: Database) -> list[int]:
    """What the hourly job does; how many uses of each tenant it found."""
    with db.system() as tx:
        tenants = credit_upkeep.stale_tenants(tx)
    found = []
    for tenant in tenants:
        with db.tenant(tenant) as tx:
            found.append(credit_upkeep.release_stale(tx))
    return found


def told(db: Database, tenant: int) -> list[str]:
    with db.tenant(tenant) as tx:
        return list(tx.scalars(select(OutboxMessage.body).order_by(OutboxMessage.id)))


def calls(db: Database, tenant: int) -> list[AiCall]:
    with db.tenant(tenant) as tx:
        return list(tx.scalars(select(AiCall).order_by(AiCall.id)))


def kinds(db: Database, tenant: int) -> list[tuple[str, Decimal]]:
    with db.tenant(tenant) as tx:
        return [(row.kind, row.amount) for row in tx.scalars(select(AiCredit).order_by(AiCredit.id))]


def is_sum(db: Database, tenant: int) -> None:
    """The account is what its ledger says, and never below nothing."""
    with db.tenant(tenant) as tx:
        account = tx.scalars(select(AiAccount)).one_or_none()
        both, bought = tx.execute(
            select(func.coalesce(func.sum(AiCredit.amount), 0), func.coalesce(func.sum(AiCredit.bought), 0))
        ).one()
        kept = (account.allowance_left + account.bought_left, account.bought_left) if account else (0, 0)
    assert kept == (both, bought)
    assert min(kept) >= 0


def test_fifty_at_once_on_the_last_ten_use_exactly_ten(db: Database, tenant: int) -> None:
    limit(db, tenant, 4)
    grant(db, tenant, 6)

    def ask(_n: int) -> str:
        try:
            return str(use(db, tenant).credits)
        except CreditsUsedUpError:
            return "none"

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(ask, range(50)))
    assert sorted(came) == ["1.000"] * 10 + ["none"] * 40
    assert left(db, tenant) == 0
    assert len(calls(db, tenant)) == 10
    is_sum(db, tenant)
    assert len([text for text in told(db, tenant) if "sudah habis" in text]) == 1


def test_the_first_uses_at_once_open_one_account(db: Database, tenant: int) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: use(db, tenant), range(8)))
    assert left(db, tenant) == 92
    assert [kind for kind, _amount in kinds(db, tenant)].count("allowance") == 1
    is_sum(db, tenant)


OPERATIONS = st.one_of(
    st.tuples(st.just("grant"), st.integers(1, 20)),
    st.tuples(st.just("reserve"), st.integers(0, 6000)),
    st.tuples(st.just("settle"), st.integers(0, 9000)),
    st.tuples(st.just("release"), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.just("limit"), st.sampled_from([-1, 0, 3, 8])),
    st.tuples(st.just("rescue"), st.just(0)),
)  # fmt: skip


@settings(max_examples=15, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(OPERATIONS, min_size=4, max_size=12))
def test_in_any_order_the_account_is_the_sum_of_its_ledger(
    db: Database, tenant: int, clock: VirtualClock, operations: list[tuple[str, int]]
) -> None:
    held: list[Reservation] = []
    for name, n in operations:
        with ExitStack() as stack:
            tx = stack.enter_context(db.tenant(tenant))
            match name:
                case "grant":
                    credits.add(tx, SYSTEM, n, f"gift-{next(_keys)}")
                case "reserve":
                    reservation = credits.reserve(tx, Decimal(n) / 1000, f"key-{next(_keys)}")
                    held += [reservation] if reservation else []
                case "settle" if held:
                    actual = Decimal(n) / 1000
                    assert 0 <= credits.settle(tx, held[n % len(held)], actual) <= actual
                case "release" if held:
                    credits.release(tx, held.pop())
                case "limit":
                    tx.execute(update(Tenant).where(Tenant.id == tenant).values(limits={"ai_credits": n}))
        if name == "wait":
            clock.move_to(clock.now() + timedelta(days=n))
        elif name == "rescue":
            rescue(db)
        is_sum(db, tenant)


def test_what_it_took_is_paid_and_kept(db: Database, tenant: int) -> None:
    assert use(db, tenant, 8001).credits == 2
    kept = calls(db, tenant)[0]
    assert (kept.purpose, kept.outcome, kept.model, kept.prompt_tokens, kept.credits) == (
        "chat",
        "ok",
        "model",
        8001,
        2,
    )
    with paid(db, tenant, "transcription", units=61, message_id=7):
        pass
    spoken = calls(db, tenant)[1]
    assert (spoken.seconds, spoken.credits, spoken.message_id) == (61, 2, 7)
    assert use(db, tenant, purpose="vision").credits == 2
    with paid(db, tenant, "embedding", units=201, chatbot_id=99):
        pass
    assert calls(db, tenant)[3].credits == Decimal("0.002")
    assert left(db, tenant) == Decimal("93.998")
    is_sum(db, tenant)


def test_more_than_was_reserved_is_taken_as_far_as_there_is_any(db: Database, tenant: int) -> None:
    limit(db, tenant, 2)
    grant(db, tenant, 1)
    assert use(db, tenant, 80_000).credits == 3
    assert left(db, tenant) == 0
    is_sum(db, tenant)


def test_a_use_that_fails_or_calls_nothing_costs_nothing(db: Database, tenant: int) -> None:
    fail(db, tenant)
    with pytest.raises(ZeroDivisionError), paid(db, tenant, "chat") as bill:
        bill.add(Tokens("model", 10, 10))
        _ = 1 / 0
    with paid(db, tenant, "chat") as bill:
        pass
    assert bill.credits == 0
    assert left(db, tenant) == 100
    kept = [(each.outcome, each.credits, each.error, each.prompt_tokens) for each in calls(db, tenant)]
    assert kept == [("failed", 0, "down", 0), ("failed", 0, "ZeroDivisionError", 10)]
    assert [kind for kind, _amount in kinds(db, tenant)] == ["allowance"] + ["reserved", "released"] * 3


def test_a_use_takes_few_statements(db: Database, tenant: int) -> None:
    use(db, tenant)
    with counted(db) as sent:
        use(db, tenant)
    assert len(sent) <= 6
    with counted(db) as sent, db.tenant(tenant) as tx:
        assert credits.may_use(tx)
    assert len(sent) == 1


def test_a_month_begins_by_the_tenants_calendar(db: Database, tenant: int, clock: VirtualClock) -> None:
    grant(db, tenant, 5)
    use(db, tenant)
    clock.move_to(LAST_HOUR)
    assert left(db, tenant) == 104
    clock.move_to(NEXT_MONTH)
    assert left(db, tenant) == 105
    use(db, tenant)
    assert left(db, tenant) == 104
    months = [entry for entry in kinds(db, tenant) if entry[0] in ("allowance", "lapsed")]
    assert months == [("allowance", 100), ("lapsed", -99), ("allowance", 100)]
    is_sum(db, tenant)


def test_what_comes_back_after_the_month_has_lapsed_with_it(db: Database, tenant: int, clock: VirtualClock) -> None:
    clock.move_to(LAST_HOUR)
    with paid(db, tenant, "chat") as bill:
        bill.add(Tokens("model", 10, 10))
        clock.move_to(NEXT_MONTH)
        use(db, tenant)
    fail(db, tenant)
    assert left(db, tenant) == 99
    is_sum(db, tenant)


def test_a_larger_plan_adds_the_difference_and_a_smaller_one_waits(
    db: Database, tenant: int, clock: VirtualClock
) -> None:
    use(db, tenant)
    plan(db, tenant, "basic")
    assert left(db, tenant) == 499
    use(db, tenant)
    plan(db, tenant, "free")
    assert left(db, tenant) == 498
    clock.move_to(NEXT_MONTH)
    assert left(db, tenant) == 100
    use(db, tenant)
    is_sum(db, tenant)


def test_an_unlimited_plan_is_only_recorded(db: Database, tenant: int, clock: VirtualClock) -> None:
    plan(db, tenant, "enterprise")
    assert use(db, tenant, 80_000).credits == 10
    with db.tenant(tenant) as tx:
        assert credits.may_use(tx)
        assert credits.balance(tx) == -1
    assert [each.credits for each in calls(db, tenant)] == [10]
    assert kinds(db, tenant) == told(db, tenant) == []
    plan(db, tenant, "free")
    use(db, tenant)
    clock.move_to(NEXT_MONTH)
    use(db, tenant)
    assert left(db, tenant) == 99
    is_sum(db, tenant)


def test_the_owner_is_told_once_at_a_fifth_and_once_at_nothing(db: Database, tenant: int, clock: VirtualClock) -> None:
    limit(db, tenant, 5)
    for _ in range(5):
        use(db, tenant)
    for _ in range(2):
        with pytest.raises(CreditsUsedUpError):
            use(db, tenant)
    low, empty = told(db, tenant)
    assert "tinggal 1" in low
    assert "sudah habis" in empty
    with db.tenant(tenant) as tx:
        assert not credits.may_use(tx)
    clock.move_to(NEXT_MONTH)
    for _ in range(4):
        use(db, tenant)
    assert len(told(db, tenant)) == 3
    grant(db, tenant, 10)
    use(db, tenant)
    assert len(told(db, tenant)) == 3


def test_nothing_given_is_nothing_to_tell(db: Database, tenant: int) -> None:
    limit(db, tenant, 0)
    with pytest.raises(CreditsUsedUpError):
        use(db, tenant)
    assert told(db, tenant) == []


def test_the_owner_is_told_once_of_an_outage(db: Database, tenant: int, clock: VirtualClock) -> None:
    for trouble in ("key", "down", "refused"):
        fail(db, tenant, trouble)
    assert len(told(db, tenant)) == 1
    assert "OPENAI_API_KEY" in told(db, tenant)[0]
    with db.tenant(tenant) as tx:
        assert credits.standing(tx).trouble == "down"
    use(db, tenant, purpose="transcription")
    with db.tenant(tenant) as tx:
        assert credits.standing(tx).trouble == "down"
    use(db, tenant, purpose="vision")
    with db.tenant(tenant) as tx:
        assert credits.standing(tx).trouble is None
    clock.move_to(clock.now() + timedelta(hours=5))
    fail(db, tenant)
    assert len(told(db, tenant)) == 1
    clock.move_to(clock.now() + timedelta(hours=2))
    fail(db, tenant)
    fail(db, tenant)
    assert len(told(db, tenant)) == 2


def test_a_request_that_was_refused_is_no_outage(db: Database, tenant: int) -> None:
    fail(db, tenant, "refused")
    assert told(db, tenant) == []


def test_what_a_crash_holds_comes_back_once(db: Database, tenant: int, clock: VirtualClock) -> None:
    limit(db, tenant, 1)
    grant(db, tenant, 1)
    with db.tenant(tenant) as tx:
        held = credits.reserve(tx, Decimal(2), "lost")
    assert held is not None
    clock.move_to(clock.now() + timedelta(minutes=14))
    assert rescue(db) == []
    assert left(db, tenant) == 0
    clock.move_to(clock.now() + timedelta(minutes=2))
    assert [rescue(db) for _ in range(2)] == [[1], []]
    with db.tenant(tenant) as tx:
        assert credits.settle(tx, held, ONE) == 0
        assert not credits.release(tx, held)
    assert left(db, tenant) == 2
    is_sum(db, tenant)


def test_a_settled_use_is_not_stale(db: Database, tenant: int, clock: VirtualClock) -> None:
    use(db, tenant)
    clock.move_to(clock.now() + timedelta(hours=1))
    assert rescue(db) == []


def test_the_accounts_own_sources_are_given_by_nobody(db: Database, tenant: int) -> None:
    with db.tenant(tenant) as tx, pytest.raises(DomainError, match="bad_source"):
        credits.add(tx, SYSTEM, 5, "juragan:allowance:2025-03:100")
