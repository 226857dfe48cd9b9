"""Rows of a file, checked, a few thousand at a time and column by column.

Every row of the file is in a batch: read, faulty, or passed over by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from lxbt.documents.rules.workbooks import Fault as FileFault
from lxbt.documents.rules.workbooks import Unfit
from lxbt.imports.reading.batch import Batch
from lxbt.imports.reading.files import Grid, OpenedFile, TextFile, stamp_of
from lxbt.imports.reading.layout import Layout
from lxbt.imports.reading.records import RECORDS, Codes, RecordFile, cells_of_line, record_keys
from lxbt.imports.reading.rows import Reading
from lxbt.imports.reading.survey import frame_of
from lxbt.imports.rules.faults import Fault
from lxbt.imports.rules.kinds import Kind


def skipped_rows(batches: Sequence[Batch] | Batch) -> Counter[str]:
    """How many rows were passed over, by why."""
    listed = [batches] if isinstance(batches, Batch) else batches
    return Counter(why for batch in listed for _row, why in batch.skipped)


def read_batches(
    path: Path, kind: Kind, layout: Layout, *, on: date, after_row: int = 0, size: int = 5000
) -> Iterator[Batch]:
    """The rows below the header with numbers above `after_row`, in order, `size` rows of the file at a time; raises
    Unfit.

    The same file, layout and day give the same batches. The last batch may hold no row but those passed over.
    """
    if layout.sheet == RECORDS:
        yield from _batches(Reading(kind, layout, record_grid(path, layout), on), after_row, size)
        return
    opened = layout._opened[0] if layout._opened and layout._opened[0].stamp == stamp_of(path) else OpenedFile(path)
    try:
        grid = frame_of(layout, kind, opened) if layout.parts else opened.grid(layout.sheet)
    except KeyError:
        raise Unfit(FileFault.EMPTY) from None
    yield from _batches(Reading(kind, layout, grid, on), max(after_row, layout.header_row), size)


def record_grid(path: Path, layout: Layout) -> Grid:
    """A file of records as a sheet."""
    return Grid(RECORDS, None, len(layout.titles), text=RecordFile(path, layout.titles, layout.codes))


def record_layout(kind: Kind, *, left_out: Sequence[str] = (), codes: Codes | None = None) -> Layout:
    """How a file of records is read: each key is a column."""
    keys = record_keys(kind, left_out)
    mapping = dict(enumerate(keys))
    return Layout(
        RECORDS, (RECORDS,), 0, keys, mapping, dict.fromkeys(mapping, "title"), (), (), None, codes=codes or {}
    )


class RecordReader:
    """Single records, read as those of a file are."""

    def __init__(self, kind: Kind, layout: Layout, on: date) -> None:
        self.keys = {key: place for place, key in enumerate(layout.titles)}
        self.codes = layout.codes
        self.reading = Reading(kind, layout, Grid(RECORDS, None, len(layout.titles)), on)

    def batch(self, lines: Sequence[bytes], first: int) -> Batch:
        """The lines as a batch; the first is row `first`."""
        return self.reading.batch([cells_of_line(line, self.keys, self.codes) for line in lines], first)


def read_row(kind: Kind, layout: Layout, cells: list[Any], on: date) -> Batch:
    """A row of a sheet by itself, laid out already."""
    return Reading(kind, layout, Grid("", None, len(cells)), on).batch([cells], 1)


def _batches(reading: Reading, begin: int, size: int) -> Iterator[Batch]:
    lines = reading.grid.lines_from(begin)
    number = begin
    reading.from_top = begin == reading.layout.header_row
    while chunk := list(islice(lines, size)):
        batch = reading.batch(chunk, number + 1)
        number += len(chunk)
        batch.done = reading.grid.share(number)
        if len(chunk) < size:
            _mark_cut(reading, batch, len(chunk[-1]))
        yield batch


def _mark_cut(reading: Reading, batch: Batch, cells: int) -> None:
    """A text that ends in the middle of its last row: what the row seems to say is asked about."""
    text = reading.grid.text if isinstance(reading.grid, Grid) else None
    narrow = cells < len(reading.layout.titles)
    if isinstance(text, TextFile) and narrow and batch.row_nos and text.is_cut():
        batch.asks.setdefault(len(batch.row_nos) - 1, []).append(Fault("", "line_cut", ""))
        batch.told.append(("line_cut", ""))
