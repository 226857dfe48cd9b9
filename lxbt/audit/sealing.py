"""Sealing the record in blocks, and verifying it. Writers are never made to wait: the sealer only reads what is final.

An id is final when no transaction is left that could still commit a lower one. The sealer notes the highest id handed
out and the names of the transactions open at that moment; as soon as each of them has ended, everything up to that id
can be sealed. No clock is asked.

Seals are keyed (HMAC-SM3, the key lies with the other keys, never in the database), number the events without a gap,
and the last of them is kept outside of the database (`audit.head`): nothing is sealed onto a record that was cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from lxbt.audit.head import Head, HeadAltered, Restoration, read_head, write_head
from lxbt.audit.models import Block, Horizon
from lxbt.core import merkle
from lxbt.core.refusal import Refusal

SIZE = 10_000  # ids in a block
LOCK = 7_301_010  # one sealer at a time

# What is sealed of an event, as text that is the same for the same event on every server.
_COLUMNS = (
    "id, to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), by_id, by_name, by_place, action,"
    " subject_kind, subject_id, person_id, division_code, reason, details"
)
_MORE = f"jsonb_build_array({_COLUMNS}, origin, changes)::text"
_SEALED = f"jsonb_build_array({_COLUMNS}, origin, changes, encode(sealed_reason, 'hex'))::text"
RECORDS = {1: f"jsonb_build_array({_COLUMNS})::text", 2: _MORE, 3: _MORE, 4: _SEALED}
KEYED = 3  # from this form on a seal carries a key
FORM = max(RECORDS)  # what new blocks are sealed by

# The names of the transactions open in this database. Vacuum is none that writes, and may take hours.
_OPEN = (
    "select l.virtualxid || '.' || l.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid"
    " where l.locktype = 'virtualxid' and l.mode = 'ExclusiveLock' and a.datname = current_database()"
    " and l.pid <> pg_backend_pid() and l.pid not in (select pid from pg_stat_progress_vacuum)"
)


class RecordCut(Refusal):
    """The record is not what is known of it outside of the database: nothing is sealed onto it."""


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

    They come as one text, a line each: JSON has no line breaks of its own, and a row at a time costs more than its
    digest.
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
        cursor.execute("select pg_postmaster_start_time()::text")
        (server,) = cursor.fetchone()
        horizon = Horizon.objects.first()
        sealed = 0
        if horizon is not None:
            if horizon.server == server and horizon.waits_for:
                cursor.execute(
                    f"select exists (select from ({_OPEN}) o(name) where name = any(%s))", [horizon.waits_for]
                )
                if cursor.fetchone()[0]:
                    return 0
            sealed = _seal_up_to(horizon.highest_id, size) if horizon.server else 0
        cursor.execute(
            "select coalesce(pg_sequence_last_value(pg_get_serial_sequence('audit_event', 'id')::regclass), 0), "
            "clock_timestamp()"
        )
        highest, moment = cursor.fetchone()
        cursor.execute(_OPEN)  # after the highest id: who had a lower one is among them, or has ended
        noted = {"highest_id": highest, "at": moment, "server": server, "waits_for": [row[0] for row in cursor]}
        Horizon.objects.update_or_create(pk=1, defaults=noted)
    return sealed


def _seal_up_to(highest: int, size: int) -> int:
    before = Block.objects.order_by("-number").first()
    first = before.last_id + 1 if before else 1
    if first > highest:
        return 0
    head = _head_that_holds(before)
    number, previous = (before.number + 1, bytes(before.digest)) if before else (1, merkle.EMPTY)
    key_id = settings.LXBT_KEYRING.seal_current
    first_no = _events_under(before) + 1
    total = 0
    while first <= highest:
        last = min(first + size - 1, highest)
        found = [(ident, merkle.leaf(record)) for ident, record in records(first, last, FORM)]
        block = Block(
            number=number,
            first_id=first,
            last_id=last,
            count=len(found),
            root=merkle.root(digest for _ident, digest in found),
            previous=previous,
            leaves=_named(found),
            form=FORM,
            first_no=first_no,
            key_id=key_id,
        )
        block.digest = digest_of(block)
        block.save(force_insert=True)
        total += len(found)
        first, number, previous, first_no = last + 1, number + 1, block.digest, first_no + len(found)
    reached = Head(number - 1, previous.hex(), highest, first_no - 1, head.restorations if head else ())
    transaction.on_commit(lambda: write_head(reached))
    return total


def _events_under(block: Block | None) -> int:
    """How many events are sealed up to a block."""
    if block is None:
        return 0
    if block.first_no is not None:
        return block.first_no + block.count - 1
    return int(Block.objects.aggregate(n=Sum("count"))["n"] or 0)


def digest_of(block: Block) -> bytes:
    """The digest that a block must have; KeyError when its key is not there."""
    keyed = block.form >= KEYED
    return merkle.block_digest(
        number=block.number,
        first=block.first_id,
        last=block.last_id,
        count=block.count,
        tree=bytes(block.root),
        previous=bytes(block.previous),
        form=block.form,
        first_no=block.first_no or 0,
        key_id=block.key_id or 0,
        key=settings.LXBT_KEYRING.seals[block.key_id or 0] if keyed else None,
    )


def _head_that_holds(last: Block | None) -> Head | None:
    """The head, when the record reaches it and agrees; RecordCut otherwise."""
    head, fault = head_against(last)
    if fault is not None:
        raise RecordCut(
            _(
                "操作记录与数据库之外保存的封存头不符（第 %(block)s 块：%(what)s），已停止封存。"
                "请保留数据库原样并报告安全管理员；确系从备份恢复的，运行 lxbt audit restored --reason 说明。"
            )
            % {"block": fault.block, "what": fault.what}
        )
    return head


def head_against(last: Block | None) -> tuple[Head | None, Fault | None]:
    """The head kept outside of the database, and what is wrong between it and the last block."""
    try:
        head = read_head()
    except HeadAltered:
        return None, Fault(0, None, "the head kept beside the keys was altered, or its key is missing")
    have = last.number if last else 0
    if head is None:
        if last is None or last.form < KEYED:
            return None, None
        return None, Fault(have, None, "the head kept beside the keys is missing")
    if have < head.number:
        under = _events_under(last)
        what = f"seals {have + 1} to {head.number} with {head.events - under} events were taken away"
        return head, Fault(have + 1, None, what)
    digest = Block.objects.filter(number=head.number).values_list("digest", flat=True).first()
    if head.number and (digest is None or bytes(digest).hex() != head.digest):
        return head, Fault(head.number, None, "the seal is not the one that is kept outside of the database")
    return head, None


@transaction.atomic
def accept_restored(*, reason: str, at: str) -> Head:
    """The database was put back from a copy: the head goes back to it, and keeps for good that it did and why."""
    if len(reason.strip()) < 4:
        raise RecordCut(_("请用 --reason 写明从哪一份备份恢复、为什么。"))
    found = verify_chain()
    if found.fault is not None:
        raise RecordCut(_("记录本身对不上（第 %(block)s 块），不能作为恢复后的记录。") % {"block": found.fault.block})
    last = Block.objects.order_by("-number").first()
    try:
        head = read_head()
    except HeadAltered:
        head = None
    have, digest = (last.number, bytes(last.digest).hex()) if last else (0, merkle.EMPTY.hex())
    lost = (head.number, head.digest) if head else (have, "")
    kept = head.restorations if head else ()
    restored = Restoration(have + 1, *lost, at, reason.strip()[:200])
    made = Head(have, digest, last.last_id if last else 0, _events_under(last), (*kept, restored))
    transaction.on_commit(lambda: write_head(made, back=True))
    return made


def verify_chain() -> Verified:
    """Check every block against the rows and the block before it; stops at the first fault and names it."""
    expected_first, previous, events, blocks, form = 1, merkle.EMPTY, 0, 0, 1
    for block in Block.objects.order_by("number").iterator():
        blocks += 1
        fault = _fault_of(block, blocks, expected_first, previous)
        if fault is None and form >= KEYED > block.form:
            fault = Fault(block.number, None, "the seal carries no key")
        if fault is None and block.form >= KEYED and block.first_no != events + 1:
            fault = Fault(block.number, None, "the numbers of the events have a gap")
        if fault is not None:
            return Verified(blocks, events, 0, fault, previous.hex())
        events, form = events + block.count, block.form
        expected_first, previous = block.last_id + 1, bytes(block.digest)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_event where id >= %s", [expected_first])
        unsealed = cursor.fetchone()[0]
    return Verified(blocks, events, unsealed, None, previous.hex())


def verify_record(anchors: Iterable[tuple[int, str]] = ()) -> tuple[Verified, Head | None]:
    """The chain, the head kept beside the keys, and anchors kept elsewhere: all that can speak for the record."""
    found = verify_chain()
    head, fault = head_against(Block.objects.defer("leaves").order_by("-number").first())
    if found.fault is None and fault is None:
        bent = bent_anchor(anchors, head.restorations if head else ())
        if bent is not None:
            fault = Fault(bent, None, "the seal is not the one that was kept elsewhere")
    return (found if found.fault or fault is None else replace(found, fault=fault)), head


def bent_anchor(anchors: Iterable[tuple[int, str]], restorations: Iterable[Restoration] = ()) -> int | None:
    """The number of the first anchor kept elsewhere, (number, digest in hex), that the seals do not bear out; None when
    all do.

    Anchors of blocks that a restoration lost, and said so, are passed over.
    """
    lost = [(one.since, one.lost_number) for one in restorations]
    said = [(number, digest.lower()) for number, digest in anchors]
    held = {
        number: bytes(digest).hex()
        for number, digest in Block.objects.filter(number__in={n for n, _d in said}).values_list("number", "digest")
    }
    bent = (
        number
        for number, digest in said
        if held.get(number) != digest and not any(since <= number <= until for since, until in lost)
    )
    return min(bent, default=None)


def _fault_of(block: Block, place: int, expected_first: int, previous: bytes) -> Fault | None:
    if block.number != place:
        return Fault(place, None, "a block is missing")
    if block.first_id != expected_first or bytes(block.previous) != previous:
        return Fault(block.number, None, "the block does not follow the one before it")
    try:
        said = digest_of(block)
    except KeyError:
        return Fault(block.number, None, f"the key {block.key_id} of the seal is not there")
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
