"""A number that was lost: the owner and the super admins hear of it by whatever number still works."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from services.db.engine import Database, Tx
from services.db.models import Notification, WhatsAppSession
from services.settings import Settings
from services.tenants import platform, sessions
from services.tenants.alerts import alert
from services.tenants.tenants import NewTenant, Registered, add_user, register

OWNER, HELPER, SECOND, ADMIN = "6281100000001", "6281100000009", "6281100000005", "6281199990001"
LOST = ("logged_out", "replaced", "banned", "failed")


@pytest.fixture
def shop(db: Database) -> Registered:
    return register(db, NewTenant("Toko Maju", OWNER, "en", provider="neonize"))


@pytest.fixture
def admins(db: Database, settings: Settings) -> Registered:
    made = platform.ensure(db, settings.model_copy(update={"super_admin_numbers": ADMIN}), "simulator")
    assert made is not None
    with db.system() as tx:
        tx.execute(text("update tenants set locale = 'en' where id = :id"), {"id": made.tenant_id})
    return made


def lose(db: Database, shop: Registered, state: str = "logged_out") -> int:
    """Has the shop's number lost; returns the notification's id."""
    with db.tenant(shop.tenant_id) as tx:
        session = sessions.get(tx, shop.session_id)
        session.state = "connected"
        assert sessions.move(tx, session, state, "why")
        return tx.query(Notification.id).filter_by(tenant_id=tx.tenant).order_by(Notification.id.desc()).first()[0]


def another(tx: Tx, name: str, phone: str, state: str) -> None:
    tx.add(
        WhatsAppSession(
            tenant_id=tx.tenant, name=name, phone=phone, state=state, desired_state="connected", is_default=False,
            created_at=tx.now, provider="neonize",
        )
    )  # fmt: skip
    tx.flush()


def written(db: Database) -> list[tuple[int, str, str]]:
    """What waits in every outbox: tenant, chat, words."""
    with db.system() as tx:
        rows = tx.execute(text("select tenant_id, chat, body from outbox order by tenant_id, id"))
        return [(row.tenant_id, row.chat.partition(":")[2], row.body) for row in rows]


def is_delivered(db: Database, shop: Registered, note: int) -> bool:
    with db.tenant(shop.tenant_id) as tx:
        return tx.get_one(Notification, (shop.tenant_id, note)).delivered_at is not None


@pytest.mark.parametrize("state", LOST)
def test_the_platforms_number_tells_the_owner_and_the_super_admins(
    db: Database, shop: Registered, admins: Registered, state: str
) -> None:
    note = lose(db, shop, state)
    alert(db, shop.tenant_id, note)
    told = written(db)
    readers = [ADMIN] if state == "banned" else [OWNER, ADMIN]
    assert [(where, to) for where, to, _words in told] == [(admins.tenant_id, reader) for reader in readers]
    for _where, _to, words in told:
        assert words.startswith(f"⚠️ The number +{OWNER} of Toko Maju isn't connected any more.\n")
        assert "number again" in words or "fresh QR code" in words
    assert is_delivered(db, shop, note)
    alert(db, shop.tenant_id, note)
    assert written(db) == told


def test_another_number_of_the_business_comes_first(db: Database, shop: Registered, admins: Registered) -> None:
    with db.tenant(shop.tenant_id) as tx:
        another(tx, "broken", "6281100000006", "failed")
        another(tx, "second", SECOND, "connected")
        add_user(tx, "Siti", HELPER, "owner")
        add_user(tx, "Joko", "6281100000010", "staff")
    alert(db, shop.tenant_id, lose(db, shop))
    assert [(where, to) for where, to, _words in written(db)] == [
        (shop.tenant_id, OWNER), (shop.tenant_id, HELPER), (admins.tenant_id, ADMIN),
    ]  # fmt: skip


def test_what_nobody_can_be_told_stays_undelivered(db: Database, shop: Registered) -> None:
    note = lose(db, shop)
    alert(db, shop.tenant_id, note)
    assert written(db) == []
    assert not is_delivered(db, shop, note)


def test_the_platforms_own_number_is_lost_in_silence(db: Database, admins: Registered) -> None:
    note = lose(db, admins)
    alert(db, admins.tenant_id, note)
    assert written(db) == []
    assert not is_delivered(db, admins, note)


def test_a_stranger_hears_nothing(db: Database, shop: Registered, admins: Registered) -> None:
    stranger = register(db, NewTenant("Orang Lain", "6281100000002"))
    alert(db, shop.tenant_id, lose(db, shop))
    assert stranger.tenant_id not in {where for where, _to, _words in written(db)}
    # The other tenant's id with this notification's number finds nothing.
    alert(db, stranger.tenant_id, 1)
    assert len(written(db)) == 2
