"""Manifests made and compared: what differs stays open until it is found equal, and goes down to the person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt.audit.operations import record_event
from lxbt.core.months import Month
from lxbt.divisions.rules import covers
from lxbt.provincial.models import Client, Comparison, Difference, DifferentPerson, ManifestRow
from lxbt.provincial.operations import watching, webhooks
from lxbt.provincial.operations.clients import handle_key_of
from lxbt.provincial.queries import manifests as queries
from lxbt.provincial.queries.manifests import OURS, THEIRS, Group, Line
from lxbt.provincial.rules.events import MANIFEST_DIFFERENT
from lxbt.provincial.rules.handles import EMPTY, handle_of
from lxbt.provincial.rules.problems import Problem
from lxbt.registry.operations.writing import copy_rows
from lxbt.registry.queries.numbers import numbers_in_full
from lxbt.registry.rules import IDENTITY

CHUNK = 5_000
MOST_PERSONS = 20_000  # told of one group at a time
ROW = ("client_id", "day", "side", "county_code", "month", "subsidy", "count", "fen", "digest", "made_at")


@transaction.atomic
def name_persons(*, client: Client, month: Month, batches: Iterable[int]) -> int:
    """Give a handle to everybody paid in these batches who has none at this client. Gives how many."""
    missing = queries.nameless(client, month, list(batches))
    key = handle_key_of(client) if missing else b""
    named = 0
    for begin in range(0, len(missing), CHUNK):
        numbers = numbers_in_full(missing[begin : begin + CHUNK], (IDENTITY,))
        rows = [
            (person, client.pk, handle_of(known[IDENTITY], key))
            for person, known in numbers.items()
            if IDENTITY in known
        ]
        copy_rows("provincial_personhandle", ("person_id", "client_id", "handle"), rows)
        named += len(rows)
    return named


@transaction.atomic
def make_manifest(*, client: Client, day: date, months: Iterable[Month] | None = None, at: datetime) -> list[Line]:
    """What we hold of what the client pushed, now; kept as that day's.

    `months`: those alone; left out, all that are held.
    """
    Client.objects.select_for_update().get(pk=client.pk)  # one manifest of a client at a time
    wanted = sorted(set(months)) if months is not None else queries.months_held(client)
    held = queries.batches_held(client, wanted)
    lines: list[Line] = []
    for month in wanted:
        by_county = held.get(month, {})
        if by_county:
            name_persons(client=client, month=month, batches=[pk for batches in by_county.values() for pk in batches])
            lines += queries.lines_of(client, month, by_county)
    _keep(client, day, OURS, wanted, lines, at)
    return lines


def _keep(client: Client, day: date, side: str, months: Iterable[Month], lines: Iterable[Line], at: datetime) -> None:
    ManifestRow.objects.filter(client=client, day=day, side=side, month__in=[month.first for month in months]).delete()
    rows = [
        (client.pk, day, side, one.county, one.month.first, one.subsidy, one.count, one.fen, one.digest, at)
        for one in lines
    ]
    copy_rows("provincial_manifestrow", ROW, rows)


@dataclass(frozen=True)
class Compared:
    """What came of a comparison: rows looked at, and where both sides differ (ours, theirs)."""

    rows: int
    different: list[tuple[Line, Line]]


@transaction.atomic
def compare_manifest(
    *, client: Client, day: date, theirs: Iterable[Line], months: Iterable[Month], at: datetime
) -> Compared:
    """Compare the client's manifest with ours as of now. What differs is opened or kept open, what is equal closed."""
    told = list(theirs)
    wanted = sorted({*months, *(line.month for line in told)})
    _check(client, told)
    ours = make_manifest(client=client, day=day, months=wanted, at=at)
    _keep(client, day, THEIRS, wanted, told, at)
    here, there = ({line.group: line for line in lines if line.count} for lines in (ours, told))
    groups = sorted(here.keys() | there.keys())
    nothing = {group: Line(*group, 0, 0, EMPTY) for group in groups}
    pairs = [(here.get(group, nothing[group]), there.get(group, nothing[group])) for group in groups]
    different = [(mine, yours) for mine, yours in pairs if mine != yours]
    before = _settle(client, wanted, different, at)
    Comparison.objects.create(
        client=client,
        day=day,
        compared_at=at,
        months=[str(month) for month in wanted],
        rows=len(groups),
        different=len(different),
    )
    record_event(
        by=None,
        action="province.compared",
        subject_kind="province",
        subject_id=client.client_id,
        division_code=client.division_code,
        details={"day": str(day), "months": len(wanted), "rows": len(groups), "different": len(different)},
    )
    watching.note_heard(client=client, at=at, synced_until=wanted[-1] if wanted and not different else None)
    if different and not before:
        webhooks.tell_event(
            client=client, event=MANIFEST_DIFFERENT, body={"day": str(day), "groups": len(different)}, at=at
        )
    return Compared(len(groups), different)


def _check(client: Client, told: list[Line]) -> None:
    """Each group once, each in the client's area."""
    if len({line.group for line in told}) < len(told):
        raise Problem(
            422,
            "row_twice",
            _("对账单中同一县、月份、补贴出现了两次。"),
            "rows",
            _("合并后重新提交；多个自有代码对应同一个县的，按县合并。"),
        )
    strange = next((line.county for line in told if not covers(client.division_code, line.county)), None)
    if strange is not None:
        raise Problem(
            422,
            "not_yours",
            _("对账单中有本系统范围以外的地区。"),
            "county",
            _("核对区划代码，或先在代码对照表中登记。"),
        )


def _settle(client: Client, months: Iterable[Month], different: list[tuple[Line, Line]], at: datetime) -> bool:
    """Open, renew and close differences of these months. Gives whether any was open before."""
    opened = {
        (row.county_code, Month.of(row.month), row.subsidy): row
        for row in Difference.objects.filter(
            client=client, closed_at__isnull=True, month__in=[month.first for month in months]
        )
    }
    found = {mine.group: (mine, yours) for mine, yours in different}
    equal = [row.pk for group, row in opened.items() if group not in found]
    DifferentPerson.objects.filter(difference_id__in=equal).delete()  # nobody is spoken of longer than needed
    Difference.objects.filter(pk__in=equal).update(closed_at=at, seen_at=at)
    changed: list[Difference] = []
    fresh: list[Difference] = []
    for group, (mine, yours) in found.items():
        row = opened.get(group) or Difference(
            client=client, county_code=group[0], month=group[1].first, subsidy=group[2], found_at=at
        )
        row.ours_count, row.ours_fen, row.theirs_count, row.theirs_fen, row.seen_at = (
            mine.count,
            mine.fen,
            yours.count,
            yours.fen,
            at,
        )
        (changed if row.pk else fresh).append(row)
    Difference.objects.bulk_update(
        changed, ["ours_count", "ours_fen", "theirs_count", "theirs_fen", "seen_at"], batch_size=1000
    )
    Difference.objects.bulk_create(fresh, batch_size=1000)
    return bool(opened)


@transaction.atomic
def compare_persons(
    *, client: Client, group: Group, theirs: Mapping[str, int], at: datetime
) -> list[tuple[str, int, int]]:
    """Compare persons of a group by their handles. Gives (handle, ours, theirs) in fen where they differ.

    While the group is open as different, these persons are kept with it, in the place of those told before.
    """
    if len(theirs) > MOST_PERSONS:
        raise Problem(413, "too_many", _("一次最多 %(n)s 人。") % {"n": MOST_PERSONS}, remedy=_("只提交不一致的人员。"))
    here = {handle: (fen, person) for handle, fen, person in queries.persons_of(client, group, list(theirs))}
    different = [
        (handle, here.get(handle, (0, None))[0], fen)
        for handle, fen in sorted(theirs.items())
        if here.get(handle, (0, None))[0] != fen
    ]
    county, month, subsidy = group
    row = (
        Difference.objects.select_for_update()
        .filter(client=client, county_code=county, month=month.first, subsidy=subsidy, closed_at__isnull=True)
        .first()
    )
    if row is not None:
        persons = _persons_called(client, [handle for handle, _ours, _theirs in different])
        DifferentPerson.objects.filter(difference=row).delete()
        DifferentPerson.objects.bulk_create(
            [
                DifferentPerson(
                    difference=row,
                    handle=bytes.fromhex(handle),
                    person_id=persons.get(handle),
                    ours_fen=ours or None,
                    theirs_fen=fen or None,
                )
                for handle, ours, fen in different
            ],
            batch_size=2000,
        )
    return different


def _persons_called(client: Client, handles: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select encode(handle, 'hex'), person_id from provincial_personhandle where client_id = %s "
            "and handle = any(%s)",
            [client.pk, [bytes.fromhex(handle) for handle in handles]],
        )
        return dict(cursor.fetchall())
