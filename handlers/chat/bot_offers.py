"""What a bot says of what it found: the answer, near questions to choose from, or that it doesn't know.

What it asks in return waits in the chat: `choice` for a number of the offered ones, `person` for a yes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.chat.bot_turn import Turn, ask_person, tell
from handlers.grammar.sentences import answer
from handlers.reply import Pending, Reply
from services.assistant import answering, deciding, gaps, words
from services.assistant.answering import Outcome
from services.db.models import Chatbot
from services.i18n import Renderable, Shown, _, lines


def known(turn: Turn, outcome: Outcome) -> Reply:
    """The answer as it was taught; of several questions those without one are offered to a person."""
    if not outcome.open:
        return tell(turn, Shown(outcome.text), "answered", outcome)
    rest = " ".join(outcome.open)
    keep_gap(turn, rest)
    asking = _(
        "I have no sure answer to: “{question}”. Shall I ask {business}? (yes/no)", question=rest,
        business=turn.business,
    )  # fmt: skip
    waiting = Pending({"chat": "person", "question": rest})
    return tell(turn, lines(outcome.text, "", asking), "answered", outcome, dialog=waiting)


def near(turn: Turn, outcome: Outcome) -> Reply:
    """Up to three near matches, to choose from by number."""
    labels = [each.label for each in outcome.found]
    options = [{"label": label, "entry": each.entry_id} for label, each in zip(labels, outcome.found, strict=True)]
    waiting = Pending({"chat": "choice", "question": turn.context.text, "options": options})
    if len(options) == 1:
        return tell(turn, _("Do you mean: “{question}”? (yes/no)", question=labels[0]), "offered", outcome,
                    dialog=waiting)  # fmt: skip
    shown = lines(
        _("Which of these do you mean? Please reply with its number:"),
        *(f"{number}. {label}" for number, label in enumerate(labels, 1)),
        _("0. None of these"),
    )
    return tell(turn, shown, "offered", outcome, dialog=waiting)


def unknown(turn: Turn, outcome: Outcome | None, question: str | None = None) -> Reply:
    """Says so, keeps the question for the owner to teach, and offers a person."""
    asked = question or turn.context.text
    keep_gap(turn, asked)
    offer, waiting = asking_person(turn, asked)
    return tell(turn, lines(unknowing(turn.bot), offer), "unknown", outcome, dialog=waiting)


def unknowing(bot: Chatbot | None) -> Renderable:
    """What a bot says that knows no answer: what its owner had it say, else the usual."""
    return Shown(bot.fallback) if bot is not None and bot.fallback else _("I don't know that, sorry.")


def asking_person(turn: Turn, question: str) -> tuple[Renderable, Pending]:
    """Offers to ask a person, with what waits for the answer."""
    offer = _("Shall I ask {business} for you? (yes/no)", business=turn.business)
    return offer, Pending({"chat": "person", "question": question})


def soothed(turn: Turn) -> Reply:
    """Who only vents is offered a person."""
    text = _("I'm sorry that you are upset. Shall I get somebody of {business} for you? (yes/no)",
             business=turn.business)  # fmt: skip
    waiting = Pending({"chat": "person", "question": turn.context.text, "kind": "complaint"})
    return tell(turn, text, "unknown", dialog=waiting)


def keep_gap(turn: Turn, question: str) -> None:
    """Keeps a question that nothing answered for the owner to teach."""
    key, context = words.gap_key(question), turn.context
    if key and context.contact is not None:
        gaps.record(context.tx, question, key, context.contact.id, context.conversation.id)


def to_our_question(turn: Turn, state: Mapping[str, Any]) -> Reply | None:
    """The answer to what the bot asked; None where the text is something else, which is then answered instead."""
    word = answer(turn.context.text)
    if state["chat"] == "choice":
        return _to_choice(turn, state, word)
    if word == "yes":
        return ask_person(turn, str(state.get("kind", "unknown")), str(state["question"]))
    if word in ("no", "cancel"):
        return tell(turn, _("All right. Just write if you need anything else."), "answered")
    return None


def _to_choice(turn: Turn, state: Mapping[str, Any], word: str | None) -> Reply | None:
    options = state["options"]
    chosen = choice(turn.context.text, word, [str(option["label"]) for option in options])
    if chosen is not None:
        found = answering.entry(turn.context.tx, int(options[chosen]["entry"]))
        if found is None:
            return unknown(turn, None)
        said = deciding.said(str(state["question"]), found)
        return tell(turn, Shown(said), "answered", Outcome("answer", said, (found,), 1.0))
    if word == "no" or turn.context.text.strip(" .!)") == "0":
        return unknown(turn, None, str(state["question"]))
    return None


def choice(text: str, word: str | None, labels: Sequence[str]) -> int | None:
    """Which of the labels somebody picks: by number (`2`, `no 2`), by its words, or by yes where there is only one."""
    if len(labels) == 1 and word == "yes":
        return 0
    said = words.key(text)
    numbers = [piece for piece in said.split() if piece.isdigit()]
    if len(numbers) == 1 and len(said.split()) <= 3 and 1 <= int(numbers[0]) <= len(labels):
        return int(numbers[0]) - 1
    return next((at for at, label in enumerate(labels) if said and words.key(label) == said), None)
