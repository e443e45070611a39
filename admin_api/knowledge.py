"""What a business's bots know: looking at it, teaching, searching it as a bot does, and what nobody taught yet."""

from __future__ import annotations

from flask import Response

from admin_api.access import require_role, require_subscription
from admin_api.edge import actor, edge
from admin_api.lists import order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Paged
from admin_api.shown_knowledge import (
    FindingsShown,
    FindWanted,
    FoundOne,
    GapAnswer,
    GapShown,
    GapsWanted,
    KnowledgeChange,
    KnowledgePath,
    KnowledgeShown,
    KnowledgeWanted,
    NewKnowledge,
    NewPage,
    PageShown,
    VersionShown,
    VersionsShown,
)
from admin_api.tenancy import tenant
from services.addresses import normalised
from services.assistant import (
    bot_lists,
    deciding,
    documents,
    embeddings,
    gaps,
    knowledge,
    knowledge_book,
    knowledge_lists,
    retrieval,
)
from services.assistant.knowledge import Answered, Place
from services.assistant.knowledge_lists import Listed
from services.db.engine import Tx

family = Family(
    "knowledge", "Knowledge", "What bots were taught, and what they were asked in vain.", "/api/v1/knowledge"
)


@family.get("", Paged[KnowledgeShown])
@require_role("read_only", "bots:read")
def list_knowledge(query: KnowledgeWanted) -> Response:
    """What bots were taught: questions with their answers, documents and pages."""
    by = order(knowledge_book.COLUMNS, query.sort, "-changedAt")
    wanted = knowledge_book.Wanted(query.q, query.bot, query.kind, query.status)
    with edge().db.tenant(tenant().id) as tx:
        rows, total = knowledge_book.listed(tx, wanted, by, query.offset, query.per_page)
    return paged([KnowledgeShown.of(row) for row in rows], total, query.page, query.per_page)


@family.post("", Answer[KnowledgeShown], 201, also={200: Answer[KnowledgeShown]})
@require_role("staff", "bots:write")
@require_subscription
def teach_knowledge(body: NewKnowledge) -> Response:
    """Teaches a question with its answer; 200 where it was known. Another answer to it is only replaced if told to."""
    wanted = Answered(tuple(body.questions), body.answer)
    with edge().db.tenant(tenant().id) as tx:
        listed, is_new = knowledge_book.teach(tx, _place(tx, body.bot), wanted, replace=body.replace)
        embeddings.wanted(tx, edge().settings)
        return ok(KnowledgeShown.of(listed), 201 if is_new else 200)


@family.get("/find", Answer[FindingsShown])
@require_role("read_only", "bots:read")
def find_knowledge(query: FindWanted) -> Response:
    """What a bot would find for a question, how sure it would be, and what it would do; nobody hears of it."""
    with edge().db.tenant(tenant().id) as tx:
        if query.bot is not None:
            bot_lists.one(tx, query.bot)
        found = retrieval.search(tx, query.q, chatbot_id=query.bot, limit=query.limit)
    decided = deciding.decide(query.q, found)
    shown = FindingsShown(
        outcome=decided.kind, text=decided.text, confidence=decided.confidence,
        found=[FoundOne.of(each) for each in found],
    )  # fmt: skip
    return ok(shown)


@family.get("/gaps", Paged[GapShown])
@require_role("read_only", "bots:read")
def list_gaps(query: GapsWanted) -> Response:
    """What customers asked and no bot could answer."""
    by = order(knowledge_book.GAP_COLUMNS, query.sort, "-times,-lastAt")
    with edge().db.tenant(tenant().id) as tx:
        rows, total = knowledge_book.gaps(tx, query.status, by, query.offset, query.per_page)
    return paged([GapShown.of(row) for row in rows], total, query.page, query.per_page)


@family.post("/gaps/<string:number>", Answer[KnowledgeShown])
@require_role("staff", "bots:write")
@require_subscription
def answer_gap(path: KnowledgePath, body: GapAnswer) -> Response:
    """Teaches the answer to a question that nothing answered."""
    with edge().db.tenant(tenant().id) as tx:
        knowledge.alone(tx)
        gap, place = knowledge_book.gap(tx, path.number), _place(tx, None)
        listed, _is_new = knowledge_book.teach(tx, place, Answered((gap.question,), body.answer), replace=True)
        gaps.teach(tx, actor(), gap, listed.source.id)
        embeddings.wanted(tx, edge().settings)
        return ok(KnowledgeShown.of(listed))


@family.delete("/gaps/<string:number>", Answer[GapShown])
@require_role("staff", "bots:write")
@require_subscription
def dismiss_gap(path: KnowledgePath) -> Response:
    """Closes a question that needs no answer; asked again it stays closed."""
    with edge().db.tenant(tenant().id) as tx:
        gap = knowledge_book.gap(tx, path.number)
        gaps.dismiss(tx, actor(), gap)
        return ok(GapShown.of(gap))


@family.post("/pages", Answer[PageShown], 202)
@require_role("staff", "bots:write")
@require_subscription
def learn_page(body: NewPage) -> Response:
    """Has a page of the web learnt, or read again; what was read before answers meanwhile."""
    address = normalised(body.url)
    with edge().db.tenant(tenant().id) as tx:
        asked = documents.request_page(tx, _place(tx, body.bot), address, body.title)
        shown = PageShown.model_validate({"how": asked.how, "knowledge": KnowledgeShown.of(Listed(asked.source, None))})
        return ok(shown, 202)


@family.get("/<string:number>", Answer[KnowledgeShown])
@require_role("read_only", "bots:read")
def show_knowledge(path: KnowledgePath) -> Response:
    """One thing that was taught."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(KnowledgeShown.of(knowledge_book.one(tx, path.number)))


@family.patch("/<string:number>", Answer[KnowledgeShown])
@require_role("staff", "bots:write")
@require_subscription
def change_knowledge(path: KnowledgePath, body: KnowledgeChange) -> Response:
    """Gives a question other wordings or another answer; what it was before is kept among its versions."""
    with edge().db.tenant(tenant().id) as tx:
        knowledge.alone(tx)
        source = knowledge_book.one(tx, path.number, lock=True).source
        changed = knowledge_book.change(tx, _place(tx, None), source, body.questions, body.answer)
        embeddings.wanted(tx, edge().settings)
        return ok(KnowledgeShown.of(changed))


@family.delete("/<string:number>", Answer[KnowledgeShown])
@require_role("staff", "bots:write")
@require_subscription
def remove_knowledge(path: KnowledgePath) -> Response:
    """Takes something out of what bots know; answers what it was."""
    with edge().db.tenant(tenant().id) as tx:
        listed = knowledge_book.one(tx, path.number, lock=True)
        shown = KnowledgeShown.of(listed)
        knowledge.remove(tx, _place(tx, None), listed.source)
        return ok(shown)


@family.post("/<string:number>/reread", Answer[KnowledgeShown], 202)
@require_role("staff", "bots:write")
@require_subscription
def reread_knowledge(path: KnowledgePath) -> Response:
    """Has a document or page read again; what is known of it answers meanwhile."""
    with edge().db.tenant(tenant().id) as tx:
        source = knowledge_book.one(tx, path.number, lock=True).source
        documents.reread(tx, _place(tx, None), source)
        return ok(KnowledgeShown.of(Listed(source, None)), 202)


@family.get("/<string:number>/versions", Answer[VersionsShown])
@require_role("read_only", "bots:read")
def knowledge_versions(path: KnowledgePath) -> Response:
    """What something was, the latest 20 versions, the newest first."""
    with edge().db.tenant(tenant().id) as tx:
        found = knowledge_lists.versions(tx, knowledge_book.one(tx, path.number).source)
    return ok(VersionsShown(versions=[VersionShown.of(each) for each in found]))


def _place(tx: Tx, bot: int | None) -> Place:
    """Who teaches, and which bot; raises `bot_unknown`."""
    if bot is not None:
        bot_lists.one(tx, bot)
    return Place(actor(), bot, None)
