"""How far a demonstration has come: a step and its mark are one transaction, so a killed run goes on where it stopped.

Two tables of its own, dropped when all is done: `demo_progress` (one row: what was asked for, the next step) and
`demo_plan` (what will become known of whom in which month).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from lxbt.core.refusal import Refusal


class Busy(Refusal):
    """Another run is at work, or the last one's commit arrived only now."""


@dataclass(frozen=True)
class Asked:
    """What a demonstration was begun with; a run that goes on keeps it."""

    persons: int
    seed: int
    day: date
    first_id: int  # ids before this one belong to persons who were there already


def begun() -> tuple[Asked, int] | None:
    """What an unfinished demonstration was asked for and its next step; None without one."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('demo_progress')")
        if cursor.fetchone()[0] is None:
            return None
        cursor.execute("select persons, seed, day, first_id, step from demo_progress")
        row = cursor.fetchone()
    return None if row is None else (Asked(*row[:4]), row[4])


@transaction.atomic
def begin(*, persons: int, seed: int, day: date) -> Asked:
    """Note what is asked for, before the first step."""
    with connection.cursor() as cursor:
        cursor.execute("create table demo_progress (persons int, seed bigint, day date, first_id bigint, step int)")
        cursor.execute(
            "create table demo_plan (step int not null, kind text not null, person_id bigint not null, county text "
            "not null, told jsonb not null)"
        )
        cursor.execute("select coalesce(max(person_id), 0) + 1 from registry_person")
        first_id = cursor.fetchone()[0]
        cursor.execute("insert into demo_progress values (%s, %s, %s, %s, 0)", [persons, seed, day, first_id])
    return Asked(persons, seed, day, first_id)


def run_step(number: int, work: Callable[[], None]) -> None:
    """Do one step and mark it, together or not at all."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select step from demo_progress for update")
            found = cursor.fetchone()[0]
            if found != number:
                raise Busy(f"另一次生成正在进行（第 {found} 步，不是第 {number} 步），请稍后再运行。")
        work()
        with connection.cursor() as cursor:
            cursor.execute("update demo_progress set step = %s", [number + 1])


@transaction.atomic
def finish() -> None:
    """All is done: nothing of the bookkeeping stays."""
    with connection.cursor() as cursor:
        cursor.execute("drop table demo_plan, demo_progress")
