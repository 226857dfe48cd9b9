"""Whether the rows come to what the lines of totals between them say.

Sums from the top, from every line of totals or heading before, are all taken as meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from lxbt.core.money import ZERO
from lxbt.imports.rules.values import text_of

_PEOPLE = re.compile(r"(?:共|计|合计|总计|小计)?[:：]?(\d{1,7})(?:人|户|名)")
_AMONG = re.compile(r"其中|累计")
MOST_EDGES = 2_000


class Totals:
    """Follows the rows of a file."""

    def __init__(self, money: Mapping[str, int], identity: int) -> None:
        self.money, self.identity = money, identity  # key -> its column
        self.sums: dict[str, Decimal] = dict.fromkeys(money, ZERO)
        self.rows = 0
        self.unread = False  # an amount among the rows could not be read: nothing can be said of sums
        self.edges: list[tuple[int, dict[str, Decimal]]] = [(0, dict(self.sums))]

    def take(self, amounts: Mapping[str, Sequence[Any]], rows: int, *, read: bool) -> None:
        """Rows of data that follow each other; an amount that is none is None."""
        self.rows += rows
        for key, told in amounts.items():
            self.sums[key] = sum(filter(None, told), self.sums[key])
        self.unread = self.unread or not read

    def edge(self) -> None:
        """A heading, or a line of totals, between the rows."""
        if len(self.edges) < MOST_EDGES:
            self.edges.append((self.rows, dict(self.sums)))

    def differs(self, cells: Sequence[Any]) -> str:
        """What a line of totals says and the rows do not; empty when they agree."""
        if any(_AMONG.search(text_of(cell)) for cell in cells if isinstance(cell, str)):
            return ""
        told = []
        for key, at in self.money.items():
            amount = _amount(cells[at]) if at < len(cells) else None
            if (
                amount is not None
                and not self.unread
                and all(self.sums[key] - edge[key] != amount for _rows, edge in self.edges)
            ):
                told.append(f"写 {amount} 元，各行之和 {self.sums[key]} 元")
        people = next((int(found[1]) for cell in cells if (found := _PEOPLE.search(_plain(cell)))), None)
        if people is not None and all(self.rows - rows != people for rows, _edge in self.edges) and self.rows:
            told.append(f"写 {people} 人，共 {self.rows} 行")
        return "，".join(told)


def _plain(cell: Any) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text_of(cell))) if isinstance(cell, str) else ""


def _amount(cell: Any) -> Decimal | None:
    try:
        return round(Decimal(text_of(cell).strip().removesuffix("元").replace(",", "") or "x"), 2)
    except InvalidOperation:
        return None
