"""Unusual looking, found in the record by one statement a kind.

Run again it finds the same and only raises the counts.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt.audit.humans import same_human
from lxbt.audit.models import UnusualLook
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal

_LOCAL = "at at time zone 'Asia/Shanghai'"
_LOOKS = (
    "action in ('person.viewed', 'nation.asked', 'person.revealed', 'document.viewed') and by_id is not null and at "
    ">= %(since)s and at < %(until)s"
)
_TAKE = (
    'insert into audit_unusuallook (kind, "on", by_id, by_name, by_place, count, first_at, last_at, handled_by_name, '
    "finding) {found}"
    ' on conflict (by_id, kind, "on") do update '
    "set count = excluded.count, first_at = excluded.first_at, last_at = excluded.last_at"
    " where audit_unusuallook.count < excluded.count"
)
_WHO = "by_id, max(by_name), max(by_place)"

FOUND = {
    "many": (
        "select 'many', day, by_id, max(by_name), max(by_place), max(n), min(first_at), max(last_at), '', '' "
        f"from (select ({_LOCAL})::date as day,"
        f" date_trunc('hour', {_LOCAL}) as hour, by_id, max(by_name) as by_name, max(by_place) as by_place, "
        "count(*) as n, min(at) as first_at,"
        f" max(at) as last_at from audit_event where {_LOOKS} group by 1, 2, 3 having count(*) > %(per_hour)s) t "
        "group by day, by_id"
    ),
    "night": (
        f"select 'night', ({_LOCAL})::date, {_WHO}, count(*), min(at), max(at), '', '' from audit_event where {_LOOKS}"
        f" and (extract(hour from {_LOCAL}) >= %(night_from)s or extract(hour from {_LOCAL}) < %(night_until)s)"
        f" group by ({_LOCAL})::date, by_id having count(*) >= %(at_night)s"
    ),
    "elsewhere": (
        f"select 'elsewhere', ({_LOCAL})::date, {_WHO}, count(distinct person_id), min(at), max(at), '', '' "
        f"from audit_event where {_LOOKS}"
        f" and details ->> 'caseload' = 'no' group by ({_LOCAL})::date, by_id having count(distinct person_id) > "
        "%(elsewhere_per_day)s"
    ),
}

# An export is a look at everybody in it: so many persons in a day are for somebody above to ask about.
FOUND["export"] = (
    f"select 'export', ({_LOCAL})::date, {_WHO}, sum((details ->> 'persons')::int), min(at), max(at), '', '' "
    "from audit_event"
    " where details ? 'persons' and (action like '%%exported' or action = 'import.errors_taken') "
    "and by_id is not null and at >= %(since)s and at < %(until)s"
    f" group by ({_LOCAL})::date, by_id having sum((details ->> 'persons')::int) > %(exported_per_day)s"
)


class LookRefused(Refusal):
    """The finding cannot be written so."""


def find_unusual_looks(*, since: datetime, until: datetime, habits: dict[str, int]) -> int:
    """Write down what went beyond `habits` (fields of `accounts.rules.looking.Habits`) in a span of time, whole days;
    gives how many are new or grew.
    """
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for found in FOUND.values():
            cursor.execute(_TAKE.format(found=found), {"since": since, "until": until, **habits})
            changed += cursor.rowcount
    return changed


@transaction.atomic
def note_limit_reached(*, by: Any, on: date, at: datetime, count: int, kind: str = "limit") -> None:
    """An official was refused a number in full, having seen `count` within the hour, or an export beyond the window
    (`export`).
    """
    made, _new = UnusualLook.objects.select_for_update().get_or_create(
        by_id=by.pk,
        kind=kind,
        on=on,
        defaults={"by_name": by.name, "by_place": by.place_code, "count": count, "first_at": at, "last_at": at},
    )
    UnusualLook.objects.filter(pk=made.pk).update(count=max(made.count, count), last_at=at)


@transaction.atomic
def write_finding(*, look_id: int, finding: str, by: Any, at: datetime) -> UnusualLook:
    """Say what came of asking; never by the one whose looking it is."""
    look = UnusualLook.objects.select_for_update().filter(pk=look_id).first()
    if look is None or same_human(look.by_id, by.pk):
        raise LookRefused(_("没有这条提示，或是您本人的，须由他人核查。"))
    if len(finding.strip()) < 4:
        raise LookRefused(_("请写明核查的结果。"), field="finding")
    before = look.finding
    look.finding, look.handled_by_id, look.handled_by_name, look.handled_at = finding.strip()[:200], by.pk, by.name, at
    look.save()
    record_event(
        by=by,
        action="look.handled",
        subject_kind="look",
        subject_id=look.pk,
        division_code=look.by_place,
        changes={"finding": (before, look.finding)},
    )
    return look
