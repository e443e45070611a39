"""The worker of the queue: takes jobs and runs them in threads, and rescues the jobs of workers that died.

The engine is procrastinate. Its own connections run as the platform's role; jobs open their own transactions.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import procrastinate
import psycopg
import psycopg_pool
import structlog
from procrastinate import exceptions
from procrastinate.worker import Worker as Engine
from sqlalchemy import URL

from services import queue
from services.db.engine import SYSTEM_ROLE

log = structlog.get_logger(__name__)

POLLING, HEARTBEAT, STALLED, SHUTDOWN = 0.5, 2.0, 6.0, 6.0
# What the first connection may take, and each step of the queue's, before the database counts as away. A worker that
# ends takes several such steps, one after the other.
CONNECTING, PATIENCE = 4.0, 1.5


class Worker:
    """Runs jobs until it is stopped: `threads` at a time, and beside them `thinkers` of those that wait for a model."""

    def __init__(self, url: URL, jobs: Mapping[str, Callable[..., None]], threads: int, thinkers: int = 1) -> None:
        self._threads = {queue.DEFAULT: threads, queue.MODELS: thinkers, queue.BACKGROUND: 2}
        connector = procrastinate.PsycopgConnector(
            conninfo=url.set(drivername="postgresql").render_as_string(hide_password=False),
            kwargs={"options": f"-c role={SYSTEM_ROLE}"},
            min_size=1,
            max_size=7,
            timeout=PATIENCE,
        )
        self._app = procrastinate.App(connector=connector)
        for name, function in jobs.items():
            self._app.task(name=name, retry=_Interrupted(self))(self._in_thread(name, function))
        # Not the loop's own threads: those it would wait for at its end, however long a job hangs.
        self._pools = {name: ThreadPoolExecutor(most, name) for name, most in self._threads.items()}
        self._busy: set[int] = set()
        self._stop_asked = False
        self._stopped = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def is_ending(self) -> bool:
        """Whether `stop` was called."""
        return self._stop_asked

    @property
    def is_busy(self) -> bool:
        """Whether a job is running, or, after `run`, still hangs."""
        return bool(self._busy)

    def run(self) -> None:
        """Works until `stop`; returns when the jobs at hand are done, or after the time that they are given."""
        asyncio.run(self._run())

    def stop(self) -> None:
        """Ends the work; may be called from any thread, before, during and after it."""
        self._stop_asked = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._stopped.set)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self._stop_asked:
            self._stopped.set()
        try:
            while not self._stopped.is_set():
                await self._session()
        finally:
            for pool in self._pools.values():
                pool.shutdown(wait=False, cancel_futures=True)

    async def _session(self) -> None:
        """Connects and works until `stop` or an outage."""
        try:
            await self._open()
            if not self._stopped.is_set():
                await self._work()
        except (exceptions.ConnectorException, psycopg.Error, psycopg_pool.PoolTimeout, TimeoutError) as error:
            log.error("the database can't be reached; trying again", error=repr(error))
            await _sleep_unless(self._stopped, 1)
        except Exception:
            log.exception("the worker failed; starting again")
            await _sleep_unless(self._stopped, 1)
        finally:
            await self._app.close_async()

    async def _open(self) -> None:
        """Opens the queue's connections, or gives up when it takes too long or `stop` is called."""

        async def connect() -> None:
            await self._app.open_async()

        connecting, stop = asyncio.ensure_future(connect()), asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait((connecting, stop), timeout=CONNECTING, return_when=asyncio.FIRST_COMPLETED)
            if connecting.done():
                connecting.result()
            elif not stop.done():
                raise TimeoutError("no connection")
        finally:
            connecting.cancel()
            stop.cancel()
            await asyncio.gather(connecting, stop, return_exceptions=True)

    async def _work(self) -> None:
        """Runs an engine for each queue and the rescue beside them until one ends or `stop` is called."""
        engines = [
            Engine(
                self._app, queues=[name], concurrency=most, fetch_job_polling_interval=POLLING,
                update_heartbeat_interval=HEARTBEAT, stalled_worker_timeout=STALLED,
                shutdown_graceful_timeout=SHUTDOWN, delete_jobs="always", install_signal_handlers=False,
            )
            for name, most in self._threads.items()
        ]  # fmt: skip
        running = [each.run() for each in engines]  # type: ignore[no-untyped-call]
        working = [*running, self._rescue(engines), self._stopped.wait()]
        tasks = [asyncio.ensure_future(each) for each in working]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _rescue(self, engines: Sequence[Engine]) -> None:
        """Puts the jobs of dead workers back, every few seconds.

        When a successor is already waiting under the same key, that one does the work and the dead job goes. Our own
        engines are noted as alive just before: one ceases to note it by itself, unheard, when a connection fails it,
        and its long jobs would be taken for a dead one's.
        """
        manager = self._app.job_manager
        while True:
            for engine in engines:
                if engine.worker_id is not None:
                    await manager.update_heartbeat(engine.worker_id)
            for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
                try:
                    await manager.retry_job(job)
                    log.warning("job rescued", job=job.task_name, args=job.task_kwargs)
                except exceptions.UniqueViolation:
                    await manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=True)
                except exceptions.ConnectorException:
                    log.info("job was already rescued", job=job.task_name)
            await asyncio.sleep(HEARTBEAT)

    def _in_thread(self, name: str, function: Callable[..., None]) -> Callable[..., Any]:
        """The job as the engine runs it: failures end in the log, and what they left is found by the sweep."""

        def work(args: dict[str, Any]) -> None:
            self._busy.add(threading.get_ident())
            try:
                with structlog.contextvars.bound_contextvars(job=name, **args):
                    function(**args)
            finally:
                self._busy.discard(threading.get_ident())

        async def run(**args: Any) -> None:
            try:
                pool = self._pools[queue.queue_of(name)]
                await asyncio.get_running_loop().run_in_executor(pool, work, args)
            except Exception:
                log.exception("job failed", job=name, args=args)

        return run


class _Interrupted(procrastinate.BaseRetryStrategy):
    """Puts back what a stop interrupted, for another worker or the next start; what fails isn't tried again here."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        interrupted = self._worker.is_ending and isinstance(exception, asyncio.CancelledError)
        return procrastinate.RetryDecision() if interrupted else None


async def _sleep_unless(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
