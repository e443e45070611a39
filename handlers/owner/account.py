"""The commands about the business's own account: account, settings, set, language, help."""

from __future__ import annotations

from sqlalchemy import exists, select

from handlers.grammar.spec import Argument, Command, Kind, Words
from handlers.owner import accounts
from handlers.owner.call import Call
from handlers.owner.persons import find_person
from handlers.reply import Question, Reply, say
from services.assistant.paying_texts import rounded
from services.db.models import LedgerEntry
from services.errors import DomainError
from services.i18n import Joined, LanguageName, Renderable, Text, _, _c, language_of, lines
from services.tenants import audit, credits, limits
from services.tenants.limits import Standing
from services.tenants.preferences import PREFERENCES, change, read_language, value_of

AREA = _("Account")
_WHICH_SETTING = _("Which setting, and what shall it be? (for example: language id)")
_WHICH_LANGUAGE = _("Which language? *english* or *indonesia*")


def account(call: Call) -> Reply:
    """Shows the business, its plan and what is used of it."""
    context = call.context
    now = limits.standing(context.tx, context.tenant)
    return say(
        lines(
            Joined(("*", context.tenant.name, "*"), ""),
            _("Number: +{number}", number=context.session.phone),
            _("Your plan: {plan}", plan=context.tenant.plan),
            _used(_("Open debts: {n}"), _("Open debts: {n} of {limit}"), now["debts"]),
            _used(_("Agreements: {n}"), _("Agreements: {n} of {limit}"), now["agreements"]),
            _used(_("PDFs this month: {n}"), _("PDFs this month: {n} of {limit}"), now["pdfs"]),
            _used(_("Messages today: {n}"), _("Messages today: {n} of {limit}"), now["messages_day"]),
            _credits(call),
            _("Your role: {role}", role=_ROLES[context.role]),
            _("Everything that you use: *usage*"),
        )
    )


def _credits(call: Call) -> Text:
    now = credits.standing(call.context.tx)
    if now.is_unlimited:
        return _("AI credits: unlimited")
    return _("AI credits: {left} left", left=rounded(now.left))


def _used(plain: Text, limited: Text, now: Standing) -> Text:
    """How much of a limit is used."""
    return _(plain.message, n=now.used) if now.is_unlimited else _(limited.message, n=now.used, limit=now.limit)


_ROLES = {
    "owner": _("owner"),
    "manager": _("manager"),
    "staff": _("staff"),
    "read_only": _("read only"),
    "super_admin": _("administrator"),
}


def settings(call: Call) -> Reply:
    """Lists the settings with what they are."""
    tenant = call.context.tenant
    listed = (
        Joined((Joined(("*", key, "*: ", _value(key, value_of(tenant, key))), ""), preference.meaning), " – ")
        for key, preference in PREFERENCES.items()
    )
    return say(lines(_("Settings:"), *listed, _("Change one with: set language id")))


def _value(key: str, value: object) -> Renderable | str:
    return PREFERENCES[key].shown(value)


def set_(call: Call) -> Reply | Question:
    """Changes a setting."""
    key, word = _key_and_value(call.text("setting") or "")
    return _change(call, key, word) if word else Question("setting", _WHICH_SETTING)


def _key_and_value(text: str) -> tuple[str, str]:
    """A key may be written in several words, `how to pay`, and an equals sign may follow it."""
    for length in (3, 2, 1):
        *words, value = ["", *text.split(maxsplit=length)]
        key = "_".join(words[1:]).casefold().replace("-", "_").rstrip("=:")
        if len(words) == length + 1 and key in PREFERENCES:
            return key, value.strip(" =")
    key, _space, word = text.partition(" ")
    return key.casefold(), word.strip(" =")


def _change(call: Call, key: str, word: str) -> Reply:
    context = call.context
    if key == "currency" and context.tx.scalar(select(exists().where(LedgerEntry.tenant_id == context.tx.tenant))):
        raise DomainError("currency_in_use", _("The currency can't change any more: your book has entries in it."))
    before = change(context.tenant, key, word)
    after = value_of(context.tenant, key)
    audit.record(
        context.tx, context.actor, "tenant.set", "tenants", context.tenant.id, before={key: before}, after={key: after},
        message_id=context.message.id,
    )  # fmt: skip
    return say(
        _("{key} is now {value} (before: {before}).", key=key, value=_value(key, after), before=_value(key, before))
    )


def language(call: Call) -> Reply | Question:
    """Sets the language of the business, or of one person."""
    words = (call.text("language") or "").split()
    if not words:
        return Question("language", _WHICH_LANGUAGE)
    locale = read_language(words[-1])
    if locale is None:
        raise DomainError(
            "unknown_language", _("I don't speak “{word}”. Try *english* or *indonesia*.", word=words[-1])
        )
    if len(words) == 1:
        return _change(call, "language", words[0])
    person = find_person(Call(call.context, call.book, call.command, {"name": " ".join(words[:-1])}))
    if isinstance(person, Question):
        raise DomainError("unclear_person", _("Several people have similar names. Please write the full name."))
    person.locale = locale
    return say(_("I now write to {name} in {language}.", name=accounts.shown(person), language=LanguageName(locale)))


def help_(call: Call) -> Reply:
    """Explains the commands that the speaker may use, or one of them."""
    word = call.text("word")
    if word is not None:
        found = call.book.match(word) or call.book.nearest(word)
        if found is not None:
            return say(_explained(call, found[0]))
    return say(_listed(call))


def _explained(call: Call, command: Command) -> Renderable:
    language = language_of(call.context.locale)
    usage_ = Joined((command.words.shown(language), command.usage), " ")
    own = [each for each in command.examples if _begins_in(language, command, each)]
    return lines(Joined(("*", usage_, "*"), ""), command.help, _("Examples:"), *(own or command.examples))


def _begins_in(language: str, command: Command, example: str) -> bool:
    """Whether an example begins with the command's word in this language."""
    typed = tuple(example.casefold().split())
    return any(typed[: len(spelling)] == spelling for spelling in command.words.spellings(language))


def _listed(call: Call) -> Renderable:
    language = language_of(call.context.locale)
    areas: dict[str, tuple[Text, list[Renderable]]] = {}
    for command in call.book:
        if call.context.actor.may(command.permission):
            line = Joined((command.words.shown(language), command.usage), " ")
            areas.setdefault(command.area.message, (command.area, []))[1].append(Joined(("•", line), " "))
    parts: list[Renderable | str] = [_("You can write these commands, or just say it in your own words:")]
    for area, listed in areas.values():
        parts += ["", Joined(("*", area, "*"), ""), *listed]
    parts += ["", _("More about one of them: help lend")]
    return lines(*parts)


COMMANDS = (
    Command(
        name="account",
        words=Words(_c("command", "account")),
        area=AREA,
        usage=None,
        help=_("shows your plan and what is used of it"),
        run=account,
        examples=("account", "STATUS AKUN"),
    ),
    Command(
        name="settings",
        words=Words(_c("command", "settings")),
        area=AREA,
        usage=None,
        help=_("lists the settings"),
        run=settings,
        examples=("settings", "SETTING"),
    ),
    Command(
        name="set",
        words=Words(_c("command", "set")),
        area=AREA,
        usage=_("KEY VALUE"),
        help=_("changes a setting"),
        run=set_,
        permission="manage",
        arguments=(Argument("setting", Kind.TEXT, _WHICH_SETTING),),
        examples=("set notify off", "ATUR notify on"),
    ),
    Command(
        name="language",
        words=Words(_c("command", "language")),
        area=AREA,
        usage=_("[NAME] LANGUAGE"),
        help=_("sets the language, of the business or of one person"),
        run=language,
        permission="manage",
        arguments=(Argument("language", Kind.TEXT, _WHICH_LANGUAGE),),
        examples=("language english", "BAHASA indonesia"),
    ),
    Command(
        name="help",
        words=Words(_c("command", "help")),
        area=AREA,
        usage=_("[WORD]"),
        help=_("explains the commands"),
        run=help_,
        arguments=(Argument("word", Kind.TEXT),),
        examples=("help", "BANTUAN pinjam"),
    ),
)
