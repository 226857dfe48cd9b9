"""The data table: head with sorting, rows of any component, foot with paging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from lxbt.web.kit.components.parts import Empty, MaskedValue
from lxbt.web.kit.components.shell import Link


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `sort` is the value for `?sort=` (`-` before it when descending); empty: not sortable.

    `kind`: `num` stands at the right, `short` is never broken (a name, a month), whatever the text beside it wants.
    `phone` says what becomes of it on a phone's card: `first` (clock or state, top left), `lead` (the name, a line of
    its own), `bare` (without its label), `corner` (top right), `end` (at the right), `hide`, or labelled as usual.
    """

    label: str
    kind: Literal["text", "num", "short"] = "text"
    sort: str = ""
    phone: Literal["", "first", "lead", "bare", "corner", "end", "hide"] = ""


@dataclass(frozen=True, slots=True)
class Person:
    """The cell that names a person: name, small note beside it, masked number below."""

    name: str
    note: str = ""
    second: str | MaskedValue = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """A number that leads to the rows behind it."""

    value: int | Decimal
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `cells` hold text, numbers, `Decimal` money, dates or any component, one per column.

    `url` is opened by Enter and by the action. `key` is the value sent when the row is picked, `amount` what it adds to
    the sum.
    """

    cells: Sequence[object]
    url: str = ""
    action: str = ""
    primary: bool = False
    menu: Sequence[Link] = ()
    key: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BulkAction:
    """One button of the bulk bar: the form is sent to `url` with the picked keys as `pick`."""

    label: str
    url: str
    icon: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Where a list stands: `shown` of `total` (None: not counted). Keys are opaque; they go into `?after=`."""

    shown: int
    total: int | None
    unit: str = ""  # 件 when left out
    next_key: str = ""
    paged: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table. `totals` has one value per column (None: blank); it stands on top when the list is paged."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    totals: Sequence[object] = ()
    page: Page | None = None
    empty: Empty | None = None
    bulk: Sequence[BulkAction] = ()
    cards: bool = True

    @property
    def has_actions(self) -> bool:
        """Whether a last column for buttons is needed."""
        return any(row.action or row.menu for row in self.rows)

    @property
    def width(self) -> int:
        """Number of columns drawn."""
        return len(self.columns) + bool(self.bulk) + self.has_actions
