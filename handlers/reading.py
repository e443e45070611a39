"""What a model is to read before a message is handled: speech, pictures of payments, commands in free words."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.reply import Unread
from handlers.thinking import Minds
from services.messaging.files import FileStore


def wanted(context: Context) -> Unread | None:
    """What is to be read of a message before it is handled; None where nothing is, or where it was tried before."""
    del context
    return None


def read(minds: Minds, files: FileStore, book: CommandBook, tenant_id: int, message_id: int, wants: str) -> None:
    """The job: has a model read a message, keeps what it made of it, and has the message handled."""
    del minds, files, book, tenant_id, message_id, wants
