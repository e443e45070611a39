"""What bots were taught, as programs look at it and teach it: filtered pages, single entries, questions without a talk.

In the chat it is asked which of two answers holds; here the caller says so at once (`replace`), or is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from services.assistant import chatbots, knowledge, knowledge_lists
from services.assistant.knowledge import Answered, Place, answered_of
from services.assistant.knowledge_lists import Listed
from services.assistant.words import key
from services.db.engine import Tx
from services.db.models import KnowledgeGap, KnowledgeSource, KnowledgeVersion
from services.errors import DomainError
from services.i18n import _

COLUMNS: Mapping[str, Any] = {
    "number": KnowledgeSource.number, "title": func.lower(KnowledgeSource.title), "kind": KnowledgeSource.kind,
    "status": KnowledgeSource.status, "createdAt": KnowledgeSource.created_at,
    "changedAt": KnowledgeSource.changed_at,
}  # fmt: skip
GAP_COLUMNS: Mapping[str, Any] = {
    "number": KnowledgeGap.number, "times": KnowledgeGap.times, "firstAt": KnowledgeGap.first_at,
    "lastAt": KnowledgeGap.last_at,
}  # fmt: skip
_VERSION = (KnowledgeVersion.tenant_id == KnowledgeSource.tenant_id) & (
    KnowledgeVersion.source_id == KnowledgeSource.id
) & (KnowledgeVersion.version == KnowledgeSource.version)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of what was taught: in which a text occurs, for a bot, of a kind, in a status. None doesn't matter."""

    q: str | None = None
    bot: int | None = None
    kind: str | None = None
    status: str | None = None


def listed(
    tx: Tx, wanted: Wanted, order: Sequence[ColumnElement[Any]], offset: int, limit: int
) -> tuple[Sequence[Listed], int]:
    """A page of what was taught, and how much there is. Two statements."""
    which = _which(tx, wanted)
    statement = _with_content().where(*which).order_by(*order, KnowledgeSource.id).offset(offset).limit(limit)
    rows = [Listed(source, answered_of(content)) for source, content in tx.execute(statement)]
    return rows, int(tx.scalar(select(func.count()).select_from(KnowledgeSource).where(*which)) or 0)


def _which(tx: Tx, wanted: Wanted) -> list[ColumnElement[bool]]:
    which = [KnowledgeSource.tenant_id == tx.tenant, KnowledgeSource.status != "removed"]
    if wanted.q is not None:
        which.append(KnowledgeSource.title.icontains(wanted.q, autoescape=True))
    if wanted.bot is not None:
        which.append(KnowledgeSource.chatbot_id.is_(None) | (KnowledgeSource.chatbot_id == wanted.bot))
    if wanted.kind is not None:
        which.append(KnowledgeSource.kind == wanted.kind)
    if wanted.status is not None:
        which.append(KnowledgeSource.status == wanted.status)
    return which


def one(tx: Tx, number: int, *, lock: bool = False) -> Listed:
    """What was taught under a number; raises `DomainError` `knowledge_unknown`."""
    statement = _with_content().where(
        KnowledgeSource.tenant_id == tx.tenant, KnowledgeSource.number == number, KnowledgeSource.status != "removed"
    )
    if lock:
        statement = statement.with_for_update(of=KnowledgeSource, key_share=True)
    found = tx.execute(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise DomainError("knowledge_unknown", _("Nothing was taught under number {number}.", number=str(number)))
    return Listed(found[0], answered_of(found[1]))


def _with_content() -> Select[*tuple[Any, ...]]:
    return select(KnowledgeSource, KnowledgeVersion.content).outerjoin(KnowledgeVersion, _VERSION)


def teach(tx: Tx, place: Place, wanted: Answered, *, replace: bool) -> tuple[Listed, bool]:
    """Teaches a question with its answer; returns it, and whether it is new. What is known already stays as it is.

    With `replace` another answer that is known takes this one's place; else raises `DomainError` `knowledge_exists`.
    Who teaches without having a bot gets one.
    """
    knowledge.alone(tx)
    wanted = knowledge.checked(wanted.questions, wanted.answer)
    alike = [each for each in knowledge_lists.same(tx, wanted.questions, place.chatbot_id) if each.answered]
    if not chatbots.all_of(tx):
        chatbots.default(tx)
    if not alike:
        return Listed(source := knowledge.add_qa(tx, place, wanted), knowledge.current(tx, source)), True
    if not replace and any(each.answered.answer.split() != wanted.answer.split() for each in alike if each.answered):
        raise _exists(alike[0])
    return _merged(tx, place, wanted, alike), False


def _merged(tx: Tx, place: Place, wanted: Answered, alike: Sequence[Listed]) -> Listed:
    """The first of those that ask the same, with all their wordings and the new answer; the others go."""
    first, *others = alike
    known = [question for each in alike if each.answered for question in each.answered.questions]
    spelt = {key(each) or each for each in known}
    fresh = [each for each in wanted.questions if (key(each) or each) not in spelt]
    if not others and not fresh and first.answered and first.answered.answer == wanted.answer:
        return first
    for each in others:
        knowledge.remove(tx, place, each.source)
    knowledge.rewrite(tx, place, first.source, Answered((*known, *fresh), wanted.answer))
    return Listed(first.source, knowledge.current(tx, first.source))


def change(
    tx: Tx, place: Place, source: KnowledgeSource, questions: Sequence[str] | None, answer: str | None
) -> Listed:
    """Other wordings or another answer of a question; raises `wording_taken` and what `knowledge.rewrite` does.

    Call alone (`knowledge.alone`), with the source locked afterwards.
    """
    before = knowledge.current(tx, source)
    wanted = Answered(before.questions if questions is None else tuple(questions), answer or before.answer)
    for each in knowledge_lists.same(tx, wanted.questions, source.chatbot_id):
        if each.source.id != source.id and each.answered is not None:
            raise DomainError(
                "wording_taken",
                _("Number {number} answers that wording already.", number=str(each.source.number)),
                number=each.source.number,
            )
    if knowledge.checked(wanted.questions, wanted.answer) != before:
        knowledge.rewrite(tx, place, source, wanted)
    return Listed(source, knowledge.current(tx, source))


def _exists(there: Listed) -> DomainError:
    number = there.source.number
    text = _("Number {number} gives another answer to that. Send replace: true to have yours hold.", number=str(number))
    return DomainError("knowledge_exists", text, number=number)


def gaps(
    tx: Tx, status: str, order: Sequence[ColumnElement[Any]], offset: int, limit: int
) -> tuple[Sequence[KnowledgeGap], int]:
    """A page of the questions that got no answer, and how many there are. Two statements."""
    which = [KnowledgeGap.tenant_id == tx.tenant, KnowledgeGap.status == status]
    statement = select(KnowledgeGap).where(*which).order_by(*order, KnowledgeGap.id).offset(offset).limit(limit)
    rows = tx.scalars(statement).all()
    return rows, int(tx.scalar(select(func.count()).select_from(KnowledgeGap).where(*which)) or 0)


def gap(tx: Tx, number: int) -> KnowledgeGap:
    """An open question, locked; raises `DomainError` `gap_unknown`."""
    statement = select(KnowledgeGap).where(
        KnowledgeGap.tenant_id == tx.tenant, KnowledgeGap.number == number, KnowledgeGap.status == "open"
    )
    found = tx.scalars(statement.with_for_update(key_share=True)).one_or_none()
    if found is None:
        raise DomainError("gap_unknown", _("There is no unanswered question {number}.", number=str(number)))
    return found
