"""A result file as text: its encoding, its columns, its rows, its control totals."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from lxbt.core.money import ZERO
from lxbt.core.readers.whole import whole_number
from lxbt.payments.operations.books import PaymentRefused
from lxbt.payments.rules import IN_COLUMNS, ResultRow, read_result_cells

TRAILER = "合计"


@dataclass(frozen=True)
class ResultFile:
    """A result file as it was read. `batch`: the one that its trailer names."""

    encoding: str
    rows: list[ResultRow]
    total: Decimal
    batch: str = ""


def _decoded(content: bytes) -> tuple[str, str]:
    for encoding, codec in (("utf-8", "utf-8-sig"), ("gbk", "gb18030")):
        try:
            return encoding, content.decode(codec)
        except UnicodeDecodeError:
            continue
    raise PaymentRefused(_("回盘文件的编码无法识别，请用 GBK 或 UTF-8 保存。"))


def read_result_file(content: bytes) -> ResultFile:
    """Read a result file; PaymentRefused says what is wrong with one that cannot be read."""
    encoding, text = _decoded(content)
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        titles = [title.strip() for title in next(lines, [])]
        missing = [column for column in IN_COLUMNS if column not in titles]
        if missing:
            raise PaymentRefused(_("回盘文件缺少列：%(columns)s。") % {"columns": "、".join(missing)})
        rows, control = [], None
        for number, cells in enumerate(lines, start=1):
            if not any(cell.strip() for cell in cells):
                continue
            row = dict(zip(titles, cells, strict=False))
            if row.get("序号", "").strip() == TRAILER:
                control = [cell.strip() for cell in cells[1:] if cell.strip()]
                continue
            rows.append(read_result_cells(row, number))
    except csv.Error as error:
        raise PaymentRefused(_("回盘文件不是合格的 CSV：%(fault)s。") % {"fault": error}) from None
    if control is not None and whole_number(control[0]) != len(rows):
        raise PaymentRefused(
            _("回盘文件的笔数与合计行不符：有 %(rows)d 笔，合计行为 %(told)s。")
            % {"rows": len(rows), "told": control[0]}
        )
    return ResultFile(encoding, rows, sum((row.amount or ZERO for row in rows), ZERO))
