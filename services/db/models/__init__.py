"""The tables, one file for each group of rows that change together."""

from services.db.models.base import Base
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
from services.db.models.tenants import AuditEntry, Tenant, UsageCounter, User

__all__ = [
    "Allocation",
    "AuditEntry",
    "Base",
    "CommandRecord",
    "Consent",
    "Contact",
    "ContactIdentity",
    "Conversation",
    "Debt",
    "LedgerEntry",
    "Message",
    "OutboxMessage",
    "Tenant",
    "UsageCounter",
    "User",
    "WhatsAppSession",
]
