"""Manifests: what was paid by county, month and subsidy, with a digest by which both sides see at once whether they
hold the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from lxbt.provincial.rules.handles import digest_of_lines, handle_of, line_of

Group = tuple[str, str, str]  # county, month, subsidy


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a manifest: how many persons, their sum in fen, the digest of their lines."""

    county: str
    month: str
    subsidy: str
    count: int
    fen: int
    digest: str

    @property
    def group(self) -> Group:
        """What the row is about."""
        return self.county, self.month, self.subsidy

    def told(self) -> dict[str, Any]:
        """As it travels."""
        return {
            "county": self.county,
            "month": self.month,
            "subsidy": self.subsidy,
            "count": self.count,
            "fen": self.fen,
            "digest": self.digest,
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Row:
        """From what was told."""
        return cls(
            str(told["county"]),
            str(told["month"]),
            str(told["subsidy"]),
            int(told["count"]),
            int(told["fen"]),
            str(told["digest"]),
        )


def rows_of_lines(lines: Iterable[tuple[str, str, str, str, int]]) -> Iterator[Row]:
    """Rows from (county, month, subsidy, handle, fen) in the order of the first three; one group at a time is in
    memory. Nobody twice in a group.
    """
    for (county, month, subsidy), group in groupby(lines, key=itemgetter(0, 1, 2)):
        told = [(handle, fen) for *_group, handle, fen in group if fen]
        if told:
            digest = digest_of_lines(line_of(handle, subsidy, month, fen) for handle, fen in told)
            yield Row(county, month, subsidy, len(told), sum(fen for _handle, fen in told), digest)


def rows_of_payments(payments: Iterable[tuple[str, str, str, str, int]], key: bytes) -> Iterator[Row]:
    """The same from (county, month, subsidy, identity number, fen), with the key that the interface shared with this
    client.
    """
    return rows_of_lines(
        (county, month, subsidy, handle_of(number, key).hex(), fen) for county, month, subsidy, number, fen in payments
    )


def different(ours: Mapping[str, int], theirs: Mapping[str, int]) -> dict[str, tuple[int | None, int | None]]:
    """By handle, what each side holds in fen where they differ; None: nothing."""
    return {
        handle: (ours.get(handle), theirs.get(handle))
        for handle in sorted(ours.keys() | theirs.keys())
        if ours.get(handle) != theirs.get(handle)
    }
