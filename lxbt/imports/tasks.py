"""Background wake-ups of imports: each takes the import that has waited longest, for some seconds.

A lost one loses nothing.
"""

from __future__ import annotations

import contextlib
import time as clock
from contextlib import ExitStack
from pathlib import Path

from procrastinate.contrib.django import app

from lxbt.core.clock import this_moment
from lxbt.core.waking import wakes_when
from lxbt.documents.queries import large_file, opened
from lxbt.imports import queries
from lxbt.imports.models import Import
from lxbt.imports.operations.intake import ImportRefused
from lxbt.imports.operations.locking import alone
from lxbt.imports.operations.running import Running
from lxbt.imports.operations.undoing import undo_some
from lxbt.imports.states import UNDOING

AT_A_TIME = 6.0  # seconds for one import before the next has its turn
IN_ALL = 20.0  # seconds of a wake-up
KEPT_OPEN = 3  # files that this process holds open between turns


class _Open:
    """The passes that this process is in the middle of: reading a large workbook from the start at every turn would
    cost more than the work.
    """

    def __init__(self) -> None:
        self.held: dict[int, tuple[Running, ExitStack]] = {}

    def take(self, entry: Import) -> Running:
        running, stack = self.held.pop(entry.pk, (None, None))
        if running is not None and stack is not None:
            if (
                running.entry.row_no == entry.row_no
                and running.entry.state == entry.state
                and running.entry.began_at == entry.began_at
            ):
                self.held[entry.pk] = (running, stack)
                return running
            self._close(running, stack)
        stack = ExitStack()
        path: Path = stack.enter_context(opened(large_file(entry.file_id)))
        running = Running(entry, path, clock=this_moment)
        self.held[entry.pk] = (running, stack)
        while len(self.held) > KEPT_OPEN:
            self.drop(next(iter(self.held)))
        return running

    def drop(self, import_id: int) -> None:
        running, stack = self.held.pop(import_id, (None, None))
        if running is not None and stack is not None:
            self._close(running, stack)

    def _close(self, running: Running, stack: ExitStack) -> None:
        running.close()
        stack.close()


_open = _Open()


@wakes_when(lambda: queries.next_import() is not None)
@app.task(name="imports.work", queueing_lock="imports.work", queue="long", pass_context=False)
def work(timestamp: int) -> int:
    """Go on with imports, in turns. Gives how many turns were taken."""
    begun, turns = clock.monotonic(), 0
    others: set[int] = set()  # imports that another process is at, a terminal for instance
    while clock.monotonic() - begun < IN_ALL and (entry := queries.next_import(passed_over=others)) is not None:
        with alone(entry.pk) as mine:
            if mine:
                take_turn(entry)
                turns += 1
            else:
                others.add(entry.pk)
    return turns


def take_turn(entry: Import) -> None:
    """Some seconds for one import."""
    if entry.state == UNDOING:
        until = clock.monotonic() + AT_A_TIME
        while undo_some(import_id=entry.pk, at=this_moment()) and clock.monotonic() < until:
            pass
        return
    if entry.file_id is None:
        return
    finished = True
    with contextlib.suppress(ImportRefused):  # the import says so itself
        finished = _open.take(entry).run(seconds=AT_A_TIME)
    if finished or entry.pk not in _open.held:
        _open.drop(entry.pk)
