"""What a model may look up while it answers somebody: each tool bound to one tenant, contact and bot.

A tool is one entry of `TOOLS`. None takes an id, a name or a number of anybody: whom it is about is known here, and a
model can only say what it looks for. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.chat import sums
from handlers.chat.borrower import Account, account_of
from handlers.grammar.reading import Reading
from services.assistant import retrieval
from services.assistant.retrieval import Found
from services.assistant.tools import Told, Tool
from services.clock import local_date
from services.db.engine import Tx
from services.i18n import _
from services.lending import ledger

# What counts as found at all, as the estimated probability of being right; how many of these a model gets.
LEAST, MOST = 0.01, 6
MOST_SHOWN, MOST_REASON = 1_200, 300


@dataclass(frozen=True, slots=True)
class Seat:
    """Whom a model answers, and as which bot; `contact_id` is None where nobody in particular asks.

    `notes` and `sources` are what prices may be taken from; what is looked up comes to them.
    """

    business: str
    currency: str
    country: str
    timezone: str
    locale: str
    chatbot_id: int
    contact_id: int | None
    notes: tuple[str, ...] = ()
    sources: list[Found] = field(default_factory=list)


def tools_for(seat: Seat) -> tuple[Tool, ...]:
    """Every tool, for one answer."""
    return tuple(make(seat) for make in TOOLS.values())


def _search(seat: Seat) -> Tool:
    def run(tx: Tx, arguments: Mapping[str, Any]) -> Told:
        query = str(arguments.get("query") or "").strip()
        if not query:
            return Told("Say what to look for, as a question.")
        found = retrieval.search(tx, query, chatbot_id=seat.chatbot_id, limit=MOST)
        found = tuple(each for each in found if each.confidence >= LEAST)
        seat.sources.extend(found)
        return Told(_shown(found) or "Nothing is known about that.", found)

    return Tool(
        "search_knowledge",
        "Looks up what the business has said about its goods, prices, services and terms. Use it when the sources that"
        " you have don't answer the question.",
        run,
        {"query": "What to look for, as a short question in the language of the business."},
    )


def _shown(found: Sequence[Found]) -> str:
    called = (dict.fromkeys(filter(None, (each.title, each.heading, each.question))) for each in found)
    return "\n\n".join(
        f"{' › '.join(names)}\n{each.answer[:MOST_SHOWN]}" for names, each in zip(called, found, strict=True)
    )


def _account(seat: Seat) -> Tool:
    def run(tx: Tx, arguments: Mapping[str, Any]) -> Told:
        del arguments
        if seat.contact_id is None or not ledger.history(tx, seat.contact_id, 1):
            none = _("There are no entries with {business} yet.", business=seat.business)
            return Told(none.render(seat.locale))
        account = Account(seat.contact_id, seat.business, seat.currency, local_date(tx.now, seat.timezone))
        return Told(account_of(tx, account).render(seat.locale))

    return Tool(
        "my_account",
        "What this customer owes the business or is owed by it, with due dates. It is about this customer only.",
        run,
    )


def _sum(seat: Seat) -> Tool:
    def run(tx: Tx, arguments: Mapping[str, Any]) -> Told:
        reading = Reading(seat.locale, seat.currency, seat.country, local_date(tx.now, seat.timezone))
        try:
            given = [*(each.answer for each in seat.sources), *seat.notes]
            parts = sums.parts_of(str(arguments.get("calculation") or ""), given, reading)
        except sums.SumError as problem:
            return Told(str(problem))
        prices = {part.price for part in parts}
        used = [each for each in seat.sources if any(sums.is_given(price, [each.answer], reading) for price in prices)]
        return Told(sums.shown(parts).render(seat.locale), tuple(used))

    return Tool(
        "work_out",
        "Works out what several things cost together. Use it whenever the customer asks for a total, since you can't"
        " calculate yourself; then repeat its result.",
        run,
        {"calculation": "Counts and prices from the sources, like: 10 x 65000 + 2 x 12500 + 25000"},
    )


def _person(seat: Seat) -> Tool:
    del seat

    def run(tx: Tx, arguments: Mapping[str, Any]) -> Told:
        del tx
        reason = str(arguments.get("reason") or "").strip()[:MOST_REASON]
        return Told(
            "The customer is offered a person apart from your answer. Answer what else you can; don't say that somebody"
            " is asked, or when somebody answers.",
            asks_person=reason or "unknown",
        )

    return Tool(
        "ask_person",
        "Has a person of the business answer. Use it when you can't answer from what you are given, or when the"
        " customer wants a person or complains.",
        run,
        {"reason": "What the person is asked, in one sentence."},
    )


TOOLS: Mapping[str, Callable[[Seat], Tool]] = {
    "search_knowledge": _search,
    "my_account": _account,
    "work_out": _sum,
    "ask_person": _person,
}
