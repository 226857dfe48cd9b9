"""Taking lists of other bodies.

Rows are matched to persons by the keyed index of their number; by name they only propose.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core import crypto, idnumber
from lxbt.core.refusal import Refusal
from lxbt.divisions.rules import span
from lxbt.entitlements.operations import mark_uncompared
from lxbt.matching.models import List
from lxbt.matching.rules.lists import LISTS, ListRow, ListTaken
from lxbt.registry import queries as registry
from lxbt.registry.rules import IDENTITY

CHUNK = 5000
COLUMNS = (
    "handle",
    "digest",
    "row",
    "name",
    "birth",
    "sealed",
    "event_on",
    "since",
    "until",
    "amount",
    "value",
    "detail",
    "numbered",
)
KEPT = (
    "handle, list_id, digest, row, kind, person_id, matched, name, birth, sealed, event_on, since, until, amount, "
    "value, detail, asked_at, answered_at"
)


class ListRefused(Refusal):
    """The list cannot be taken so."""


@transaction.atomic
def open_list(
    *,
    kind: str,
    division_code: str,
    received_on: date,
    as_of: date,
    source: str = "",
    name: str = "",
    digest: bytes | None = None,
    channel: str = "file",
    sender: str = "",
    by: User | None,
) -> List:
    """Begin a list; its rows follow by `take_list_rows`.

    ListRefused when the same file was taken for the area already, and not withdrawn.
    """
    if kind not in LISTS:
        raise ListRefused(_("没有“%(kind)s”这种名单。") % {"kind": kind})
    if as_of > received_on:
        raise ListRefused(_("名单的截止日期不能晚于收到日期。"), field="as_of")
    same = (
        List.objects.filter(kind=kind, division_code=division_code, digest=digest).exclude(state="withdrawn").first()
        if digest
        else None
    )
    if same is not None:
        raise ListRefused(_("这份文件已于 %(on)s 作为同一名单导入，如需重导请先撤回。") % {"on": same.received_on})
    entry = List.objects.create(
        kind=kind,
        division_code=division_code,
        received_on=received_on,
        as_of=as_of,
        source=source or LISTS[kind].body,
        name=name,
        digest=digest,
        opened_by_id=by.pk if by else None,
        channel=channel,
        sender=sender,
    )
    record_event(
        by=by,
        action="list.opened",
        subject_kind="list",
        subject_id=entry.pk,
        division_code=division_code,
        details={"kind": kind, "as_of": str(as_of), "source": entry.source, "channel": channel},
    )
    return entry


@transaction.atomic
def take_list_rows(
    *,
    list_id: int,
    rows: Sequence[ListRow],
    on: date,
    asked_at: datetime | None = None,
    answered_at: datetime | None = None,
) -> ListTaken:
    """Take rows of an open list; a row with the same content is known already. Persons met are marked for the rules.

    May be called many times for a list, with any number of rows; the same rows again change nothing. Of answers, when
    it was asked and answered.
    """
    entry = _locked(list_id)
    if entry.state != "open":
        raise ListRefused(_("这份名单已经入库或撤回，不能再加。"))
    taken = ListTaken(0, 0, 0)
    for start in range(0, len(rows), CHUNK):
        taken += add_entries(
            entry,
            [entry_values(row) for row in rows[start : start + CHUNK]],
            asked_at=asked_at,
            answered_at=answered_at,
        )
    entry.row_count += taken.new
    entry.known_count += taken.new - taken.unknown_person
    entry.save(update_fields=["row_count", "known_count"])
    return taken


@transaction.atomic
def close_list(*, list_id: int, by: User | None, on: date) -> List:
    """All rows are there: from now on the rules look at it. A roster takes the place of the one before it."""
    entry = _locked(list_id)
    if entry.state != "open":
        raise ListRefused(_("这份名单已经入库或撤回。"))
    before = _roster_before(entry)
    entry.state = "taken"
    entry.save(update_fields=["state"])
    if before is not None:  # who is on the older roster only has left it
        _mark(before.pk)
    record_event(
        by=by,
        action="list.taken",
        subject_kind="list",
        subject_id=entry.pk,
        division_code=entry.division_code,
        details={"kind": entry.kind, "rows": entry.row_count, "known": entry.known_count},
    )
    return entry


@transaction.atomic
def withdraw_list(*, list_id: int, by: User | None, on: date, reason: str = "") -> None:
    """Undo a list: its rows are removed, and whoever was on it is compared anew."""
    entry = _locked(list_id)
    if entry.state == "withdrawn":
        raise ListRefused(_("这份名单已经撤回。"))
    _mark(entry.pk)
    with connection.cursor() as cursor:
        cursor.execute("delete from matching_listentry where list_id = %s", [entry.pk])
    before, entry.state, entry.ended_on = entry.state, "withdrawn", on
    entry.save(update_fields=["state", "ended_on"])
    record_event(
        by=by,
        action="list.withdrawn",
        subject_kind="list",
        subject_id=entry.pk,
        division_code=entry.division_code,
        reason=reason,
        details={"kind": entry.kind, "rows": entry.row_count},
        changes={"state": (before, entry.state)},
    )


def match_unknown(*, person_ids: Sequence[int] | None = None) -> int:
    """Match rows whose person was registered after the list came (of these persons, or all); gives how many were."""
    where, params = ("i.person_id = any(%s)", [list(person_ids)]) if person_ids is not None else ("true", [])
    with connection.cursor() as cursor:
        cursor.execute(
            "update matching_listentry e set person_id = coalesce(p.joined_to, p.person_id), matched = 'number'"
            " from registry_identifier i join registry_person p on p.person_id = i.person_id"
            f" where i.kind = 'id' and i.index = e.handle and e.matched <> 'number' and {where}",
            params,
        )
        return int(cursor.rowcount)


def _locked(list_id: int) -> List:
    entry = List.objects.select_for_update().filter(pk=list_id).first()
    if entry is None:
        raise ListRefused(_("没有这份名单，请刷新页面。"))
    return entry


def _roster_before(entry: List) -> List | None:
    if not LISTS[entry.kind].roster:
        return None
    rows = List.objects.filter(
        kind=entry.kind, division_code=entry.division_code, state="taken", as_of__lte=entry.as_of
    )
    return rows.order_by("-as_of", "-pk").first()


def _mark(list_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct person_id from matching_listentry where list_id = %s and person_id is not null", [list_id]
        )
        mark_uncompared([row[0] for row in cursor.fetchall()])


def entry_values(row: ListRow, salt: bytes = b"") -> tuple[object, ...]:
    """A row as it is copied: handle, digest, then the number sealed and the rest as given.

    `salt` keeps two told records of the same content apart.
    """
    number = idnumber.normalise(row.identity_number)
    detail = {key: getattr(row, key) for key in ("place", "reference", "note") if getattr(row, key)}
    since, until = (month.first if month else None for month in (row.since_month, row.until_month))
    told = [number, row.name, row.birth, row.event_on, since, until, row.amount, row.value, detail]
    content = crypto.sm3(json.dumps(told, ensure_ascii=False, sort_keys=True, default=str).encode() + salt)
    handle = registry.identifier_index(IDENTITY, number) if number else content
    birth = row.birth or (idnumber.birth_of(number) if len(number) == 18 else None)
    return (
        handle,
        content[:16],
        row.row,
        row.name[:60],
        birth,
        vault.seal(number, vault.at("matching_listentry.sealed", handle, content[:16])) if number else None,
        row.event_on,
        since,
        until,
        row.amount,
        row.value[:60],
        json.dumps(detail, ensure_ascii=False),
        bool(number),
    )


def add_entries(
    entry: List,
    rows: Sequence[tuple[object, ...]],
    *,
    asked_at: datetime | None = None,
    answered_at: datetime | None = None,
) -> ListTaken:
    """Add rows (of `entry_values`) to a list, matched to persons; whoever is met is marked for the rules.

    In the caller's transaction.
    """
    low, high = span(entry.division_code)
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table list_load (handle bytea, digest bytea, row int, name varchar(60), birth date, "
            "sealed bytea, event_on date,"
            " since date, until date, amount numeric(9, 2), value varchar(60), detail jsonb, numbered boolean) on "
            "commit drop"
        )
        with cursor.copy(f"copy list_load ({', '.join(COLUMNS)}) from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("analyze list_load")
        # (a name alone proposes somebody only where birth and area agree and nobody else there bears it)
        cursor.execute(
            f"with added as (insert into matching_listentry ({KEPT})"
            " select l.handle, %s, l.digest, l.row, %s, coalesce(n.person_id, w.person_id),"
            " case when n.person_id is not null then 'number' when w.person_id is not null then 'name' else '' end,"
            " l.name, l.birth, l.sealed, l.event_on, l.since, l.until, l.amount, l.value, l.detail, %s, %s"
            " from (select distinct on (handle, digest) * from list_load order by handle, digest, row) l"
            " left join (select i.index, coalesce(p.joined_to, p.person_id) as person_id from registry_identifier i"
            "   join registry_person p on p.person_id = i.person_id where i.kind = 'id') n on l.numbered "
            "and n.index = l.handle"
            " left join lateral (select min(p.person_id) as person_id from registry_person p where not l.numbered "
            "and l.birth is not null and p.name = l.name"
            "   and p.birth = l.birth and p.division_code >= %s and p.division_code < %s and p.joined_to is null "
            "having count(*) = 1) w on not l.numbered"
            " on conflict do nothing returning person_id)"
            " select count(*), count(*) filter (where person_id is null), "
            "array_agg(person_id) filter (where person_id is not null) from added",
            [entry.pk, entry.kind, asked_at, answered_at, low, high],
        )
        new, unknown, known = cursor.fetchone()
        cursor.execute("drop table list_load")
    if known:
        mark_uncompared(known)
    return ListTaken(new, len(rows) - new, unknown)
