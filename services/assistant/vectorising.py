"""The job that makes the vectors of what was taught: read in one transaction, made in none, kept in another.

When the model server is away it is tried again for a day, ever more slowly; meanwhile knowledge is found by its words.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import select

from services import queue
from services.assistant import vectors
from services.assistant.embeddings import BATCH, Embedder, UnavailableError
from services.db.engine import Database
from services.db.models import Tenant

FIRST_PAUSE, LONGEST_PAUSE, MAX_ATTEMPTS = timedelta(minutes=1), timedelta(hours=3), 14

log = structlog.get_logger(__name__)


def embed(db: Database, embedder: Embedder | None, tenant_id: int, attempt: int = 0) -> None:
    """Makes the vectors that a tenant's knowledge lacks for the model that is configured now."""
    if embedder is None:
        return
    while True:
        with db.tenant(tenant_id) as tx:
            missing = vectors.missing(tx, embedder.model, BATCH)
        if not missing:
            return
        try:
            made = embedder.embed([text for _id, text in missing], patiently=True)
        except UnavailableError as error:
            log.warning("no vectors", tenant=tenant_id, attempt=attempt, error=str(error))
            _try_again(db, tenant_id, attempt + 1)
            return
        with db.tenant(tenant_id) as tx:
            ids = (id_ for id_, _text in missing)
            vectors.store(tx, embedder.model, list(zip(ids, made, strict=True)))


def _try_again(db: Database, tenant_id: int, attempt: int) -> None:
    if attempt > MAX_ATTEMPTS:
        return
    with db.tenant(tenant_id) as tx:
        pause = min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE)
        queue.defer(tx, "embed", f"embed:{tenant_id}:{attempt}", at=tx.now + pause, attempt=attempt)


def embed_all(db: Database, embedder: Embedder | None) -> None:
    """Looks at every tenant, as when another model was configured."""
    if embedder is None:
        return
    with db.system() as tx:
        for tenant_id in tx.scalars(select(Tenant.id).where(Tenant.status == "active").order_by(Tenant.id)):
            queue.defer(tx, "embed", f"embed:{tenant_id}", tenant_id=tenant_id)
