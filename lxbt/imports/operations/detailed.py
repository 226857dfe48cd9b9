"""A pass that keeps what became of each row, for whoever asked for it row by row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from lxbt.core.months import Month
from lxbt.imports.models import Import
from lxbt.imports.operations.handlers import Prepared
from lxbt.imports.operations.intake import layout_of
from lxbt.imports.operations.running import Running, ToldRow
from lxbt.imports.reading.layout import letters
from lxbt.imports.rules.doubts import WHY_UNREAD, told_sentence
from lxbt.imports.rules.kinds import Kind, plain_title
from lxbt.imports.rules.values import text_of

SKIPPED = "skipped"
MOST_DETAILS = 200_000  # rows; whoever sends more asks for the workbook of errors
_NUMBERING = frozenset(("序号", "编号", "行号", "NO", "No", ""))


class Detailed(Running):
    """Beside what a pass does, `details`: sheet, row, outcome, reason codes, remarks, values as read, yuan."""

    details: list[dict[str, Any]]

    def tell(self, prepared: Prepared, rows: list[ToldRow]) -> None:
        if not hasattr(self, "details"):
            self.details = []
        if len(self.details) > MOST_DETAILS:
            return
        batch, layout = prepared.batch, layout_of(self.entry)
        seen = {(told["sheet"], told["row"]) for told in self.details[-64:] if told["outcome"] == SKIPPED}
        for row_no, why in batch.skipped:
            sheet, row = layout.where(row_no)
            if (sheet, row) not in seen:
                seen.add((sheet, row))
                self.details.append(_detail(sheet, row, SKIPPED, [why]))
        for told in rows:
            sheet, row = layout.where(told.row_no)
            cells = batch.cells[told.position]
            values = {
                key: _plain(batch.values[key][told.position] if batch.values.get(key) else cells[at])
                for at, key in layout.mapping.items()
                if at < len(cells)
            }
            faults = list(dict.fromkeys(fault.code for fault in told.faults))
            remarks = [code for _column, code in told.remarks] + [f.code for f in batch.remarks.get(told.position, ())]
            found = _detail(sheet, row, told.outcome, faults)
            found["remarks"] = list(dict.fromkeys(remarks))
            found["values"] = {key: value for key, value in values.items() if value != ""}
            found["yuan"] = f"{told.amount:.2f}"
            found["asked"] = [fault.code for fault in batch.asks.get(told.position, ())]
            self.details.append(found)


def in_order(details: list[dict[str, Any]], sheets: list[str]) -> list[dict[str, Any]]:
    """By sheet and row."""
    place = {name: at for at, name in enumerate(sheets)}
    return sorted(details, key=lambda told: (place.get(told["sheet"], -1), told["row"]))


def _detail(sheet: str, row: int, outcome: str, codes: list[str]) -> dict[str, Any]:
    return {"sheet": sheet, "row": row, "outcome": outcome, "codes": codes, "remarks": [], "values": {}, "yuan": "0.00"}


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Month | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return text_of(value)


def mapping_of(entry: Import, kind: Kind) -> list[dict[str, Any]]:
    """Every column: sheet, title, key (empty where it is not read), how it was recognised, the letter it has in the
    sheet.
    """
    layout = layout_of(entry)
    return [
        {
            "sheet": layout.sheet,
            "column": letters(at),
            "title": layout.titles[at] if at < len(layout.titles) else "",
            "key": layout.mapping.get(at, ""),
            "name": kind.column(key).title if (key := layout.mapping.get(at)) else "",
            "how": layout.sure.get(at, "") or (f"watch:{layout.watch[at]}" if at in layout.watch else "unread"),
        }
        for at in range(max(len(layout.titles), *(at + 1 for at in layout.mapping), 0))
        if at in layout.mapping or (at < len(layout.titles) and layout.titles[at])
    ]


def column_at(text: str) -> int:
    """The place of a column named by letters; -1 when it is none."""
    if not (0 < len(text) < 4 and text.isascii() and text.isalpha()):
        return -1
    place = 0
    for letter in text.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1


def unread_columns(entry: Import) -> list[str]:
    """Titles of columns whose values are not taken in; those looked at for doubts first."""
    layout = layout_of(entry)
    free = [
        at
        for at, title in enumerate(layout.titles)
        if at not in layout.mapping and plain_title(title) not in _NUMBERING
    ]
    return [layout.titles[at] for at in sorted(free, key=lambda at: (at not in layout.watch, at))]


def sentences_of(entry: Import) -> list[str]:
    """What is to be said of the file as a whole: what is not read, what is said once, which totals differ."""
    layout = layout_of(entry)
    said = [told_sentence("sheet_unread", f"{name or '（无名）'}（{WHY_UNREAD[why]}）") for name, why in layout.unread]
    titles = [f"“{title}”" for title in unread_columns(entry)]
    if titles:
        said.append(told_sentence("columns_unread", "".join(titles)))
        said += [told_sentence("column_unread", title) for title in titles]
    said += [told_sentence(code, about) for code, about in (*layout.told, *entry.told)]
    return list(dict.fromkeys(said))
