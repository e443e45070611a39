"""How the installation is, for load balancers and people, and in figures for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from flask import Response, g
from sqlalchemy.exc import SQLAlchemyError

from admin_api import VERSION
from admin_api.access import public, require_role
from admin_api.edge import edge
from admin_api.errors import away
from admin_api.replies import made
from admin_api.routing import Family
from admin_api.shapes import Answer
from admin_api.shown import DatabaseHealth, HealthShown, QueueHealth
from services.db.engine import is_outage
from services.operations import readings
from services.tenants import sessions

log = structlog.get_logger()
# Jobs that are due are taken within moments; one that waits longer means that no worker runs, or not enough of them.
LATE_SECONDS = 60.0
# Of the numbers that should be connected, how many may not be before that is more than the trouble of a few.
_TROUBLED = ("reconnecting", "failed", "banned", "replaced")
TROUBLED_SHARE = 0.2
_TEXT = "text/plain; version=0.0.4; charset=utf-8"

family = Family("health", "Health", "How the installation is.")
figures = Family("metrics", "Health", "How the installation is.")


@family.get("/health", Answer[HealthShown])
@public
def health() -> Response:
    """How the installation is: only the status, with a key the details. 503 while the database is away."""
    try:
        found = _read()
    except SQLAlchemyError as error:
        if not is_outage(error):
            raise
        log.warning("database away", during="health")
        return away({"data": HealthShown(status="down").model_dump(mode="json", exclude_none=True)})
    shown = found if "caller" in g and g.caller.is_super_admin else HealthShown(status=found.status)
    return made(
        Answer[HealthShown](data=shown).model_dump_json(by_alias=True, exclude_none=True),
        200,
    )


def _read() -> HealthShown:
    here = edge()
    began = here.ticking()
    with here.db.system() as tx:
        states, queue = sessions.by_state(tx), readings.queue(tx)
    spent = (here.ticking() - began) * 1000
    is_well = queue.oldest < LATE_SECONDS and _troubled(states) <= TROUBLED_SHARE
    return HealthShown(
        status="ok" if is_well else "degraded", database=DatabaseHealth(ok=True, ms=round(spent, 1)), version=VERSION,
        queue=QueueHealth(waiting=queue.waiting, oldest_seconds=round(queue.oldest, 1)), sessions=dict(states),
        work=dict(here.work()) if here.work is not None else None,
    )  # fmt: skip


def _troubled(states: Mapping[str, int]) -> float:
    """The share of numbers that should be connected and aren't."""
    troubled = sum(states.get(state, 0) for state in _TROUBLED)
    return troubled / max(1, troubled + states.get("connected", 0))


@figures.get("/metrics", {"content": {"text/plain": {"schema": {"type": "string"}}}})
@require_role("super_admin")
def metrics() -> Response:
    """The installation in figures, as Prometheus reads them."""
    response = made(edge().metrics.text(), 200)
    response.headers["Content-Type"] = _TEXT
    return response
