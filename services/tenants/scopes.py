"""What a key of the API may be allowed to do: one word for each group of routes, looking and changing apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.errors import DomainError
from services.i18n import Text, _

SENDING = "messages:send"

SCOPES: Mapping[str, Text] = {
    SENDING: _("send messages"),
    "messages:read": _("read messages and what became of them"),
    "contacts:read": _("read contacts, tags, groups and conversations"),
    "contacts:write": _("change contacts, tags and conversations"),
    "sessions:read": _("see the state of WhatsApp numbers"),
    "sessions:write": _("link, stop and start WhatsApp numbers"),
    "bots:read": _("read bots, knowledge and requests"),
    "bots:write": _("change bots and knowledge, answer requests"),
    "lending:read": _("read debts and agreements"),
    "users:read": _("see who acts for the business"),
    "usage:read": _("see what is used, the plan and invoices"),
}


def read(wanted: Iterable[str]) -> list[str]:
    """The scopes in their order, each once; raises `DomainError` `scope_unknown`."""
    given = set(wanted)
    strange = sorted(given - SCOPES.keys())
    if strange:
        text = _("“{word}” is no scope. There are: {known}", word=strange[0], known=", ".join(SCOPES))
        raise DomainError("scope_unknown", text, value=strange[0])
    return [scope for scope in SCOPES if scope in given]
