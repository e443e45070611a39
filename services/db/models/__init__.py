"""The tables, one file for each group of rows that change together."""

from services.db.models.actions import Action
from services.db.models.agreements import Agreement, AgreementVersion, Promise, Reminder
from services.db.models.assistant import (
    BotAnswer,
    Chatbot,
    Instruction,
    KnowledgeEntry,
    KnowledgeGap,
    KnowledgePosting,
    KnowledgeSource,
    KnowledgeText,
    KnowledgeVersion,
)
from services.db.models.base import Base
from services.db.models.documents import Document
from services.db.models.lending import Allocation, CommandRecord, Debt, LedgerEntry
from services.db.models.messaging import (
    Consent,
    Contact,
    ContactIdentity,
    Conversation,
    Message,
    OutboxMessage,
    WhatsAppSession,
)
from services.db.models.sessions import ApiKey, Notification, Pairing, SessionEvent, SessionHost
from services.db.models.tenants import AuditEntry, Tenant, UsageCounter, User
from services.db.models.usage import AiAccount, AiCall, AiCredit

__all__ = [
    "Action",
    "Agreement",
    "AgreementVersion",
    "AiAccount",
    "AiCall",
    "AiCredit",
    "Allocation",
    "ApiKey",
    "AuditEntry",
    "Base",
    "BotAnswer",
    "Chatbot",
    "CommandRecord",
    "Consent",
    "Contact",
    "ContactIdentity",
    "Conversation",
    "Debt",
    "Document",
    "Instruction",
    "KnowledgeEntry",
    "KnowledgeGap",
    "KnowledgePosting",
    "KnowledgeSource",
    "KnowledgeText",
    "KnowledgeVersion",
    "LedgerEntry",
    "Message",
    "Notification",
    "OutboxMessage",
    "Pairing",
    "Promise",
    "Reminder",
    "SessionEvent",
    "SessionHost",
    "Tenant",
    "UsageCounter",
    "User",
    "WhatsAppSession",
]
