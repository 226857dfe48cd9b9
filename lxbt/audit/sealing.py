"""Sealing the record in blocks, and verifying it. Writers are never made to wait: the sealer only reads what is final.

An id is final when no transaction is left that could still commit a lower one. The sealer notes the highest id handed out
and the moment; as soon as every transaction that was open then has ended, everything up to that id can be sealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from lxbt.audit.models import Block, Horizon
from lxbt.core import merkle

SIZE = 10_000  # ids in a block
LOCK = 7_301_010  # one sealer at a time

# What is sealed of an event, as text that is the same for the same event on every server.
_COLUMNS = (
    "id, to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), by_id, by_name, by_place, action,"
    " subject_kind, subject_id, person_id, division_code, reason, details"
)
RECORDS = {1: f"jsonb_build_array({_COLUMNS})::text", 2: f"jsonb_build_array({_COLUMNS}, origin, changes)::text"}
FORM = max(RECORDS)  # what new blocks are sealed by


@dataclass(frozen=True)
class Fault:
    """The first thing that does not hold: the block, the row where it can be named, and what is wrong."""

    block: int
    event: int | None
    what: str


@dataclass(frozen=True)
class Verified:
    """What a verification saw."""

    blocks: int
    events: int
    unsealed: int
    fault: Fault | None
    last_digest: str


def records(first: int, last: int, form: int) -> Iterator[tuple[int, bytes]]:
    """(id, record) of the events in a range of ids, in order.

    They come as one text, a line each: JSON has no line breaks of its own, and a row at a time costs more than its digest.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"select string_agg({RECORDS[form]}, E'\\n' order by id) from audit_event where id >= %s and id <= %s",
            [first, last],
        )
        (text,) = cursor.fetchone()
    for record in text.encode().split(b"\n") if text is not None else ():
        yield int(record[1 : record.index(b",")]), record


@transaction.atomic
def seal_events(*, size: int = SIZE) -> int:
    """Seal what has become final, in whole blocks of `size` ids at most; gives the number of events sealed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        horizon = Horizon.objects.first()
        sealed = 0
        if horizon is not None:
            cursor.execute(
                "select not exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
                " and backend_type = 'client backend' and xact_start <= %s)",
                [horizon.at],
            )
            if not cursor.fetchone()[0]:
                return 0
            sealed = _seal_up_to(horizon.highest_id, size)
        cursor.execute(
            "select coalesce(pg_sequence_last_value(pg_get_serial_sequence('audit_event', 'id')::regclass), 0), clock_timestamp()"
        )
        highest, moment = cursor.fetchone()
        Horizon.objects.update_or_create(pk=1, defaults={"highest_id": highest, "at": moment})
    return sealed


def _seal_up_to(highest: int, size: int) -> int:
    before = Block.objects.order_by("-number").first()
    first = before.last_id + 1 if before else 1
    number, previous = (before.number + 1, bytes(before.digest)) if before else (1, merkle.EMPTY)
    total = 0
    while first <= highest:
        last = min(first + size - 1, highest)
        found = [(ident, merkle.leaf(record)) for ident, record in records(first, last, FORM)]
        tree = merkle.root(digest for _ident, digest in found)
        digest = merkle.block_digest(
            number=number, first=first, last=last, count=len(found), tree=tree, previous=previous, form=FORM
        )
        Block.objects.create(
            number=number,
            first_id=first,
            last_id=last,
            count=len(found),
            root=tree,
            previous=previous,
            digest=digest,
            leaves=_named(found),
            form=FORM,
        )
        total += len(found)
        first, number, previous = last + 1, number + 1, digest
    return total


def verify_chain() -> Verified:
    """Check every block against the rows and the block before it; stops at the first fault and names it."""
    expected_first, previous, events, blocks = 1, merkle.EMPTY, 0, 0
    for block in Block.objects.order_by("number").iterator():
        blocks += 1
        fault = _fault_of(block, blocks, expected_first, previous)
        if fault is not None:
            return Verified(blocks, events, 0, fault, previous.hex())
        events += block.count
        expected_first, previous = block.last_id + 1, bytes(block.digest)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_event where id >= %s", [expected_first])
        unsealed = cursor.fetchone()[0]
    return Verified(blocks, events, unsealed, None, previous.hex())


def bent_anchor(anchors: Iterable[tuple[int, str]]) -> int | None:
    """The number of the first anchor kept elsewhere, (number, digest in hex), that the seals do not bear out; None when all do."""
    said = dict(anchors)
    held = {
        number: bytes(digest).hex()
        for number, digest in Block.objects.filter(number__in=list(said)).values_list("number", "digest").iterator()
    }
    return next((number for number in sorted(said) if held.get(number) != said[number].lower()), None)


def _fault_of(block: Block, place: int, expected_first: int, previous: bytes) -> Fault | None:
    if block.number != place:
        return Fault(place, None, "a block is missing")
    if block.first_id != expected_first or bytes(block.previous) != previous:
        return Fault(block.number, None, "the block does not follow the one before it")
    said = merkle.block_digest(
        number=block.number,
        first=block.first_id,
        last=block.last_id,
        count=block.count,
        tree=bytes(block.root),
        previous=bytes(block.previous),
        form=block.form,
    )
    if said != bytes(block.digest):
        return Fault(block.number, None, "the block itself was changed")
    found = [(ident, merkle.leaf(record)) for ident, record in records(block.first_id, block.last_id, block.form)]
    if merkle.root(digest for _ident, digest in found) == bytes(block.root):
        return None
    return _first_difference(block, _named(found))


def _named(found: list[tuple[int, bytes]]) -> bytes:
    """Id and the first eight bytes of the digest of each event."""
    return b"".join(ident.to_bytes(8, "big") + digest[:8] for ident, digest in found)


def _first_difference(block: Block, now: bytes) -> Fault:
    """Where the rows part from what was sealed."""
    sealed = bytes(block.leaves)
    for place in range(0, max(len(sealed), len(now)), 16):
        one, two = sealed[place : place + 16], now[place : place + 16]
        if one == two:
            continue
        was, there = int.from_bytes(one[:8], "big"), int.from_bytes(two[:8], "big")
        if one and two and was == there:
            return Fault(block.number, was, "the row was changed")
        if one and (not two or was < there):
            return Fault(block.number, was, "the row was removed")
        return Fault(block.number, there, "the row was put in afterwards")
    return Fault(block.number, None, "the rows do not give the sealed root")
