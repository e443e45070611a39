"""The command for network routers: scripts for a MikroTik PPP profile that tell who has connected."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar.spec import Argument, Command, Kind, Words
from handlers.owner.call import Call
from handlers.reply import Reply, say
from services.i18n import Joined, Renderable, Shown, _, _c, lines
from services.integrations import ppp
from services.messaging import sending_groups
from services.messaging.sending import NumberRule
from services.phone import normalise_phone

_NOWHERE = "https://juragan.example.com"
_GROUP_WORDS = ("group", "grup")


def ppp_(call: Call) -> Reply:
    """Answers with the two scripts, without any secret in them."""
    context = call.context
    target, to_group = _target(context, call.text("target") or "")
    address = ppp.address_of(context.settings.http_domain)
    scripts = ppp.make(
        ppp.Wanted(context.session.phone, target, address or _NOWHERE, to_group=to_group, locale=context.locale)
    )
    reader = f"+{target}" if not to_group else target
    notes: list[Renderable | str] = [Joined(("• ", note), "") for note in scripts.notes]
    if address is None:
        notes.append(
            Joined(("• ", _("Put the address of this installation in the place of {address}.", address=_NOWHERE)), "")
        )
    return say(
        lines(
            _("Scripts for a PPP profile of MikroTik: they tell {reader} who connects and who disconnects.",
              reader=reader),
            *notes,
            _("Keys are made under /api/v1/keys. The next two messages are *On Up* and *On Down*."),
        ),
        _monospaced(scripts.on_up),
        _monospaced(scripts.on_down),
    )  # fmt: skip


def _monospaced(script: str) -> Renderable:
    """Without its indentation, so that it stays one message."""
    return Shown("```" + "\n".join(line.strip() for line in script.splitlines()) + "```")


def _target(context: Context, written: str) -> tuple[str, bool]:
    """Who is told: a number as bare digits, else the id of a group."""
    word, _space, rest = written.strip().partition(" ")
    name = rest.strip() if word.casefold() in _GROUP_WORDS and rest.strip() else written.strip()
    if name == written.strip() and normalise_phone(name, context.tenant.country) is not None:
        settings = context.settings
        rule = NumberRule(settings.whatsapp_allowed_phone_pattern, settings.blocked_numbers)
        return rule.read(name, context.tenant.country), False
    return sending_groups.find(context.tx, name, context.session.id)[0].removeprefix("group:"), True


COMMANDS = (
    Command(
        name="ppp",
        words=Words(_c("command", "ppp | mikrotik")),
        area=_("Account"),
        usage=_("NUMBER or GROUP"),
        help=_("makes scripts by which a MikroTik router tells who connects"),
        run=ppp_,
        permission="manage",
        arguments=(
            Argument("target", Kind.TEXT, _("Who is to be told? Write a number, or a group's name or id.")),
        ),
        examples=("ppp 081234567890", "PPP 081234567890"),
    ),
)  # fmt: skip
