"""What the book holds, read beside the conversation, and the people who occur in it."""

from __future__ import annotations

from sqlalchemy import text

from bot.simulation import Place, Simulation
from services.db.engine import Tx

BUDI, ANI, RINA = "6281234567890", "6281234567891", "6281234567892"

_KEPT = {
    "entries": "select * from ledger_entries where tenant_id = :tenant order by id",
    "allocations": "select * from allocations where tenant_id = :tenant order by entry_id, debt_id",
    "debts": "select * from debts where tenant_id = :tenant order by id",
    "people": """
        select name, locale, blocked_at, opted_out_at from contacts
        where tenant_id = :tenant and name is not null order by id
    """,
    "numbers": """
        select identity.* from contact_identities identity
        join contacts on contacts.tenant_id = identity.tenant_id and contacts.id = identity.contact_id
        where identity.tenant_id = :tenant and contacts.name is not null order by value
    """,
    "settings": "select name, locale, currency, timezone, preferences from tenants where id = :tenant",
    "used": """
        select name, used from usage_counters where tenant_id = :tenant and name <> 'messages' order by name
    """,
}
Kept = dict[str, list[tuple[object, ...]]]


def kept(simulation: Simulation, place: Place) -> Kept:
    """Everything of a business that a message could have changed: two that are equal mean that nothing was."""
    with simulation.platform.opened.database.tenant(place.tenant_id) as tx:
        return read_all(tx)


def read_all(tx: Tx) -> Kept:
    found = {name: tx.execute(text(sql), {"tenant": tx.tenant}).all() for name, sql in _KEPT.items()}
    return {name: [tuple(row) for row in rows] for name, rows in found.items()}


def outcomes(simulation: Simulation, place: Place) -> list[str | None]:
    """What became of each message, in the order in which they came."""
    with simulation.platform.opened.database.tenant(place.tenant_id) as tx:
        found = tx.execute(
            text("select outcome from messages where tenant_id = :tenant order by id"), {"tenant": tx.tenant}
        )
        return [row.outcome for row in found]


def count(simulation: Simulation, place: Place, kind: str) -> int:
    """How many entries of a kind stand in the ledger."""
    with simulation.platform.opened.database.tenant(place.tenant_id) as tx:
        statement = text("select count(*) from ledger_entries where tenant_id = :tenant and kind = :kind")
        return int(tx.execute(statement, {"tenant": tx.tenant, "kind": kind}).scalar_one())
