"""Lists told record by record over a line: in any order, repeated, corrected, taken back. The rows stand where those of
files stand.

A register of events has one list for each day of receipt, so that the day an event became known is kept. A roster is
one list that lives; it counts from the moment on that as many records are known as its sender says it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.conf import settings
from django.db import connection, transaction

from lxbt.core import crypto
from lxbt.entitlements.operations import mark_uncompared
from lxbt.matching.models import List, ListRecord
from lxbt.matching.operations.lists import add_entries, close_list, entry_values, open_list
from lxbt.matching.rules.lists import LISTS, Complete, ListTaken, RecordsTaken, ToldRecord

CHANNEL = "interface"
LONGEST = 2**31 - 1

WRITTEN = """
insert into matching_listrecord (handle, sender, kind, sequence, withdrawn, list_id, entry_handle, entry_digest,
    received_on)
select * from unnest(%s::bytea[], %s::varchar[], %s::varchar[], %s::bigint[], %s::boolean[], %s::bigint[],
    %s::bytea[], %s::bytea[], %s::date[])
on conflict (handle) do update set sequence = excluded.sequence, withdrawn = excluded.withdrawn,
    list_id = excluded.list_id,
    entry_handle = excluded.entry_handle, entry_digest = excluded.entry_digest, received_on = excluded.received_on
where matching_listrecord.sequence < excluded.sequence
"""
TAKEN_BACK = """
with gone as (
    delete from matching_listentry e using unnest(%s::bytea[], %s::bytea[], %s::bigint[]) x (handle, digest, list_id)
    where e.handle = x.handle and e.digest = x.digest and e.list_id = x.list_id returning e.list_id, e.person_id
) select list_id, person_id from gone
"""


def record_handle(sender: str, kind: str, record_id: str) -> bytes:
    """What a sender's record is known by here; the sender's own number may be a person's, so it is kept as a keyed
    index.
    """
    return crypto.index_of("list record", f"{sender}\0{kind}\0{record_id}", settings.LXBT_INDEX_KEY)


@transaction.atomic
def take_list_records(
    *, sender: str, source: str, records: Sequence[ToldRecord], complete: Sequence[Complete] = (), received_on: date
) -> RecordsTaken:
    """Take records as a body tells them, and what it says of complete rosters. Told again, or late, nothing changes
    twice.

    Persons met, before and after, are marked for the rules.
    """
    newest: dict[bytes, ToldRecord] = {}
    for record in records:
        handle = record_handle(sender, record.kind, record.record_id)
        if handle not in newest or newest[handle].sequence < record.sequence:
            newest[handle] = record
    kinds = sorted({record.kind for record in records} | {one.kind for one in complete})
    with connection.cursor() as cursor:  # one after the other for a sender's list: else two could both be the newer one
        for kind in kinds:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"list records {sender} {kind}"])
    known = {bytes(row.handle): row for row in ListRecord.objects.filter(handle__in=list(newest))}
    fresh = {
        handle: record
        for handle, record in newest.items()
        if handle not in known or known[handle].sequence < record.sequence
    }
    _remove([known[handle] for handle in fresh if handle in known and known[handle].list_id is not None])
    taken, rows = ListTaken(0, 0, 0), []
    for (kind, division_code), group in _by_list(fresh.items()).items():
        live = [(handle, record) for handle, record in group if not record.withdrawn]
        entry = _list_for(sender, source, kind, division_code, received_on) if live else None
        values = [entry_values(record.row, salt=handle) for handle, record in live]
        if entry is not None:
            added = add_entries(entry, values)
            taken += added
            List.objects.filter(pk=entry.pk).update(
                row_count=entry.row_count + added.new, known_count=entry.known_count + added.new - added.unknown_person
            )
        for (handle, record), value in zip(live, values, strict=True):
            rows.append(
                (
                    handle,
                    sender,
                    kind,
                    record.sequence,
                    False,
                    entry.pk if entry else None,
                    value[0],
                    bytes(value[1])[:16],  # type: ignore[call-overload]
                    received_on,
                )
            )
        rows += [
            (handle, sender, kind, record.sequence, True, None, None, None, received_on)
            for handle, record in group
            if record.withdrawn
        ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(WRITTEN, [list(column) for column in zip(*rows, strict=True)])
    _declare(sender, source, complete, received_on)
    _complete_rosters(sender, kinds, received_on)
    changed = sum(handle in known and not record.withdrawn for handle, record in fresh.items())
    withdrawn = sum(record.withdrawn for record in fresh.values())
    return RecordsTaken(
        len(fresh) - changed - withdrawn, changed, withdrawn, len(records) - len(fresh), taken.unknown_person
    )


def _by_list(fresh: Iterable[tuple[bytes, ToldRecord]]) -> dict[tuple[str, str], list[tuple[bytes, ToldRecord]]]:
    found: dict[tuple[str, str], list[tuple[bytes, ToldRecord]]] = defaultdict(list)
    for handle, record in fresh:
        found[record.kind, record.division_code].append((handle, record))
    return found


def _remove(rows: Sequence[ListRecord]) -> None:
    """Take the entries of records out: they are told anew, or taken back."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            TAKEN_BACK,
            [
                [bytes(r.entry_handle or b"") for r in rows],
                [bytes(r.entry_digest or b"") for r in rows],
                [r.list_id for r in rows],
            ],
        )
        gone = cursor.fetchall()
        cursor.execute(
            "update matching_list l set row_count = l.row_count - x.rows, known_count = l.known_count - x.known "
            "from (select list_id, count(*) as rows,"
            " count(person_id) as known from unnest(%s::bigint[], %s::bigint[]) y (list_id, person_id) group by 1) x "
            "where l.id = x.list_id",
            [[row[0] for row in gone], [row[1] for row in gone]],
        )
    if persons := [person for _list, person in gone if person is not None]:
        mark_uncompared(persons)


def _lists_of(sender: str, kind: str, division_code: str) -> List | None:
    rows = List.objects.filter(sender=sender, channel=CHANNEL, kind=kind, division_code=division_code).exclude(
        state="withdrawn"
    )
    return rows.order_by("-pk").first()


def _list_for(sender: str, source: str, kind: str, division_code: str, received_on: date) -> List:
    """The list that a record belongs to: of events, that of the day; of a roster, the one that lives."""
    last = _lists_of(sender, kind, division_code)
    if last is not None and (LISTS[kind].roster or last.received_on == received_on):
        return List.objects.select_for_update().get(pk=last.pk)
    if last is not None and last.state == "open":
        close_list(list_id=last.pk, by=None, on=received_on)
    return open_list(
        kind=kind,
        division_code=division_code,
        received_on=received_on,
        as_of=received_on,
        source=source,
        channel=CHANNEL,
        sender=sender,
        by=None,
    )


def _declare(sender: str, source: str, complete: Sequence[Complete], received_on: date) -> None:
    for one in sorted(complete, key=lambda told: told.sequence):
        if LISTS[one.kind].roster:
            entry = _list_for(sender, source, one.kind, one.division_code, received_on)
            if entry.declared.get("sequence", 0) < one.sequence:
                entry.declared = {"as_of": str(one.as_of), "count": one.count, "sequence": one.sequence}
                entry.save(update_fields=["declared"])


def _complete_rosters(sender: str, kinds: Sequence[str], on: date) -> None:
    """A roster counts once as many of its records are known as its sender says, by the running number it said so at."""
    rosters = [kind for kind in kinds if LISTS[kind].roster]
    for entry in List.objects.filter(
        sender=sender, channel=CHANNEL, kind__in=rosters, state__in=("open", "taken")
    ).exclude(declared={}):
        as_of = min(date.fromisoformat(entry.declared["as_of"]), on)
        if entry.state == "taken" and as_of <= entry.as_of:
            continue
        if (
            ListRecord.objects.filter(list_id=entry.pk, sequence__lte=entry.declared["sequence"]).count()
            != entry.declared["count"]
        ):
            continue
        List.objects.filter(pk=entry.pk).update(as_of=as_of, received_on=on)
        if entry.state == "open":
            close_list(list_id=entry.pk, by=None, on=on)
        else:  # a newer day: who is not on it has left since
            with connection.cursor() as cursor:
                cursor.execute(
                    "select distinct person_id from matching_listentry where list_id = %s and person_id is not null",
                    [entry.pk],
                )
                mark_uncompared([row[0] for row in cursor.fetchall()])
