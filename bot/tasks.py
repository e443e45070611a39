"""Jobs by name, and what each of them does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import structlog
from sqlalchemy import delete

from bot import directories
from bot.sender import ABANDONED_AFTER, Sender
from handlers.multi_tenant import MultiTenantMessageHandler
from services import queue
from services.assistant import action_rounds, learning, records, summaries, vectorising
from services.billing import rounds as billing_rounds
from services.db.engine import Database, is_outage
from services.db.models import Message, OutboxMessage
from services.documents.making import make
from services.i18n import _
from services.lending import rounds
from services.messaging import inbox, outbox, sending_media
from services.messaging.files import FileStore
from services.messaging.notices import tell_of_unknown, tell_owner
from services.messaging.sweep import wake_forgotten
from services.settings import Settings
from services.tenants import (
    alerts,
    code_delivery,
    codes,
    credit_upkeep,
    erasing,
    export,
    limit_notices,
    logins,
    platform,
    showing,
    telling,
)

log = structlog.get_logger(__name__)

# Messages that a session has handled before others get their turn.
BATCH = 20
FORGOTTEN_AFTER = timedelta(seconds=30)
_ENDED = ("sent", "delivered", "read", "failed", "unknown", "cancelled")


@dataclass(frozen=True, slots=True)
class Jobs:
    """What the jobs work with."""

    db: Database
    settings: Settings
    handler: MultiTenantMessageHandler
    sender: Sender
    files: FileStore

    def table(self) -> Mapping[str, Callable[..., None]]:
        """Every job by its name."""
        return {
            "inbound": self.inbound,
            "retry": self.retry,
            "reply": self.reply,
            "think": self.think,
            "read": self.read,
            "send": self.send,
            "render": self.render,
            "sweep": self.sweep,
            "reminders": self.reminders,
            "daily": self.daily,
            "actions": self.actions,
            "billing": self.billing,
            "retention": self.retention,
            "platform": self.platform,
            "show_qr": self.show_qr,
            "alert": self.alert,
            "tell": self.tell,
            "registrations": self.registrations,
            "export": self.export,
            "ask": self.ask,
            "learn": self.learn,
            "embed": self.embed,
            "embeddings": self.embeddings,
            "credits": self.credits,
            "limit_notice": self.limit_notice,
            "summarise": self.summarise,
            "sync_contacts": self.sync_contacts,
            "reset_code": self.reset_code,
            "invite": self.invite,
            "hide_code": self.hide_code,
        }

    def inbound(self, tenant_id: int, session_id: int) -> None:
        """Handles what waits in a session's inbox, in order; what comes in meanwhile brings a job of its own.

        After a full batch it is the turn of others, so that one busy session doesn't keep the rest waiting.
        """
        with self.db.tenant(tenant_id) as tx:
            waiting = inbox.waiting(tx, session_id, BATCH)
        for message_id, chat in waiting:
            self._handle(tenant_id, session_id, message_id, chat)
        if len(waiting) == BATCH:
            with self.db.tenant(tenant_id) as tx:
                inbox.wake(tx, session_id)

    def _handle(self, tenant_id: int, session_id: int, message_id: int, chat: str) -> None:
        """Handles one message; one that fails is put aside for later and blocks nobody."""
        try:
            self.handler.handle(tenant_id, session_id, message_id, chat)
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("message failed", tenant=tenant_id, message=message_id)
            with self.db.tenant(tenant_id) as tx:
                if inbox.record_failure(tx, message_id, repr(error)):
                    tell_owner(tx, session_id, f"parked:{message_id}", _PARKED)

    def retry(self, tenant_id: int, message_id: int) -> None:
        """Handles a message once more that failed before."""
        with self.db.tenant(tenant_id) as tx:
            message = tx.get(Message, (tenant_id, message_id))
            if message is None or message.processed_at is not None or message.parked_at is not None:
                return
            session_id, chat = message.session_id, message.chat
        self._handle(tenant_id, session_id, message_id, chat)

    def reply(self, tenant_id: int, conversation_id: int) -> None:
        """Answers a burst of messages."""
        self._answer(self.handler.answer_burst, tenant_id, conversation_id)

    def think(self, tenant_id: int, conversation_id: int) -> None:
        """Answers one that has to be thought about."""
        self._answer(self.handler.think, tenant_id, conversation_id)

    def _answer(self, answer: Callable[[int, int], None], tenant_id: int, conversation_id: int) -> None:
        try:
            answer(tenant_id, conversation_id)
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("answer failed", tenant=tenant_id, conversation=conversation_id)
            with self.db.tenant(tenant_id) as tx:
                for message_id, session_id in inbox.record_answer_failure(tx, conversation_id, repr(error)):
                    tell_owner(tx, session_id, f"parked:{message_id}", _PARKED)

    def read(self, tenant_id: int, message_id: int, wants: str) -> None:
        """Has a model read a message before it is handled."""
        self.handler.read(self.files, tenant_id, message_id, wants)

    def send(self, tenant_id: int, session_id: int) -> None:
        """Sends what a session has to send."""
        self.sender.send_waiting(tenant_id, session_id)

    def sweep(self) -> None:
        """Finds what a crash at the worst moment left behind, and sets it going again."""
        with self.db.system() as tx:
            woken = wake_forgotten(tx, tx.now - FORGOTTEN_AFTER)
            lost = sorted(outbox.abandoned(tx, tx.now - ABANDONED_AFTER), key=lambda each: each.tenant_id)
        if woken or lost:
            log.warning("sweep", woken=woken, unknown=len(lost))
        for tenant_id, messages in groupby(lost, key=lambda each: each.tenant_id):
            self._give_up(tenant_id, list(messages))

    def _give_up(self, tenant_id: int, messages: list[OutboxMessage]) -> None:
        with self.db.tenant(tenant_id) as tx:
            outbox.mark_unknown(tx, [message.id for message in messages])
            for message in messages:
                tell_of_unknown(tx, message.session_id, message.id, message.chat, message.body)

    def render(self, tenant_id: int, document_id: int) -> None:
        """Makes a file that somebody waits for."""
        make(self.db, self.files, tenant_id, document_id)

    def reminders(self) -> None:
        """Sets the daily rounds going that are due."""
        with self.db.system() as tx:
            for tenant_id in rounds.due_tenants(tx):
                queue.defer(tx, "daily", f"daily:{tenant_id}", tenant_id=tenant_id)

    def daily(self, tenant_id: int) -> None:
        """Does a tenant's daily round; what fails is tried again when the bell next rings."""
        rounds.run(self.db, tenant_id, self.settings)

    def actions(self, tenant_id: int | None = None) -> None:
        """Reminds of requests that nobody answers, and ends handoffs whose time is over."""
        action_rounds.run(self.db, self.settings, tenant_id)

    def billing(self, tenant_id: int | None = None) -> None:
        """Sees to a tenant's subscription, or sets going what is due of any."""
        if tenant_id is not None:
            billing_rounds.run(self.db, self.settings, tenant_id)
            return
        with self.db.system() as tx:
            for each in billing_rounds.due_tenants(tx):
                queue.defer(tx, "billing", f"billing:{each}", tenant_id=each)

    def platform(self, tenant_id: int, message_id: int, command: str, arguments: dict[str, object]) -> None:
        """Does what a super admin asked for in a chat."""
        platform.perform(self.db, self.settings, tenant_id, message_id, command, arguments)

    def show_qr(self, tenant_id: int, session_id: int) -> None:
        """Sends a super admin the QR code that links a number."""
        showing.show_qr(self.db, self.files, tenant_id, session_id)

    def alert(self, tenant_id: int, notification_id: int) -> None:
        """Tells people that a number was lost."""
        alerts.alert(self.db, tenant_id, notification_id)

    def tell(self, tenant_id: int, notification_id: int) -> None:
        """Tells a business's owner what became of it."""
        telling.tell(self.db, self.settings, tenant_id, notification_id)

    def registrations(self) -> None:
        """Tells the super admins who wants to join."""
        telling.tell_of_registrations(self.db, self.settings)

    def export(self, tenant_id: int, document_id: int) -> None:
        """Puts a business's data together for its owner."""
        export.make(self.db, self.files, tenant_id, document_id)

    def ask(self, tenant_id: int, message_id: int, text: str) -> None:
        """Tries a bot for its owner."""
        self.handler.try_bot(tenant_id, message_id, text)

    def learn(self, tenant_id: int, source_id: int) -> None:
        """Reads a document, page or picture that bots are to know."""
        learning.learn(self.db, self.files, self.settings, tenant_id, source_id, self.handler.minds.models)

    def embed(self, tenant_id: int, attempt: int = 0) -> None:
        """Makes the vectors that a tenant's knowledge lacks."""
        vectorising.embed(self.db, self.handler.minds.embedder, tenant_id, attempt)

    def embeddings(self) -> None:
        """Sees to it that every tenant's knowledge has its vectors."""
        vectorising.embed_all(self.db, self.handler.minds.embedder)

    def summarise(self, tenant_id: int, conversation_id: int) -> None:
        """Has a model sum up what was said in a long chat."""
        summaries.summarise(self.db, self.handler.minds.models, tenant_id, conversation_id)

    def limit_notice(self, tenant_id: int, what: str, period: str, level: int, limit: int, used: int) -> None:
        """Tells an owner that a limit is near or reached."""
        limit_notices.tell(self.db, tenant_id, what, period, level, limit, used)

    def reset_code(self, login: str, tenant: str | None = None) -> None:
        """Sends a code for a new password to whoever has forgotten theirs."""
        code_delivery.reset(self.db, self.settings, login, tenant)

    def invite(self, tenant_id: int, user_id: int) -> None:
        """Sends a code for a first password to somebody who was invited."""
        code_delivery.invite(self.db, self.settings, tenant_id, user_id)

    def hide_code(self, tenant_id: int, code_key: str) -> None:
        """Makes a code unreadable that was sent a while ago."""
        code_delivery.hide(self.db, tenant_id, code_key)

    def sync_contacts(self, tenant_id: int, sync_id: int) -> None:
        """Looks up what a number of the simulator knows of people and groups."""
        directories.play(self.db, tenant_id, sync_id)

    def credits(self) -> None:
        """Gives AI credits back that are held for what a crash has cut off."""
        with self.db.system() as tx:
            tenants = credit_upkeep.stale_tenants(tx)
        for tenant_id in tenants:
            with self.db.tenant(tenant_id) as tx:
                credit_upkeep.release_stale(tx)

    def retention(self) -> None:
        """Deletes what was kept for long enough: messages, answers, summaries, logins, businesses that were closed."""
        with self.db.system() as tx:
            before = tx.now - timedelta(days=self.settings.retention_days)
            tx.execute(delete(Message).where(Message.processed_at < before))
            old = OutboxMessage.status.in_(_ENDED) & (OutboxMessage.created_at < before)
            tx.execute(delete(OutboxMessage).where(old))
            records.forget(tx, before)
            summaries.forget(tx, before)
            logins.forget(tx)
            codes.forget(tx)
            uploads = sending_media.forget(tx, tx.now - sending_media.KEPT_FOR)
        for each in uploads:
            sending_media.waiting_room(self.files).path(each).unlink(missing_ok=True)
        erasing.erase_due(self.db, self.files)


_PARKED = _("I could not handle one of the messages, although I tried several times. Please look at your chats.")
