"""What is handed on of a file: some rows column by column, with what is wrong beside their values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxbt.imports.rules.faults import Fault


@dataclass(slots=True)
class Batch:
    """Rows column-wise: `values[key][i]` belongs to sheet row `row_nos[i]`, and is None where `faults[i]` names the
    key.

    `skipped`: rows of the file between the last batch and the end of this one that are no data: (row, why), why being
    "blank", "total", "footer", "heading", "header" or "example". `last_row`: the row up to which the file has been
    accounted for.
    """

    row_nos: list[int]
    values: dict[str, list[Any]]
    faults: dict[int, list[Fault]]
    remarks: dict[int, list[Fault]]
    cells: list[list[Any]]
    done: float
    skipped: list[tuple[int, str]] = field(default_factory=list)
    last_row: int = 0
    asks: dict[int, list[Fault]] = field(default_factory=dict)  # what must be asked before the row is taken
    told: list[tuple[str, str]] = field(default_factory=list)  # of the file as a whole: code, what it is about
