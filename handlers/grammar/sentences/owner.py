"""What a business owner said, as a command: the order in which the rules are asked.

The public entry for owners' sentences. Requests about agreements first, which are whole texts of one shape; then
lookups, because they are harmless in any mood; then the mood decides; then other requests and bookings.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.grammar.reading import NotBooked, Reading, Understood
from handlers.grammar.sentences.agreements import books_no_paper, read_agreement_request
from handlers.grammar.sentences.bookings import noting_interest, read_booking
from handlers.grammar.sentences.clauses import cut_purpose, fold_promise, is_verb, strip_request
from handlers.grammar.sentences.figures import dates
from handlers.grammar.sentences.frames import Act
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lookups import look_up, refuse
from handlers.grammar.sentences.mood import Mood, mood
from handlers.grammar.sentences.remainders import cut_remainder
from handlers.grammar.sentences.requests import CHANGES, READS, first_match
from handlers.grammar.sentences.tokens import LONGEST, tokenize
from handlers.grammar.sentences.units import Token
from handlers.grammar.values import take_interest, take_note

Outcome = Understood | NotBooked | None
_REQUESTS = (Act.REMIND, Act.FORGIVE, Act.EXTEND, Act.BLOCK, Act.UNBLOCK)


def understand_owner(text: str, reading: Reading) -> Outcome:
    """The command in the owner's words, why none is booked, or None for a text about something else."""
    note, said = take_note(text[: LONGEST + 1])
    if not said.strip() or len(text) > LONGEST:
        return None
    asked = read_agreement_request(said, reading)
    if asked is not None:
        return asked
    said, interest = take_interest(said)
    tokens = cut_remainder(fold_promise(tokenize(said, reading)))
    if _several_lines(tokens):
        return NotBooked("unclear", None)
    statement, recorded = strip_request(tokens)
    outcome = books_no_paper(said, _read(statement, said, reading, note, recorded))
    return noting_interest(outcome, interest)


def _several_lines(tokens: Sequence[Token]) -> bool:
    """Whether two lines each speak of money: they are to be sent one at a time."""
    lines: list[list[Token]] = [[]]
    for token in tokens:
        if token.key == "\n":
            lines.append([])
        lines[-1].append(token)
    speaking = [line for line in lines if any(is_verb(t, Act.LOAN, Act.PAY) for t in line)]
    return len(speaking) > 1


def _read(tokens: list[Token], text: str, reading: Reading, note: str | None, recorded: bool) -> Outcome:
    asked_for = _without_courtesy(tokens)
    body = asked_for or tokens
    feeling = _feeling(body, asked_politely=recorded or asked_for is not None)
    shown = first_match(READS, body, reading) or (None if recorded else look_up(body, feeling))
    if shown is not None:
        return shown
    if feeling is not None:
        return refuse(body, feeling)
    asked = first_match(CHANGES, body, reading)
    if asked is not None and asked.command != "due" and dates(body, -1, reading).due is not None:
        return NotBooked("future", str(asked.arguments.get("name", "")) or None)
    return asked or read_booking(body, text, reading, note, recorded=recorded)


def _without_courtesy(tokens: Sequence[Token]) -> list[Token] | None:
    """`can you remind Sara?` asks nicely; what is left without the courtesy. None where it is no such request."""
    at = 0
    while at < len(tokens) and tokens[at].kind in (Kind.MAY, Kind.POLITE, Kind.PARTICLE, Kind.YOU, Kind.STOP):
        at += 1
    if at == len(tokens) or not (_is_request(tokens[at:]) or tokens[at].kind in (Kind.CANCEL, Kind.SHOW)):
        return None
    return list(tokens[at:])


def _is_request(tokens: Sequence[Token]) -> bool:
    """Whether the words begin with a request's verb: `remind Tom`, `send Tom a reminder`."""
    return tokens[0].frame is not None and any(is_verb(token, *_REQUESTS) for token in tokens)


def _feeling(tokens: Sequence[Token], *, asked_politely: bool) -> Mood | None:
    """The mood, where plans inside a purpose (`buat yang mau nikah`) don't count, but a question or denial does."""
    whole = mood(tokens, asked_politely=asked_politely)
    verb = next((at for at, token in enumerate(tokens) if token.frame is not None), -1)
    if whole is None or whole.why != "future" or verb < 0:
        return whole
    kept, _purpose = cut_purpose(tokens, verb)
    return mood(kept, asked_politely=asked_politely)
