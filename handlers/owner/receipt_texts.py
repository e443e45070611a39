"""What a payment did to agreements, in the words of a chat."""

from __future__ import annotations

from collections.abc import Sequence

from services.i18n import Renderable, Text, _
from services.lending.agreement_states import Change

_CHANGES: dict[str, Text] = {
    "completed": _("🎉 Agreement {number} is paid off."),
    "defaulted": _("Agreement {number} is closed; what was left is written off."),
    "active": _("Agreement {number} is open again."),
    "cancelled": _("Agreement {number} is closed."),
}


def changes(found: Sequence[Change]) -> Sequence[Renderable]:
    """Agreements that a booking closed or opened again."""
    return tuple(_(_CHANGES[each.after].message, number=str(each.number)) for each in found)
