"""Writing the record. Called inside the transaction of the act it records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import connection

from lxbt.audit.models import Event, seal_reason
from lxbt.audit.origin import origin
from lxbt.core import crypto

COPY_EVENTS = (
    "copy audit_event (by_id, by_name, by_place, action, subject_kind, subject_id, person_id, division_code, "
    "reason, details, origin, changes) from stdin"
)


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
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    private: Mapping[str, tuple[str | None, str | None]] | None = None,
) -> None:
    """Append one event. `by` is a User, or None for the system itself.

    `changes` are the fields that changed, each (before, after); `private` the same of personal numbers and texts, kept
    as keyed digests: an auditor sees that a value changed and whether it is one that is known, never the value.
    """
    changed = {
        name: [_plain(before), _plain(after)] for name, (before, after) in (changes or {}).items() if before != after
    }
    changed |= {
        name: [digest_of(name, before), digest_of(name, after)]
        for name, (before, after) in (private or {}).items()
        if before != after
    }
    Event.objects.create(
        by_id=getattr(by, "pk", None),
        by_name=getattr(by, "name", "") or "",
        by_place=getattr(by, "place_code", "") or "",
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        person_id=person_id,
        division_code=division_code or getattr(by, "place_code", "") or "",
        sealed_reason=seal_reason(reason[:200], action, subject_kind, str(subject_id)),
        details=dict(details or {}),
        origin=origin(),
        changes=changed,
    )


def _plain(value: object) -> Any:
    """The value as JSON can hold it; an amount or a day is its text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    return str(value)


def digest_of(name: str, value: str | None) -> str | None:
    """The mark of a private value in the record: the same for the same value, the value not to be had from it."""
    return (
        None
        if value is None or value == ""
        else "#" + crypto.index_of(f"audit {name}", value, settings.LXBT_INDEX_KEY)[:8].hex()
    )


def record_system_events(
    action: str,
    subject_kind: str,
    rows: Iterable[tuple[int, str, Mapping[str, Any], Mapping[str, tuple[Any, Any]]]],
    *,
    by: Any = None,
) -> None:
    """Append an event for each of many persons at once, by COPY: (person id, division, details, changes).

    By the system itself, unless told otherwise.
    """
    ident, name, place = getattr(by, "pk", None), getattr(by, "name", "") or "", getattr(by, "place_code", "") or ""
    with connection.cursor() as cursor, cursor.copy(COPY_EVENTS) as copy:
        for person_id, division_code, details, changes in rows:
            changed = {
                name: [_plain(before), _plain(after)] for name, (before, after) in changes.items() if before != after
            }
            values = (
                ident,
                name,
                place,
                action,
                subject_kind,
                str(person_id),
                person_id,
                division_code,
                "",
                json.dumps(_plain(details)),
                origin(),
                json.dumps(changed),
            )
            copy.write_row(values)
