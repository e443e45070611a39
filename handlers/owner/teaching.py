"""Teaching by chat: questions with their answers, other wordings, other answers, and what customers asked in vain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.grammar.reading import Reading
from handlers.grammar.sentences import answer as word_of
from handlers.grammar.teaching import Pair, read_all_numbered, read_numbered, read_taught, split, take_bot
from handlers.owner import knowledge_texts as texts
from handlers.owner.call import Call
from handlers.reply import Option, Question, Reply, say
from services.assistant import chatbots, knowledge, knowledge_lists
from services.assistant.knowledge import Answered, Place
from services.assistant.knowledge_lists import Listed
from services.assistant.words import key
from services.errors import DomainError
from services.i18n import Renderable, _, _n, lines

MOST_PAIRS = 100
# The outcome of a message with which something was taught.
TAUGHT = "taught"


def place(call: Call, chatbot_id: int | None = None) -> Place:
    """Who teaches, where, and which bot."""
    context = call.context
    return Place(context.actor, chatbot_id, context.session.id, context.message.id)


def bot_of(call: Call, name: str | None) -> int | None:
    """The bot that a text names; None where it names none. Raises `unknown_bot`."""
    return chatbots.by_name(call.context.tx, name).id if name is not None else None


def bot_names(call: Call) -> texts.BotNames:
    return {bot.id: bot.name for bot in chatbots.all_of(call.context.tx)}


@dataclass
class _Lesson:
    """Pairs being taught one after the other: those that are left, and what came of the others."""

    call: Call
    chatbot_id: int | None
    left: list[Pair]
    new: list[Listed] = field(default_factory=list)
    said: list[Renderable] = field(default_factory=list)

    def question(self, argument: str, text: Renderable, options: tuple[Option, ...] = ()) -> Question:
        """Asks about the first pair that is left, below what has been done so far."""
        kept: dict[str, object] = {"left": _dumped(self.left), "bot": self.chatbot_id, "answer": None, "how": None}
        return Question(argument, lines(*self.report(closing=False), text), options, kept)

    def report(self, *, closing: bool = True) -> Sequence[Renderable]:
        """What was taught, and how to take it out again."""
        names = bot_names(self.call) if self.new else {}
        shown = [texts.taught(each.source, each.answered, names) for each in self.new if each.answered is not None]
        head = _n("Taught:", "Taught {n} questions:", len(self.new)) if self.new else None
        numbers = " ".join(str(each.source.number) for each in self.new)
        undo = _("To take it out again: kb remove {numbers}", numbers=numbers) if self.new and closing else None
        return [each for each in (head, *shown, *self.said, undo) if each is not None]


def _dumped(pairs: Sequence[Pair]) -> str:
    return json.dumps([[list(pair.questions), pair.answer] for pair in pairs])


def add(call: Call) -> Reply | Question:
    """Teaches questions with their answers; asks for an answer that is missing and about one that differs."""
    lesson = _lesson(call)
    if not lesson.left:
        ask = _("What shall I teach? Write the question, then = and the answer.")
        return Question("text", lines(ask, texts.EXAMPLE), (), {"bot": lesson.chatbot_id})
    knowledge.alone(call.context.tx)
    given, how = call.text("answer"), call.text("how")
    while lesson.left:
        pair = lesson.left[0]
        if pair.answer is None and given is None:
            ask = _("What shall I answer to “{question}”?", question=texts.short(pair.questions[0], texts.TITLE))
            return lesson.question("answer", ask)
        if pair.answer is None:
            pair = lesson.left[0] = Pair(pair.questions, _without_question(given or "", pair.questions[0]))
            given = None
        asked = _teach(lesson, Answered(pair.questions, pair.answer or ""), how)
        if asked is not None:
            return asked
        del lesson.left[0]
        how = None
    return say(lines(*lesson.report()), outcome=TAUGHT)


def _lesson(call: Call) -> _Lesson:
    """What is to be taught: what a question left, else what the text holds."""
    left, bot = call.text("left"), call.arguments.get("bot")
    known = bot if isinstance(bot, int) else None
    if left is not None:
        return _Lesson(call, known, [Pair(tuple(questions), answer) for questions, answer in json.loads(left)])
    taught = read_taught(call.text("text") or "")
    if len(taught.pairs) > MOST_PAIRS:
        raise DomainError(
            "too_many_questions",
            _("{limit} questions fit into one message. Send more as a CSV table with the caption *kb*.",
              limit=MOST_PAIRS),
        )  # fmt: skip
    return _Lesson(call, bot_of(call, taught.bot) or known, list(taught.pairs))


def _without_question(said: str, question: str) -> str:
    """An answer that repeats its question: `Parking? = Behind us`."""
    parted = split(said)
    return parted[1] if parted is not None and key(parted[0]) == key(question) else said


def answer_to(said: str, number: int) -> str:
    """An answer that repeats the number that was asked about: `2 = At 9`."""
    numbered = read_numbered(said)
    return numbered[1] if numbered is not None and "=" in said and numbered[0] == number else said


def _teach(lesson: _Lesson, wanted: Answered, how: str | None) -> Question | None:
    """Teaches one question, unless it is there with another answer: then that is asked about first."""
    tx, where = lesson.call.context.tx, place(lesson.call, lesson.chatbot_id)
    wanted = knowledge.checked(wanted.questions, wanted.answer)
    alike = knowledge_lists.same(tx, wanted.questions, lesson.chatbot_id)
    asked = [each for each in alike if each.answered is not None]
    differing = [each for each in asked if not _says_same(each, wanted)]
    if differing and how is None:
        return _ask_which(lesson, wanted, differing[0])
    if differing and how == "leave":
        number = str(differing[0].source.number)
        lesson.said.append(_("Left as it was; {number} keeps its answer.", number=number))
        return None
    if differing and how == "only":
        for each in differing:
            _take_away(where, lesson, each, wanted)
        asked = [each for each in asked if each not in differing]
    _save(where, lesson, wanted, asked)
    for each in alike:
        if each.answered is None:
            lesson.said.append(_("Mind: {title} (number {number}) answers this too.",
                                 title=each.source.title, number=str(each.source.number)))  # fmt: skip
    return None


def _says_same(listed: Listed, wanted: Answered) -> bool:
    assert listed.answered is not None
    return listed.answered.answer.split() == wanted.answer.split()


def _ask_which(lesson: _Lesson, wanted: Answered, there: Listed) -> Question:
    assert there.answered is not None
    number, kept = str(there.source.number), _others(there.answered, wanted)
    options = [Option(_("replace it: “{answer}”", answer=texts.short(wanted.answer, texts.ANSWER)), "replace")]
    if kept:
        only = _("only for this wording; “{question}” keeps the old answer",
                 question=texts.short(kept[0], texts.ANSWER))  # fmt: skip
        options.append(Option(only, "only"))
    options.append(Option(_("leave the old answer"), "leave"))
    text = lines(
        _("I know another answer to “{question}” (number {number}):",
          question=texts.short(wanted.questions[0], texts.TITLE), number=number),
        f"→ {there.answered.answer}",
        _("Which one holds?"),
    )  # fmt: skip
    return lesson.question("how", text, tuple(options))


def _others(answered: Answered, wanted: Answered) -> tuple[str, ...]:
    """The wordings that only the old one has."""
    return _unlike(answered.questions, wanted.questions)


def _unlike(questions: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """The questions that none of the others spells in its own way."""
    keys = {key(each) or each for each in others}
    return tuple(each for each in questions if (key(each) or each) not in keys)


def _take_away(where: Place, lesson: _Lesson, there: Listed, wanted: Answered) -> None:
    """Takes the wordings of a new question from an old one, which goes when it has no others."""
    assert there.answered is not None
    tx, kept = lesson.call.context.tx, _others(there.answered, wanted)
    if kept:
        knowledge.rewrite(tx, where, there.source, Answered(kept, there.answered.answer))
    else:
        knowledge.remove(tx, where, there.source)


def _save(where: Place, lesson: _Lesson, wanted: Answered, there: Sequence[Listed]) -> None:
    """A new question, or the same one with all its wordings below the new answer."""
    tx = lesson.call.context.tx
    if not there:
        source = knowledge.add_qa(tx, where, wanted)
        lesson.new.append(Listed(source, knowledge.current(tx, source)))
        return
    first, *rest = there
    known = [question for each in there if each.answered is not None for question in each.answered.questions]
    fresh = _unlike(wanted.questions, known)
    if not rest and not fresh and _says_same(first, wanted):
        lesson.said.append(_("I know that already (number {number}).", number=str(first.source.number)))
        return
    for each in rest:
        knowledge.remove(tx, where, each.source)
    before = first.answered
    knowledge.rewrite(tx, where, first.source, Answered((*known, *fresh), wanted.answer))
    now = knowledge.current(tx, first.source)
    shown = texts.taught(first.source, now, bot_names(lesson.call))
    lesson.said.append(lines(_("Changed:"), shown, _before(before, now)))


def _before(before: Answered | None, now: Answered) -> Renderable | None:
    if before is None or before.answer == now.answer:
        return None
    return _("(before: {answer})", answer=texts.short(before.answer, texts.FOUND))


_WHICH = _("Which one? (its number; *kb* lists what your bots know)")


def edit(call: Call) -> Reply | Question:
    """Gives a question another answer; the one before is kept in its history."""
    numbered = read_numbered(call.text("text") or "")
    if numbered is None:
        return Question("text", lines(_WHICH, _("For example: kb edit 3 = We open at 9")))
    tx, (number, said) = call.context.tx, numbered
    source = knowledge.by_number(tx, number)
    before = knowledge.current(tx, source)
    said = said or answer_to(call.text("answer") or "", number)
    if not said:
        ask = _("What is the new answer to “{question}”?", question=texts.short(before.questions[0], texts.TITLE))
        return Question("answer", lines(ask, f"→ {before.answer}"))
    if before.answer == said.strip():
        return say(_("I know that already (number {number}).", number=str(number)))
    knowledge.edit(tx, place(call, source.chatbot_id), source, said)
    now = knowledge.current(tx, source)
    return say(lines(_("Changed:"), texts.taught(source, now, bot_names(call)), _before(before, now)))


def wording(call: Call) -> Reply | Question:
    """Adds other wordings to a question."""
    numbered = read_numbered(_without_to(call.text("text") or ""))
    if numbered is None:
        return Question("text", lines(_WHICH, _("For example: kb add to 3 = what time do you close")))
    tx, (number, said) = call.context.tx, numbered
    source = knowledge.by_number(tx, number)
    before = knowledge.current(tx, source)
    said = said or answer_to(call.text("answer") or "", number)
    if not said:
        ask = _("How else do people ask “{question}”?", question=texts.short(before.questions[0], texts.TITLE))
        return Question("answer", ask)
    wordings = [each for each in said.replace("\n", "|").split("|") if each.strip()]
    taken = [each for each in knowledge_lists.same(tx, wordings, source.chatbot_id)
             if each.source.id != source.id and each.answered is not None]  # fmt: skip
    if taken:
        raise DomainError(
            "wording_taken",
            _("That is a wording of number {other} already. Take that out first: kb remove {other}",
              other=str(taken[0].source.number)),
        )  # fmt: skip
    now = knowledge.add_wording(tx, place(call, source.chatbot_id), source, wordings)
    if now == before:
        return say(_("I know that already (number {number}).", number=str(number)))
    return say(lines(_("Changed:"), texts.taught(source, now, bot_names(call))))


def _without_to(text: str) -> str:
    return text.strip().removeprefix("to ").removeprefix("ke ").strip()


def reads_wording(tail: str, _reading: Reading) -> str | None:
    """`kb add to 3 = …` adds a wording; `kb add to whom do I pay? = …` is a question."""
    left = _without_to(tail)
    return "kb_wording" if left != tail.strip() and "=" in left and read_numbered(left) is not None else None


def read_text(text: str, _reading: Reading) -> dict[str, object]:
    """Everything that follows, as it was written."""
    return {"text": text.strip()} if text.strip() else {}


def read_answer(asked: str, text: str, _reading: Reading, loosely: bool) -> dict[str, object] | None:
    """The answer to a question of these commands, when nothing else was found in it."""
    if asked == "how":
        word = {"yes": "replace", "no": "leave"}.get(word_of(text) or "")
        return {"how": word} if word is not None else None
    if asked == "gap":
        return {"gap": text} if "=" in text and read_all_numbered(text) else None
    return {asked: text.strip()} if loosely and text.strip() else None


def named_bot(call: Call) -> tuple[int | None, str]:
    """The bot that the text begins with, if any, and what follows."""
    name, text = take_bot(call.text("text") or "")
    return bot_of(call, name), text
