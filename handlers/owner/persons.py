"""Which contact an owner means by a name: forgiving of case, accents, titles and slips, asking when two could be meant.

A swapped, dropped or doubled letter is a slip of the finger. A different letter may be a different person (Rina and
Rini, Yanto and Yanti), so it is asked about before money moves.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA, Levenshtein

from handlers.grammar.values import differently_addressed, name_key
from handlers.owner.call import Call
from handlers.owner.checks import example_amount
from handlers.reply import Option, Question
from services.db.models import Contact
from services.errors import DomainError
from services.i18n import Renderable, _, lines
from services.messaging import contacts

NEW = 0
SHOWN_NAMES = 8


def find_person(call: Call, *, create: bool = False, careful: bool = True) -> Contact | Question:
    """The contact that `name` means, or the question which one it is.

    With `create` somebody unknown becomes a new contact; else `DomainError` `unknown_person`. Without `careful`,
    which is for looking things up, the only similar name is taken as it is.
    """
    found = look_for(call, create=create, careful=careful)
    return found if found is not None else new_person(call)


def new_person(call: Call) -> Contact:
    """A new contact of the name that was given."""
    name = call.text("name") or ""
    return contacts.create(call.context.tx, name, name_key(name))


def look_for(call: Call, *, create: bool = False, careful: bool = True) -> Contact | Question | None:
    """Like `find_person`, but with `create` somebody unknown is None and isn't made a contact yet."""
    tx = call.context.tx
    name = call.text("name") or ""
    chosen = call.arguments.get("contact")
    if chosen == NEW:
        return None
    if chosen is not None:
        return contacts.get(tx, int(str(chosen)))
    same = contacts.named(tx, name_key(name))
    if same:
        spelt_alike = [each for each in same if (each.name or "").casefold() == name.casefold()]
        found = spelt_alike if len(spelt_alike) == 1 else same
        if len(found) == 1 and not differently_addressed(name, found[0].name or ""):
            return found[0]
        return _which([(each.id, each.name or "") for each in found], new=name if create else None)
    return _similar(call, name, create, careful)


def _similar(call: Call, name: str, create: bool, careful: bool) -> Contact | Question | None:
    key = name_key(name)
    everybody = contacts.all_named(call.context.tx)
    slips = [(id_, known) for id_, known, known_key in everybody if is_slip(key, known_key)]
    near = [(id_, known) for id_, known, known_key in everybody if is_near(key, known_key)]
    if len(slips) == 1:
        return contacts.get(call.context.tx, slips[0][0])
    if len(near) == 1 and not create:
        if not careful or is_shortened(key, name_key(near[0][1])):
            return contacts.get(call.context.tx, near[0][0])
        return _is_it(name, *near[0])
    if near:
        return _which(near, new=name if create else None)
    if create:
        return None
    raise DomainError("unknown_person", _unknown(call, name, [known for _id, known, _key in everybody]))


def _unknown(call: Call, name: str, known: Sequence[str]) -> Renderable:
    begin = _("Somebody new? Write: lend {name} {amount}", name=name, amount=example_amount(call.context))
    if not known:
        return lines(_("{name} isn't in your book; nobody is yet.", name=name), begin)
    names = ", ".join(sorted(known)[:SHOWN_NAMES]) + (", …" if len(known) > SHOWN_NAMES else "")
    return lines(_("{name} isn't in your book. There are: {names}", name=name, names=names), begin)


def _which(candidates: Sequence[tuple[int, str]], new: str | None = None) -> Question:
    options = [Option(name, id_) for id_, name in candidates[:8]]
    if new is not None:
        options.append(Option(_("{name}, somebody new", name=new), NEW))
    return Question("contact", _("Whom do you mean?"), tuple(options))


def _is_it(typed: str, id_: int, known: str) -> Question:
    text = _("{typed} isn't in your book. Do you mean {name}?", typed=typed, name=known)
    return Question("contact", text, (Option(_("yes"), id_), Option(_("no"), False)))


def is_slip(typed: str, known: str) -> bool:
    """Whether `typed` is `known` with two letters swapped, or with one inside it dropped or doubled.

    A letter more or less at the end may well make another name: Sara and Sarah, Dian and Diana.
    """
    if min(len(typed), len(known)) < 4 or OSA.distance(typed, known, score_cutoff=1) != 1:
        return False
    if len(typed) == len(known):
        return Levenshtein.distance(typed, known) == 2
    shorter, longer = sorted((typed, known), key=len)
    at = next((n for n, letter in enumerate(shorter) if letter != longer[n]), len(shorter))
    return longer[at - 1] == longer[at] or 0 < at < len(shorter) - 1


def is_shortened(typed: str, known: str) -> bool:
    """Whether `typed` is some of the words of `known`. A longer name may be somebody else's: Budi, Budi Santoso."""
    words = set(typed.split())
    return bool(words) and words <= set(known.split())


def is_part(typed: str, known: str) -> bool:
    """Whether `typed` is some of the words of `known`, or the other way round."""
    a, b = set(typed.split()), set(known.split())
    return bool(a and b) and (a <= b or b <= a)


def is_near(typed: str, known: str) -> bool:
    """Whether somebody could mean `known` by `typed`; a family name in common brings two people no closer."""
    if is_part(typed, known):
        return True
    pairs = list(zip(typed.split(), known.split(), strict=False))
    as_many = typed.count(" ") == known.count(" ")
    return all(_is_near_word(*pair) for pair in pairs) if as_many else _is_near_word(typed, known)


def _is_near_word(typed: str, known: str) -> bool:
    allowed = 1 if len(typed) < 8 else 2
    return OSA.distance(typed, known, score_cutoff=allowed) <= allowed
