"""The job that makes the vectors of what was taught: read in one transaction, made in none, kept in another.

When the model server is away it is tried again for a day, ever more slowly; when AI credits are used up, once the
next month has brought some, or more were given. Meanwhile knowledge is found by its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select

from services import queue
from services.assistant import vectors
from services.assistant.embeddings import BATCH, Embedder, UnavailableError
from services.assistant.models import ModelError
from services.assistant.paying import CreditsUsedUpError, paid
from services.clock import local_date
from services.db.engine import Database
from services.db.models import Tenant
from services.tenants import life

CHARACTERS_PER_TOKEN = 3
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
            made = _made(db, embedder, tenant_id, [text for _id, text in missing])
        except CreditsUsedUpError:
            _wait_for_credits(db, tenant_id)
            return
        except ModelError as error:
            log.warning("no vectors", tenant=tenant_id, attempt=attempt, error=str(error))
            _try_again(db, tenant_id, attempt + 1)
            return
        with db.tenant(tenant_id) as tx:
            ids = (id_ for id_, _text in missing)
            vectors.store(tx, embedder.model, list(zip(ids, made, strict=True)))


def _made(db: Database, embedder: Embedder, tenant_id: int, texts: list[str]) -> list[list[float]]:
    """The vectors of texts, paid for."""
    with paid(db, tenant_id, "embedding", units=tokens_of(texts)) as bill:
        bill.model = embedder.model
        try:
            made = embedder.embed(texts, patiently=True)
        except UnavailableError as error:
            raise ModelError("down", str(error)) from error
        bill.prompt_tokens = tokens_of(texts)
        return made


def tokens_of(texts: Sequence[str]) -> int:
    """How many tokens texts have, about: what servers tell of it differs, and some tell nothing."""
    return sum(len(text) for text in texts) // CHARACTERS_PER_TOKEN + 1


def _wait_for_credits(db: Database, tenant_id: int) -> None:
    """Has it tried again when the next month begins by the tenant's calendar; a grant has it tried at once."""
    with db.tenant(tenant_id) as tx:
        zone = ZoneInfo(tx.get_one(Tenant, tx.tenant).timezone)
        later = (local_date(tx.now, zone.key).replace(day=1) + timedelta(days=32)).replace(day=1)
        begins = datetime.combine(later, time(), zone)
        queue.defer(tx, "embed", f"embed:{tenant_id}:{later:%Y-%m}", at=begins)


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
        for tenant_id in tx.scalars(select(Tenant.id).where(Tenant.status.in_(life.WORKING)).order_by(Tenant.id)):
            queue.defer(tx, "embed", f"embed:{tenant_id}", tenant_id=tenant_id)
