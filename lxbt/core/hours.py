"""When a daily or monthly wake-up is due: told in Beijing's time, written as the queue reads it, which is UTC. Pure."""

from __future__ import annotations

AHEAD = 8  # hours that Beijing is ahead of UTC, all the year round


def cron_at(clock: str, *, day: int | None = None) -> str:
    """The cron text for an hour of Beijing ("08:30"), every day or on a day of the month (2 to 28).

    >>> cron_at("08:30")
    '30 0 * * *'
    >>> cron_at("02:30", day=2)
    '30 18 1 * *'
    """
    hour, minute = (int(part) for part in clock.split(":"))
    if not (0 <= hour < 24 and 0 <= minute < 60 and (day is None or 2 <= day <= 28)):
        raise ValueError(f"{clock} {day or ''}")
    earlier = hour < AHEAD
    return f"{minute} {(hour - AHEAD) % 24} {'*' if day is None else day - earlier} * *"
