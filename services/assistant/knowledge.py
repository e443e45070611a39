"""What bots are taught: questions with their answers, documents and pages, each with a number and every version.

Called by the owner's commands and by the job that reads documents. What is found in it is the retrieval's matter; here
it is kept, changed and listed. Reads no files and fetches nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from services.assistant import gaps, index
from services.assistant.entries import Entry
from services.db.engine import Tx
from services.db.models import KnowledgeSource, KnowledgeVersion
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit, usage
from services.tenants.actors import Actor
from services.tenants.plans import UNLIMITED

MOST_QUESTION, MOST_ANSWER, MOST_WORDINGS, MOST_TITLE = 300, 3_000, 20, 120
MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """For which bot something is taught (None: for every one), by whom, and in which session and message."""

    actor: Actor
    chatbot_id: int | None
    session_id: int | None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A question in its wordings, the first one being its title, with its answer."""

    questions: tuple[str, ...]
    answer: str


def checked(questions: Sequence[str], answer: str) -> Answered:
    """A question as it may be kept; raises `DomainError` `question_empty`, `question_too_long`, `answer_empty`,
    `answer_too_long` or `too_many_wordings`.
    """
    wordings: dict[str, str] = {}
    for each in (" ".join(_clean(each).split()) for each in questions):
        wordings.setdefault(each.casefold(), each)
    kept, words = tuple(filter(None, wordings.values())), _clean(answer).strip()
    if not any(character.isalnum() for character in "".join(kept)):
        raise DomainError("question_empty", _("What is the question? For example: kb add When do you open? = At 8"))
    too_long = next((each for each in kept if len(each) > MOST_QUESTION), None)
    if too_long is not None:
        raise DomainError(
            "question_too_long",
            _("That question is too long; {limit} characters fit: “{start}…”", limit=MOST_QUESTION,
              start=too_long[:60]),
        )  # fmt: skip
    if len(kept) > MOST_WORDINGS:
        raise DomainError("too_many_wordings", _("A question may have {limit} wordings.", limit=MOST_WORDINGS))
    if not words:
        raise DomainError("answer_empty", _("What is the answer? For example: kb add When do you open? = At 8"))
    if len(words) > MOST_ANSWER:
        raise DomainError(
            "answer_too_long",
            _("That answer is too long; {limit} characters fit. Send longer texts as a file with the caption *kb*.",
              limit=MOST_ANSWER),
        )  # fmt: skip
    return Answered(kept, words)


def _clean(text: str) -> str:
    return text.replace("\x00", "")


def add_qa(tx: Tx, place: Place, answered: Answered) -> KnowledgeSource:
    """A new question with its answer; open gaps that ask the same are closed. Raises what `checked` and `room` do."""
    answered = checked(answered.questions, answered.answer)
    source = new_source(tx, place, "qa", answered.questions[0])
    _put_answered(tx, source, place.actor, answered)
    gaps.settle(tx, answered.questions, source.id)
    after: dict[str, object] = {"questions": list(answered.questions), "answer": answered.answer}
    audit.record(tx, place.actor, "knowledge.add", "knowledge_sources", source.id, after=after,
                 message_id=place.message_id)  # fmt: skip
    return source


def alone(tx: Tx) -> None:
    """Has whoever else teaches this tenant's bots wait for this transaction, so that two don't teach the same twice."""
    usage.consume(tx, "knowledge_number", UNLIMITED, 0)


def new_source(tx: Tx, place: Place, kind: str, title: str) -> KnowledgeSource:
    """An empty source that waits for its content."""
    source = KnowledgeSource(
        tenant_id=tx.tenant, number=usage.next_number(tx, "knowledge_number"), kind=kind, title=_clean(title),
        chatbot_id=place.chatbot_id, session_id=place.session_id, status="waiting", version=0, pages_read=0, entries=0,
        attempts=0, created_at=tx.now, created_by=place.actor.id, changed_at=tx.now,
    )  # fmt: skip
    tx.add(source)
    tx.flush()
    return source


def rewrite(tx: Tx, place: Place, source: KnowledgeSource, answered: Answered) -> None:
    """Other wordings or another answer, as a new version; raises `not_a_question` and what `checked` does."""
    before = current(tx, source)
    answered = checked(answered.questions, answered.answer)
    source.title = answered.questions[0]
    _put_answered(tx, source, place.actor, answered)
    gaps.settle(tx, answered.questions, source.id)
    audit.record(
        tx, place.actor, "knowledge.edit", "knowledge_sources", source.id, before=_content(before),
        after=_content(answered), message_id=place.message_id,
    )  # fmt: skip


def add_wording(tx: Tx, place: Place, source: KnowledgeSource, wordings: Sequence[str]) -> Answered:
    """More wordings of a question; returns it as it is now. Raises what `rewrite` does."""
    before = current(tx, source)
    rewrite(tx, place, source, Answered((*before.questions, *wordings), before.answer))
    return current(tx, source)


def edit(tx: Tx, place: Place, source: KnowledgeSource, answer: str) -> Answered:
    """Another answer; returns the question as it was before. Raises what `rewrite` does."""
    before = current(tx, source)
    rewrite(tx, place, source, Answered(before.questions, answer))
    return before


def _put_answered(tx: Tx, source: KnowledgeSource, actor: Actor, answered: Answered) -> None:
    entry = Entry(answered.answer, answered.questions)
    publish(tx, source, actor.id, [entry], content=_content(answered))


def _content(answered: Answered) -> dict[str, object]:
    return {"questions": list(answered.questions), "answer": answered.answer}


def publish(
    tx: Tx, source: KnowledgeSource, author: str, entries: Sequence[Entry], *, pages: int | None = None,
    content: dict[str, object] | None = None,
) -> None:  # fmt: skip
    """Has a source answer with these entries from now on, as its next version; raises `knowledge_full`.

    Everything that is searched goes through here.
    """
    room(tx, source, len(entries))
    source.version, source.entries, source.pages = source.version + 1, len(entries), pages
    source.status, source.error, source.changed_at = "ready", None, tx.now
    tx.flush()
    index.put(tx, source, entries)
    tx.add(
        KnowledgeVersion(
            tenant_id=tx.tenant, source_id=source.id, version=source.version, at=tx.now, author=author,
            file_hash=source.file_hash, pages=pages, entries=len(entries), content=content,
        )
    )  # fmt: skip
    tx.flush()


def room(tx: Tx, source: KnowledgeSource, entries: int) -> None:
    """Refuses, with `knowledge_full`, more entries than a tenant may have."""
    others = select(func.coalesce(func.sum(KnowledgeSource.entries), 0)).where(
        KnowledgeSource.tenant_id == tx.tenant, KnowledgeSource.status != "removed", KnowledgeSource.id != source.id
    )
    if int(tx.scalar(others) or 0) + entries > MOST_ENTRIES:
        raise DomainError(
            "knowledge_full",
            _("Your bots can keep {limit} entries, and this would be more. Remove something first: *kb* lists it all.",
              limit=MOST_ENTRIES),
        )  # fmt: skip


def remove(tx: Tx, place: Place, source: KnowledgeSource) -> None:
    """Takes something out of what bots know; its versions are kept."""
    index.clear(tx, source.id)
    source.status, source.entries, source.changed_at = "removed", 0, tx.now
    audit.record(tx, place.actor, "knowledge.remove", "knowledge_sources", source.id, before={"title": source.title},
                 message_id=place.message_id)  # fmt: skip
    tx.flush()


def by_number(tx: Tx, number: int) -> KnowledgeSource:
    """The source with this number, locked; raises `unknown_knowledge`, also when it was removed."""
    return by_numbers(tx, [number])[0]


def by_numbers(tx: Tx, numbers: Sequence[int]) -> Sequence[KnowledgeSource]:
    """The sources with these numbers, locked, in that order; raises `unknown_knowledge` if any isn't there."""
    statement = (
        select(KnowledgeSource)
        .where(KnowledgeSource.tenant_id == tx.tenant, KnowledgeSource.number.in_(numbers))
        .where(KnowledgeSource.status != "removed")
        .order_by(KnowledgeSource.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = {source.number: source for source in tx.scalars(statement)}
    unknown = next((number for number in numbers if number not in found), None)
    if unknown is not None:
        raise DomainError(
            "unknown_knowledge", _("There is no number {number}. *kb* lists what your bots know.", number=str(unknown))
        )
    return [found[number] for number in numbers]


def current(tx: Tx, source: KnowledgeSource) -> Answered:
    """A question as it stands; raises `not_a_question` for a document."""
    if source.kind != "qa":
        raise DomainError(
            "not_a_question",
            _("{number} is a document; send its new file with the caption *kb* instead.", number=str(source.number)),
        )
    statement = select(KnowledgeVersion.content).where(
        KnowledgeVersion.tenant_id == tx.tenant, KnowledgeVersion.source_id == source.id,
        KnowledgeVersion.version == source.version,
    )  # fmt: skip
    return answered_of(tx.scalars(statement).one()) or Answered((source.title,), "")


def answered_of(content: dict[str, object] | None) -> Answered | None:
    """The question that a version kept."""
    if content is None:
        return None
    questions = content.get("questions")
    return Answered(tuple(map(str, questions if isinstance(questions, list) else ())), str(content.get("answer", "")))
