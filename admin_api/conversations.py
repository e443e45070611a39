"""Conversations of a business with its contacts."""

from __future__ import annotations

from flask import Response

from admin_api.access import require_role
from admin_api.chat_shapes import (
    ConversationPath,
    ConversationShown,
    ConversationsWanted,
    MessagesOfConversation,
    SaidShown,
)
from admin_api.edge import actor, edge
from admin_api.lists import order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Paged
from admin_api.tenancy import tenant
from services.messaging import conversations
from services.messaging.conversations import Wanted

family = Family("conversations", "Conversations", "Chats with contacts.", "/api/v1/conversations")


@family.get("", Paged[ConversationShown])
@require_role("read_only", "contacts:read")
def list_conversations(query: ConversationsWanted) -> Response:
    """Conversations with people, those first that were written in last."""
    wanted = Wanted(None if query.state is None else query.state == "open", query.session, query.contact_id)
    by = order(conversations.COLUMNS, query.sort, "-lastMessageAt")
    with edge().db.tenant(tenant().id) as tx:
        found, total = conversations.page(tx, wanted, by, offset=query.offset, limit=query.per_page)
    return paged([ConversationShown.of(each) for each in found], total, query.page, query.per_page)


@family.get("/<string:id>", Answer[ConversationShown])
@require_role("read_only", "contacts:read")
def show_conversation(path: ConversationPath) -> Response:
    """One conversation."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(ConversationShown.of(conversations.get(tx, path.id)))


@family.get("/<string:id>/messages", Paged[SaidShown])
@require_role("read_only", "contacts:read")
def list_conversation_messages(path: ConversationPath, query: MessagesOfConversation) -> Response:
    """What was said in a conversation both ways, the newest first."""
    with edge().db.tenant(tenant().id) as tx:
        offset = (query.page - 1) * query.per_page
        found, total = conversations.messages(tx, path.id, offset=offset, limit=query.per_page)
    return paged([SaidShown.model_validate(each) for each in found], total, query.page, query.per_page)


@family.post("/<string:id>/close", Answer[ConversationShown])
@require_role("staff", "contacts:write")
def close_conversation(path: ConversationPath) -> Response:
    """Marks a conversation as done with; the customer's next message opens it again."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(ConversationShown.of(conversations.close(tx, actor(), path.id)))


@family.post("/<string:id>/reopen", Answer[ConversationShown])
@require_role("staff", "contacts:write")
def reopen_conversation(path: ConversationPath) -> Response:
    """Opens a conversation again."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(ConversationShown.of(conversations.reopen(tx, actor(), path.id)))
