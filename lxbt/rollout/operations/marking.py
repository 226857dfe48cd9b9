"""Marks: an area whose progress must be counted anew."""

from __future__ import annotations

from lxbt.rollout.models import StaleArea


def mark_area(*, area_code: str) -> None:
    """Count the progress of a county, or a larger area, anew, soon.

    Called in the transaction of what changed it; each waits once.
    """
    StaleArea.objects.bulk_create([StaleArea(area_code=area_code)], ignore_conflicts=True)
