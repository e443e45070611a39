"""The commands about knowledge: teaching bots, and looking at, searching and taking out what they were taught."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from handlers.grammar.book import CommandBook
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.grammar.teaching import read_numbers, read_taught
from handlers.owner import answering_gaps, teaching, teaching_files
from handlers.owner import knowledge_texts as texts
from handlers.owner.call import Call
from handlers.owner.teaching_files import TEACHES
from handlers.reply import YES_NO, Question, Reply, say
from services.assistant import chatbots, documents, embeddings, knowledge, knowledge_lists, retrieval
from services.assistant.documents import Requested
from services.db.models import KnowledgeSource
from services.i18n import Joined, Renderable, _, _c, lines

AREA = _("Knowledge")
_WHICH = _("Which one? (its number; *kb* lists what your bots know)")


def _writes(run: Callable[[Call], Reply | Question]) -> Callable[[Call], Reply | Question]:
    """After a command that may have taught something, vectors are made of it where there are any.

    Who teaches without having a bot gets one, or customers would hear nothing of it.
    """

    def written(call: Call) -> Reply | Question:
        tx, reply = call.context.tx, run(call)
        embeddings.wanted(tx, call.context.settings)
        if not isinstance(reply, Reply) or reply.outcome != teaching.TAUGHT or chatbots.all_of(tx):
            return reply
        made = _("I made you a bot, {name}, which answers your customers with it. *bots* shows it.",
                 name=chatbots.default(tx).name)  # fmt: skip
        return replace(reply, texts=(lines(*reply.texts, made),))

    return written


def overview(call: Call) -> Reply | Question:
    """Learns the file or link that comes with `kb`; else lists what bots know, or looks for words."""
    text = call.text("text") or ""
    learnt = teaching_files.learnt(call, text)
    if learnt is not None:
        return learnt
    pairs = read_taught(text).pairs
    if any(pair.answer is not None for pair in pairs):
        return _other(call, "kb_add")
    is_page = not text or (text.isdecimal() and len(text) < 5)
    return _page(call, int(text or 1)) if is_page else _other(call, "kb_find")


def _other(call: Call, name: str) -> Reply | Question:
    """The same words as another command."""
    command = call.book[name]
    if not call.context.actor.may(command.permission):
        raise teaching_files.forbidden(call.context)
    result: Reply | Question = command.run(Call(call.context, call.book, command, call.arguments))
    return result


def _page(call: Call, page: int) -> Reply:
    tx = call.context.tx
    totals = knowledge_lists.totals(tx)
    if not totals.questions + totals.documents:
        return say(texts.nothing_yet())
    listed = knowledge_lists.listing(tx, page=max(page, 1))
    return say(texts.listing(listed, totals, max(page, 1), teaching.bot_names(call)))


def add(call: Call) -> Reply | Question:
    """Teaches what a text says; with a file or a link it is that which is learnt."""
    learnt = teaching_files.learnt(call, call.text("text") or "") if "left" not in call.arguments else None
    return learnt or teaching.add(call)


def find(call: Call) -> Reply | Question:
    """Shows what bots would find for a text, and how sure that is."""
    bot, text = teaching.named_bot(call)
    if not text:
        return Question("text", _("What shall I look for? For example: kb find opening hours"))
    tx = call.context.tx
    if bot is None:
        bots = chatbots.all_of(tx)
        bot = bots[0].id if len(bots) == 1 else None
    return say(texts.found(text, retrieval.search(tx, text, chatbot_id=bot, limit=5)))


def show(call: Call) -> Reply | Question:
    """Shows one thing whole, with everything that it was before."""
    numbers = read_numbers(call.text("text") or "")
    if len(numbers) != 1:
        return Question("text", _WHICH)
    tx = call.context.tx
    source = knowledge.by_number(tx, numbers[0])
    answered = knowledge.current(tx, source) if source.kind == "qa" else None
    listed = knowledge_lists.Listed(source, answered)
    history = knowledge_lists.versions(tx, source)
    return say(texts.whole(listed, history, call.context.tenant.timezone, teaching.bot_names(call)))


def remove(call: Call) -> Reply | Question:
    """Takes things out of what bots know: questions at once, documents after a yes."""
    numbers = read_numbers(call.text("text") or "")
    if not numbers:
        return Question("text", _WHICH)
    tx = call.context.tx
    sources = knowledge.by_numbers(tx, numbers)
    of_files = [source for source in sources if source.kind != "qa"]
    if of_files and call.arguments.get("confirmed") is not True:
        titles = Joined(tuple(f"{source.number}. {source.title}" for source in of_files), ", ")
        return Question("confirmed", _("Take out {titles}? Your bots forget all of it.", titles=titles), YES_NO)
    where = teaching.place(call)
    return say(lines(*(_removed(call, where, source) for source in sources)))


def _removed(call: Call, where: knowledge.Place, source: KnowledgeSource) -> Renderable:
    tx, number = call.context.tx, str(source.number)
    if source.kind != "qa":
        knowledge.remove(tx, where, source)
        return _("Taken out: {number}. {title}", number=number, title=source.title)
    answered = knowledge.current(tx, source)
    knowledge.remove(tx, where, source)
    bot = teaching.bot_names(call).get(source.chatbot_id) if source.chatbot_id is not None else None
    named = f'@"{bot}" ' if bot is not None else ""
    again = f"{named}{' | '.join(answered.questions)} = {answered.answer}"
    return lines(
        _("Taken out: {number}. {title}", number=number, title=source.title),
        _("To add it again: kb add {text}", text=again),
    )


def reindex(call: Call) -> Reply | Question:
    """Reads documents and pages again; what is known of them answers meanwhile."""
    text = call.text("text") or ""
    numbers = read_numbers(text)
    if text and not numbers:
        return Question("text", _WHICH)
    tx, where = call.context.tx, teaching.place(call)
    sources = knowledge.by_numbers(tx, numbers) if numbers else documents.every_one(tx)
    if not sources:
        return say(_("There is no document or page to be read again."))
    return say(
        lines(
            *(
                texts.reading(Requested(each, "again" if documents.reread(tx, where, each) else "reading"))
                for each in sources
            )
        )
    )


_READER = Reader(teaching.read_text, teaching.read_answer)
_ADD_READER = Reader(teaching.read_text, teaching.read_answer, teaching.reads_wording)
_TEXT = (Argument("text", Kind.TEXT),)

COMMANDS: tuple[Command, ...] = (
    Command(
        name="kb",
        words=Words(_c("command", "kb | knowledge")),
        area=AREA,
        usage=_("[PAGE], or a file or link with the caption “kb”"),
        help=_("lists what your bots know; with a PDF, Word file, text, CSV or link: learns it"),
        run=_writes(overview),
        arguments=_TEXT,
        examples=("kb", "KB 2"),
        reader=_READER,
    ),
    Command(
        name="kb_add",
        words=Words(_c("command", "kb add | kb teach | knowledge add")),
        area=AREA,
        usage=_("[@BOT] QUESTION [| OTHER WORDING] = ANSWER"),
        help=_("teaches your bots a question with its answer; several on lines of their own"),
        run=_writes(add),
        permission=TEACHES,
        arguments=_TEXT,
        examples=("kb add When do you open? = At 8", "KB TAMBAH Jam buka | buka jam berapa = Jam 8 pagi"),
        reader=_ADD_READER,
    ),
    Command(
        name="kb_wording",
        words=Words(_c("command", "kb wording | kb also")),
        area=AREA,
        usage=_("N = OTHER WORDING"),
        help=_("adds a wording to a question (also: kb add to N = …)"),
        run=_writes(teaching.wording),
        permission=TEACHES,
        arguments=_TEXT,
        examples=("kb wording 1 = what time do you open", "KB KALIMAT 1 = bukanya jam brp"),
        reader=_READER,
    ),
    Command(
        name="kb_edit",
        words=Words(_c("command", "kb edit | kb change")),
        area=AREA,
        usage=_("N = NEW ANSWER"),
        help=_("gives a question another answer"),
        run=_writes(teaching.edit),
        permission=TEACHES,
        arguments=_TEXT,
        examples=("kb edit 1 = At 9", "KB UBAH 1 = Jam 9"),
        reader=_READER,
    ),
    Command(
        name="kb_find",
        words=Words(_c("command", "kb find | kb search | knowledge find")),
        area=AREA,
        usage=_("[@BOT] TEXT"),
        help=_("shows what your bots find for a text, and how sure they are"),
        run=find,
        arguments=_TEXT,
        examples=("kb find opening hours", "KB CARI jam buka"),
        reader=_READER,
    ),
    Command(
        name="kb_show",
        words=Words(_c("command", "kb show | kb view")),
        area=AREA,
        usage=_("N"),
        help=_("shows one thing whole, with what it was before"),
        run=show,
        arguments=_TEXT,
        examples=("kb show 1", "KB LIHAT 1"),
        reader=_READER,
    ),
    Command(
        name="kb_remove",
        words=Words(_c("command", "kb remove | kb delete | knowledge remove")),
        area=AREA,
        usage=_("N [N …]"),
        help=_("takes something out of what your bots know"),
        run=remove,
        permission=TEACHES,
        arguments=_TEXT,
        examples=("kb remove 1", "KB HAPUS 1 2"),
        reader=_READER,
    ),
    Command(
        name="kb_gaps",
        words=Words(_c("command", "kb gaps | kb unanswered")),
        area=AREA,
        usage=None,
        help=_("lists what customers asked and your bots didn't know; reply to teach it"),
        run=_writes(answering_gaps.listing),
        permission=TEACHES,
        arguments=(Argument("gap", Kind.TEXT),),
        examples=("kb gaps", "KB BELUM TERJAWAB"),
        reader=Reader(lambda _text, _reading: {}, teaching.read_answer),
    ),
    Command(
        name="kb_gap",
        words=Words(_c("command", "kb gap | kb answer")),
        area=AREA,
        usage=_("N = ANSWER, or N no"),
        help=_("answers one of those questions, or closes it"),
        run=_writes(answering_gaps.answer),
        permission=TEACHES,
        arguments=_TEXT,
        examples=("kb gap 1 = At 8", "KB JAWAB 1 = Jam 8"),
        reader=_READER,
    ),
    Command(
        name="kb_reindex",
        words=Words(_c("command", "kb reindex | kb reread | kb refresh")),
        area=AREA,
        usage=_("[N]"),
        help=_("reads documents and pages again"),
        run=_writes(reindex),
        permission=TEACHES,
        arguments=_TEXT,
        examples=("kb reindex", "KB BACA ULANG 1"),
        reader=_READER,
    ),
)
BOOK = CommandBook(COMMANDS)
