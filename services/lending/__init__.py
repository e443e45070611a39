"""Money lent and owed: debts, the ledger, and what payments settle."""
