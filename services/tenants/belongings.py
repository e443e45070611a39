"""What belongs to a business, table by table: what an export shows of it, and what becomes of it when it is erased.

Every table with a `tenant_id` stands here, in an order in which rows can be deleted. Amounts and dates stay, for the
books of those who owe or paid; what says who somebody is, or what was written, goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

# What is deleted; what the database itself cleans, since it may never be changed otherwise (`erase_records`); what
# stays as it is.
Fate = Literal["deleted", "cleaned", "kept"]


# Columns that no export shows, in whichever table: what lets somebody in.
SECRET = frozenset({"hash", "former_hash", "refresh_hash", "password_hash", "hint", "code"})


@dataclass(frozen=True, slots=True)
class Belonging:
    """A table. `shown` is its name in an export, None for what only the program understands or what is secret.

    `hidden` columns are left out of it. With `cleared`, rows stay and these columns get these values.
    """

    fate: Fate
    shown: str | None = None
    hidden: frozenset[str] = frozenset()
    cleared: Mapping[str, object] = field(default_factory=dict)


def _of(fate: Fate, shown: str | None = None, *hidden: str, cleared: Mapping[str, object] | None = None) -> Belonging:
    return Belonging(fate, shown, SECRET | frozenset(hidden), cleared or {})


BELONGINGS: Mapping[str, Belonging] = {
    "answers": _of("deleted", "bot answers"),
    "actions": _of("deleted", "requests"),
    "knowledge_gaps": _of("deleted", "unanswered questions"),
    "promises": _of("deleted", "promises to pay"),
    "reminders": _of("deleted", "reminders"),
    "commands": _of("deleted", "commands"),
    "conversation_instructions": _of("deleted", "bot instructions"),
    "knowledge_vectors": _of("deleted"),
    "knowledge_postings": _of("deleted"),
    "knowledge_spellings": _of("deleted"),
    "knowledge_terms": _of("deleted"),
    "knowledge_texts": _of("deleted"),
    "knowledge_entries": _of("deleted", "knowledge"),
    "knowledge_versions": _of("cleaned", "knowledge versions", "file_hash"),
    "knowledge_sources": _of("deleted", "knowledge sources", "file_hash"),
    "documents": _of("deleted", "documents", "params", "deliveries", "file_hash", "subject"),
    "uploads": _of("deleted", "uploads", "file_hash", "token"),
    "notifications": _of("deleted", "notifications"),
    "contact_tags": _of("deleted", "contact tags"),
    "contact_identities": _of("deleted", "contact numbers"),
    "consents": _of("cleaned", "consents"),
    "outbox": _of("deleted", "messages sent", "file_hash", "dedup_key"),
    "messages": _of("deleted", "messages received"),
    "conversations": _of("deleted", "conversations", "dialog"),
    "chat_groups": _of("deleted", "groups"),
    "contact_syncs": _of("deleted", "contact syncs"),
    "pairings": _of("deleted"),
    "session_events": _of("cleaned", "whatsapp number history"),
    "sessions": _of("deleted", "whatsapp numbers", "device", "holder"),
    "chatbots": _of("deleted", "bots"),
    "one_time_codes": _of("deleted"),
    "logins": _of("deleted", "logins"),
    "user_keys": _of("deleted", "api keys"),
    "users": _of("deleted", "users"),
    "contacts": _of(
        "kept", "contacts", "name_key",
        cleared={"name": None, "name_key": None, "push_name": None, "email": None, "note": None},
    ),
    "agreements": _of("kept", "agreements", cleared={"reason": None}),
    "agreement_versions": _of("cleaned", "agreement terms"),
    "debts": _of("cleaned", "debts"),
    "ledger_entries": _of("cleaned", "ledger", "source_key"),
    "allocations": _of("kept", "payment shares"),
    "audit_log": _of("cleaned", "audit"),
    "ai_accounts": _of("kept", "ai credits account", "trouble", "trouble_of"),
    "ai_credits": _of("cleaned", "ai credits", "source"),
    "ai_calls": _of("cleaned", "ai uses", "error"),
    "api_usage": _of("kept", "api usage"),
    "usage_counters": _of("kept", "usage"),
    "subscriptions": _of("kept", "subscription"),
    "invoices": _of("kept", "invoices", "source"),
    "subscription_payments": _of("kept", "payments for juragan", "source"),
}  # fmt: skip
# Of the business itself.
TENANT_HIDDEN = frozenset({"is_platform", "daily_on"})
TENANT_CLEARED: Mapping[str, object] = {
    "email": None, "phone": None, "preferences": {}, "status_reason": None, "erase_at": None
}  # fmt: skip


def deleted() -> Sequence[str]:
    """The tables whose rows go, those first on which no other depends."""
    return [name for name, each in BELONGINGS.items() if each.fate == "deleted"]


def shown() -> Mapping[str, Belonging]:
    """The tables that an export shows, by their names."""
    return {name: each for name, each in BELONGINGS.items() if each.shown is not None}
