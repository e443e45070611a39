"""The super admin's commands over WhatsApp. They only say what is wanted; a job does it, and answers in the same chat.

A business's own transactions don't see other businesses. These commands exist at the platform's own number alone, and
work from the numbers that the installation's settings name, or in the number's chat with itself.
"""

from __future__ import annotations

import re

from handlers.grammar.reading import Reading
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.grammar.values import clean_name, find_phones, rest
from handlers.owner.call import Call
from handlers.reply import Reply
from services import queue
from services.errors import DomainError
from services.i18n import _, _c
from services.tenants.platform import PERMISSION

AREA = _("Super admin")
_WHICH = _("Which business? (its name in *tenants*)")
_NAME = Argument("name", Kind.NAME, _("What is the business called?"))
_NUMBER = Argument("number", Kind.PHONE, _("What is its owner's number? (for example 081234567890)"))


def ask(call: Call) -> Reply:
    """Has the platform do what was asked for."""
    context = call.context
    user = context.user
    known = user is not None and user.phone in context.settings.super_admins
    if not context.tenant.is_platform or not (known or context.in_self_chat):
        raise DomainError(
            "forbidden", _("Your number isn't allowed to do this. Ask the owner of {name}.", name=context.tenant.name)
        )
    queue.defer(
        context.tx, "platform", f"platform:{context.tx.tenant}:{context.message.id}", message_id=context.message.id,
        command=call.command.name, arguments=dict(call.understood().arguments),
    )  # fmt: skip
    return Reply(understood=call.understood(), outcome="deferred")


_EMAIL = re.compile(r"(?<!\S)[^\s@]+@[^\s@]+\.[^\s@]+(?!\S)")
# A foreign number without its plus, as WhatsApp writes them.
_BARE_NUMBER = re.compile(r"(?<!\S)\d{10,15}$")


def read_line(text: str, reading: Reading) -> dict[str, object]:
    """`Toko Maju 081234567890 maju@example.com`."""
    email = _EMAIL.search(text)
    left = (text if email is None else text.replace(email[0], " ")).strip()
    phones = find_phones(left, reading)
    bare = _BARE_NUMBER.search(left)
    if not phones and bare is not None:
        left = f"{left[: bare.start()]}+{bare[0]}"
        phones = find_phones(left, reading)
    name = clean_name(rest(left, phones[:1]))
    read: dict[str, object] = {"name": name} if name else {}
    if phones:
        read["number"] = phones[0].value
    return read | ({"email": email[0]} if email else {})


COMMANDS = (
    Command(
        name="register",
        words=Words(_c("command", "register")),
        area=AREA,
        usage=_("NAME NUMBER [EMAIL]"),
        help=_("registers a business and sends the QR code to link its number"),
        run=ask,
        permission=PERMISSION,
        arguments=(_NAME, _NUMBER, Argument("email", Kind.TEXT)),
        examples=("register Toko Maju 081234567890", "DAFTAR Toko Maju 081234567890 maju@example.com"),
        reader=Reader(read_line),
    ),
    Command(
        name="tenants",
        words=Words(_c("command", "tenants")),
        area=AREA,
        usage=None,
        help=_("lists the businesses with their state"),
        run=ask,
        permission=PERMISSION,
        examples=("tenants", "LIST TENANT"),
    ),
    Command(
        name="disable",
        words=Words(_c("command", "disable")),
        area=AREA,
        usage=_("TENANT"),
        help=_("switches a business off; nothing of it is lost"),
        run=ask,
        permission=PERMISSION,
        arguments=(Argument("tenant", Kind.TEXT, _WHICH),),
        examples=("disable toko-maju", "NONAKTIF toko-maju"),
    ),
    Command(
        name="enable",
        words=Words(_c("command", "enable")),
        area=AREA,
        usage=_("TENANT"),
        help=_("switches a business on again"),
        run=ask,
        permission=PERMISSION,
        arguments=(Argument("tenant", Kind.TEXT, _WHICH),),
        examples=("enable toko-maju", "AKTIFKAN toko-maju"),
    ),
    Command(
        name="approve",
        words=Words(_c("command", "approve")),
        area=AREA,
        usage=_("TENANT"),
        help=_("lets a business begin that registered itself; its owner is told how to go on"),
        run=ask,
        permission=PERMISSION,
        arguments=(Argument("tenant", Kind.TEXT, _WHICH),),
        examples=("approve toko-maju", "SETUJUI toko-maju"),
    ),
    Command(
        name="reject",
        words=Words(_c("command", "reject")),
        area=AREA,
        usage=_("TENANT [REASON]"),
        help=_("turns down a business that registered itself; its owner is told why"),
        run=ask,
        permission=PERMISSION,
        arguments=(Argument("tenant", Kind.TEXT, _WHICH),),
        examples=("reject toko-maju Please send us your address", "TOLAK toko-maju Mohon kirim alamat"),
    ),
)
