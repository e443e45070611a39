"""Who gave and who received: from the people of a sentence to the command and the other person's name.

Called by `bookings` with the mentions and the verb. What fits no role, or both people at once, yields nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.grammar.sentences.clauses import is_noun, is_verb
from handlers.grammar.sentences.cores import Core
from handlers.grammar.sentences.frames import AFTER, BEFORE, Act, Role
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.people import Mention, is_name, others
from handlers.grammar.sentences.units import Token

_PARTLY = words("setengah setengahnya separuh separuhnya separo sebagian half part partly partially some most")
_CONTRADICTION = Mention("", "other")


@dataclass(frozen=True, slots=True)
class Side:
    """The command that a sentence means, the other person's name (None: not said), and what was left over."""

    command: str
    name: str | None
    extra: tuple[Token, ...] = ()
    full: bool = False


def payment_side(found: Sequence[Mention], tokens: Sequence[Token], core: Core) -> Side | None:
    """A payment needs one person; whether they paid or were paid, the books know."""
    named, extra = _payer(others(found))
    payer = named[0] if named else None
    if len(named) > 1 or (payer and (payer.joined or not is_name(payer.name))):
        return None
    if payer and payer.extra and payer.place == BEFORE:
        return None
    if core.frame.roles.get(AFTER) and not _pays_debt(tokens) and any(mention.place == AFTER for mention in found):
        return None
    if _received_by_another(found, tokens, core) or not _between_us(payer, found, tokens):
        return None
    said_full = any(token.kind is Kind.FULL or (token.frame is not None and token.frame.full) for token in tokens)
    partly = any(token.key in _PARTLY for token in tokens)
    full = (core.frame.full or said_full) and not has_money(tokens) and not partly
    return Side("paid", payer.name if payer else None, extra, full)


def _pays_debt(tokens: Sequence[Token]) -> bool:
    """Whether a debt or an instalment is named; else `bayarin Budi 50rb` may as well be paid for him."""
    return any(token.kind is Kind.DEBT or is_noun(token) for token in tokens)


def has_money(tokens: Sequence[Token]) -> bool:
    return any(token.kind is Kind.MONEY for token in tokens)


def _payer(named: list[Mention]) -> tuple[list[Mention], tuple[Token, ...]]:
    """The people of a payment; lower-case words behind a proper name are no second person, but a remark."""
    if len(named) > 1 and not named[0].small and named[0].place == BEFORE:
        remarks = [mention for mention in named[1:] if mention.small and mention.place == AFTER and not mention.joined]
        if len(remarks) == len(named) - 1:
            return named[:1], tuple(token for mention in remarks for token in _words(mention))
    return named, named[0].extra if named else ()


def _received_by_another(found: Sequence[Mention], tokens: Sequence[Token], core: Core) -> bool:
    """`Sara got 100`: with a verb of receiving, only the owner may stand in front, or a payment (`… received`)."""
    if any(is_verb(token, Act.PAY) and is_noun(token) for token in tokens[: core.at]):
        return False
    mine = any(mention.who == "me" for mention in found)
    return core.frame.roles.get(BEFORE) is Role.RECEIVER and not mine and any(m.place == BEFORE for m in found)


def _between_us(payer: Mention | None, found: Sequence[Mention], tokens: Sequence[Token]) -> bool:
    """`dia bayar 500rb`, `bayar 500rb`: a payment, but not the electricity bill."""
    expense = any(token.kind is Kind.EXPENSE for token in tokens)
    if payer is not None:
        return payer.place == BEFORE or not expense
    pronoun = any(mention.who == "third" for mention in found)
    thing = any(token.kind is Kind.THING for token in tokens)
    return has_money(tokens) and not expense and (pronoun or not thing)


def loan_side(found: Sequence[Mention], core: Core, recorded: bool) -> Side | None:
    """The side of a loan. `recorded`: it was asked for with a verb of recording, so `utang Budi` is Budi's debt."""
    placed = _with_roles(found, core, recorded)
    if placed is None or any(mention.place == BEFORE and mention.extra for mention, _ in placed):
        return None
    extra = tuple(token for mention, role in placed for token in (mention.extra if role else _words(mention)))
    lender = _one([mention for mention, role in placed if role is Role.GIVER])
    borrower = _one([mention for mention, role in placed if role is Role.RECEIVER])
    if lender is _CONTRADICTION or borrower is _CONTRADICTION:
        return None
    return _between(lender, borrower, core, extra)


def _words(mention: Mention) -> tuple[Token, ...]:
    return (Token(mention.name.lower(), mention.name.lower(), Kind.NAME, 0, 0), *mention.extra)


def _one(group: Sequence[Mention]) -> Mention | None:
    """The only person of a role, None where there is none."""
    people = {(mention.who, mention.name.casefold()) for mention in group}
    if len(people) > 1 or any(mention.joined for mention in group):
        return _CONTRADICTION
    return group[0] if group else None


def _between(lender: Mention | None, borrower: Mention | None, core: Core, extra: tuple[Token, ...]) -> Side | None:
    """Lent, owed or neither; whoever isn't named is the owner."""
    if lender and borrower and (lender.who == "me") == (borrower.who == "me"):
        return None
    if borrower is not None and borrower.who != "me":
        return _named("lend", borrower, extra)
    if lender is not None and lender.who != "me":
        return _named("owe", lender, extra) if borrower is not None or not core.frame.imperative else None
    if borrower is None and (lender or core.frame.imperative or core.frame.topic_only is Role.RECEIVER):
        return Side("lend", None, extra)
    if lender is None and (borrower or core.frame.topic_only is Role.GIVER):
        return Side("owe", None, extra)
    return None


def _named(command: str, mention: Mention, extra: tuple[Token, ...]) -> Side | None:
    if mention.who == "third":
        return Side(command, None, extra)
    return Side(command, mention.name, extra) if is_name(mention.name) else None


def _with_roles(found: Sequence[Mention], core: Core, recorded: bool) -> list[tuple[Mention, Role | None]] | None:
    """Each person with their role; a role of None marks goods. None where somebody fits nowhere."""
    placed: list[tuple[Mention, Role | None]] = []
    for mention in found:
        role = _role_in_place(mention, found, core) or _role_after(mention, found, core, recorded)
        if role is None and not _may_be_goods(mention, found, core):
            return None
        placed.append((mention, role))
    return placed


def _role_in_place(mention: Mention, found: Sequence[Mention], core: Core) -> Role | None:
    """The role that the frame gives a place, but `Budi saya pinjami` and `Budi ngutang di warung` turn it."""
    before = [other for other in found if other.place == BEFORE]
    turned = core.frame.roles.get(BEFORE) is Role.GIVER and len(before) == 2 and before[1].who == "me"
    if turned and mention is before[0]:
        return Role.RECEIVER
    if mention.place == Kind.AT and mention.who == "other" and any(other.who == "other" for other in before):
        return None
    return core.frame.roles.get(mention.place)


def _role_after(mention: Mention, found: Sequence[Mention], core: Core, recorded: bool) -> Role | None:
    """The role of a person right behind a verb whose frame leaves that place open."""
    if mention.place != AFTER:
        return None
    before = [other for other in found if other.place == BEFORE]
    if before:
        lender = core.frame.topic_only is Role.GIVER or core.frame.direct or mention.owner or not mention.small
        mine = before[0].who == "me" and lender
        return Role.GIVER if mine or (mention.who == "me" and before[0].who != "me") else None
    lender = any(core.frame.roles.get(other.place) is Role.GIVER for other in found)
    if lender or recorded or mention.who == "me":
        return Role.RECEIVER
    return core.frame.topic_only


def _may_be_goods(mention: Mention, found: Sequence[Mention], core: Core) -> bool:
    """`Budi ngutang rokok 50rb`: a lower-case word behind the verb, when the borrower has been named before it."""
    if not core.frame.goods or mention.place not in (AFTER, Kind.WITH, Kind.AT) or mention.who != "other":
        return False
    return mention.small and any(other.place == BEFORE for other in found)
