"""Writes of the tree: loading the national data, zones, renames, merges; marking months as stale."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable
from datetime import date
from importlib.resources import files

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries, rules
from lxbt.divisions.models import Division, DivisionKind, StaleMonth

DATA = "data/divisions.csv.gz"
COLUMNS = ("code", "name", "pinyin", "level", "kind", "parent_code", "acts_as_county")


TAKE_STALE_MONTHS = """
delete from divisions_stalemonth
where id in (select id from divisions_stalemonth order by month, division_code limit %s for update skip locked)
returning division_code, month
"""


class DivisionRefused(Refusal):
    """The tree cannot be changed so."""


def rows_of_data() -> list[dict[str, str]]:
    """The rows of the data file: 31 provinces, 兵团 with its divisions, cities, counties, townships."""
    packed = files("lxbt.divisions").joinpath(DATA).read_bytes()
    return list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode())))


@transaction.atomic
def load_divisions(only: Iterable[str] | None = None) -> int:
    """Load the national data set; rows that are there already stay as they are. Gives the number of new rows.

    `only`: codes to load with everything above them; all when left out.
    """
    wanted = {above for code in only for above in rules.ancestors(code)} if only is not None else None
    rows = [row for row in rows_of_data() if wanted is None or row["code"] in wanted]
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table division_load (like divisions_division including defaults) on commit drop"
        )
        with cursor.copy(f"copy division_load ({', '.join(COLUMNS)}, merged_into) from stdin") as copy:
            for row in rows:
                copy.write_row([*(row[name] for name in COLUMNS), ""])
        cursor.execute(
            f"insert into divisions_division ({', '.join(COLUMNS)}, merged_into)"
            f" select {', '.join(COLUMNS)}, merged_into from division_load on conflict (code) do nothing"
        )
        added: int = cursor.rowcount
        cursor.execute("drop table division_load")
    queries.forget_names()
    return added


@transaction.atomic
def add_division(*, code: str, name: str, parent_code: str, acts_as_county: bool, by: object, on: date) -> Division:
    """Add a zone, a corps regiment or a newly founded area below `parent_code`."""
    parent = queries.division(parent_code)
    if parent is None:
        raise DivisionRefused(_("上级区划 %(code)s 不存在，请先核对代码。") % {"code": parent_code})
    if not rules.covers(parent_code, code) or code == parent_code:
        raise DivisionRefused(
            _("代码 %(code)s 不在 %(parent)s 的范围内，请按上级代码续编。") % {"code": code, "parent": parent.name}
        )
    if Division.objects.filter(code=code).exists():
        raise DivisionRefused(_("代码 %(code)s 已被使用，请换一个。") % {"code": code})
    from pypinyin import Style, lazy_pinyin

    node = Division.objects.create(
        code=code,
        name=name,
        pinyin="".join(lazy_pinyin(name, style=Style.FIRST_LETTER))[:60].lower(),
        level=min(rules.CUTS.index(len(rules.prefix(code))) + 1, 4) if len(rules.prefix(code)) in rules.CUTS else 4,
        kind=DivisionKind.CORPS if rules.covers(rules.CORPS, code) else DivisionKind.ZONE,
        parent_code=parent_code,
        acts_as_county=acts_as_county,
        since=on,
    )
    record_event(
        by=by,
        action="division.added",
        subject_kind="division",
        subject_id=code,
        division_code=code,
        details={"name": name},
    )
    return node


@transaction.atomic
def rename_division(*, code: str, name: str, by: object) -> None:
    """Give a node a new name; the audit keeps the old one."""
    node = Division.objects.select_for_update().get(code=code)
    old, node.name = node.name, name
    node.save(update_fields=["name"])
    record_event(
        by=by,
        action="division.renamed",
        subject_kind="division",
        subject_id=code,
        division_code=code,
        changes={"name": (old, name)},
    )
    queries.forget_names()


@transaction.atomic
def merge_division(*, code: str, into: str, on: date, by: object) -> None:
    """End a node on a day and say where its people belong from then on."""
    if code == into or not Division.objects.filter(code=into, until__isnull=True).exists():
        raise DivisionRefused(_("并入的区划 %(code)s 不存在或已撤销。") % {"code": into})
    changed = Division.objects.filter(code=code, until__isnull=True).update(until=on, merged_into=into)
    if not changed:
        raise DivisionRefused(_("区划 %(code)s 不存在或已撤销。") % {"code": code})
    record_event(
        by=by,
        action="division.merged",
        subject_kind="division",
        subject_id=code,
        division_code=code,
        details={"into": into},
        changes={"until": (None, on)},
    )
    queries.forget_names()


def mark_stale_months(marks: Iterable[tuple[str, date]]) -> None:
    """Note many months of divisions at once, see `mark_stale`."""
    StaleMonth.objects.bulk_create(
        [StaleMonth(division_code=code, month=month) for code, month in sorted(set(marks))], ignore_conflicts=True
    )


def take_stale_months(limit: int) -> list[tuple[str, date]]:
    """Take up to so many of the marks, in the caller's transaction, which recounts them; those that others are taking
    are passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE_STALE_MONTHS, [limit])
        marks: list[tuple[str, date]] = cursor.fetchall()
        return marks


def mark_stale(division_code: str, month: date) -> None:
    """Note, in the caller's transaction, that this division's numbers of this month must be recounted."""
    mark_stale_months([(division_code, month)])
