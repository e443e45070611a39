"""What customers asked in vain: listed by how often, taught by replying with its number, or dismissed."""

from __future__ import annotations

from dataclasses import replace

from handlers.grammar.sentences import answer as word_of
from handlers.grammar.teaching import read_all_numbered
from handlers.owner import knowledge_texts as texts
from handlers.owner import teaching
from handlers.owner.call import Call
from handlers.owner.running import pending
from handlers.reply import Question, Reply, say
from services.assistant import gaps, knowledge, knowledge_lists
from services.assistant.knowledge import Answered
from services.db.models import KnowledgeGap
from services.errors import DomainError
from services.i18n import Renderable, _, _n, lines

_HOW = _("Reply with a number and the answer, for example: {number} = We open at 8. Or: {number} no")


def listing(call: Call) -> Reply | Question:
    """Lists unanswered questions, and teaches the answers that come as replies; the rest waits on."""
    given = call.text("gap")
    said = _settle(call, given) if given is not None else ()
    tx = call.context.tx
    found = gaps.open_gaps(tx)
    if not found:
        return say(lines(*said, _("Your bots had an answer to everything they were asked.")))
    shown = texts.gaps(found, gaps.count_open(tx))
    how = _(_HOW.message, number=str(found[0].number))
    if said:
        shown = texts.next_gap(found[0], gaps.count_open(tx))
    question = Question("gap", how, (), {"shown": " ".join(str(each.number) for each in found)})
    asked = pending(call.context, call.command, question.arguments, question)
    return replace(asked, texts=(lines(*said, "" if said else None, shown, how),))


def answer(call: Call) -> Reply | Question:
    """Teaches the answer to one unanswered question, or several."""
    text = call.text("text") or ""
    numbered = read_all_numbered(text)
    if not numbered:
        return Question("text", _("Which one, and what is the answer? For example: kb gap 2 = We open at 8"))
    if len(numbered) == 1 and not numbered[0][1]:
        gap = gaps.by_number(call.context.tx, numbered[0][0])
        said = call.text("answer")
        if said is None:
            ask = _("What shall I answer to “{question}”?", question=texts.short(gap.question, texts.TITLE))
            return Question("answer", ask)
        text = f"{gap.number} = {teaching.answer_to(said, gap.number)}"
    return say(lines(*_settle(call, text)), outcome=teaching.TAUGHT)


def _settle(call: Call, text: str) -> tuple[Renderable, ...]:
    """What came of each numbered line; raises `unknown_gap` before anything is done if one of them isn't open."""
    numbered = read_all_numbered(text)
    found = [(gaps.by_number(call.context.tx, number), said) for number, said in numbered]
    return tuple(_one(call, gap, said) for gap, said in found)


def _one(call: Call, gap: KnowledgeGap, said: str) -> Renderable:
    tx, where = call.context.tx, teaching.place(call)
    if word_of(said) == "no":
        gaps.dismiss(tx, where.actor, gap, where.message_id)
        return _("Closed: “{question}” needs no answer.", question=texts.short(gap.question, texts.TITLE))
    if not said:
        raise DomainError("answer_empty", _("What is the answer? For example: kb gap {number} = We open at 8",
                                            number=str(gap.number)))  # fmt: skip
    wanted = Answered((gap.question,), said)
    there = next((each for each in knowledge_lists.same(tx, wanted.questions, None) if each.answered), None)
    if there is None:
        source = knowledge.add_qa(tx, where, wanted)
    else:
        source = there.source
        knowledge.edit(tx, where, source, said)
    gaps.teach(tx, where.actor, gap, source.id, where.message_id)
    now = knowledge.current(tx, source)
    more = _("More wordings: kb add to {number} = …", number=str(source.number))
    return lines(_n("Taught:", "Taught {n} questions:", 1), texts.taught(source, now, {}), more)
