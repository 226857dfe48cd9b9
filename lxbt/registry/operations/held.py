"""What is held of a person, and whether a word takes its place or stands against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import F

from lxbt.core.months import BEGINNING, Month
from lxbt.core.profile import EVENTS, Custody
from lxbt.registry.models import Fact
from lxbt.registry.rules.benefits import benefits_by_month
from lxbt.registry.rules.custody import CUSTODY_KEYS, custody_told, frees, told_next
from lxbt.registry.rules.sources import MACHINES, SETTLING, Strength, overrules, strength


def last_told(person_id: int, keys: Iterable[str]) -> dict[str, object]:
    """What was last recorded of these items of the profile."""
    told = (
        Fact.objects.filter(person_id=person_id, key__in=list(keys))
        .order_by("key", F("since").desc(nulls_last=True), "-number")
        .distinct("key")
    )
    return dict(told.values_list("key", "value"))


def held_at(person_id: int, key: str, since: Month | None) -> Fact | None:
    """What is held of an item in a month: the last record of the last month up to it (None: of the beginning)."""
    if key in CUSTODY_KEYS:
        return Fact.objects.filter(person_id=person_id, key__in=CUSTODY_KEYS).order_by("-number").first()
    rows = Fact.objects.filter(person_id=person_id, key=key)
    if since is None or key in EVENTS:
        rows = rows.filter(since__isnull=True)
    else:
        rows = rows.exclude(since__gt=since.first)
    return rows.order_by(F("since").desc(nulls_last=True), "-number").first()


def custody_of(person_id: int) -> tuple[Custody, ...]:
    """The times in custody that are held of a person."""
    found: tuple[Custody, ...] = ()
    rows = Fact.objects.filter(person_id=person_id, key__in=CUSTODY_KEYS).order_by("number")
    for key, value in rows.values_list("key", "value"):
        found = told_next(found, key, value)
    return found


def benefits_held(person_id: int, since: Month | None) -> dict[str, object]:
    """The other benefits that are held of a month (None: of the beginning), as JSON."""
    rows = Fact.objects.filter(person_id=person_id, key="other_benefits").order_by("number")
    told = benefits_by_month(
        (Month.of(row.since) if row.since else BEGINNING, row.value, None if row.named is None else tuple(row.named))
        for row in rows
    )
    month = max((one for one in told if one <= (since or BEGINNING)), default=None)
    return told[month] if month is not None else {}


def fact_overrules(held: Fact, value: object, source: str, since: Month | None) -> bool:
    return overrules(
        held.key,
        held=held.value,
        held_source=held.source,
        held_since=Month.of(held.since) if held.since else None,
        told=value,
        source=source,
        since=since,
    )


def contradicts(person_id: int, values: Mapping[str, object], *, since: Month | None, source: str) -> bool:
    """Whether any of these values (as JSON) is against what a stronger source told of that time."""
    for key, value in values.items():
        if key == "custody":
            if not custody_overrules(person_id, custody_told(key, value), source):
                return True
            continue
        start = None if key in EVENTS else since
        held = held_at(person_id, key, start)
        if held is not None and key != "other_benefits" and not fact_overrules(held, value, source, start):
            return True
    return False


def custody_overrules(person_id: int, told: tuple[Custody, ...], source: str) -> bool:
    """Whether what a source tells of custody takes the place of what is held: freeing somebody takes two persons."""
    held = held_at(person_id, "custody", None)
    times = custody_of(person_id)
    if held is None or source in SETTLING or set(times) <= set(told):  # (a further time in custody is news)
        return True
    if frees(times, told):
        return source in MACHINES and source == held.source
    if strength(source) >= Strength.FEDERATION and held.source not in SETTLING:
        return True  # stopping is safe
    return strength(source) >= strength(held.source)
