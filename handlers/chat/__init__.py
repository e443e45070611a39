"""The other side's chats: consent, what a borrower asks, and a first answer to strangers."""
