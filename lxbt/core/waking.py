"""Work that waits in tables: which task takes it, and how to see that there is some.

The state in the table is the queue. A worker looks every two seconds and queues the tasks that have something to do, so
that an idle system queues nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar


class Named(Protocol):
    """A task of the queue, as far as it matters here."""

    name: str


Task = TypeVar("Task", bound=Named)
Waits = Callable[[], bool]
_waits: dict[str, Waits] = {}


def wakes_when(waits: Waits) -> Callable[[Task], Task]:
    """Decorate a task: it is queued whenever `waits`, a cheap look at the tables, says that there is work."""

    def noted(task: Task) -> Task:
        _waits[task.name] = waits
        return task

    return noted


def woken_tasks() -> Mapping[str, Waits]:
    """Return the tasks that are queued when they have work, by name."""
    return dict(_waits)
