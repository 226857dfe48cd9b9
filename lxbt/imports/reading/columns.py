"""Columns read whole: what repeats is read once and remembered, numbers of persons go by a fast path that is as strict
as the slow one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from lxbt.core.idnumber import CHECK, WEIGHTS
from lxbt.imports.rules.values import READERS, BadValue, economic_of

MOST_REMEMBERED = 50_000
NO_SUM = -1_000_000
_NAME = re.compile(r"[\u4e00-\u9fa5]{2,10}")
_ACCOUNT = re.compile(r"\d{6,32}", re.ASCII)
_CUT_ACCOUNT = re.compile(r"\d{15}0{2,}", re.ASCII)  # what is left of an account number that went through a number cell
_PHONE = re.compile(r"1\d{10}", re.ASCII)
_CERTIFICATE_TAIL = re.compile(r"[1-7][1-4](?:B\d{1,2})?", re.ASCII)


class Wrong:
    """A cell that could not be read, standing in for its value."""

    __slots__ = ("code",)

    def __init__(self, code: str) -> None:
        self.code = code


class Remembered(dict[Any, Any]):
    """Cell -> value, each read once."""

    def __init__(self, kind: str, on: date) -> None:
        super().__init__()
        self.reader = READERS[kind].read if kind != "economic" else (lambda cell, on: economic_of(cell))
        self.on = on
        self.any_wrong = False

    def __missing__(self, cell: Any) -> Any:
        value = read_one(self.reader, cell, self.on)
        if value.__class__ is Wrong:
            self.any_wrong = True
        if len(self) < MOST_REMEMBERED:
            self[cell] = value
        return value


def read_one(reader: Any, cell: Any, on: date) -> Any:
    """The value of a cell, or Wrong."""
    try:
        return reader(cell, on)
    except BadValue as fault:
        return Wrong(fault.code)


class Sums(dict[str, int]):
    """Digits -> their share in the sum that gives the check digit; far below zero when they are none."""

    def __init__(self, weights: Sequence[int]) -> None:
        super().__init__()
        self.weights = weights

    def __missing__(self, digits: str) -> int:
        if not (digits.isascii() and digits.isdigit() and len(digits) == len(self.weights)):
            return NO_SUM
        value = sum(int(digit) * weight for digit, weight in zip(digits, self.weights, strict=True))
        if len(self) < MOST_REMEMBERED:
            self[digits] = value
        return value


class Births(Sums):
    """The same of a date of birth from 1900 up to `on`."""

    def __init__(self, weights: Sequence[int], on: date) -> None:
        super().__init__(weights)
        self.on = on

    def __missing__(self, digits: str) -> int:
        try:
            born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            return NO_SUM
        return super().__missing__(digits) if born.year >= 1900 and born <= self.on else NO_SUM


class ColumnReader:
    """Reads a column of one kind, batch after batch."""

    def __init__(self, kind: str, on: date) -> None:
        self.kind, self.on = kind, on
        self.remembered = Remembered(kind, on) if READERS[kind].repeats else None
        self.read = READERS[kind].read
        self.areas, self.births, self.orders = Sums(WEIGHTS[:6]), Births(WEIGHTS[6:14], on), Sums(WEIGHTS[14:])

    def values(self, cells: Sequence[Any]) -> tuple[list[Any], list[int]]:
        """One value for each cell, and the places of those that are Wrong."""
        if self.remembered is not None:
            found = list(map(self.remembered.__getitem__, cells))
            wrong = (
                [at for at, value in enumerate(found) if value.__class__ is Wrong] if self.remembered.any_wrong else []
            )
            return found, wrong
        if self.kind == "identity":
            return self._identities(cells)
        fast = _FAST.get(self.kind)
        read, on = self.read, self.on
        if fast is None:
            found = [read_one(read, cell, on) for cell in cells]
        else:
            match = fast.fullmatch
            found = [
                cell if cell.__class__ is str and match(cell) else (read_one(read, cell, on) if cell != "" else None)
                for cell in cells
            ]
        if self.kind == "account":
            _mark_cut(found)
        return found, [at for at, value in enumerate(found) if value.__class__ is Wrong]

    def _identities(self, cells: Sequence[Any]) -> tuple[list[Any], list[int]]:
        """By the sums of the three parts of a number, each of which many persons share."""
        areas, births, orders, read, on = self.areas, self.births, self.orders, self.read, self.on
        found: list[Any] = []
        keep = found.append
        wrong = []
        for at, cell in enumerate(cells):
            if cell.__class__ is str and len(cell) == 18:
                total = areas[cell[:6]] + births[cell[6:14]] + orders[cell[14:17]]
                if total >= 0 and CHECK[total % 11] == cell[17]:
                    keep(cell)
                    continue
            value = read_one(read, cell, on)
            if value.__class__ is Wrong:
                wrong.append(at)
            keep(value)
        return found, wrong

    def certificates(self, cells: Sequence[Any], identities: Sequence[Any]) -> tuple[list[Any], list[int]]:
        """Certificate numbers beside the identity numbers of the same rows: when they begin alike, only the end is
        looked at.
        """
        tail, read, on = _CERTIFICATE_TAIL.fullmatch, self.read, self.on
        found: list[Any] = []
        keep = found.append
        wrong = []
        for at, cell in enumerate(cells):
            identity = identities[at]
            if cell.__class__ is str:
                if not cell:
                    keep(None)
                    continue
                if identity.__class__ is str and cell[:18] == identity and tail(cell[18:]):
                    keep(cell)
                    continue
            value = read_one(read, cell, on)
            if value.__class__ is str and identity.__class__ is str and value[:18] != identity:
                value = Wrong("certificate_other_person")
            if value.__class__ is Wrong:
                wrong.append(at)
            keep(value)
        return found, wrong


def _mark_cut(found: list[Any]) -> None:
    """One account may end in zeros after its fifteenth digit; where several in twenty do, their last digits were lost
    on the way.
    """
    cut = [
        at
        for at, value in enumerate(found)
        if value.__class__ is str and value[15:17] == "00" and _CUT_ACCOUNT.fullmatch(value)
    ]
    if len(cut) > 1 and len(cut) * 10 > sum(value is not None for value in found):
        for at in cut:
            found[at] = Wrong("account_digits_lost")


_FAST = {"name": _NAME, "account": _ACCOUNT, "phone": _PHONE}
