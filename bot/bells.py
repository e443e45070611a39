"""All periodic work as one table. A bell only defers a job; two processes that ring it at once cause one run."""

from __future__ import annotations

from collections.abc import Mapping

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from services import queue
from services.db.engine import Database

# What the business is about, each bell at its time by the clock of the process, real or played.
BELLS: Mapping[str, BaseTrigger] = {
    "retention": CronTrigger(hour=2, minute=30, timezone="UTC"),
}
# What mends the traces of crashes; a played clock has none.
UPKEEP: Mapping[str, BaseTrigger] = {
    "sweep": IntervalTrigger(seconds=30, timezone="UTC"),
}


def ring(db: Database, job: str) -> None:
    """Has a periodic job run."""
    with db.system() as tx:
        queue.defer(tx, job, f"bell:{job}")


def start_bells(db: Database) -> BackgroundScheduler:
    """Rings every bell at its time until the scheduler is shut down."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for job, trigger in {**BELLS, **UPKEEP}.items():
        scheduler.add_job(
            ring, trigger, args=(db, job), id=job, coalesce=True, max_instances=1, misfire_grace_time=None
        )
    scheduler.start()
    return scheduler
