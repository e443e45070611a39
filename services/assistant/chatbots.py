"""The tenant's chatbots: making, changing and removing them. Who of them answers is for `choosing`.

A removed bot keeps its rows, so that what it answered still says who it was; its name is free again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select

from services.assistant.choosing import WHO, choose, closed_until, is_for_person, key
from services.db.engine import Tx
from services.db.models import Chatbot, Tenant, WhatsAppSession
from services.errors import DomainError
from services.i18n import Joined, _
from services.tenants import audit, usage
from services.tenants.actors import SYSTEM, Actor

__all__ = [
    "LIMITS", "MOST", "WHO", "all_of", "by_name", "by_number", "change", "choose", "closed_until", "create", "default",
    "is_for_person", "key", "named", "numbers", "remove", "unknown",
]  # fmt: skip

MOST = 20
SHORTEST_NAME, LONGEST_NAME = 2, 40
# The longest text that each setting may hold, in characters.
LIMITS: Mapping[str, int] = {"persona": 1000, "greeting": 500, "fallback": 500, "model": 80}
MOST_WORDS, LONGEST_WORD = 20, 40
HOTTEST = Decimal(2)
_CHANGEABLE = frozenset(
    {
        "name", "persona", "language", "model", "temperature", "hours", "greeting", "fallback", "session_id", "starts",
        "person_words", "active",
    }
)  # fmt: skip


def all_of(tx: Tx) -> Sequence[Chatbot]:
    """Every bot that isn't removed, by number."""
    statement = select(Chatbot).where(Chatbot.tenant_id == tx.tenant, Chatbot.removed_at.is_(None))
    return tx.scalars(statement.order_by(Chatbot.number)).all()


def named(bots: Sequence[Chatbot], name: str) -> Chatbot | None:
    """The one of some bots that is called so, whatever the case, accents and signs."""
    wanted = key(name)
    return next((bot for bot in bots if bot.name_key == wanted), None) if wanted else None


def by_name(tx: Tx, name: str) -> Chatbot:
    """The bot called so; raises `DomainError` `unknown_bot`, which names those that there are."""
    bots = all_of(tx)
    found = named(bots, name)
    if found is None:
        raise unknown(bots, name)
    return found


def by_number(tx: Tx, number: int) -> Chatbot:
    """The bot with this number; raises `DomainError` `unknown_bot`."""
    bots = all_of(tx)
    found = next((bot for bot in bots if bot.number == number), None)
    if found is None:
        raise unknown(bots, str(number))
    return found


def unknown(bots: Sequence[Chatbot], name: str) -> DomainError:
    """The refusal of a name that no bot has."""
    what = _("There is no bot called “{name}”.", name=name.strip()[:LONGEST_NAME])
    there = _("Your bots: {names}.", names=", ".join(bot.name for bot in bots)) if bots else None
    how = _("Make one with: bot new Siti")
    return DomainError("unknown_bot", Joined((what, there, how), " "), bots=[bot.name for bot in bots])


def default(tx: Tx) -> Chatbot:
    """The first active bot, else the first one; a tenant that has none gets one, called like the business."""
    found = _first(all_of(tx))
    if found is not None:
        return found
    number = _next_number(tx)
    # Somebody else may have made it while this transaction waited for the number.
    return _first(all_of(tx)) or _add(tx, SYSTEM, number, _name_of_business(tx))


def _first(bots: Sequence[Chatbot]) -> Chatbot | None:
    return next((bot for bot in bots if bot.active), bots[0] if bots else None)


def _name_of_business(tx: Tx) -> str:
    name = _visible(tx.scalars(select(Tenant.name).where(Tenant.id == tx.tenant)).one())[:LONGEST_NAME].strip()
    return name if len(name) >= SHORTEST_NAME and key(name) else "Juragan"


def create(tx: Tx, actor: Actor, name: str, *, message_id: int | None = None) -> Chatbot:
    """A new bot, on, for every number and everyone; raises `DomainError` `bot_limit`, `bad_bot_name`, `bot_exists`."""
    number = _next_number(tx)
    bots = all_of(tx)
    if len(bots) >= MOST:
        raise DomainError(
            "bot_limit", _("You have {n} bots, and more don't fit. Remove one first: bot NAME remove", n=len(bots))
        )
    return _add(tx, actor, number, _checked_name(bots, name, None), message_id)


def _add(tx: Tx, actor: Actor, number: int, name: str, message_id: int | None = None) -> Chatbot:
    bot = Chatbot(
        tenant_id=tx.tenant, number=number, name=name, name_key=key(name), starts={}, person_words=[], active=True,
        created_at=tx.now,
    )  # fmt: skip
    tx.add(bot)
    tx.flush()
    audit.record(tx, actor, "bot.create", "chatbots", bot.id, after={"name": name}, message_id=message_id)
    return bot


def _next_number(tx: Tx) -> int:
    return usage.next_number(tx, "bot_number")


def change(tx: Tx, actor: Actor, bot: Chatbot, *, message_id: int | None = None, **values: object) -> None:
    """Changes settings of a bot, all or none; what stays the same isn't recorded.

    `values` are columns of `Chatbot`, empty ones being None, `{}` or `[]`; raises `DomainError` `bot_exists`, or
    `bad_bot_…` with the setting's name for what it can't be.
    """
    if not values.keys() <= _CHANGEABLE:
        raise ValueError(f"a bot has no {', '.join(sorted(values.keys() - _CHANGEABLE))}")
    checked = {name: _checked(tx, bot, name, value) for name, value in values.items()}
    changed = {name: value for name, value in checked.items() if getattr(bot, name) != value}
    if not changed:
        return
    before = {name: getattr(bot, name) for name in changed}
    for name, value in changed.items():
        setattr(bot, name, value)
    if "name" in changed:
        bot.name_key = key(bot.name)
    tx.flush()
    audit.record(
        tx, actor, "bot.change", "chatbots", bot.id, before=_plain(before), after=_plain(changed),
        message_id=message_id,
    )  # fmt: skip


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def remove(tx: Tx, actor: Actor, bot: Chatbot, *, message_id: int | None = None) -> None:
    """Takes a bot away for good; what it alone was taught isn't used any more. Raises `DomainError` `last_bot`."""
    if len(all_of(tx)) == 1:
        raise DomainError(
            "last_bot", _("{name} is your only bot. To have nobody answered by a bot: bot off", name=bot.name)
        )
    bot.removed_at, bot.active = tx.now, False
    tx.flush()
    audit.record(tx, actor, "bot.remove", "chatbots", bot.id, before={"name": bot.name}, message_id=message_id)


def numbers(tx: Tx) -> Sequence[WhatsAppSession]:
    """The tenant's WhatsApp numbers to which a bot can be assigned, the default first."""
    statement = select(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant)
    return tx.scalars(statement.order_by(WhatsAppSession.is_default.desc(), WhatsAppSession.id)).all()


def _checked(tx: Tx, bot: Chatbot, name: str, value: object) -> object:
    """A value as it is kept; raises `DomainError` where it can't be one."""
    if name == "name":
        return _checked_name(all_of(tx), str(value), bot)
    if name in LIMITS and value is not None:
        return _checked_text(name, str(value))
    if name == "temperature" and value is not None:
        return _checked_temperature(Decimal(str(value)))
    if name == "starts":
        _check_starts(value)
    if name == "person_words":
        _check_words(value)
    return value


def _visible(text: str) -> str:
    """On one line and without signs that can't be seen."""
    shown = (" " if character.isspace() else character for character in unicodedata.normalize("NFC", text))
    return " ".join("".join(each for each in shown if unicodedata.category(each)[0] != "C").split())


def _checked_name(bots: Sequence[Chatbot], name: str, own: Chatbot | None) -> str:
    name = _visible(name).strip(" \"'“”*:,")
    if not (SHORTEST_NAME <= len(name) <= LONGEST_NAME and any(character.isalpha() for character in name)):
        raise DomainError(
            "bad_bot_name",
            _(
                "A bot's name has {least} to {most} characters, letters among them. For example: bot new Siti",
                least=SHORTEST_NAME, most=LONGEST_NAME,
            ),
        )  # fmt: skip
    same = named([bot for bot in bots if bot is not own], name)
    if same is not None:
        raise DomainError("bot_exists", _("There is already a bot called {name}.", name=same.name))
    return name


def _checked_text(name: str, text: str) -> str | None:
    text = text.replace("\x00", "").strip()
    if len(text) > LIMITS[name]:
        raise DomainError(
            f"bad_bot_{name}",
            _("That is too long: {n} characters, and {most} fit.", n=len(text), most=LIMITS[name]),
            most=LIMITS[name],
        )
    return text or None


def _checked_temperature(value: Decimal) -> Decimal:
    if not (value.is_finite() and 0 <= value <= HOTTEST):
        raise DomainError(
            "bad_bot_temperature",
            _("The temperature goes from 0 (always the same words) to 2 (very free)."),
        )
    return round(value, 2)


def _check_starts(value: object) -> None:
    starts = value if isinstance(value, Mapping) else {}
    if starts.get("who", "everyone") not in WHO or not starts.keys() <= {"who", "words"}:
        raise DomainError("bad_bot_starts", _("A bot can be for everyone, customers, borrowers or new ones."))
    _check_words(starts.get("words", []))


def _check_words(value: object) -> None:
    words = value if isinstance(value, list) else []
    if len(words) > MOST_WORDS:
        raise DomainError("bad_bot_words", _("At most {n} words or phrases fit.", n=MOST_WORDS))
    for word in words:
        if not key(str(word)) or len(str(word)) > LONGEST_WORD:
            raise DomainError(
                "bad_bot_words",
                _("“{word}” can't be such a word: it needs letters or digits, and {n} characters at most.",
                  word=str(word)[:LONGEST_WORD], n=LONGEST_WORD),
            )  # fmt: skip
