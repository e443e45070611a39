"""What a model is to read before a message is handled: speech, pictures of payments, commands in free words.

Asked for in the transaction that would handle the message, done in none, and kept in another; then the message is
handled the ordinary way. What couldn't be read is kept as well, so that it isn't tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import structlog
from sqlalchemy import select

from handlers.chat.requests import is_proof
from handlers.context import Context, read_message
from handlers.grammar.book import CommandBook
from handlers.grammar.reading import Reading
from handlers.grammar.values import lone_money
from handlers.media import File, file_of, is_voice
from handlers.owner import understanding
from handlers.reply import Unread
from handlers.thinking import Minds
from services.assistant import speech, vision
from services.assistant.models import Models, Picture
from services.assistant.speech import Note
from services.db.engine import Tx
from services.db.models import Conversation, Message
from services.i18n import language_of
from services.messaging import inbox
from services.messaging.files import FileStore
from services.tenants import credits, plans

log = structlog.get_logger(__name__)


def wanted(context: Context) -> Unread | None:
    """What is to be read of a message before it is handled; None where nothing is, or where it was tried before."""
    message = context.message
    if message.reading_due is not None or file_of(message) is None:
        return None
    unread = _speech(context) or _picture(context)
    if unread is None or unread.wants in (message.heard or {}) or not credits.may_use(context.tx):
        return None
    return unread


def _speech(context: Context) -> Unread | None:
    spoken = is_voice(context.message) and not context.text.strip()
    return Unread("speech") if spoken and context.settings.uses_speech else None


def _picture(context: Context) -> Unread | None:
    file = file_of(context.message)
    if file is None or context.is_owner_side or not context.settings.uses_chat:
        return None
    tenant = context.tenant
    if not vision.may_be_looked_at(file.mime, file.size) or not plans.feature(tenant.plan, tenant.limits, "vision"):
        return None
    return Unread("picture") if is_proof(context) else None


def read(minds: Minds, files: FileStore, book: CommandBook, tenant_id: int, message_id: int, wants: str) -> None:
    """The job: has a model read a message, keeps what it made of it, and has the message handled."""
    if wants == "command":
        understanding.read(minds, book, tenant_id, message_id)
        return
    with minds.db.tenant(tenant_id) as tx:
        unread = _look(tx, minds, message_id)
    if unread is None:
        return
    content = _content(files, unread.file)
    words: str | None = None
    if minds.models is None or content is None:
        heard: Mapping[str, object] = {"problem": "failed"}
    elif wants == "speech":
        note = _hear(minds, minds.models, tenant_id, message_id, unread, content)
        heard, words = note.kept(), note.words
    else:
        heard = _see(minds, minds.models, tenant_id, message_id, unread, content)
    with minds.db.tenant(tenant_id) as tx:
        inbox.has_read(tx, message_id, {wants: heard}, words)
    log.info("message read", tenant=tenant_id, message=message_id, wants=wants, problem=heard.get("problem"))


class _Unread(NamedTuple):
    """What reading a message needs to know of it."""

    file: File
    seconds: int | None
    language: str
    reading: Reading


def _look(tx: Tx, minds: Minds, message_id: int) -> _Unread | None:
    """The message, unless it has been handled meanwhile."""
    of_message = (
        (Message.tenant_id == Conversation.tenant_id)
        & (Message.session_id == Conversation.session_id)
        & (Message.chat == Conversation.chat)
    )
    conversation = tx.scalars(
        select(Conversation)
        .join(Message, of_message)
        .where(Message.tenant_id == tx.tenant, Message.id == message_id)
        .with_for_update(key_share=True, of=Conversation)
    ).one_or_none()
    context = None if conversation is None else read_message(tx, message_id, conversation, minds.settings)
    file = None if context is None else file_of(context.message)
    if context is None or file is None:
        return None
    claimed = (context.message.media or {}).get("seconds")
    seconds = claimed if isinstance(claimed, int) else None
    return _Unread(file, seconds, language_of(context.locale), context.reading)


def _content(files: FileStore, file: File) -> bytes | None:
    try:
        return files.path(file.hash).read_bytes()
    except OSError as error:
        log.warning("a file that was kept can't be read", file=file.hash, error=str(error))
        return None


def _hear(minds: Minds, models: Models, tenant_id: int, message_id: int, unread: _Unread, content: bytes) -> Note:
    return speech.hear(
        minds.db, models, tenant_id, message_id, content, unread.file.mime, claimed=unread.seconds,
        language=unread.language,
    )  # fmt: skip


def _see(
    minds: Minds, models: Models, tenant_id: int, message_id: int, unread: _Unread, content: bytes
) -> Mapping[str, object]:
    return vision.read(
        minds.db, models, tenant_id, message_id, Picture(content, unread.file.mime), today=unread.reading.today,
        currency=unread.reading.currency, as_money=lambda written: lone_money(written, unread.reading),
    )  # fmt: skip
