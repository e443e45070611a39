"""Questions that nothing answered: counted when they are asked, listed, and closed by teaching or dismissing them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.assistant import words
from services.db.engine import Tx
from services.db.models import KnowledgeGap
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit, usage
from services.tenants.actors import Actor

LONGEST = 300
SHOWN = 20


def record(
    tx: Tx, question: str, key: str, contact_id: int | None = None, conversation_id: int | None = None
) -> KnowledgeGap | None:
    """Counts a question that got no answer; `key` is the same for the same question in other words (`words.gap_key`).

    One that was taught is open again, since that didn't answer it; one that was dismissed stays so. None when there is
    nothing in it to be answered.
    """
    question, key = question.replace("\x00", "").strip()[:LONGEST], key.replace("\x00", "")[:LONGEST]
    if not key or not any(character.isalpha() for character in question):
        return None
    return _count(tx, key) or _insert(tx, question, key, contact_id, conversation_id)


_AGAIN = {
    "times": KnowledgeGap.times + 1,
    "status": case((KnowledgeGap.status == "taught", "open"), else_=KnowledgeGap.status),
}


def _count(tx: Tx, key: str) -> KnowledgeGap | None:
    """A known question is counted in one statement, without taking a number."""
    statement = (
        update(KnowledgeGap)
        .where(KnowledgeGap.tenant_id == tx.tenant, KnowledgeGap.key == key)
        .values(**_AGAIN, last_at=tx.now)
        .returning(KnowledgeGap)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return tx.scalars(statement).one_or_none()


def _insert(
    tx: Tx, question: str, key: str, contact_id: int | None, conversation_id: int | None
) -> KnowledgeGap:  # fmt: skip
    fresh = insert(KnowledgeGap).values(
        tenant_id=tx.tenant, number=usage.next_number(tx, "gap_number"), key=key, question=question, times=1,
        status="open", first_at=tx.now, last_at=tx.now, contact_id=contact_id, conversation_id=conversation_id,
    )  # fmt: skip
    statement = (
        fresh.on_conflict_do_update(index_elements=["tenant_id", "key"], set_={**_AGAIN, "last_at": tx.now})
        .returning(KnowledgeGap)
        .execution_options(populate_existing=True)
    )
    return tx.scalars(statement).one()


def open_gaps(tx: Tx, limit: int = SHOWN) -> Sequence[KnowledgeGap]:
    """What waits for an answer, the most asked first, then the latest."""
    statement = (
        select(KnowledgeGap)
        .where(KnowledgeGap.tenant_id == tx.tenant, KnowledgeGap.status == "open")
        .order_by(KnowledgeGap.times.desc(), KnowledgeGap.last_at.desc(), KnowledgeGap.id)
        .limit(limit)
    )
    return tx.scalars(statement).all()


def count_open(tx: Tx) -> int:
    """How many questions wait for an answer."""
    statement = select(func.count()).where(KnowledgeGap.tenant_id == tx.tenant, KnowledgeGap.status == "open")
    return int(tx.scalar(statement) or 0)


def by_number(tx: Tx, number: int) -> KnowledgeGap:
    """The open question with this number, locked; raises `unknown_gap`."""
    statement = (
        select(KnowledgeGap)
        .where(KnowledgeGap.tenant_id == tx.tenant, KnowledgeGap.number == number, KnowledgeGap.status == "open")
        .with_for_update(key_share=True)
    )
    found = tx.scalars(statement).one_or_none()
    if found is None:
        raise DomainError(
            "unknown_gap",
            _("There is no unanswered question {number}. *kb gaps* lists them.", number=str(number)),
        )
    return found


def teach(tx: Tx, actor: Actor, gap: KnowledgeGap, source_id: int, message_id: int | None = None) -> None:
    """Closes a question because that source answers it from now on."""
    gap.status, gap.source_id = "taught", source_id
    _recorded(tx, actor, gap, message_id)


def dismiss(tx: Tx, actor: Actor, gap: KnowledgeGap, message_id: int | None = None) -> None:
    """Closes a question that bots needn't answer; asked again it stays closed."""
    gap.status = "dismissed"
    _recorded(tx, actor, gap, message_id)


def _recorded(tx: Tx, actor: Actor, gap: KnowledgeGap, message_id: int | None) -> None:
    tx.flush()
    audit.record(tx, actor, f"gap.{gap.status}", "knowledge_gaps", gap.id, message_id=message_id)


def settle(tx: Tx, questions: Iterable[str], source_id: int) -> None:
    """Closes the open questions that ask the same as one of these wordings, which that source answers."""
    keys = {words.gap_key(question)[:LONGEST] for question in questions}
    tx.execute(
        update(KnowledgeGap)
        .where(KnowledgeGap.tenant_id == tx.tenant, KnowledgeGap.key.in_(keys), KnowledgeGap.status == "open")
        .values(status="taught", source_id=source_id)
        .execution_options(synchronize_session=False)
    )
