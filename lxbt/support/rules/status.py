"""Whether everything is running, in words that a clerk can use. Pure: moments in, a judgement out."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

SILENT = timedelta(minutes=5)  # a worker that has not moved for so long does not run
BEHIND = timedelta(minutes=10)  # work that waited longer than this piles up
ANNOUNCED = timedelta(hours=48)  # before maintenance begins, pages tell of it


class Health(StrEnum):
    """How a part of the system is."""

    FINE = "fine"
    SLOW = "slow"
    DOWN = "down"
    UNUSED = "unused"


def worker_health(beat: datetime | None, at: datetime) -> Health:
    """Whether the background work runs, by its last sign of life."""
    return Health.DOWN if beat is None or at - beat > SILENT else Health.FINE


def queue_health(oldest: datetime | None, at: datetime) -> Health:
    """Whether what is queued is being taken, by the oldest piece that waits."""
    return Health.SLOW if oldest is not None and at - oldest > BEHIND else Health.FINE


def line_health(state: str | None) -> Health:
    """How a line to another system is, by its circuit breaker (`closed` lets everything through)."""
    return {None: Health.UNUSED, "closed": Health.FINE, "half": Health.SLOW}.get(state, Health.DOWN)


def worst(parts: list[Health]) -> Health:
    """The whole is as its worst part."""
    return next((health for health in (Health.DOWN, Health.SLOW) if health in parts), Health.FINE)
