"""Rules and records: what Juragan knows and what may be done with it.

Called by the message handlers and the HTTP API; knows nothing of either. Every function that touches records
takes its transaction first, never commits, raises `DomainError` and returns values.
"""
