"""What waits for a person of the business: looking at it, and deciding it as the chat's `action` does."""

from __future__ import annotations

from flask import Response

from admin_api.access import require_role, require_subscription
from admin_api.edge import actor, edge
from admin_api.lists import order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Idempotent, Paged
from admin_api.shown_actions import ActionPath, ActionShown, ActionsWanted, DecidedShown, Verdict
from admin_api.tenancy import tenant
from services.assistant import action_decisions, action_lists

family = Family("actions", "Actions", "Requests of customers that wait for a person.", "/api/v1/actions")


@family.get("", Paged[ActionShown])
@require_role("read_only", "bots:read")
def list_actions(query: ActionsWanted) -> Response:
    """Requests that wait, and those that were decided."""
    by = order(action_lists.COLUMNS, query.sort, "-priority,number")
    wanted = action_lists.Wanted(query.status, query.kind, query.priority, query.contact)
    with edge().db.tenant(tenant().id) as tx:
        rows, total = action_lists.listed(tx, wanted, by, query.offset, query.per_page)
        shown = [ActionShown.of(row, tx.now) for row in rows]
    return paged(shown, total, query.page, query.per_page)


@family.get("/<string:number>", Answer[ActionShown])
@require_role("read_only", "bots:read")
def show_action(path: ActionPath) -> Response:
    """One request."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(ActionShown.of(action_lists.one(tx, path.number), tx.now))


@family.post("/<string:number>/decide", Answer[DecidedShown])
@require_role("staff", "bots:write")
@require_subscription
def decide_action(path: ActionPath, body: Verdict, header: Idempotent) -> Response:
    """Approves, rejects or answers a request; the person who asked is told, and a proof's payment is booked."""
    here = edge()
    with here.db.tenant(tenant().id) as tx:
        action_lists.one(tx, path.number)
        _action, told = action_decisions.decide(
            tx, actor(), path.number, body.read(), blocked=here.settings.blocked_numbers, key=header.idempotency_key
        )
        shown = ActionShown.of(action_lists.one(tx, path.number), tx.now)
        return ok(DecidedShown(action=shown, told=told))
