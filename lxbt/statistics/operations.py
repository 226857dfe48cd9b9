"""Recounting: whole months of whole counties, deleted and inserted, so that doing it again changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction

from lxbt.core.months import Month
from lxbt.divisions.operations import take_stale_months
from lxbt.divisions.rules import NATION, ancestors, span
from lxbt.entitlements.pricing import Pricer
from lxbt.statistics import causes
from lxbt.statistics.behind import COUNTED, HERE, JOINED, STARTED, STOPPED, changed, of_county
from lxbt.statistics.models import ClassFigure

# One statement a county and month: items -> townships.
TOWNSHIPS = f"""{JOINED},
lines as (select subsidy, division_code, count(*) n from failed group by 1, 2),
counted as (
    select j.division_code, j.subsidy, count(*) filter (where {HERE}) persons,
        count(*) filter (where {STARTED}) started, count(*) filter (where {STOPPED}) stopped,
        sum(j.items) items, sum(j.regular) regular, sum(j.arrears) arrears, sum(j.recovery) recovery
    from joined j group by 1, 2
)
insert into statistics_counted (division_code, subsidy, persons, started, stopped, items, regular, arrears,
    recovery, failed)
select c.division_code, c.subsidy, c.persons, c.started, c.stopped, c.items, c.regular, c.arrears, c.recovery,
    coalesce(f.n, 0)
from counted c left join lines f using (division_code, subsidy)
"""

SUMS = "sum(persons), sum(started), sum(stopped), sum(items), sum(regular), sum(arrears), sum(recovery), sum(failed)"
COLUMNS = "persons, started, stopped, items, regular, arrears, recovery, failed"

CLASSES = f"""
insert into statistics_classfigure (month, division_code, subsidy, dimension, value, persons, amount)
select %(month)s, %(payer)s, i.subsidy, d.dimension, coalesce(d.value, ''), count(distinct i.person_id), sum(i.amount)
from payments_item i join registry_profile p on p.id = i.profile_id
cross join lateral (values
    ('grade', p.facts #>> '{{certificate,grade}}'), ('category', p.facts #>> '{{certificate,category}}'),
    ('economic', p.facts ->> 'economic'), ('area', p.facts ->> 'area')) d (dimension, value)
where i.batch_id in (select id from payments_batch where payer_code = %(payer)s and month = %(month)s
    and state in {COUNTED})
    and i.void is null and i.right_month = %(month)s and i.amount > 0
group by 3, 4, 5
"""


@transaction.atomic
def count_county(*, payer_code: str, month: date, pricer: Pricer | None = None) -> None:
    """Count one county and month anew: its townships, itself, its classes, the causes of what began and ended."""
    where = of_county(payer_code, month)
    low, high = span(payer_code)
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from statistics_figure where month = %s and division_code >= %s and division_code < %s",
            [month, low, high],
        )
        cursor.execute(
            "delete from statistics_classfigure where month = %s and division_code = %s", [month, payer_code]
        )
        cursor.execute(
            "select exists (select from payments_batch where payer_code = %(payer)s and month = %(month)s "
            f"and state in {COUNTED})",
            where,
        )
        if not cursor.fetchone()[0]:
            return  # nothing decided yet: no figures, rather than everybody "stopped"
        cursor.execute(
            "create temporary table if not exists statistics_counted (division_code varchar(12), subsidy "
            "varchar(6), persons int, started int, stopped int,"
            " items int, regular numeric, arrears numeric, recovery numeric, failed int) on commit drop"
        )
        cursor.execute("truncate statistics_counted")
        cursor.execute(TOWNSHIPS, where)
        cursor.execute(
            f"insert into statistics_figure (month, division_code, level, subsidy, {COLUMNS})"
            f" select %s, division_code, 4, subsidy, {COLUMNS} from statistics_counted where division_code <> %s",
            [month, payer_code],
        )
        cursor.execute(  # the county is the sum of all, those registered at the county itself included
            f"insert into statistics_figure (month, division_code, level, subsidy, {COLUMNS}) "
            f"select %s, %s, 3, subsidy, {SUMS} from statistics_counted group by subsidy",
            [month, payer_code],
        )
        cursor.execute(CLASSES, where)
    _count_causes(payer_code, Month.of(month), pricer or Pricer())


def _count_causes(payer_code: str, month: Month, pricer: Pricer) -> None:
    """Why rights began and ended: classes of their own, persons without money."""
    rows = []
    for which, keys in changed(payer=payer_code, month=month.first).items():
        found = causes.causes_of(keys, payer_code=payer_code, month=month, which=which, pricer=pricer)
        counts = Counter((subsidy, cause) for (_person, subsidy), cause in found.items())
        rows += [
            ClassFigure(
                month=month.first,
                division_code=payer_code,
                subsidy=subsidy,
                dimension=which,
                value=cause,
                persons=persons,
            )
            for (subsidy, cause), persons in sorted(counts.items())
        ]
    ClassFigure.objects.bulk_create(rows)


@transaction.atomic
def roll_up(*, code: str, level: int, month: date) -> None:
    """Sum a city, a province or the nation from its counties."""
    low, high = span(code)
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from statistics_figure where month = %s and division_code = %s and level = %s", [month, code, level]
        )
        cursor.execute(
            f"insert into statistics_figure (month, division_code, level, subsidy, {COLUMNS})"
            f" select %s, %s, %s, subsidy, {SUMS} from statistics_figure"
            " where month = %s and level = 3 and division_code >= %s and division_code < %s group by subsidy",
            [month, code, level, month, low, high],
        )


def count_stale(*, limit: int = 500) -> int:
    """Recount what was marked stale; a mark goes away in the transaction that recounted it.

    Gives how many were taken.
    """
    with transaction.atomic():
        marks = take_stale_months(limit)
        touched = sorted(
            {*marks, *((payer, (Month.of(month) + 1).first) for payer, month in marks)}
        )  # who started and stopped next month hangs on this one
        pricer = Pricer()
        for payer_code, month in touched:
            count_county(payer_code=payer_code, month=month, pricer=pricer)
        for code, level, month in above(touched):
            roll_up(code=code, level=level, month=month)
    return len(marks)


def above(marks: Iterable[tuple[str, date]]) -> list[tuple[str, int, date]]:
    """The cities, provinces and the nation over the marked counties, each with its month once."""
    found: set[tuple[str, int, date]] = set()
    for code, month in marks:
        for upper in ancestors(code):
            if upper == NATION:
                found.add((upper, 0, month))
            elif upper != code and upper.endswith("0" * 10):
                found.add((upper, 1, month))
            elif upper != code and upper.endswith("0" * 8):
                found.add((upper, 2, month))
    return sorted(found)
