"""The end of a business that was closed: what identifies people is gone, amounts and dates stay for the books.

What becomes of each table, `services.tenants.belongings` says. Done again it changes nothing more.
"""

from __future__ import annotations

import structlog
from sqlalchemy import delete, text, update

from services.db.engine import Database, Tx
from services.db.models import Base, Tenant
from services.messaging.files import FileStore
from services.tenants import audit, closing, export, switching
from services.tenants.actors import SYSTEM
from services.tenants.belongings import BELONGINGS, TENANT_CLEARED, deleted

_ERASE_RECORDS = text("select erase_records()")
log = structlog.get_logger(__name__)


def erase_due(db: Database, files: FileStore) -> None:
    """Erases every business whose time is over, each in a transaction of its own."""
    with db.system() as tx:
        due = closing.due(tx)
    for tenant_id in due:
        export.forget(db, files, tenant_id)
        with db.tenant(tenant_id) as tx:
            _erase(tx)


def _erase(tx: Tx) -> None:
    tenant = switching.lock(tx)
    is_due = tenant.status == "closed" and tenant.erase_at is not None and tenant.erase_at <= tx.now
    if not is_due or tenant.erased_at is not None:
        return
    tx.execute(_ERASE_RECORDS)
    for name in deleted():
        table = Base.metadata.tables[name]
        tx.execute(delete(table).where(table.c.tenant_id == tx.tenant))
    for name, each in BELONGINGS.items():
        if each.cleared:
            table = Base.metadata.tables[name]
            tx.execute(update(table).where(table.c.tenant_id == tx.tenant).values(dict(each.cleared)))
    _forget_itself(tx, tenant)
    audit.record(tx, SYSTEM, "tenant.erased", "tenants", tenant.id)
    log.info("tenant erased", tenant=tenant.id)


def _forget_itself(tx: Tx, tenant: Tenant) -> None:
    name = f"erased-{tenant.id}"
    tx.execute(
        update(Tenant)
        .where(Tenant.id == tx.tenant)
        .values(name=name, slug=name, erased_at=tx.now, **TENANT_CLEARED)
        .execution_options(synchronize_session=False)
    )
