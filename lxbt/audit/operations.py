"""Writing the record. Called inside the transaction of the act it records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxbt.audit.models import Event


def record_event(
    *,
    by: Any,
    action: str,
    subject_kind: str,
    subject_id: object,
    division_code: str = "",
    person_id: int | None = None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one event. `by` is a User, or None for the system itself."""
    Event.objects.create(
        by_id=getattr(by, "pk", None),
        by_name=getattr(by, "name", "") or "",
        by_place=getattr(by, "place_code", "") or "",
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        person_id=person_id,
        division_code=division_code,
        reason=reason[:200],
        details=dict(details or {}),
    )
