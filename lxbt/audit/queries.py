"""Reads of the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from lxbt.audit.humans import accounts_of_human
from lxbt.audit.models import Block, Event, UnusualLook

LOOKS = ("person.viewed", "person.looked_up", "nation.asked", "person.revealed", "person.printed", "person.exported")


def looks_at_person(person_id: int, *, since: datetime | None = None) -> QuerySet[Event]:
    """Who looked at a person's data, latest first."""
    events = Event.objects.filter(person_id=person_id, action__in=LOOKS).order_by("-at")
    return events.filter(at__gte=since) if since else events


def reveals_since(by_id: int, since: datetime) -> int:
    """How many numbers in full an official has seen since a moment."""
    return acts_since(by_id, since, "person.revealed")


def acts_since(by_id: int, since: datetime, action: str) -> int:
    """How often a human being has done this since a moment, by whichever of the own accounts."""
    return Event.objects.filter(by_id__in=accounts_of_human(by_id), at__gte=since, action=action).count()


def unusual_looks() -> QuerySet[UnusualLook]:
    """What was unusual; callers cut it down to what the account may see."""
    return UnusualLook.objects.all()


def events() -> QuerySet[Event]:
    """All events; callers cut them down to what the account may see."""
    return Event.objects.all()


def event(event_id: int) -> Event | None:
    """One event."""
    return Event.objects.filter(pk=event_id).first()


def block_of(event_id: int) -> Block | None:
    """The seal that an event lies under; None while it is not sealed yet."""
    return Block.objects.filter(first_id__lte=event_id, last_id__gte=event_id).defer("leaves").first()


def last_block() -> Block | None:
    """The latest seal."""
    return blocks().first()


def blocks() -> QuerySet[Block]:
    """The seals, latest first."""
    return Block.objects.defer("leaves").order_by("-number")


def anchors(*, since: int = 1) -> Iterator[tuple[int, str]]:
    """(number, digest in hex) of the seals from a number on: printed or kept elsewhere, they prove the record up to
    there.
    """
    for number, digest in (
        Block.objects.filter(number__gte=since).order_by("number").values_list("number", "digest").iterator()
    ):
        yield number, bytes(digest).hex()
