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
from services.db.models.billing import ApiUsage, Invoice, Subscription, SubscriptionPayment
from services.db.models.documents import Document
from services.db.models.identity import Login, OneTimeCode, UserKey
from services.db.models.lending import Allocation, CommandRecord, Debt, LedgerEntry
from services.db.models.messaging import (
    Consent,
    Contact,
    ContactIdentity,
    Conversation,
    Message,
    OutboxMessage,
    Upload,
    WhatsAppSession,
)
from services.db.models.people import ChatGroup, ContactSync, ContactTag
from services.db.models.sessions import ApiKey, Notification, Pairing, SessionEvent, SessionHost
from services.db.models.system import SystemAuditEntry, SystemSetting
from services.db.models.tenants import STATUSES, AuditEntry, Tenant, UsageCounter, User
from services.db.models.usage import AiAccount, AiCall, AiCredit

__all__ = [
    "STATUSES",
    "Action",
    "Agreement",
    "AgreementVersion",
    "AiAccount",
    "AiCall",
    "AiCredit",
    "Allocation",
    "ApiKey",
    "ApiUsage",
    "AuditEntry",
    "Base",
    "BotAnswer",
    "ChatGroup",
    "Chatbot",
    "CommandRecord",
    "Consent",
    "Contact",
    "ContactIdentity",
    "ContactSync",
    "ContactTag",
    "Conversation",
    "Debt",
    "Document",
    "Instruction",
    "Invoice",
    "KnowledgeEntry",
    "KnowledgeGap",
    "KnowledgePosting",
    "KnowledgeSource",
    "KnowledgeText",
    "KnowledgeVersion",
    "LedgerEntry",
    "Login",
    "Message",
    "Notification",
    "OneTimeCode",
    "OutboxMessage",
    "Pairing",
    "Promise",
    "Reminder",
    "SessionEvent",
    "SessionHost",
    "Subscription",
    "SubscriptionPayment",
    "SystemAuditEntry",
    "SystemSetting",
    "Tenant",
    "Upload",
    "UsageCounter",
    "User",
    "UserKey",
    "WhatsAppSession",
]
