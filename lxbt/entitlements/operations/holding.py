"""Months of rights that came by file or push: held back from every draw until two persons release them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import connection, transaction

from lxbt.audit.operations import record_event
from lxbt.core.months import Month
from lxbt.entitlements.models import ARREARS_HELD, UNCONFIRMED, Hold
from lxbt.entitlements.operations import mark_stale_persons
from lxbt.registry.operations.writing import copy_rows

if TYPE_CHECKING:
    from lxbt.accounts.models import User

COLUMNS = ("person_id", "subsidy", "since", "until", "why", "import_id", "payer_code")


@dataclass(frozen=True, slots=True)
class NewRight:
    """A right that a file or a push has just given."""

    person_id: int
    subsidy: str
    since: Month
    payer: str


def hold_rights(rights: Sequence[NewRight], *, import_id: int, pays_from: Month, confirmed: bool) -> int:
    """Hold the months before `pays_from` back; unless the right is confirmed, those from then on too. Gives how many
    rows.

    A right whose person and subsidy were held and released before is held anew: another import gave it.
    """
    rows: list[tuple[NewRight, Month, date | None, str]] = []
    for right in rights:
        if right.since < pays_from:
            rows.append((right, right.since, pays_from.first, ARREARS_HELD))
        if not confirmed:
            rows.append((right, max(right.since, pays_from), None, UNCONFIRMED))
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from entitlements_hold h using unnest(%s::bigint[], %s::text[], %s::date[]) v (person_id, "
            "subsidy, since)"
            " where h.person_id = v.person_id and h.subsidy = v.subsidy and h.since = v.since",
            [
                [right.person_id for right, *_ in rows],
                [right.subsidy for right, *_ in rows],
                [since.first for _r, since, _u, _w in rows],
            ],
        )
    copy_rows(
        "entitlements_hold",
        COLUMNS,
        [
            (right.person_id, right.subsidy, since.first, until, why, import_id, right.payer)
            for right, since, until, why in rows
        ],
    )
    return len(rows)


@transaction.atomic
def release_holds(
    *, import_id: int, payer_code: str, why: str, asked_by_id: int, by: User, on: date
) -> tuple[int, int]:
    """Release what is held of an import in the area of a paying body: the next draw pays those months.

    Gives (rights, persons).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "update entitlements_hold set released_on = %s, asked_by_id = %s, released_by_id = %s"
            " where import_id = %s and payer_code = %s and why = %s and released_on is null returning person_id, since",
            [on, asked_by_id, by.pk, import_id, payer_code, why],
        )
        rows = cursor.fetchall()
    persons = sorted({row[0] for row in rows})
    if rows:
        mark_stale_persons(persons, Month.of(min(row[1] for row in rows)))
    record_event(
        by=by,
        action="hold.released",
        subject_kind="import",
        subject_id=import_id,
        division_code=payer_code,
        details={"why": why, "rights": len(rows), "persons": len(persons), "asked_by": asked_by_id},
    )
    return len(rows), len(persons)


def forget_holds(*, import_id: int, person_ids: Sequence[int]) -> None:
    """The rights were taken back with their import: nothing is left to be held."""
    Hold.objects.filter(import_id=import_id, person_id__in=list(person_ids)).delete()
