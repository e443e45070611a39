"""The door to the queue: work that is done after this transaction, by whichever process is free.

The queue only wakes; order and once-only come from the database. Nothing here says which engine runs the jobs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from services.db.engine import Tx

# Jobs that wait for a model are run apart, so that nobody else waits for them: those that somebody waits for,
# `MAX_WORKERS` at a time, and what only makes later answers better, two at a time.
DEFAULT, MODELS, BACKGROUND = "default", "models", "background"
_APART = {"think": MODELS, "read": MODELS, "ask": MODELS, "embed": BACKGROUND, "summarise": BACKGROUND,
          "learn": BACKGROUND}  # fmt: skip


def queue_of(job: str) -> str:
    """The queue in which a job waits for its turn."""
    return _APART.get(job, DEFAULT)


_DEFER = text("select queue_defer(:job, :key, cast(:args as jsonb), :at, :priority, :queue)")


def defer(tx: Tx, job: str, key: str, *, at: datetime | None = None, priority: int = 0, **args: object) -> None:
    """Has `job` run with `args` once `tx` has committed, not before `at`.

    A job that already waits under `key` serves for this one too. A delayed job never shares a key with an immediate
    one. Jobs of a tenant carry its id; the database refuses those for another tenant.
    """
    payload = args if tx.tenant_id is None else {"tenant_id": tx.tenant_id, **args}
    given = {"job": job, "key": key, "args": json.dumps(payload), "at": at, "priority": priority}
    tx.execute(_DEFER, {**given, "queue": queue_of(job)})


def waiting_for_models(tx: Tx) -> int:
    """How many jobs of all tenants wait for a model's turn."""
    return int(tx.execute(text("select queue_waiting(:queue)"), {"queue": MODELS}).scalar_one())


@dataclass(frozen=True, slots=True)
class Job:
    """A job taken from the queue to be run by hand."""

    id: int
    task: str
    args: dict[str, object]


def take_due(tx: Tx) -> Job | None:
    """Takes the job that is due first by the transaction's clock, in a platform transaction.

    For who steps through the queue under a clock of their own; a worker takes jobs by the database's clock.
    """
    row = tx.execute(_TAKE, {"now": tx.now}).one_or_none()
    return None if row is None else Job(row.id, row.task_name, row.args)


def finished(tx: Tx, job: Job) -> None:
    """Removes a job that was taken by `take_due`."""
    tx.execute(text("delete from procrastinate_jobs where id = :id"), {"id": job.id})


def next_due(tx: Tx) -> datetime | None:
    """When the next waiting job is due, in a platform transaction; jobs that wait for no time not counted."""
    moment: datetime | None = tx.scalar(text("select min(scheduled_at) from procrastinate_jobs where status = 'todo'"))
    return moment


_TAKE = text("""
    update procrastinate_jobs set status = 'doing' where id = (
        select id from procrastinate_jobs
        where status = 'todo' and coalesce(scheduled_at, '-infinity') <= :now
        order by coalesce(scheduled_at, '-infinity'), priority desc, id
        limit 1 for update skip locked
    ) returning id, task_name, args
""")
