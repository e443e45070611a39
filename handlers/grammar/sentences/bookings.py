"""Sentences that book: money lent, money owed, a payment.

Puts together what the verb (`cores`), the people (`roles`), the figures and the purpose say. A sentence about several
events or people books nothing, nor does one about a day to come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.grammar.reading import NotBooked, Reading, Understood
from handlers.grammar.sentences.clauses import cut_purpose, is_verb, words_of
from handlers.grammar.sentences.cores import Core, find_core, several_things
from handlers.grammar.sentences.figures import amounts, dates
from handlers.grammar.sentences.frames import AFTER, BEFORE, Act
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.mood import before_its_time
from handlers.grammar.sentences.people import is_name, mentions, others
from handlers.grammar.sentences.roles import Side, has_money, loan_side, payment_side
from handlers.grammar.sentences.units import Token


def read_booking(
    tokens: Sequence[Token], text: str, reading: Reading, note: str | None, *, recorded: bool
) -> Understood | NotBooked | None:
    """The booking that a plain statement makes. `recorded`: it was asked for with a verb of recording."""
    core = find_core(tokens)
    if core is None or (core.frame.noun and any(is_verb(token, Act.REMIND) for token in tokens)):
        return None
    kept, purpose = _without_purpose(tokens, core)
    if several_things(kept, core):
        return NotBooked("unclear", _first_name(tokens, core.at))
    if _to_come(kept, core, reading) or _begs(kept, core):
        return NotBooked("future", _first_name(kept, core.at))
    side = _side(kept, core, recorded)
    if side is None or (side.extra and not has_money(kept)):
        return NotBooked("unclear", _first_name(kept, core.at)) if has_money(kept) else None
    arguments = _arguments(side, kept, core, reading)
    if not arguments.keys() & {"name", "amount", "all"}:
        return None
    reason = note or _note(purpose, text, side.extra)
    return Understood(side.command, arguments | ({"note": reason} if reason else {}))


def _side(tokens: Sequence[Token], core: Core, recorded: bool) -> Side | None:
    found = mentions(tokens, core.at)
    if core.frame.act is Act.PAY:
        return payment_side(found, tokens, core)
    grows = any(token.kind is Kind.RECORD for token in tokens)  # `utang Budi nambah 75rb`
    return loan_side(found, core, recorded or grows)


def _first_name(tokens: Sequence[Token], verb: int) -> str | None:
    named = [mention.name for mention in others(mentions(tokens, verb)) if is_name(mention.name)]
    return named[0] if named else None


def _without_purpose(tokens: Sequence[Token], core: Core) -> tuple[list[Token], list[Token]]:
    """Cuts `buat …` off, unless it names the receiver or the debt that was paid."""
    kept, purpose = cut_purpose(tokens, core.at)
    if not purpose:
        return kept, []
    has_person = any(mention.who != "me" for mention in mentions(kept, core.at))
    names_one = len(others(mentions(purpose, -1))) == 1 and purpose[0].kind in (Kind.NAME, Kind.KIN)
    pays_debt = core.frame.act is Act.PAY and any(is_verb(t, Act.PAY) or t.kind is Kind.DEBT for t in purpose)
    if not has_person and (names_one or pays_debt):
        return list(tokens), []
    return kept, purpose


def _to_come(tokens: Sequence[Token], core: Core, reading: Reading) -> bool:
    """Whether the sentence tells of what is still to happen: a payment on a later day, `Sara came to pay`."""
    infinitive = core.at > 0 and tokens[core.at - 1].key == "to"
    later = core.frame.act is Act.PAY and dates(tokens, core.at, reading).due is not None
    return infinitive or later or before_its_time(tokens, core.at, reading)


def _begs(tokens: Sequence[Token], core: Core) -> bool:
    """`pinjemin saya 50rb dong`: somebody asks the owner for money."""
    found = mentions(tokens, core.at)
    asked = any(mention.who == "me" and mention.place == AFTER for mention in found)
    begging = core.frame.imperative or tokens[core.at].key == "let"
    return begging and asked and not any(mention.place == BEFORE for mention in found)


def _note(purpose: Sequence[Token], text: str, extra: Sequence[Token]) -> str | None:
    if purpose:
        return words_of(purpose, text) or None
    return " ".join(token.text for token in extra) or None


def _arguments(side: Side, tokens: Sequence[Token], core: Core, reading: Reading) -> dict[str, object]:
    figures, days = amounts(tokens), dates(tokens, core.at, reading)
    values: dict[str, object | None] = {
        "name": side.name,
        "amount": figures[0] if figures else None,
        "all": side.full or None,
        "due": days.due,
        "on": days.on,
    }
    return {key: value for key, value in values.items() if value is not None}


def noting_interest(outcome: Understood | NotBooked | None, interest: str | None) -> Understood | NotBooked | None:
    """A loan with the interest that was spoken of in its note: a simple debt bears none, but nothing said is lost."""
    if interest is None or not isinstance(outcome, Understood) or outcome.command not in ("lend", "owe"):
        return outcome
    note = outcome.arguments.get("note")
    return replace(outcome, arguments={**outcome.arguments, "note": f"{note}, {interest}" if note else interest})
