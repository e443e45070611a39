"""The message handler: one message of one tenant, from the inbox to its reply, in one transaction.

Called by the worker's jobs. It locks the chat, reads the context, passes the gates, asks the routes in order, and
commits what they changed together with the reply and the mark that the message is done.
"""

from __future__ import annotations

from handlers import reading
from handlers.bot_trial import try_bot
from handlers.bursts import Bursts
from handlers.chat.groups import in_group
from handlers.context import Context, open_chat, read_message
from handlers.finishing import finish
from handlers.gates import gate
from handlers.owner import standstill
from handlers.owner.dialogs import pending
from handlers.reply import Pending, Reply
from handlers.routes import Answer, at_once, command_book, for_businesses, owner_answer, owner_routes
from handlers.thinking import Minds
from services.db.engine import Database, Tx
from services.errors import DomainError
from services.messaging.files import FileStore
from services.settings import Settings
from services.tenants import life


class MultiTenantMessageHandler:
    """Handles messages of every tenant; holds nothing of any of them."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        self.minds = Minds.of(db, settings)
        self._bursts = Bursts(db, settings, self.minds)
        book = command_book()
        self._platform_routes = owner_routes(book)
        self._book = for_businesses(book)
        self._owner_routes = owner_routes(self._book)

    def handle(self, tenant_id: int, session_id: int, message_id: int, chat: str) -> None:
        """Handles one message unless that has been done; what a rule refuses is answered with the reason."""
        try:
            with self._db.tenant(tenant_id) as tx:
                context = self._context(tx, session_id, message_id, chat)
                if context is not None:
                    finish(context, self._answer(context))
        except DomainError as refusal:
            self._refuse(tenant_id, session_id, message_id, chat, refusal)

    def answer_burst(self, tenant_id: int, conversation_id: int) -> None:
        """Gives one answer to everything unanswered in a chat, once it has been quiet for the debounce time."""
        self._bursts.answer(tenant_id, conversation_id)

    def think(self, tenant_id: int, conversation_id: int) -> None:
        """The same for what takes time to think about."""
        self._bursts.think(tenant_id, conversation_id)

    def try_bot(self, tenant_id: int, message_id: int, text: str) -> None:
        """Answers an owner's `ask`."""
        try_bot(self.minds, tenant_id, message_id, text)

    def read(self, files: FileStore, tenant_id: int, message_id: int, wants: str) -> None:
        """Has a model read a message, which is handled then."""
        reading.read(self.minds, files, self._book, tenant_id, message_id, wants)

    def _context(self, tx: Tx, session_id: int, message_id: int, chat: str) -> Context | None:
        return read_message(tx, message_id, open_chat(tx, session_id, chat), self._settings)

    def _answer(self, context: Context) -> Answer:
        dropped = gate(context)
        if dropped is not None:
            return dropped
        if context.is_owner_side and life.is_off(context.tenant.status):
            return standstill.answer(context, self._book)
        if context.in_group:
            return in_group(context)
        unread = reading.wanted(context)
        if unread is not None:
            return unread
        if not context.is_owner_side:
            return at_once(context)
        return owner_answer(self._platform_routes if context.tenant.is_platform else self._owner_routes, context)

    def _refuse(self, tenant_id: int, session_id: int, message_id: int, chat: str, refusal: DomainError) -> None:
        """What was begun is rolled back; the answer says why, and a question that waits goes on waiting."""
        with self._db.tenant(tenant_id) as tx:
            context = self._context(tx, session_id, message_id, chat)
            if context is None:
                return
            state = pending(context)
            kept = Pending(state) if state is not None else None
            finish(context, Reply((refusal.text,), dialog=kept, outcome=f"refused:{refusal.code}"))
