"""Records as programs send them, one JSON object a line: read as rows whose columns are those of the kind.

Behind the columns stand the sender's number of the record, the digest of its content, and what is wrong with the record
as a whole.
Nothing is passed over: every line is a row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lxbt.core import idnumber
from lxbt.core.crypto import sm3
from lxbt.imports.rules.kinds import Kind

RECORDS = "records"  # in place of a sheet's name
REF, DIGEST, TROUBLE = 0, 1, 2  # places behind the columns
LONGEST_REF = 64
_NOT_SENT = ("year", "month_of_year")  # a program knows the month
_PERSONAL = re.compile(r"[1-9]\d{16}[\dXx]", re.ASCII)
Codes = Mapping[str, Mapping[str, str]]  # key -> the sender's word -> ours


class Unreadable(ValueError):
    """No record: the code of what is wrong, and the key it is about."""

    def __init__(self, code: str, key: str = "") -> None:
        super().__init__(code)
        self.code, self.key = code, key


def record_keys(kind: Kind, left_out: Sequence[str] = ()) -> tuple[str, ...]:
    """The keys that a record of the kind may have, in the order of its cells."""
    return tuple(column.key for column in kind.columns if column.key not in _NOT_SENT and column.key not in left_out)


def cells_of_line(line: bytes, keys: Mapping[str, int], codes: Codes) -> list[Any]:
    """A line as cells: one for each key, then number, digest and trouble (`code`, `code:key`, or empty)."""
    cells: list[Any] = [""] * len(keys) + ["", "", ""]
    try:
        ref = _fill(cells, _object(line), keys, codes)
    except Unreadable as error:
        cells[-3], cells[-2], cells[-1] = _ref_of(line), "", f"{error.code}:{error.key}"
        return cells
    cells[-3] = ref
    cells[-2] = sm3("\x1f".join(cells[: len(keys)]).encode())[:16].hex()
    return cells


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line, parse_int=str, parse_float=str, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Unreadable("record_utf8") from None
    except (ValueError, RecursionError):
        raise Unreadable("record_form") from None
    if found.__class__ is not dict:
        raise Unreadable("record_form")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _fill(cells: list[Any], found: dict[str, Any], keys: Mapping[str, int], codes: Codes) -> str:
    ref = found.pop("ref", None)
    for key, value in found.items():
        place = keys.get(key)
        if place is None:
            raise Unreadable("key_unknown", key[:40] if key.isprintable() else "?")
        if value is None:
            continue
        if value.__class__ is not str:
            raise Unreadable("value_form", key)
        if not value.isprintable():
            raise Unreadable("value_form", key)
        words = codes.get(key)
        cells[place] = words.get(value, value) if words else value
    if ref.__class__ is not str or not 0 < len(ref) <= LONGEST_REF or not ref.isprintable():
        raise Unreadable("ref_form", "ref")
    if _is_personal(ref):
        raise Unreadable("ref_personal", "ref")
    return ref


def _ref_of(line: bytes) -> str:
    """The number of a record that cannot be taken, so that its sender finds it; empty when there is none."""
    try:
        found = json.loads(line, parse_int=str)
    except (ValueError, RecursionError):
        return ""
    ref = found.get("ref") if isinstance(found, dict) else None
    if not isinstance(ref, str) or not 0 < len(ref) <= LONGEST_REF or not ref.isprintable():
        return ""
    return "" if _is_personal(ref) else ref


def _is_personal(ref: str) -> bool:
    """Whether a number of a record holds an identity number: it would stand in lists and logs."""
    found = _PERSONAL.search(ref)
    return found is not None and idnumber.is_valid(found[0].upper())


class RecordFile:
    """A file of records, read from its path as often as asked."""

    def __init__(self, path: Path, keys: Sequence[str], codes: Codes) -> None:
        self.path, self.codes = path, codes
        self.keys = {key: place for place, key in enumerate(keys)}
        self.size = max(1, path.stat().st_size)
        self.at = 0

    def lines(self) -> Iterator[list[Any]]:
        """The rows."""
        with self.path.open("rb") as file:
            for line in file:
                self.at += len(line)
                yield cells_of_line(line, self.keys, self.codes)

    def share(self) -> float:
        """How much of the file has been read."""
        return min(1.0, self.at / self.size)
