"""How agreements and their instalments are put into words for the owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.i18n import Joined, Renderable, Text, Weekday, _, _n, lines
from services.lending.progress import AgreementProgress, InstallmentProgress

SHOWN = 40
STATES: dict[str, Text] = {
    "draft": _("being made"),
    "sent": _("waiting for an answer"),
    "active": _("active"),
    "completed": _("paid off"),
    "declined": _("declined"),
    "cancelled": _("cancelled"),
    "expired": _("expired"),
    "defaulted": _("written off"),
}
_MARKS = {"draft": "⏳", "sent": "⏳", "active": "•", "completed": "✅", "defaulted": "✖️"}


def listing(found: Sequence[AgreementProgress]) -> Renderable:
    """Every agreement with its state, those still going on first."""
    if not found:
        return _("There are no agreements yet. Make the first one: agreement Ahmad 5,000,000")
    order = ("sent", "draft", "active")
    ranked = sorted(found, key=lambda each: (order.index(each.status) if each.status in order else 9, -each.number))
    parts: list[Renderable | str] = [_("Agreements:"), *map(_one, ranked[:SHOWN])]
    if len(ranked) > SHOWN:
        parts.append(_("… and {n} more", n=len(ranked) - SHOWN))
    going_on = next((each for each in ranked if each.status in order), None)
    if going_on is not None:
        parts.append(_hint(going_on))
    return lines(*parts)


def _hint(each: AgreementProgress) -> Renderable:
    return _(
        "The PDF again: send {number}. Each instalment: installments {name}", number=str(each.number), name=each.name
    )


def _one(each: AgreementProgress) -> Renderable:
    params = {"number": str(each.number), "name": each.name, "amount": each.principal, "state": STATES[each.status]}
    line = _("*{number}* {name}: {amount}, {state}", **params)
    left = _("{left} left", left=each.left) if each.status == "active" else None
    return Joined((_MARKS.get(each.status, "✖️"), Joined((line, left), ", ")), " ")


def overview(found: Sequence[AgreementProgress], today: date) -> Renderable:
    """How far every agreement in force is paid."""
    if not found:
        return _("No agreement is in force. *agreements* lists those that wait or are closed.")
    return lines(_("Instalments:"), *(_progress(each, today) for each in found[:SHOWN]))


def _progress(each: AgreementProgress, today: date) -> Renderable:
    params = {"number": str(each.number), "name": each.name, "paid": each.paid_count, "count": each.count,
              "left": each.left}  # fmt: skip
    line = _("{name} (agreement {number}): {paid} of {count} paid, {left} left", **params)
    if each.next_due is None:
        return Joined(("✅", line), " ")
    due = _("next {left} on {due}", left=each.next_left, due=Weekday(each.next_due))
    late = (today - each.next_due).days
    mark = "⚠️" if late > 0 else "•"
    return Joined((mark, Joined((line, due, _days_late(late)), ", ")), " ")


def _days_late(days: int) -> Text | None:
    return _n("{n} day late", "{n} days late", days) if days > 0 else None


def installments(
    name: str, found: Sequence[AgreementProgress], rows: Sequence[InstallmentProgress], today: date
) -> Renderable:
    """One person's agreements with every instalment."""
    if not found:
        return _("{name} has no agreement in force.", name=name)
    parts: list[Renderable | str] = []
    for each in found:
        own = [row for row in rows if row.agreement == each.number]
        parts += [_progress(each, today), *(_row(row, today) for row in own)]
    return lines(*parts)


def _row(row: InstallmentProgress, today: date) -> Renderable:
    line = _("{number}. {due}: {total}", number=str(row.number), due=row.due_on, total=row.total)
    if not row.left:
        return Joined((line, "✅"), " ")
    late = (today - row.due_on).days
    left = _("{left} left", left=row.left) if row.left != row.total else None
    shown = Joined((line, left, _days_late(late)), ", ")
    return Joined((shown, "⚠️"), " ") if late > 0 else shown
