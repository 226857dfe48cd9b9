"""A refused cell is mended where it is shown: kept sealed beside the file, read in its place by every pass, part of the
plan that is confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.imports.kinds import kind_of
from lxbt.imports.models import Import, KeptRow, Mended
from lxbt.imports.operations.intake import ImportRefused, check_right, is_before_writing, layout_of, locked_import
from lxbt.imports.queries import cells_of
from lxbt.imports.reading.batches import read_row
from lxbt.imports.rules.faults import Fault
from lxbt.imports.rules.values import text_of

if TYPE_CHECKING:
    from lxbt.accounts.models import User

LONGEST = 500
MOST = 2_000  # cells of one search and replace


@dataclass(frozen=True)
class Checked:
    """What still stands against a row that was mended."""

    faults: list[Fault]


@transaction.atomic
def mend_cell(*, import_id: int, row_no: int, place: int, text: str, by: User | None, at: datetime) -> Checked:
    """Write another content for a cell of a row that was not taken; what still stands against the row is said at once.

    ImportRefused once writing has begun, or for a row that is not among those handed back.
    """
    entry = _open(import_id, by, at)
    row = KeptRow.objects.filter(importing=entry, row_no=row_no).first()
    if row is None or place not in layout_of(entry).mapping:
        raise ImportRefused(_("没有这一行或这一列，请刷新页面。"))
    if len(text) > LONGEST:
        raise ImportRefused(_("文字太长，最多 500 个字符。"))
    cells = cells_of(row)
    _keep(entry, {row_no: (place, text)}, by, at)
    return Checked(_recheck(entry, cells, place, text))


@transaction.atomic
def replace_in_column(*, import_id: int, place: int, find: str, put: str, by: User | None, at: datetime) -> int:
    """Write another content in a column for every row handed back whose cell is just that; gives how many.

    ImportRefused once writing has begun, or when there is none.
    """
    entry = _open(import_id, by, at)
    if place not in layout_of(entry).mapping or len(put) > LONGEST:
        raise ImportRefused(_("没有这一行或这一列，请刷新页面。"))
    found: dict[int, tuple[int, str]] = {}
    for row in (
        KeptRow.objects.filter(importing=entry, outcome__in=("error", "conflict", "left"))
        .order_by("row_no")
        .iterator(500)
    ):
        cells = cells_of(row)
        if place < len(cells) and text_of(cells[place]).strip() == find.strip():
            found[row.row_no] = (place, put)
            if len(found) >= MOST:
                break
    if not found:
        raise ImportRefused(_("未通过的行里，这一列没有“%(text)s”。") % {"text": find[:20]})
    _keep(entry, found, by, at)
    return len(found)


def mends_of(entry: Import) -> dict[int, dict[int, str]]:
    """Row -> column -> what it holds now."""
    found: dict[int, dict[int, str]] = {}
    for mended in Mended.objects.filter(importing=entry).order_by("row_no", "place"):
        text = vault.open_sealed(bytes(mended.sealed), vault.at("imports_mended.sealed", entry.pk, mended.row_no))
        found.setdefault(mended.row_no, {})[mended.place] = text
    return found


def _open(import_id: int, by: User | None, at: datetime) -> Import:
    entry = locked_import(import_id)
    check_right(by=by, division_code=entry.division_code, at=at)
    if not is_before_writing(entry):
        raise ImportRefused(_("只有看过计划、还没有写入时能在这里改。"))
    return entry


def _keep(entry: Import, cells: Mapping[int, tuple[int, str]], by: User | None, at: datetime) -> None:
    Mended.objects.bulk_create(
        [
            Mended(
                importing=entry,
                row_no=row_no,
                place=place,
                sealed=vault.seal(text, vault.at("imports_mended.sealed", entry.pk, row_no)),
                by_id=by.pk if by else None,
                at=at,
            )
            for row_no, (place, text) in cells.items()
        ],
        update_conflicts=True,
        unique_fields=["importing_id", "row_no", "place"],
        update_fields=["sealed", "by_id", "at"],
    )
    place = next(iter(cells.values()))[0]
    record_event(
        by=by,
        action="import.mended",
        subject_kind="import",
        subject_id=entry.pk,
        division_code=entry.division_code,
        details={"rows": len(cells), "row": min(cells), "column": layout_of(entry).mapping[place]},
    )


def _recheck(entry: Import, cells: list[Any], place: int, text: str) -> list[Fault]:
    """What the readers say of the row now; what the register says is seen by the plan."""
    line = [*cells, *[""] * max(0, place + 1 - len(cells))]
    line[place] = text
    batch = read_row(kind_of(entry.kind), layout_of(entry), line, beijing_day(entry.created_at))
    return list(batch.faults.get(0, ()))
