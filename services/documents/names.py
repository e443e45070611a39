"""The ledger's and the agreements' keys in the words of documents."""

from __future__ import annotations

from services.i18n import Renderable, Shown, _, _c

_KINDS = {
    "disbursement": _("Loan"),
    "interest": _("Interest"),
    "fee": _("Fee"),
    "penalty": _("Penalty"),
    "payment": _("Payment"),
    "write_off": _("Written off"),
    "replacement": _("Replaced by an agreement"),
    "reversal": _("Correction"),
}
_STATUSES = {
    "draft": _c("agreement", "draft"),
    "sent": _c("agreement", "sent"),
    "active": _c("agreement", "active"),
    "completed": _c("agreement", "completed"),
    "declined": _c("agreement", "declined"),
    "cancelled": _c("agreement", "cancelled"),
    "expired": _c("agreement", "expired"),
    "defaulted": _c("agreement", "defaulted"),
}

_INVOICES = {"open": _("OPEN"), "paid": _("PAID"), "void": _("VOID")}


def invoice_state(state: str) -> Renderable:
    """What is stamped on an invoice."""
    return _INVOICES.get(state, Shown(state))


def kind_name(kind: str, side: str) -> Renderable:
    """An entry's kind; what the business borrowed itself is a debt, not a loan."""
    if kind == "disbursement" and side == "owed":
        return _("Debt")
    return _KINDS.get(kind, Shown(kind))


def status_name(status: str) -> Renderable:
    """An agreement's state."""
    return _STATUSES.get(status, Shown(status))


def side_name(side: str) -> Renderable:
    """Who owes whom."""
    return _("owes the business") if side == "lent" else _("is owed by the business")
