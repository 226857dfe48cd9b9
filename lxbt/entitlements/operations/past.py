"""Rights of many persons at once, from files: months paid before the system, and rights that go on from there."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from lxbt.core.months import BEGINNING, Month
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions.rules import NATION
from lxbt.entitlements import queries
from lxbt.entitlements.models import Entitlement, PastChange, Stale, Uncompared
from lxbt.entitlements.operations import mark_stale_persons
from lxbt.entitlements.rules.past import GRANTED, PAST, Period, grant_outcome, with_past
from lxbt.registry.models import Change
from lxbt.registry.operations import store_timelines
from lxbt.registry.operations.writing import copy_rows
from lxbt.standards.queries import parameters_for

BOOKS = "paid before the system"  # basis of past periods
REST = ("basis", "granted_by_id", "granted_on", "end_basis", "ended_by_id", "ended_on", "recorded_at")
COLUMNS = ("person_id", "subsidy", "since", "until", "after", "state", *REST)
Key = tuple[int, str]  # person and subsidy


class Ledger:
    """The periods of the persons of a chunk: read once, changed in memory, written by one DELETE and one COPY."""

    def __init__(self, person_ids: Iterable[int], *, on: date, by_id: int | None, at: Any) -> None:
        self.on, self.by_id, self.at = on, by_id, at
        self.held: dict[Key, list[Period]] = defaultdict(list)
        ids = sorted({pid for pid in person_ids if pid})
        if ids:
            for row in (
                Entitlement.objects.filter(person_id__in=ids)
                .order_by("person_id", "subsidy", "since")
                .values_list(*COLUMNS[:4], "state", *REST)
            ):
                pid, subsidy, since, until, state, *rest = row
                self.held[pid, subsidy].append(
                    Period(Month.of(since), Month.of(until) if until else None, state, tuple(rest))
                )
        self.changed: dict[Key, list[Period]] = {}
        self.granted: list[int] = []

    def periods(self, key: Key) -> list[Period]:
        """The periods as they will be."""
        return self.changed.get(key) or self.held.get(key, [])

    def holds(self, person_id: int) -> bool:
        """Whether the person has a right now, granted or suspended, as it was read."""
        return any(
            p.state != PAST and p.until is None
            for subsidy in SUBSIDIES
            for p in self.held.get((person_id, subsidy), ())
        )

    def outcome(self, key: Key, since: Month) -> str:
        """See `grant_outcome`."""
        return grant_outcome(self.periods(key), since)

    def grant(self, key: Key, since: Month, basis: str) -> None:
        """A right from `since` on, open; for one whose outcome is `new`."""
        kept = self.periods(key)  # past months alone, or the outcome were another
        if kept:
            kept = with_past(kept, remove=[m for p in kept if p.until for m in p.since.until(p.until) if m >= since])
        self.changed[key] = [*kept, Period(since, None, GRANTED, (basis, self.by_id, self.on, "", None, None, self.at))]
        self.granted.append(key[0])

    def add_past(self, key: Key, months: Iterable[Month]) -> None:
        """Months paid before the system."""
        self._put(
            key, with_past(self.periods(key), add=months, rest=(BOOKS, self.by_id, self.on, "", None, None, self.at))
        )

    def remove_past(self, key: Key, months: Iterable[Month]) -> None:
        """Take such months away again."""
        self._put(key, with_past(self.periods(key), remove=months))

    def take_back(self, key: Key, basis: str) -> None:
        """Take back the right that `grant` gave."""
        self._put(key, [p for p in self.periods(key) if not (p.state == GRANTED and p.rest[0] == basis)])

    def _put(self, key: Key, periods: list[Period]) -> None:
        if periods != self.periods(key):
            self.changed[key] = periods

    def write(self) -> int:
        """Put what changed in place; marks those granted for their payers. Gives the number of ledgers changed."""
        old = [key for key in self.changed if self.held.get(key)]
        if old:
            with connection.cursor() as cursor:
                cursor.execute(
                    "delete from entitlements_entitlement e using unnest(%s::bigint[], %s::text[]) v (person_id, "
                    "subsidy)"
                    " where e.person_id = v.person_id and e.subsidy = v.subsidy",
                    [[pid for pid, _s in old], [subsidy for _p, subsidy in old]],
                )
        rows = []
        for (pid, subsidy), periods in self.changed.items():
            after = None
            for p in periods:
                until = p.until.first if p.until else None
                rows.append((pid, subsidy, p.since.first, until, after, p.state, *p.rest))
                after = until
        copy_rows("entitlements_entitlement", COLUMNS, rows)
        if self.granted:
            mark_stale_persons(sorted(set(self.granted)), BEGINNING)
        return len(self.changed)


def tell_months(person_ids: Sequence[int]) -> None:
    """Tell the months of these persons anew at once, for whoever prices them in the same transaction."""
    if not person_ids:
        return
    ids = list(person_ids)
    Change.objects.filter(person_id__in=ids).delete()
    mark_stale_persons(ids, BEGINNING)
    store_timelines(queries.told_timelines(ids, parameters_for(NATION)))
    mark_stale_persons(ids, BEGINNING)


def past_changes_held(rows: Sequence[Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    """The changes (person, subsidy, month, kind) held of the persons in these rows."""
    return set(
        PastChange.objects.filter(person_id__in={row["person_id"] for row in rows}).values_list(
            "person_id", "subsidy", "month", "kind"
        )
    )


def record_past_changes(rows: Sequence[Mapping[str, Any]], *, import_id: int) -> list[str]:
    """Keep changes that the books of the time tell.

    Gives for each row `new` or `same`; the same change of another import counts as held.
    """
    columns = ("person_id", "subsidy", "month", "kind", "old_value", "new_value", "reason", "decided_on", "doubts")
    held = past_changes_held(rows)
    outcomes, fresh = [], []
    for row in rows:
        key = (row["person_id"], row["subsidy"], row["month"], row["kind"])
        outcomes.append("same" if key in held else "new")
        if key not in held:
            held.add(key)
            fresh.append((*(json.dumps(row[name]) if name == "doubts" else row[name] for name in columns), import_id))
    copy_rows("entitlements_pastchange", (*columns, "import_id"), fresh)
    return outcomes


def forget_past_changes(*, import_id: int) -> int:
    """Take back the changes of an import."""
    return PastChange.objects.filter(import_id=import_id).delete()[0]


def persons_decided_otherwise(person_ids: Sequence[int], *, basis: str, made: Sequence[int]) -> set[int]:
    """Of these persons, those whose right of that basis was ended or changed since; of those in `made`, with any right
    of another basis.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id from entitlements_entitlement where person_id = any(%(all)s) and basis = %(basis)s "
            "and end_basis <> ''"
            " union select e.person_id from entitlements_entitlement e "
            "join entitlements_entitlement ours on ours.person_id = e.person_id"
            " and ours.subsidy = e.subsidy and ours.basis = %(basis)s and e.since > ours.since "
            "where e.person_id = any(%(all)s) and e.basis <> %(basis)s"
            " union select person_id from entitlements_entitlement where person_id = any(%(made)s) "
            "and state <> 'past' and basis <> %(basis)s",
            {"all": list(person_ids), "made": list(made), "basis": basis},
        )
        return {row[0] for row in cursor.fetchall()}


def forget_marks(person_ids: Sequence[int]) -> None:
    """Nobody need look at the months of these persons: they are not there any more."""
    Stale.objects.filter(person_id__in=list(person_ids)).delete()
    Uncompared.objects.filter(person_id__in=list(person_ids)).delete()
