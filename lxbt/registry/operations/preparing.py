"""What a record of the Federation costs before the database is asked: indexes, seals, initials.

For many records, by another process ahead.
"""

from __future__ import annotations

import multiprocessing
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice

import django
from django.conf import settings

from lxbt.core import idnumber
from lxbt.core.roster import handle_of
from lxbt.registry.operations.numbers import Numbers
from lxbt.registry.rules.federation import FederationRecord

WORTH = 20_000  # records from which on a second process pays for its start
CHUNK = 1000  # records looked at together
AHEAD = 3  # chunks prepared before they are asked for


@dataclass(slots=True)
class RecordNumbers(Numbers):
    """The numbers of a record, and what the Federation knows the person by."""

    handle: bytes = b""


def numbers_of(record: FederationRecord) -> RecordNumbers:
    """The numbers of one record, to be looked up."""
    identity, number = idnumber.normalise(record.identity_number), idnumber.normalise(record.certificate_number)
    return RecordNumbers(identity, number, handle=handle_of(identity, settings.LXBT_ROSTER_KEY))


def prepare(records: Sequence[FederationRecord]) -> list[RecordNumbers]:
    """The numbers of many records, sealed too: for records of persons that are likely to be new."""
    prepared = [numbers_of(record) for record in records]
    for numbers, record in zip(prepared, records, strict=True):
        numbers.prepare(record.name)
    return prepared


def prepared_ahead(
    chunks: Iterable[list[FederationRecord]], *, count: int
) -> Iterator[tuple[list[FederationRecord], list[RecordNumbers] | None]]:
    """Each chunk with its numbers; of `count` records in all.

    Many are prepared by a second process while the database takes those before.
    """
    if count < WORTH:
        yield from ((chunk, None) for chunk in chunks)
        return
    source = iter(chunks)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=django.setup) as pool:
        waiting = deque((chunk, pool.submit(prepare, chunk)) for chunk in islice(source, AHEAD))
        while waiting:
            chunk, numbers = waiting.popleft()
            following = next(source, None)
            if following is not None:
                waiting.append((following, pool.submit(prepare, following)))
            yield chunk, numbers.result()


def rounds(records: Sequence[FederationRecord]) -> list[list[FederationRecord]]:
    """Lists in which each person is once, a person's records in the order of their running numbers."""
    by_person: dict[str, list[FederationRecord]] = defaultdict(list)
    for record in records:
        by_person[record.identity_number].append(record)
    turns: list[list[FederationRecord]] = []
    for told in by_person.values():
        for place, record in enumerate(sorted(told, key=lambda r: r.sequence)):
            if place == len(turns):
                turns.append([])
            turns[place].append(record)
    return [chosen[start : start + CHUNK] for chosen in turns for start in range(0, len(chosen), CHUNK)]
