"""An idle system queues nothing; what waits in a table is queued once; what ended or was lost is forgotten."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from lxbt.cli.waking import wake_tasks
from lxbt.core.waking import woken_tasks
from lxbt.divisions.operations import mark_stale
from lxbt.support.tasks import tidy_jobs
from tests import factories as f


def queued() -> list[tuple[str, str]]:
    """Tasks that wait, with their queue."""
    with connection.cursor() as cursor:
        cursor.execute("select task_name, queue_name from procrastinate_jobs where status = 'todo' order by id")
        return cursor.fetchall()


@pytest.fixture
def quiet() -> None:
    """Nothing in the queue: the tables of jobs are not emptied between tests."""
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet")
def test_an_idle_system_queues_nothing_and_a_mark_is_queued_once() -> None:
    assert wake_tasks() == []
    assert queued() == []
    mark_stale(f.COUNTY, date(2026, 1, 1))
    assert wake_tasks() == ["statistics.count_stale"]
    assert wake_tasks() == []  # it stands in the queue already
    assert queued() == [("statistics.count_stale", "default")]


def test_every_woken_task_is_known_locked_and_named_in_no_timetable() -> None:
    timetable = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert len(woken_tasks()) >= 7
    for name in woken_tasks():
        assert app.tasks[name].queueing_lock, name
        assert name not in timetable


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet")
def test_jobs_that_ended_a_day_ago_or_lost_their_worker_are_forgotten() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id"
        )
        (dead,) = cursor.fetchone()
        jobs = []
        for status, worker in (("succeeded", None), ("failed", None), ("doing", dead), ("succeeded", None)):
            cursor.execute(
                "insert into procrastinate_jobs (task_name, queue_name, status, worker_id)"
                " values ('x', 'default', %s::procrastinate_job_status, %s) returning id",
                [status, worker],
            )
            jobs.append(cursor.fetchone()[0])
        cursor.execute("delete from procrastinate_events")
        for job, ended, hours in ((jobs[0], "succeeded", 30), (jobs[1], "failed", 30), (jobs[3], "succeeded", 2)):
            cursor.execute(
                "insert into procrastinate_events (job_id, type, at)"
                " values (%s, %s::procrastinate_job_event_type, now() - make_interval(hours => %s))",
                [job, ended, hours],
            )
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(tidy_jobs.func(SimpleNamespace(app=app), 0))).result()
    with connection.cursor() as cursor:
        cursor.execute("select id from procrastinate_jobs")
        assert [row[0] for row in cursor.fetchall()] == [jobs[3]]
