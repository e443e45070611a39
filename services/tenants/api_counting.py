"""How often businesses' people and programs ask the API: counted in memory, written down every few seconds at once."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import date
from typing import NamedTuple

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from services.db.engine import Database

EVERY_SECONDS = 5.0
log = structlog.get_logger(__name__)

# In one order, so that two processes that write at the same time take turns.
_WRITE = text("""
    insert into api_usage (tenant_id, day, caller, route, requests, failures)
    select counted.* from jsonb_to_recordset(cast(:rows as jsonb)) as counted (
        tenant_id bigint, day date, caller text, route text, requests bigint, failures bigint
    )
    join tenants on tenants.id = counted.tenant_id
    order by counted.tenant_id, counted.day, counted.caller, counted.route
    on conflict (tenant_id, day, caller, route) do update set
        requests = api_usage.requests + excluded.requests, failures = api_usage.failures + excluded.failures
""")


class Asked(NamedTuple):
    """A route that a caller (`key:3`, `user:2`) of a tenant asked for on a day, UTC."""

    tenant_id: int
    day: date
    caller: str
    route: str


class ApiCounts:
    """What was asked for since it was last written down. Any thread may count and write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[Asked] = Counter()
        self._failures: Counter[Asked] = Counter()
        self._written_at = float("-inf")

    def add(self, asked: Asked, *, failed: bool) -> None:
        """Counts a request."""
        with self._lock:
            self._requests[asked] += 1
            self._failures[asked] += failed

    def is_due(self, seconds: float) -> bool:
        """Whether it is time to write down; `seconds` only go forward. Says so once every few seconds."""
        with self._lock:
            if not self._requests or seconds - self._written_at < EVERY_SECONDS:
                return False
            self._written_at = seconds
            return True

    def write(self, db: Database) -> None:
        """Writes everything down in one statement; what can't be written now is kept for the next time."""
        with self._lock:
            requests, failures = self._requests, self._failures
            self._requests, self._failures = Counter(), Counter()
        if not requests:
            return
        rows = [
            {**asked._asdict(), "day": asked.day.isoformat(), "requests": n, "failures": failures[asked]}
            for asked, n in requests.items()
        ]
        try:
            with db.system() as tx:
                tx.execute(_WRITE, {"rows": json.dumps(rows)})
        except SQLAlchemyError as error:
            log.warning("api use not written", error=type(error).__name__)
            with self._lock:
                self._requests.update(requests)
                self._failures.update(failures)
