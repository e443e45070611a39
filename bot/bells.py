"""All periodic work as one table. A bell only defers a job; two processes that ring it at once cause one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from services import queue
from services.assistant import action_rounds
from services.billing import rounds as billing_rounds
from services.db.engine import Database, Tx
from services.lending import rounds


@dataclass(frozen=True, slots=True)
class Bell:
    """When a job is to run. One that mostly finds nothing to do can say when it next will, in a platform transaction.

    A played clock then goes there at once; the real one just rings.
    """

    trigger: BaseTrigger
    next_work: Callable[[Tx], datetime | None] | None = None


# What the business is about, each bell at its time by the clock of the process, real or played.
BELLS: Mapping[str, Bell] = {
    "reminders": Bell(CronTrigger(minute="*", timezone="UTC"), rounds.next_round),
    "actions": Bell(CronTrigger(minute="*", timezone="UTC"), action_rounds.next_work),
    "billing": Bell(CronTrigger(minute=5, timezone="UTC"), billing_rounds.next_work),
    "retention": Bell(CronTrigger(hour=2, minute=30, timezone="UTC")),
}
# What mends the traces of crashes and of changed settings; a played clock has none.
UPKEEP: Mapping[str, Bell] = {
    "sweep": Bell(IntervalTrigger(seconds=30, timezone="UTC")),
    "embeddings": Bell(CronTrigger(minute=17, timezone="UTC")),
    "credits": Bell(CronTrigger(minute=47, timezone="UTC")),
}


def ring(db: Database, job: str) -> None:
    """Has a periodic job run."""
    with db.system() as tx:
        queue.defer(tx, job, f"bell:{job}")


def start_bells(db: Database) -> BackgroundScheduler:
    """Rings every bell at its time until the scheduler is shut down."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for job, bell in {**BELLS, **UPKEEP}.items():
        scheduler.add_job(
            ring, bell.trigger, args=(db, job), id=job, coalesce=True, max_instances=1, misfire_grace_time=None
        )
    scheduler.start()
    return scheduler
