"""Reads of the record."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from lxbt.audit.models import Event

LOOKS = ("person.viewed", "person.revealed", "person.printed", "person.exported")


def looks_at_person(person_id: int, *, since: datetime | None = None) -> QuerySet[Event]:
    """Who looked at a person's data, latest first."""
    events = Event.objects.filter(person_id=person_id, action__in=LOOKS).order_by("-at")
    return events.filter(at__gte=since) if since else events


def events() -> QuerySet[Event]:
    """All events; callers cut them down to what the account may see."""
    return Event.objects.all()
