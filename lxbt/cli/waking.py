"""Looks every two seconds whether work waits in a table, and queues the tasks that take it."""

from __future__ import annotations

import os
import threading
import time

import structlog
from django.db import close_old_connections, connection
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from lxbt.core.waking import woken_tasks

EVERY = 2.0  # seconds
log = structlog.get_logger("lxbt.worker")


def wake_tasks(jobs: JobManager | None = None) -> list[str]:
    """Queue each task that has work and is not queued already; return their names."""
    jobs, woken = jobs or app.job_manager, []
    for name, waits in woken_tasks().items():
        if waits():
            task = app.tasks[name]
            try:
                configure_task(name=name, job_manager=jobs, queueing_lock=task.queueing_lock, queue=task.queue).defer(
                    timestamp=int(time.time())
                )
                woken.append(name)
            except AlreadyEnqueued:
                pass  # it will see this too
    return woken


def server_began() -> str:
    """Return since when the database's server runs: another one than before has forgotten who listened."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_postmaster_start_time()::text")
        return str(cursor.fetchone()[0])


def keep_watch(*, wakes: bool) -> threading.Thread:
    """Start looking, in a thread; `wakes` queues what has work.

    A lost database is waited for. When another server answers, the process ends and is begun anew: the queue's own
    lines would be waited for half a minute, and what it was at stands in the tables.
    """

    jobs = JobManager(app.connector)  # before the worker gives `app` lines of its own, which are not this thread's

    def look() -> None:
        known = ""
        while True:
            try:
                close_old_connections()
                now = server_began()
                if known and now != known:
                    log.warning("the database's server was begun anew; so is the worker")
                    os._exit(0)
                known = now
                if wakes:
                    wake_tasks(jobs)
            except Exception:
                log.warning("the look for waiting work failed", exc_info=True)
                connection.close()
            time.sleep(EVERY)

    thread = threading.Thread(target=look, name="watch", daemon=True)
    thread.start()
    return thread
