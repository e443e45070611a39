"""How what bots were taught is put into words: lists, single entries with their history, what was taught just now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.assistant.documents import Requested
from services.assistant.knowledge import Answered
from services.assistant.knowledge_lists import PAGE, Listed, Totals, Was
from services.assistant.retrieval import Found
from services.clock import local_date
from services.db.models import KnowledgeGap, KnowledgeSource
from services.i18n import Joined, Percent, Renderable, Shown, Weekday, _, _n, lines

TITLE, ANSWER, FOUND = 80, 70, 200
EXAMPLE = _("For example: kb add When do you open? = Every day from 8 to 5")
BotNames = Mapping[int, str]

_KINDS: Mapping[str, Renderable] = {
    "pdf": _("PDF"), "docx": _("Word file"), "text": _("text"), "table": _("table"), "web": _("web page"),
    "image": _("picture"),
}  # fmt: skip


def short(text: str, most: int) -> str:
    """A text in one line of at most so many characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"


def taught(source: KnowledgeSource, answered: Answered, bots: BotNames) -> Renderable:
    """A question that was taught, with all its wordings and its answer."""
    first, *others = answered.questions
    return lines(
        Joined((_("{number}. *{question}*", number=str(source.number), question=first), for_bot(source, bots)), " "),
        Joined(("≈", " | ".join(others)), " ") if others else None,
        f"→ {answered.answer}",
    )


def for_bot(source: KnowledgeSource, bots: BotNames) -> Renderable | None:
    """For which bot something is, unless it is for every one."""
    if source.chatbot_id is None:
        return None
    return _("(only {bot})", bot=bots.get(source.chatbot_id, "?"))


def nothing_yet() -> Renderable:
    """What an owner reads who hasn't taught anything."""
    return lines(
        _("Your bots know nothing yet."),
        _("Teach them a question with its answer. For example: kb add When do you open? = Every day from 8 to 5"),
        _("Or send a PDF, a Word file, a text or a CSV table with the caption *kb*, or a link: kb https://…"),
    )


def listing(listed: Sequence[Listed], totals: Totals, page: int, bots: BotNames) -> Renderable:
    """A page of the list, with the totals above and what else there is below."""
    count = totals.questions + totals.documents
    return lines(
        Joined(
            (
                _("*Your bots know:*"),
                _n("{n} question", "{n} questions", totals.questions),
                _n("{n} document", "{n} documents", totals.documents),
                _n("{n} entry", "{n} entries", totals.entries),
            ),
            " · ",
        ),
        *(line(each, bots) for each in listed),
        _("More: kb {page}", page=str(page + 1)) if count > page * PAGE else None,
        _n("{n} question waits for your answer: *kb gaps*", "{n} questions wait for your answer: *kb gaps*",
           totals.gaps) if totals.gaps else None,
        _("Look: kb show {number}. Take out: kb remove {number}. Search: kb find TEXT",
          number=str(listed[0].source.number)) if listed else None,
    )  # fmt: skip


def line(listed: Listed, bots: BotNames) -> Renderable:
    """One source in a list."""
    source, answered = listed.source, listed.answered
    if answered is not None:
        more = len(answered.questions) - 1
        words: tuple[Renderable | str | None, ...] = (
            f"{source.number}. {short(answered.questions[0], TITLE)} → {short(answered.answer, ANSWER)}",
            f"(+{more})" if more else None,
        )
    else:
        words = (f"{source.number}. 📄 {short(source.title, TITLE)}", state(source))
    return Joined((*words, for_bot(source, bots)), " ")


def state(source: KnowledgeSource) -> Renderable:
    """What a document is and how far it is."""
    kind = _KINDS.get(source.kind, Shown(source.kind))
    held = _n("{n} entry", "{n} entries", source.entries) if source.version else None
    told: Renderable | None = None
    if source.status in ("waiting", "learning"):
        told = _("being read")
    elif source.error is not None:
        told = _("couldn't be read again") if source.version else _("couldn't be read")
    return Joined(("(", Joined((kind, held, told), ", "), ")"), "")


def whole(listed: Listed, history: Sequence[Was], timezone: str, bots: BotNames) -> Renderable:
    """A source with everything that it was."""
    source, answered = listed.source, listed.answered
    head = taught(source, answered, bots) if answered is not None else line(listed, bots)
    return lines(
        head,
        source.address if answered is None else None,
        *(_was(each, timezone) for each in history[:1]),
        _("*Before:*") if len(history) > 1 else None,
        *(_was(each, timezone, with_content=True) for each in history[1:]),
        _("Change the answer: kb edit {number} = …", number=str(source.number))
        if answered is not None
        else _("Read it again: kb reindex {number}", number=str(source.number)),
    )  # fmt: skip


def _was(was: Was, timezone: str, *, with_content: bool = False) -> Renderable:
    day = Weekday(local_date(was.at, timezone))
    head = _("Version {version}, {day}, by {name}", version=str(was.version), day=day, name=was.by)
    if not with_content:
        return head
    content: Renderable = _n("{n} entry", "{n} entries", was.entries)
    if was.answered is not None:
        content = Shown(f"{' | '.join(was.answered.questions)} → {was.answered.answer}")
    return Joined((head, content), ": ")


def found(question: str, results: Sequence[Found]) -> Renderable:
    """What was found for a question and how sure that is."""
    if not results:
        return lines(
            _("Nothing that your bots know fits “{question}”.", question=short(question, TITLE)),
            _("Teach it: kb add {question} = …", question=short(question, TITLE)),
        )
    return lines(
        _("Found for “{question}”:", question=short(question, TITLE)), *(_found(each) for each in results)
    )  # fmt: skip


def _found(each: Found) -> Renderable:
    share = Percent(Decimal(round(each.confidence * 100)) / 100)
    words: Renderable = _("unlikely")
    for least, said in ((0.8, _("sure")), (0.5, _("likely")), (0.2, _("perhaps"))):
        if each.confidence >= least:
            words = said
            break
    where: Renderable | str | None = each.question
    if each.question is None:
        page = _("page {page}", page=str(each.page)) if each.page is not None else None
        where = Joined((each.title, page, each.heading), ", ")
    sure = _("({words}, {share})", words=words, share=share)
    head = Joined((f"{each.source_number}.", where, sure), " ")
    return lines(head, f"→ {short(each.answer, FOUND)}")


def reading(requested: Requested) -> Renderable:
    """What is said at once about a document or page that is to be learnt."""
    source = requested.source
    given = {"title": source.title, "number": str(source.number)}
    texts: Mapping[str, Renderable] = {
        "new": _("I'm reading {title} (number {number}). I'll tell you when your bots know it.", **given),
        "newer": _(
            "I know an older {title} (number {number}). I'm reading the new one; until then the old one answers.",
            **given,
        ),
        "again": _("I know {title} already (number {number}); I'm reading it again.", **given),
        "known": _("I know {title} already (number {number}); nothing has changed in it.", **given),
        "reading": _("I'm reading {title} (number {number}) already; it takes a moment.", **given),
    }  # fmt: skip
    return texts[requested.how]


def gaps(found: Sequence[KnowledgeGap], count: int) -> Renderable:
    """The questions that nothing answered, with how often they were asked."""
    more = count - len(found)
    return lines(
        _("Your customers asked, and your bots didn't know:"),
        *(_("{number}. {question} ({n}×)", number=str(each.number), question=short(each.question, 120), n=each.times)
          for each in found),
        _n("… and {n} more", "… and {n} more", more) if more > 0 else None,
    )  # fmt: skip


def next_gap(gap: KnowledgeGap, count: int) -> Renderable:
    """The question that comes next, after one was answered."""
    return lines(
        _n("{n} question still waits:", "{n} questions still wait. The next:", count),
        _("{number}. {question} ({n}×)", number=str(gap.number), question=short(gap.question, 120), n=gap.times),
    )
