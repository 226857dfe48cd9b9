"""Taking back months of before the system: what an import recorded, and batches that are empty then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from lxbt.audit.operations import record_event
from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.divisions.operations import mark_stale_months
from lxbt.payments.models import Batch


def recorded_months(*, import_id: int, person_ids: Sequence[int]) -> dict[tuple[int, str], set[Month]]:
    """The right-months that an import recorded as paid, by person and subsidy."""
    found: dict[tuple[int, str], set[Month]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id, subsidy, right_month from payments_item where person_id = any(%s) "
            "and batch_id = any(%s)",
            [list(person_ids), list(Batch.objects.filter(import_id=import_id).values_list("pk", flat=True))],
        )
        for pid, subsidy, month in cursor.fetchall():
            found[pid, subsidy].add(Month.of(month))
    return found


def interrupted_rights(*, import_id: int) -> int:
    """How many persons and subsidies of an import have months before the system with months missing between them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with told as (select distinct person_id, subsidy from payments_item where batch_id = any(%s))"
            " select count(*) from (select e.person_id from entitlements_entitlement e join told "
            "using (person_id, subsidy) where e.state = 'past'"
            " group by e.person_id, e.subsidy having count(*) > 1) x",
            [list(Batch.objects.filter(import_id=import_id).values_list("pk", flat=True))],
        )
        found: int = cursor.fetchone()[0]
        return found


def persons_recorded(*, import_id: int, after: int, limit: int) -> list[int]:
    """The next persons, by number, of whom an import recorded payments."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct person_id from payments_item where batch_id = any(%s) and person_id > %s order by 1 "
            "limit %s",
            [list(Batch.objects.filter(import_id=import_id).values_list("pk", flat=True)), after, limit],
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Retracted:
    """A recorded payment taken back."""

    import_id: int
    person_id: int
    subsidy: str
    month: date
    payer: str
    amount: Decimal
    doubtful: bool


def retract_recorded(*, keys: Sequence[tuple[int, str, date]], import_ids: Sequence[int]) -> list[Retracted]:
    """Remove what these imports recorded as paid to each (person, subsidy, month), an empty subsidy meaning both: it is
    told otherwise now.
    """
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from payments_item i using unnest(%s::bigint[], %s::text[], %s::date[]) k (person_id, subsidy, "
            "month), payments_batch b"
            " where i.person_id = k.person_id and i.right_month = k.month and (k.subsidy = '' or i.subsidy = k.subsidy)"
            " and b.id = i.batch_id and b.import_id = any(%s) and b.state = 'recorded'"
            " returning b.import_id, i.person_id, i.subsidy, i.right_month, b.payer_code, i.amount, i.reasons is "
            "not null, b.id",
            [[k[0] for k in keys], [k[1] for k in keys], [k[2] for k in keys], list(import_ids)],
        )
        rows = cursor.fetchall()
        sums: dict[int, list[Any]] = defaultdict(lambda: [0, ZERO])
        for row in rows:
            sums[row[7]][0] += 1
            sums[row[7]][1] += row[5]
        cursor.execute(
            "update payments_batch b set item_count = b.item_count - v.n, total = b.total - v.yuan"
            " from unnest(%s::bigint[], %s::int[], %s::numeric[]) v (id, n, yuan) where b.id = v.id",
            [list(sums), [n for n, _y in sums.values()], [yuan for _n, yuan in sums.values()]],
        )
    mark_stale_months({(row[4], row[3]) for row in rows})
    return [Retracted(*row[:7]) for row in rows]


@transaction.atomic
def take_back_recorded(*, import_id: int, person_ids: Sequence[int]) -> int:
    """Remove what an import recorded as paid to these persons. Gives how many payments."""
    batches = list(Batch.objects.filter(import_id=import_id).values_list("pk", "payer_code", "month"))
    with connection.cursor() as cursor:
        cursor.execute(
            "with gone as (delete from payments_item where person_id = any(%s) and batch_id = any(%s) "
            "returning batch_id, amount)"
            " select batch_id, count(*), sum(amount) from gone group by 1",
            [list(person_ids), [pk for pk, _p, _m in batches]],
        )
        rows = cursor.fetchall()
    for pk, count, total in rows:
        Batch.objects.filter(pk=pk).update(item_count=F("item_count") - count, total=F("total") - total)
    mark_stale_months({(payer, month) for _pk, payer, month in batches})
    return sum(row[1] for row in rows)


@transaction.atomic
def drop_recorded_batches(*, import_id: int, by: Any) -> int:
    """Remove the emptied batches of an import that was taken back."""
    rows = list(Batch.objects.filter(import_id=import_id, item_count=0))
    for batch in rows:
        record_event(
            by=by,
            action="batch.recorded_removed",
            subject_kind="batch",
            subject_id=batch.pk,
            division_code=batch.payer_code,
            details={"month": f"{batch.month:%Y-%m}", "import": import_id},
        )
    Batch.objects.filter(pk__in=[batch.pk for batch in rows]).delete()
    return len(rows)
