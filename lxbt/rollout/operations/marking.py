"""Marks: an area whose progress must be counted anew, an interface that was heard."""

from __future__ import annotations

from datetime import datetime

from lxbt.rollout.models import Heard, StaleArea


def mark_area(*, area_code: str) -> None:
    """Count the progress of a county, or a larger area, anew, soon. Called in the transaction of what changed it; each waits once."""
    StaleArea.objects.bulk_create([StaleArea(area_code=area_code)], ignore_conflicts=True)


def note_heard(*, division_code: str, heard_at: datetime, lag: int = 0, errors: int = 0) -> None:
    """The interface of a province was heard: `lag` seconds behind what happened there, with so many faults in the last day. The newest is kept."""
    told = {"heard_at": heard_at, "lag": max(0, lag), "errors": max(0, errors)}
    if not Heard.objects.filter(division_code=division_code, heard_at__gt=heard_at).exists():
        Heard.objects.update_or_create(division_code=division_code, defaults=told)
