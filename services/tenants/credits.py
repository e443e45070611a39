"""The account of a tenant's AI credits: a month's allowance and what was bought, with a ledger that says how it came.

Uses are reserved before, and settled or released after. Every change of the account is an entry, so that it is always
the sum of its ledger, and the account decides alone: it never falls below nothing, however many use it at once. The
month's allowance begins with the first use or grant in a month of the tenant's calendar; what is left of the last
one lapses then, and bought credits stay. Not to be confused with a person's credit balance in the debt book.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import AiAccount, AiCredit, Tenant
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit
from services.tenants.actors import Actor
from services.tenants.plans import UNLIMITED, limit_of

MOST = 1_000_000_000
# Sources of entries that nobody gives by hand.
OWN = "juragan:"
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a tenant has now. `allowance` is the month's (`period`, as `2025-02`), -1 if unlimited.

    `is_due` says that the account doesn't know of it yet: a month or a larger plan has begun since.
    """

    period: str
    allowance: int
    allowance_left: Decimal
    bought_left: Decimal
    is_due: bool
    trouble: str | None = None
    trouble_at: datetime | None = None

    @property
    def is_unlimited(self) -> bool:
        return self.allowance == UNLIMITED

    @property
    def left(self) -> Decimal:
        """All that may be used, of an unlimited plan too little."""
        return self.allowance_left + self.bought_left

    @property
    def shown(self) -> int:
        """What the API calls the tenant's credits: whole ones, -1 if unlimited."""
        return UNLIMITED if self.is_unlimited else int(self.left)


@dataclass(frozen=True, slots=True)
class Reservation:
    """Credits that are held for one use, from the allowance of a `period` and from what was bought.

    Of an unlimited plan nothing is held. `in_trouble`: models failed before.
    """

    key: str
    period: str
    allowance: Decimal = NOTHING
    bought: Decimal = NOTHING
    is_unlimited: bool = False
    in_trouble: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A grant; `balance` are the bought credits after it."""

    id: int
    amount: int
    source: str
    note: str | None
    balance: int


def standing_of(tenant: Any, account: Any, now: datetime) -> Standing:
    """What a tenant (or its `timezone`, `plan`, `limits`) has by its account, None if it has none yet."""
    month, limit = f"{local_date(now, tenant.timezone):%Y-%m}", _limit(tenant.plan, tenant.limits)
    if account is None or account.period is None:
        return Standing(month, limit, Decimal(max(limit, 0)), NOTHING, is_due=True)
    kept, trouble = int(account.allowance), (account.trouble, account.trouble_at)
    if account.period < month:
        return Standing(month, limit, Decimal(max(limit, 0)), account.bought_left, True, *trouble)
    is_due = kept != UNLIMITED and (limit == UNLIMITED or limit > kept)
    more = limit - kept if is_due and limit > kept else 0
    allowance = limit if is_due else kept
    return Standing(account.period, allowance, account.allowance_left + more, account.bought_left, is_due, *trouble)


def _limit(plan: str, limits: Mapping[str, object]) -> int:
    return max(limit_of(plan, limits, "ai_credits"), UNLIMITED)


_SEEN = (
    Tenant.timezone, Tenant.plan, Tenant.limits, AiAccount.period, AiAccount.allowance, AiAccount.allowance_left,
    AiAccount.bought_left, AiAccount.trouble, AiAccount.trouble_at,
)  # fmt: skip


def standing(tx: Tx) -> Standing:
    """What the tenant of this transaction has now; looking changes nothing."""
    statement = select(*_SEEN).outerjoin(AiAccount, AiAccount.tenant_id == Tenant.id).where(Tenant.id == tx.tenant)
    row = tx.execute(statement).one()
    return standing_of(row, row, tx.now)


def balance(tx: Tx) -> int:
    """Whole credits that the tenant of this transaction has left, -1 if unlimited."""
    return standing(tx).shown


def may_use(tx: Tx) -> bool:
    """Whether there are credits for an answer by a model: asked before one is planned. One statement."""
    return is_enough(tx, standing(tx))


def is_enough(tx: Tx, now: Standing) -> bool:
    """Whether this is enough for an answer by a model."""
    return now.is_unlimited or now.left >= least(tx)


def least(tx: Tx) -> Decimal:
    """What an answer costs at the least."""
    return tx.policy.prices.of("chat").of(1)


def _renewed(tx: Tx) -> Standing:
    """The account, locked, after what is due was done: it is opened, a month begins in it, or an allowance grows."""
    empty = {"period": "", "allowance": 0, "allowance_left": 0, "bought_left": 0, "base": 0}
    tx.execute(insert(AiAccount).values(tenant_id=tx.tenant, **empty).on_conflict_do_nothing())
    locked = (
        select(*_SEEN, AiAccount.allowance_left.label("before"), AiAccount.period.label("last"))
        .join(AiAccount, AiAccount.tenant_id == Tenant.id)
        .where(Tenant.id == tx.tenant)
        .with_for_update(of=AiAccount, key_share=True)
    )
    row = tx.execute(locked).one()
    now = standing_of(row, row, tx.now)
    if not now.is_due:
        return now
    begun = row.last != now.period
    _enter(tx, "lapsed", f"lapsed:{row.last}", -row.before if begun else NOTHING)
    more = now.allowance_left - (NOTHING if begun else row.before)
    _enter(tx, "allowance", f"allowance:{now.period}:{now.allowance}", more)
    kept = {"period": now.period, "allowance": now.allowance, "allowance_left": now.allowance_left}
    mine = update(AiAccount).where(AiAccount.tenant_id == tx.tenant)
    tx.execute(mine.values(**kept, base=now.allowance_left + AiAccount.bought_left, told=None))
    return now


def _enter(tx: Tx, kind: str, source: str, amount: Decimal) -> None:
    """An entry about the allowance, unless it changes nothing."""
    if amount:
        values = {"at": tx.now, "kind": kind, "amount": amount, "source": OWN + source}
        tx.execute(insert(AiCredit).values(tenant_id=tx.tenant, **values))


def add(tx: Tx, actor: Actor, amount: int, source: str, note: str | None = None) -> Entry:
    """Gives the tenant `amount` credits to keep, once for each `source`: a repeat only returns the first entry.

    Raises `DomainError` `bad_amount`, `bad_source`, or `source_used` when that source gave another amount before.
    """
    if not 1 <= amount <= MOST:
        raise DomainError("bad_amount", _("Write an amount between 1 and {most}.", most=MOST), most=MOST)
    if source.startswith(OWN):
        raise DomainError("bad_source", _("Sources that begin with {word} are the account's own.", word=OWN))
    _renewed(tx)
    fresh = insert(AiCredit).values(
        tenant_id=tx.tenant, at=tx.now, kind="granted", amount=amount, bought=amount, source=source, note=note
    )
    made = tx.scalar(fresh.on_conflict_do_nothing(index_elements=["tenant_id", "source"]).returning(AiCredit.id))
    entry = tx.scalars(select(AiCredit).where(AiCredit.tenant_id == tx.tenant, AiCredit.source == source)).one()
    if entry.amount != amount:
        raise DomainError(
            "source_used",
            _("{source} was used before, for {amount} credits.", source=source, amount=entry.amount),
            source=source,
        )
    if made is not None:
        has = AiAccount.bought_left + amount
        mine = update(AiAccount).where(AiAccount.tenant_id == tx.tenant)
        tx.execute(mine.values(bought_left=has, base=AiAccount.allowance_left + has, told=None))
        audit.record(tx, actor, "credits.add", "ai_credits", made, after={"amount": amount, "source": source})
    return Entry(entry.id, int(entry.amount), entry.source, entry.note, _bought(tx, entry.id))


def _bought(tx: Tx, last: int) -> int:
    statement = select(func.coalesce(func.sum(AiCredit.bought), 0))
    return int(tx.scalars(statement.where(AiCredit.tenant_id == tx.tenant, AiCredit.id <= last)).one())


# The account decides and is changed while it is locked; the entry stands for what was done.
_RESERVE = text("""
    with had as (
        select allowance_left, bought_left from ai_accounts where tenant_id = :tenant for no key update
    ), taken as (
        update ai_accounts account
        set allowance_left = had.allowance_left - least(had.allowance_left, cast(:price as numeric)),
            bought_left = had.bought_left - greatest(cast(:price as numeric) - had.allowance_left, 0)
        from had
        where account.tenant_id = :tenant and had.allowance_left + had.bought_left >= cast(:price as numeric)
        returning greatest(cast(:price as numeric) - had.allowance_left, 0) as bought, account.period
    )
    insert into ai_credits (tenant_id, at, kind, amount, bought, source, note)
    select :tenant, :now, 'reserved', - cast(:price as numeric), - bought, :source, period from taken
    returning - bought as bought, note as period
""")
_KEEP = text("select period, allowance_left, bought_left from ai_accounts where tenant_id = :tenant for no key update")
_END = text("""
    with entry as (
        insert into ai_credits (tenant_id, at, kind, amount, bought, source)
        values (:tenant, :now, :kind, cast(:amount as numeric), cast(:bought as numeric), :source)
        on conflict do nothing
        returning amount, bought
    )
    update ai_accounts account
    set allowance_left = account.allowance_left + entry.amount - entry.bought,
        bought_left = account.bought_left + entry.bought
    from entry where account.tenant_id = :tenant
    returning account.period
""")


def reserve(tx: Tx, price: Decimal, key: str) -> Reservation | None:
    """Holds `price` credits for a use, the allowance's first; None, and nothing held, when there aren't as many.

    `key` is used once; `settle` or `release` ends it.
    """
    now = standing(tx)
    if now.is_due:
        now = _renewed(tx)
    in_trouble = now.trouble is not None
    if now.is_unlimited:
        return Reservation(key, now.period, is_unlimited=True, in_trouble=in_trouble)
    given = {"tenant": tx.tenant, "now": tx.now, "price": price, "source": f"{OWN}reserved:{key}"}
    row = tx.execute(_RESERVE, given).one_or_none()
    if row is None:
        return None
    return Reservation(key, row.period, price - row.bought, row.bought, in_trouble=in_trouble)


def settle(tx: Tx, reservation: Reservation, actual: Decimal) -> Decimal:
    """Ends a reservation with what the use really cost; returns what was paid.

    What was held too much comes back; more than was held is taken as far as there is any. Of a reservation that was
    released meanwhile nothing is paid.
    """
    if reservation.is_unlimited:
        return actual
    account = tx.execute(_KEEP, {"tenant": tx.tenant}).one()
    held = reservation.allowance + reservation.bought
    more = min(actual - held, account.allowance_left + account.bought_left)
    if more > 0:
        allowance = -min(more, account.allowance_left)
        bought = -more - allowance
    else:
        allowance, bought = _back(reservation, -more, account.period)
    ended = _end(tx, "settled", reservation.key, allowance, bought)
    return held + more if ended else NOTHING


def release(tx: Tx, reservation: Reservation) -> bool:
    """Ends a reservation with nothing paid; False if it had ended before."""
    if reservation.is_unlimited:
        return True
    account = tx.execute(_KEEP, {"tenant": tx.tenant}).one()
    allowance, bought = _back(reservation, reservation.allowance + reservation.bought, account.period)
    return _end(tx, "released", reservation.key, allowance, bought)


def _back(reservation: Reservation, amount: Decimal, period: str) -> tuple[Decimal, Decimal]:
    """What comes back to the allowance, where its month still is, and to what was bought, which was taken last."""
    bought = min(amount, reservation.bought)
    return (amount - bought if period == reservation.period else NOTHING), bought


def _end(tx: Tx, kind: str, key: str, allowance: Decimal, bought: Decimal) -> bool:
    """Writes the end of a reservation, once, with what changes by it; False if it has ended already."""
    given = {"amount": allowance + bought, "bought": bought, "source": f"{OWN}ended:{key}", "kind": kind}
    return tx.execute(_END, {"tenant": tx.tenant, "now": tx.now, **given}).one_or_none() is not None
