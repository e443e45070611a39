"""The installation in Prometheus' terms, each application with a registry of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import structlog
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from services.db.engine import Database, is_outage
from services.operations import readings
from services.tenants import sessions

log = structlog.get_logger()
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """What is counted here, and what is read from the database at each scrape."""

    def __init__(self, db: Database) -> None:
        self._registry = CollectorRegistry()
        self.requests = Histogram(
            "juragan_http_request_seconds", "Requests of the API.", ["method", "route", "status"],
            registry=self._registry, buckets=_BUCKETS,
        )  # fmt: skip
        ProcessCollector(registry=self._registry)
        self._registry.register(_Records(db))

    def text(self) -> str:
        """The page that Prometheus reads."""
        return generate_latest(self._registry).decode()


class _Records(Collector):
    """What the records say, in five statements."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: registering must not ask the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        try:
            found = list(self._read())
        except SQLAlchemyError as error:
            if not is_outage(error):
                raise
            log.warning("database away", during="metrics")
            found = []
        yield GaugeMetricFamily("juragan_database_up", "Whether the database answers.", value=bool(found))
        yield from found

    def _read(self) -> Iterator[Metric]:
        with self._db.system() as tx:
            states, queue, messages = sessions.by_state(tx), readings.queue(tx), readings.messages(tx)
        yield _by("juragan_sessions", "WhatsApp numbers by state.", "state", states)
        yield _by("juragan_outbox_messages", "Unfinished messages that leave, by status.", "status", messages.outbox)
        yield GaugeMetricFamily("juragan_queue_waiting", "Jobs that are due.", value=queue.waiting)
        yield GaugeMetricFamily("juragan_queue_oldest_seconds", "Age of the oldest of them.", value=queue.oldest)
        yield GaugeMetricFamily("juragan_inbox_waiting", "Messages to be handled.", value=messages.waiting)
        yield GaugeMetricFamily("juragan_inbox_oldest_seconds", "Age of the oldest of them.", value=messages.oldest)
        yield CounterMetricFamily(
            "juragan_messages_handled", "Messages that came in and were handled.",
            value=max(0, messages.accepted - messages.waiting),
        )  # fmt: skip
        yield CounterMetricFamily(
            "juragan_messages_written", "Messages that were put into the outbox.", value=messages.written
        )


def _by(name: str, about: str, label: str, values: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for each, value in sorted(values.items()):
        family.add_metric([each], value)
    return family
