"""What bots were taught, as lists and single entries show it: read only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from services.assistant import index
from services.assistant.knowledge import Answered, answered_of
from services.db.engine import Tx
from services.db.models import KnowledgeGap, KnowledgeSource, KnowledgeVersion, User

PAGE = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A source as lists show it; `answered` where it is a question."""

    source: KnowledgeSource
    answered: Answered | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How much a tenant's bots were taught: questions, documents and pages, all entries, and open gaps."""

    questions: int
    documents: int
    entries: int
    gaps: int


@dataclass(frozen=True, slots=True)
class Was:
    """A version of a source: when it came, by whom, and what it held."""

    version: int
    at: datetime
    by: str
    pages: int | None
    entries: int
    answered: Answered | None


_VERSION = (KnowledgeVersion.tenant_id == KnowledgeSource.tenant_id) & (
    KnowledgeVersion.source_id == KnowledgeSource.id
) & (KnowledgeVersion.version == KnowledgeSource.version)  # fmt: skip


def listing(tx: Tx, *, page: int = 1) -> Sequence[Listed]:
    """What bots were taught, the newest first, `PAGE` at a time."""
    return _listed(tx, page=page)


def same(tx: Tx, questions: Sequence[str], chatbot_id: int | None) -> Sequence[Listed]:
    """What answers one of these wordings for the same bot already; questions before documents."""
    found = {entry.source_id for entry in index.same_question(tx, questions, chatbot_id)}
    listed = _listed(tx, ids=found) if found else []
    mine = [each for each in listed if each.source.chatbot_id == chatbot_id]
    return sorted(mine, key=lambda each: (each.answered is None, each.source.id))


def _listed(tx: Tx, *, page: int = 1, ids: set[int] | None = None) -> Sequence[Listed]:
    statement = (
        select(KnowledgeSource, KnowledgeVersion.content)
        .outerjoin(KnowledgeVersion, _VERSION)
        .where(KnowledgeSource.tenant_id == tx.tenant, KnowledgeSource.status != "removed")
        .order_by(KnowledgeSource.changed_at.desc(), KnowledgeSource.id.desc())
    )
    if ids is not None:
        statement = statement.where(KnowledgeSource.id.in_(ids))
    else:
        statement = statement.limit(PAGE).offset(PAGE * (page - 1))
    return [Listed(source, answered_of(content)) for source, content in tx.execute(statement)]


def versions(tx: Tx, source: KnowledgeSource) -> Sequence[Was]:
    """What a source was, the newest version first, the present one included."""
    writer = (User.tenant_id == KnowledgeVersion.tenant_id) & (User.phone == KnowledgeVersion.author)
    statement = (
        select(KnowledgeVersion, User.name)
        .outerjoin(User, writer)
        .where(KnowledgeVersion.tenant_id == tx.tenant, KnowledgeVersion.source_id == source.id)
        .order_by(KnowledgeVersion.version.desc())
        .limit(PAGE)
    )
    return [
        Was(each.version, each.at, name or each.author, each.pages, each.entries, answered_of(each.content))
        for each, name in tx.execute(statement)
    ]


def totals(tx: Tx) -> Totals:
    """How much there is."""
    is_question = KnowledgeSource.kind == "qa"
    open_gaps = (
        select(func.count())
        .where(KnowledgeGap.tenant_id == tx.tenant, KnowledgeGap.status == "open")
        .scalar_subquery()
    )  # fmt: skip
    statement = select(
        func.count().filter(is_question), func.count().filter(~is_question),
        func.coalesce(func.sum(KnowledgeSource.entries), 0), open_gaps,
    ).where(KnowledgeSource.tenant_id == tx.tenant, KnowledgeSource.status != "removed")  # fmt: skip
    return Totals(*map(int, tx.execute(statement).one()))
