"""Applications dealt with elsewhere, many at once: kept as told, a later telling replaces an earlier one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lxbt.applications.models import RecordedApplication
from lxbt.registry.operations.writing import copy_rows

COLUMNS = (
    "person_id",
    "subsidy",
    "applied_on",
    "division_code",
    "county_code",
    "steps",
    "decision",
    "decided_on",
    "reason",
    "import_id",
)


@dataclass(slots=True)
class ToldApplication:
    """An application as a row tells it. `steps`: accepted, reviewed, noticed -> ISO day."""

    person_id: int
    subsidy: str
    applied_on: date
    division_code: str
    county_code: str
    steps: dict[str, str]
    decision: str
    decided_on: date | None
    reason: str

    @property
    def key(self) -> tuple[int, str, date]:
        """Whose it is, for what, since when."""
        return self.person_id, self.subsidy, self.applied_on

    @property
    def content(self) -> tuple[Any, ...]:
        """What it tells."""
        return self.steps, self.decision, self.decided_on, self.reason


def recorded_before(person_ids: Sequence[int]) -> dict[tuple[int, str, date], tuple[Any, ...]]:
    """What is held of these persons: key -> content."""
    rows = RecordedApplication.objects.filter(person_id__in=list(person_ids))
    return {
        row[:3]: row[3:]
        for row in rows.values_list("person_id", "subsidy", "applied_on", "steps", "decision", "decided_on", "reason")
    }


def record_applications(rows: Sequence[ToldApplication], *, import_id: int) -> None:
    """Keep them; those held already are replaced."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from applications_recordedapplication a using unnest(%s::bigint[], %s::text[], %s::date[]) v "
            "(person_id, subsidy, applied_on)"
            " where a.person_id = v.person_id and a.subsidy = v.subsidy and a.applied_on = v.applied_on",
            [[row.person_id for row in rows], [row.subsidy for row in rows], [row.applied_on for row in rows]],
        )
    copy_rows(
        "applications_recordedapplication",
        COLUMNS,
        [
            (
                row.person_id,
                row.subsidy,
                row.applied_on,
                row.division_code,
                row.county_code,
                json.dumps(row.steps),
                row.decision,
                row.decided_on,
                row.reason,
                import_id,
            )
            for row in rows
        ],
    )


def forget_recorded_applications(*, import_id: int) -> int:
    """Take back what an import told."""
    return RecordedApplication.objects.filter(import_id=import_id).delete()[0]
