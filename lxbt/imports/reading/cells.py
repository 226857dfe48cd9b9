"""Cells on their own: days counted from 1904, a category that tells the grade as well."""

from __future__ import annotations

from typing import Any

from lxbt.core.readers.times import BETWEEN_1900_AND_1904, FIRST_SERIAL, LAST_SERIAL
from lxbt.imports.rules.values import BadValue
from lxbt.imports.rules.values.classes import category_and_grade


class Classes(dict[Any, "int | None"]):
    """A cell of a category -> the grade that it tells beside."""

    def __missing__(self, cell: Any) -> int | None:
        try:
            found = category_and_grade(cell)
        except BadValue:
            found = None
        grade = found[1] if found else None
        if len(self) < 10_000:
            self[cell] = grade
        return grade


def since_1900(cell: Any) -> Any:
    """The serial number of a day counted from 1904, counted as everywhere else; any other cell as it is."""
    counted = (
        isinstance(cell, int | float)
        and not isinstance(cell, bool)
        and FIRST_SERIAL - BETWEEN_1900_AND_1904 <= cell < LAST_SERIAL
    )
    return cell + BETWEEN_1900_AND_1904 if counted else cell
