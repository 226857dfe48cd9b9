"""What every kind of file does with a chunk of rows: prepare without the database, compare with it, write what was
chosen.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.divisions.rules import covers
from lxbt.imports.places import Place, Places
from lxbt.imports.reading import Batch
from lxbt.imports.rules.moving import Move
from lxbt.imports.states import CONFLICT, NEW
from lxbt.payments.operations.recorded import AMOUNT_DIFFERS
from lxbt.registry.operations.files import Person, RowNumbers, Told


@dataclass(slots=True)
class Result:
    """What becomes of a row: its outcome, what stands against it and what was noticed, each (column, code); yuan it
    tells of.
    """

    outcome: str = NEW
    faults: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    amount: Decimal = ZERO
    values: dict[str, str] = field(default_factory=dict)  # what a sentence about it names, e.g. `held`

    def against(self, column: str, code: str, outcome: str = CONFLICT) -> None:
        """Something stands against the row."""
        self.outcome = outcome
        self.faults.append((column, code))

    def against_person(self, person: Person, prepared: Prepared) -> None:
        """Nothing may be written about the row's person; the sentence names the other row, where there is one."""
        assert person.conflict is not None
        if person.beside is not None:
            row_no = prepared.batch.row_nos[prepared.rows[person.beside]]
            self.values["held"] = f"第 {row_no} 行写的是：{prepared.told[person.beside].name}"
        self.against(*person.conflict)

    def paid_otherwise(self, held: Decimal) -> None:
        """Another amount is held as paid for the month: the sentence names it."""
        self.values["held"] = str(held)
        self.against("amount", "month_paid_otherwise")

    def doubt(self, codes: str) -> None:
        """The rules of the month say otherwise (codes joined by commas): accepted as paid, and remarked."""
        self.remarks += [("amount" if code == AMOUNT_DIFFERS else "subsidy", code) for code in codes.split(",")]


@dataclass(slots=True)
class Prepared:
    """A chunk as far as it goes without the database.

    `places`: position in the batch of each row that could be read.
    """

    batch: Batch
    rows: list[int] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    numbers: list[RowNumbers] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    extra: list[Any] = field(default_factory=list)
    faults: dict[int, list[tuple[str, str]]] = field(default_factory=dict)  # position -> what preparing found
    remarks: dict[int, list[tuple[str, str]]] = field(default_factory=dict)

    def only(self, wanted: Sequence[int]) -> Prepared:
        """The rows at these places alone."""
        return Prepared(
            self.batch,
            [self.rows[n] for n in wanted],
            [self.told[n] for n in wanted],
            [self.numbers[n] for n in wanted],
            [self.places[n] for n in wanted],
            [self.extra[n] for n in wanted] if self.extra else [],
            self.faults,
            self.remarks,
        )


@dataclass(frozen=True)
class Task:
    """What a handler needs to know of the import; goes to another process whole."""

    import_id: int
    kind: str
    area: str
    on: date
    by_id: int | None
    at: datetime
    digest: bytes = b""  # of the file
    name: str = ""

    @property
    def source(self) -> str:
        """How what is written is marked."""
        return f"import {self.import_id}"


class Handler(ABC):
    """One kind of file.

    `prepare` is called in another process where there are many rows, the others in one transaction.
    """

    sealed: ClassVar[bool] = True  # rows are likely to be of persons not known yet

    def __init__(self, task: Task) -> None:
        self.task = task
        self.confirmed = False  # whether another person, or a rule, answers for the rights that are written
        self.answers_for: Callable[[str, int], bool] | None = None  # a rule: paying body, rights of the chunk
        self.effects: Counter[str] = Counter()
        self.moves: dict[int, list[Move]] = {}  # by `compare` last: row -> what it moves

    @classmethod
    @abstractmethod
    def prepare(cls, batch: Batch, places: Places, task: Task) -> Prepared:
        """Read what the rows tell."""

    @abstractmethod
    def compare(self, prepared: Prepared, *, lock: bool) -> list[Result]:
        """What each row of `prepared.rows` would do."""

    @abstractmethod
    def write(self, prepared: Prepared, chosen: Sequence[int], results: Sequence[Result]) -> None:
        """Write the rows at these places of `prepared.rows`; counts into `effects`."""

    def priced(
        self, prepared: Prepared, rows: Sequence[int]
    ) -> dict[tuple[int, str], tuple[Decimal, int, Decimal, int, Decimal]]:
        """For the rights of these rows, by row and subsidy: yuan of the month they came in, months before it and their
        yuan, of these held back.
        """
        return {}

    def about(self, prepared: Prepared, n: int) -> tuple[str, Month | None]:
        """The subsidy (empty: both, or none) and the month that a row is about."""
        return "", None

    def finish(self) -> Counter[str]:
        """Every row is through: what is left to do, and what can only now be counted."""
        return Counter()

    def forget(self) -> None:  # noqa: B027 (most remember nothing)
        """A transaction was rolled back: forget what was remembered of it."""


def column_of(batch: Batch, key: str) -> Sequence[Any]:
    """The values of a column, or None for every row where the file has none."""
    return batch.values.get(key) or [None] * len(batch.row_nos)


def home_of(place: Place, person: Person) -> str:
    """Where what is told of a person belongs: to the township that is known, where the file names only the county above
    it.
    """
    return person.division if place.coarse and person.person_id and covers(place.code, person.division) else place.code


def placed(batch: Batch, places: Places, prepared: Prepared) -> list[Place | None]:
    """The place of every row; what is wrong goes into `prepared.faults`."""
    found: list[Place | None] = []
    for position, text in enumerate(column_of(batch, "division")):
        place = places.find(text)
        if isinstance(place, str):
            prepared.faults.setdefault(position, []).append(("division", place))
            found.append(None)
        else:
            found.append(place)
    return found
