"""When the doors of going live are open for a place: within its window and the days of the task, else by a permission.

Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lxbt.rollout.rules.plan import Place, Task, Terms

LONGEST_PERMIT = 62  # days


class Door(StrEnum):
    """Ways for many rights or payments at once, that going live needs and daily work does not."""

    RECIPIENTS = "recipients"  # the persons of the current month, from a file
    HISTORY = "history"  # what was paid before, from a file
    RIGHTS = "rights"  # rights pushed by a province's own system


TASKS = {Door.RECIPIENTS: Task.ROSTER, Door.HISTORY: Task.HISTORY, Door.RIGHTS: Task.ROSTER}


@dataclass(frozen=True)
class Opening:
    """Days that a door is open, both included; none where there is no window."""

    opens_on: date | None
    closes_on: date | None

    def covers(self, on: date) -> bool:
        """Whether the door is open on a day."""
        return self.opens_on is not None and self.closes_on is not None and self.opens_on <= on <= self.closes_on


def opening_of(place: Place | None, county: str, door: Door, terms: Terms) -> Opening:
    """The days of a door by the plan in force: from the opening of the window to its end, or to the last day of the
    task.
    """
    if place is None or place.window is None or (place.counties and county not in place.counties):
        return Opening(None, None)
    window = place.window
    return Opening(window.opens_on, max(window.closes_on, terms[TASKS[door]].due_on(window)))
